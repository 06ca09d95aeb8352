"""A whole tool as one JSON document (name, description, parameters, strict), which the editor works on."""

from __future__ import annotations

from typing import Any

from callsmith.schema import text
from callsmith.schema.text import TextError
from callsmith.types.codec import to_json
from callsmith.types.tool import Tool

FIELDS = ("name", "description", "parameters", "strict", "output_schema")


def document_of(tool: Tool) -> dict[str, Any]:
    document: dict[str, Any] = {"name": tool.name, "description": tool.description}
    for field in FIELDS[2:]:
        value = getattr(tool, field)
        if value is not None:
            document[field] = to_json(value)
    return document


def tool_of(document: dict[str, Any]) -> Tool:
    """The tool in a document that ``read_tool`` accepts."""
    return Tool(**document)


def read_tool(typed: str) -> dict[str, Any]:
    """The tool document in a text. TextError where it is not JSON, or not a tool.

    A tool in OpenAI's own form (``{"type": "function", "function": {...}}``, or flat as in Responses) is
    read as what it holds; null is read as not there.
    """
    value = text.read(typed)
    if not isinstance(value, dict):
        raise TextError('A tool is an object: {"name": ..., "description": ..., "parameters": {...}}')
    if value.get("type") == "function":
        value = {key: item for key, item in value.items() if key != "type"}
        if list(value) == ["function"] and isinstance(value["function"], dict):
            value = value["function"]
    document = {key: item for key, item in value.items() if item is not None}
    unknown = [key for key in document if key not in FIELDS]
    if unknown:
        known = ", ".join(FIELDS[:-1])
        raise TextError(f'A tool has no field "{unknown[0]}"; it has {known} and {FIELDS[-1]}')
    _require(document, "name", str, "text in quotes")
    document.setdefault("description", "")
    _require(document, "description", str, "text in quotes")
    for field in ("parameters", "output_schema"):
        if field in document:
            _require(document, field, dict, "a JSON Schema object")
    if "strict" in document:
        _require(document, "strict", bool, "true or false")
    return document


def _require(document: dict[str, Any], field: str, kind: type, words: str) -> None:
    if field not in document:
        raise TextError(f'The tool has no "{field}"; it is {words}')
    if not isinstance(document[field], kind):
        raise TextError(f'"{field}" is {words}, not {text.write(document[field])[:40]}')
