"""Tool schemas in other words than JSON Schema's: Python, Java and JavaScript type names, as published tool sets use.

``readable`` gives the same schema in JSON Schema's words; only ``type`` values are touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.schema.walk import ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP

_STANDARD = ("string", "number", "integer", "boolean", "object", "array", "null")
_OTHER_NAMES = {
    "dict": "object",
    "hashmap": "object",
    "map": "object",
    "struct": "object",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "int": "integer",
    "long": "integer",
    "short": "integer",
    "byte": "integer",
    "bool": "boolean",
    "str": "string",
    "char": "string",
    "tuple": "array",
    "list": "array",
    "set": "array",
    "arraylist": "array",
    "queue": "array",
    "stack": "array",
    "none": "null",
}
_DEEPEST = 200


def readable(schema: Any, depth: int = 0) -> Any:
    """Types known under another name are renamed; ``any``, an empty and an unknown name allow everything."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return schema
    out: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword == "type":
            out.update(_type(value))
        elif keyword in SCHEMA_MAP and isinstance(value, Mapping):
            out[keyword] = {name: readable(part, depth + 1) for name, part in value.items()}
        elif keyword in SCHEMA_LIST and isinstance(value, list):
            out[keyword] = [readable(part, depth + 1) for part in value]
        elif keyword in ONE_SCHEMA:
            out[keyword] = readable(value, depth + 1)
        else:
            out[keyword] = value
    return out


def _type(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value not in _STANDARD:
        known = value.lower() if value.lower() in _STANDARD else _OTHER_NAMES.get(value.lower())
        return {"type": known} if known else {}
    return {"type": value}
