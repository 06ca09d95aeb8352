"""Every variant runs as its own process against the demo server, to the answer."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callsmith.connections import ALL_WIRES
from callsmith.demo.server import DemoServer
from callsmith.starters import STARTERS, Starter
from tests.conftest import absent
from tests.engine.takeaway import kit

pytestmark = pytest.mark.slow

# What only a run through all results can say.
ENDS = {"weather": "21", "booking": "evt_2041", "order": "A-10277", "search": "30 days"}
PYTHON = [(wire, target) for wire in ALL_WIRES for target in kit.targets(wire) if target.startswith("python")]
FETCH = [(wire, "javascript-fetch") for wire in ALL_WIRES]
_BETWEEN = "--- next ---"
_ALL = f"""
import runpy, sys
for path in sys.argv[1:]:
    runpy.run_path(path, run_name="__main__")
    print({_BETWEEN!r})
"""


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with kit.serving(DemoServer()) as started:
        yield started


def finished(server: DemoServer, starter: Starter, wire: str, target: str, folder: Path, model: str) -> None:
    ask, conversation = kit.started(starter, wire, server.base_url, model)
    made = kit.written(ask, conversation, target, kit.answers(starter))
    done = kit.run(made, folder)
    assert done.returncode == 0, done.stderr
    assert ENDS[starter.id] in done.stdout, done.stdout
    assert kit.CANARY not in made.text


@pytest.mark.parametrize(("wire", "target"), PYTHON)
def test_python_runs_to_the_answer(server: DemoServer, wire: str, target: str, tmp_path: Path) -> None:
    """All starters in one process of their own, for the SDKs take long to load. The demo refuses thinking whose
    signature is missing or changed, so one of them thinks."""
    programs = []
    for starter in STARTERS:
        model = "demo-thinking" if starter.id == "search" else "demo-instant"
        ask, conversation = kit.started(starter, wire, server.base_url, model)
        made = kit.written(ask, conversation, target, kit.answers(starter))
        path = tmp_path / f"{starter.id}.py"
        path.write_text(made.text, encoding="utf-8")
        programs.append(str(path))
    done = subprocess.run(
        [sys.executable, "-c", _ALL, *programs], capture_output=True, text=True, timeout=120, env=kit.environment()
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.split(_BETWEEN)
    assert [starter.id for starter, out in zip(STARTERS, said, strict=False) if ENDS[starter.id] not in out] == []
    assert kit.CANARY not in done.stdout


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.id)
@pytest.mark.parametrize(("wire", "target"), FETCH)
def test_fetch_runs_to_the_answer(server: DemoServer, starter: Starter, wire: str, target: str, tmp_path: Path) -> None:
    if shutil.which("node") is None:
        absent("it needs Node")
    finished(server, starter, wire, target, tmp_path, "demo-thinking" if starter.id == "search" else "demo-instant")


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.id)
@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses"])
def test_the_openai_package_runs_to_the_answer(server: DemoServer, starter: Starter, wire: str, tmp_path: Path) -> None:
    if shutil.which("node") is None or not (kit.NODE_MODULES / "openai").is_dir():
        absent("it needs Node and the openai package: run scripts/node.sh")
    (tmp_path / "node_modules").symlink_to(kit.NODE_MODULES)
    finished(server, starter, wire, "javascript-openai", tmp_path, "demo-instant")


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.id)
@pytest.mark.parametrize("wire", ALL_WIRES)
def test_curl_gets_the_call(server: DemoServer, starter: Starter, wire: str, tmp_path: Path) -> None:
    ask, conversation = kit.started(starter, wire, server.base_url)
    done = kit.run(kit.written(ask, conversation, "curl"), tmp_path)
    assert done.returncode == 0, done.stderr
    assert starter.tools[0].name in names(json.loads(done.stdout))


def names(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["name"]} if isinstance(value.get("name"), str) else set()
        return own.union(*map(names, value.values()))
    return set().union(*map(names, value)) if isinstance(value, list) else set()
