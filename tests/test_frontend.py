"""The JSON editor's bundle: built from the sources beside it, with the licences of all in it, and asking nobody."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.test_theme import CONFIG, contrast

ROOT = Path(__file__).resolve().parents[1]
FRONTEND, STATIC = ROOT / "frontend", ROOT / "static"
RECORD: dict[str, Any] = json.loads((STATIC / "json-editor.json").read_text(encoding="utf-8"))
LOCK: dict[str, Any] = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
MANIFEST: dict[str, Any] = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
BUNDLE = (STATIC / "json-editor.mjs").read_bytes()


def test_the_bundle_is_built_from_these_sources() -> None:
    paths = [*(FRONTEND / name for name in ("build.mjs", "package.json", "package-lock.json"))]
    paths += (FRONTEND / "src").iterdir()
    hashed = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.relative_to(FRONTEND).as_posix()):
        hashed.update(path.read_bytes())
    assert hashed.hexdigest() == RECORD["sources"], "run make frontend and commit static/"
    assert hashlib.sha256(BUNDLE).hexdigest() == RECORD["bundle"], "run make frontend and commit static/"


def test_versions_are_exact_and_those_of_the_lock_file() -> None:
    wanted = {**MANIFEST["dependencies"], **MANIFEST["devDependencies"]}
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
    # The tag "latest" of codemirror is another thing.
    assert wanted["codemirror"] == "6.0.2"
    locked = {path.rpartition("node_modules/")[2]: entry["version"] for path, entry in LOCK["packages"].items() if path}
    assert {name: locked[name] for name in wanted} == wanted
    assert {name: locked[name] for name in RECORD["packages"]} == RECORD["packages"]


def test_the_lock_file_names_no_host() -> None:
    text = (FRONTEND / "package-lock.json").read_text(encoding="utf-8")
    assert "://" not in text and '"resolved"' not in text
    assert all(entry.get("integrity") for path, entry in LOCK["packages"].items() if path)


def test_the_licence_of_every_bundled_package_is_there() -> None:
    text = (STATIC / "THIRD_PARTY.txt").read_text(encoding="utf-8")
    for name, version in RECORD["packages"].items():
        licence = text.partition(f"\n{name} {version} (MIT)\n\n")[2]
        assert "Permission is hereby granted" in licence[:400], name
    assert set(MANIFEST["dependencies"]) <= set(RECORD["packages"])


def test_the_bundle_asks_nobody_and_stays_small() -> None:
    text = BUNDLE.decode("ascii")
    assert set(re.findall(r"\w+://[\w./-]*", text)) == {"http://www.w3.org/2000/svg"}  # a namespace
    for way in ("fetch(", "XMLHttpRequest", "import(", "WebSocket", "sendBeacon", "importScripts", "eval("):
        assert way not in text, way
    assert len(BUNDLE) < 412_000


def palette(name: str) -> dict[str, str]:
    source = (FRONTEND / "src" / "theme.js").read_text(encoding="utf-8")
    body = source.partition(f"const {name.upper()} = {{")[2].partition("}")[0]
    return dict(re.findall(r'(\w+): "(#[0-9a-f]{6})"', body))


@pytest.mark.parametrize("name", ["light", "dark"])
def test_contrast(name: str) -> None:
    theme, own = CONFIG["theme"][name], palette(name)
    grounds = {key: own.pop(key) for key in ("selection", "found", "active")}
    grounds |= {key: theme[f"{key}Color"] for key in ("background", "secondaryBackground")}
    assert set(own) == {"key", "string", "number", "word", "mark", "invalid"}
    texts = own | {"text": theme["textColor"]}
    ratios = {
        (text, ground): contrast(colour, under) for text, colour in texts.items() for ground, under in grounds.items()
    }
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}
