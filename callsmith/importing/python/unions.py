"""Schemas that are one of several: values, types, null."""

from __future__ import annotations

from typing import Any

_KINDS: dict[type, str] = {
    **{str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"},
    **{list: "array", dict: "object"},
}


def guessed(value: Any) -> dict[str, Any]:
    """The type that a default has; {} where it tells none."""
    return {"type": _KINDS[type(value)]} if value is not None and type(value) in _KINDS else {}


def enumerated(values: list[Any]) -> dict[str, Any]:
    """The values of a Literal or Enum with their types."""
    types = list(dict.fromkeys(_KINDS[type(value)] for value in values if type(value) in _KINDS))
    typed = {"type": types[0] if len(types) == 1 else types} if types else {}
    distinct = [value for at, value in enumerate(values) if value not in values[:at]]
    return {**typed, "enum": distinct} if distinct else typed


def either(branches: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several schemas: a list of types where that says it all."""
    if len(branches) == 1:
        return branches[0]
    null = {"type": "null"}
    rest = [branch for branch in branches if branch != null]
    if all(branch.keys() == {"type"} and isinstance(branch["type"], str) for branch in branches):
        return {"type": [branch["type"] for branch in branches]}
    if len(rest) == 1 and len(branches) == 2 and isinstance(rest[0].get("type"), str):
        only = {**rest[0], "type": [rest[0]["type"], "null"]}
        return {**only, "enum": [*only["enum"], None]} if "enum" in only else only
    return {"anyOf": branches}


def with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema and null: a default of None says as much."""
    types = schema.get("type", [])
    open_to_null = not schema or "null" in types or {"type": "null"} in schema.get("anyOf", [])
    return schema if open_to_null else either([schema, {"type": "null"}])
