"""Schemas for the tests of the form: those of shared/schemas, and any that hypothesis can think of."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "b", "type", "properties", "required", "items", "a/b", "~", "", "naïve", "property"])
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("ab 1{")
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))
TYPES = st.sampled_from(
    ["string", "integer", "number", "boolean", "object", "array", "null", "dict", ["string", "null"], 5]
)


def _schema(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keywords = {
        "type": TYPES,
        "description": st.text("xy ", max_size=4) | st.integers(),
        "enum": st.lists(SCALARS, max_size=3) | st.none(),
        "default": JSON,
        "properties": st.dictionaries(NAMES, inner, max_size=3) | st.integers(),
        "required": st.lists(NAMES, max_size=3) | st.booleans(),
        "items": inner | st.lists(inner, max_size=2),
        "anyOf": st.lists(inner, max_size=2),
        "$ref": st.just("#/$defs/x"),
        "const": JSON,
        "format": st.just("date-time"),
        "x-unknown": JSON,
    }
    chosen = st.lists(st.sampled_from(sorted(keywords)), unique=True, max_size=6)
    return st.booleans() | chosen.flatmap(
        # fixed_dictionaries keeps the order of its keys, and key order is content here.
        lambda names: st.fixed_dictionaries({name: keywords[name] for name in names})
    )


SCHEMAS = st.recursive(st.just({"type": "string"}) | st.just(True), _schema, max_leaves=8)
PARAMETERS = _schema(SCHEMAS).filter(lambda schema: isinstance(schema, dict))


def real_tools(shared: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every tool of the corpora: where it is from, and its definition with ``parameters``."""
    for entry in _lines(shared / "schemas" / "bfcl-dev.jsonl.gz"):
        for tool in entry["function"]:
            yield entry["id"], tool
    for tool in _lines(shared / "schemas" / "mcp-tools-dev.jsonl.gz"):
        yield f"{tool['server']}/{tool['name']}", {**tool, "parameters": tool["inputSchema"]}
    for path in sorted((shared / "schemas" / "openapi").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        components = document.get("components", {}).get("schemas", {}) if isinstance(document, dict) else {}
        for name, schema in components.items():
            yield f"{path.name}/{name}", {"name": name, "parameters": schema}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
