"""Which JSON types a plain schema allows, means or costs: what the sampler decides by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.schema.flatten import Flat


def types_of(flat: Flat) -> list[str]:
    kinds = flat.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    return sorted(kinds, key=lambda kind: bool(kind == "null"))


def implied_type(flat: Flat) -> str:
    """The type a schema means that names none; empty where anything goes."""
    if any(key in flat for key in ("properties", "required", "additionalProperties", "minProperties")):
        return "object"
    if any(key in flat for key in ("items", "prefixItems", "minItems", "contains")):
        return "array"
    if any(key in flat for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")):
        return "number"
    return "string" if any(key in flat for key in ("pattern", "format", "minLength", "maxLength")) else ""


def is_any(value: Any, kinds: list[str]) -> bool:
    return not kinds or any(has_type(value, kind) for kind in kinds)


def has_type(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, int | float):
        return kind == "number" or (kind == "integer" and (isinstance(value, int) or value.is_integer()))
    names: dict[type, str] = {str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null") == kind


def weight(schema: Any) -> int:
    """How much of a value an alternative asks for, roughly: scalars first where a value should end."""
    if not isinstance(schema, Mapping) or "$ref" in schema:
        return 3
    kind = schema.get("type")
    if kind in ("array", "object"):
        return 2 if schema.get("required") or schema.get("minItems") else 1
    return 0 if kind or "enum" in schema or "const" in schema else 2
