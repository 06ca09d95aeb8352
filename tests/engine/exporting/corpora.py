"""The schemas of shared/schemas as tools: BFCL's dialect as JSON Schema, OpenAPI components with their ``$defs``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from callsmith.types.tool import Tool
from tests.engine.schema_kit import real_tools

_TYPES = {
    **{"dict": "object", "float": "number", "tuple": "array", "String": "string", "Array": "array"},
    **{"ArrayList": "array", "HashMap": "object", "Boolean": "boolean", "long": "integer", "double": "number"},
}
_ANY = ("any", "")
_COMPONENTS = "#/components/schemas/"


def tools(shared: Path, source: str) -> list[Tool]:
    """The tools of ``bfcl``, ``mcp`` or ``openapi``; of equal ones the first."""
    found: dict[str, Tool] = {}
    for tool in _SOURCES[source](shared):
        found.setdefault(json.dumps([tool.name, tool.parameters]), tool)
    return list(found.values())


def _published(shared: Path, wanted: bool) -> Iterator[Tool]:
    for where, entry in real_tools(shared):
        if ".json/" in where or ("/" in where) is not wanted or not isinstance(entry.get("parameters"), dict):
            continue
        parameters = entry["parameters"] if wanted else _as_json_schema(entry["parameters"])
        yield Tool(entry["name"], entry.get("description") or "", parameters)


def _as_json_schema(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword == "type" and isinstance(value, str):
            if value in _ANY:
                continue
            out[keyword] = _TYPES.get(value, value)
        elif keyword == "properties" and isinstance(value, dict):
            out[keyword] = {name: _as_json_schema(part) for name, part in value.items()}
        else:
            out[keyword] = _as_json_schema(value) if keyword in ("items", "additionalProperties") else value
    return out


def _components(shared: Path) -> Iterator[Tool]:
    for path in sorted((shared / "schemas" / "openapi").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        held = document.get("components", {}).get("schemas", {}) if isinstance(document, dict) else {}
        schemas = {name: _with_defs(schema) for name, schema in held.items()}
        for name, schema in schemas.items():
            used = {other: schemas[other] for other in sorted(_used(schema, schemas))}
            yield Tool(name, "", {**schema, **({"$defs": used} if used else {})})


def _with_defs(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: v.replace(_COMPONENTS, "#/$defs/") if k == "$ref" else _with_defs(v) for k, v in value.items()}
    return [_with_defs(item) for item in value] if isinstance(value, list) else value


def _used(schema: Any, schemas: Mapping[str, Any]) -> set[str]:
    used: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).removeprefix("#/$defs/")
            if name in schemas and name not in used:
                used.add(name)
                waiting.append(schemas[name])
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return used


_SOURCES = {
    "bfcl": lambda shared: _published(shared, False),
    "mcp": lambda shared: _published(shared, True),
    "openapi": _components,
}
