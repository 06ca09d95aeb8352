"""A whole tool as one JSON document (name, description, parameters, strict), which the editor works on.

A custom tool, called with free text, says ``"type": "custom"`` and may have a ``grammar``.
"""

from __future__ import annotations

from typing import Any

from callsmith.schema import text
from callsmith.schema.text import TextError
from callsmith.types.codec import from_json, to_json
from callsmith.types.tool import Tool

FIELDS = ("name", "description", "type", "grammar", "parameters", "strict", "output_schema")


def document_of(tool: Tool) -> dict[str, Any]:
    document: dict[str, Any] = {"name": tool.name, "description": tool.description}
    for field in FIELDS[2:]:
        value = getattr(tool, field)
        if value is not None and value != "function":
            document[field] = to_json(value)
    return document


def tool_of(document: dict[str, Any]) -> Tool:
    """The tool in a document that ``read_tool`` accepts."""
    return from_json(Tool, document)


def read_tool(typed: str) -> dict[str, Any]:
    """The tool document in a text. TextError where it is not JSON, or not a tool.

    A tool in OpenAI's own form (``{"type": "function", "function": {...}}``, the same with ``custom``, or flat as
    in Responses) is read as what it holds; null is read as not there.
    """
    value = text.read(typed)
    if not isinstance(value, dict):
        raise TextError('A tool is an object: {"name": ..., "description": ..., "parameters": {...}}')
    value = _unwrapped(value)
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
    if document.get("type", "custom") != "custom":
        raise TextError('"type" is "function" or "custom", or is left out')
    if "grammar" in document:
        _check_grammar(document)
    return document


def _unwrapped(value: dict[str, Any]) -> dict[str, Any]:
    kind = value.get("type")
    if kind not in ("function", "custom"):
        return value
    inner = {key: item for key, item in value.items() if key != "type"}
    if list(inner) == [kind] and isinstance(inner[kind], dict):
        inner = inner[kind]
    if kind == "function":
        return inner
    wire_format = inner.pop("format", None) if isinstance(inner.get("format"), dict) else None
    if wire_format is not None and wire_format.get("type") == "grammar":
        inner["grammar"] = wire_format.get("grammar") or {k: wire_format[k] for k in wire_format if k != "type"}
    return {**inner, "type": "custom"}


def _check_grammar(document: dict[str, Any]) -> None:
    grammar = document["grammar"]
    if document.get("type") != "custom":
        raise TextError('Only a tool of "type": "custom" has a grammar')
    fits = isinstance(grammar, dict) and grammar.keys() == {"syntax", "definition"}
    if not fits or grammar["syntax"] not in ("lark", "regex") or not isinstance(grammar["definition"], str):
        raise TextError('"grammar" is {"syntax": "lark" or "regex", "definition": text in quotes}')


def _require(document: dict[str, Any], field: str, kind: type, words: str) -> None:
    if field not in document:
        raise TextError(f'The tool has no "{field}"; it is {words}')
    if not isinstance(document[field], kind):
        raise TextError(f'"{field}" is {words}, not {text.write(document[field])[:40]}')
