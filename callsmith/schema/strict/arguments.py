"""Arguments that a model made under the converted schema, as the original schema means them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.schema.errors import SchemaError
from callsmith.schema.strict.nulls import takes_null
from callsmith.schema.validate import violations
from callsmith.schema.walk import resolve

_MAX_DEPTH = 60


def to_original(schema: Mapping[str, Any], arguments: Any) -> Any:
    """``arguments`` without the nulls that stand for a property left out. A property that takes null by itself keeps
    it: whether it was meant or left out cannot be told."""
    return _read(schema, schema, arguments, 0)


def _read(root: Mapping[str, Any], schema: Any, value: Any, depth: int) -> Any:
    if not isinstance(schema, Mapping) or not isinstance(value, dict | list) or depth > _MAX_DEPTH:
        return value
    target = resolve(root, schema.get("$ref"))
    if target is not None:
        value = _read(root, target[1], value, depth + 1)
    for part in _list(schema, "allOf"):
        value = _read(root, part, value, depth + 1)
    value = _object(root, schema, value, depth) if isinstance(value, dict) else _array(root, schema, value, depth)
    for keyword in ("anyOf", "oneOf"):
        branches = _list(schema, keyword)
        if branches:
            value = _fitting(root, branches, value, depth)
    return value


def _object(root: Mapping[str, Any], schema: Mapping[str, Any], value: dict[str, Any], depth: int) -> dict[str, Any]:
    properties, required = schema.get("properties"), schema.get("required", ())
    if not isinstance(properties, Mapping):
        return value
    out = {}
    for name, item in value.items():
        if name not in properties:
            out[name] = item
        elif item is not None or name in required or takes_null(root, properties[name]):
            out[name] = _read(root, properties[name], item, depth + 1)
    return out


def _array(root: Mapping[str, Any], schema: Mapping[str, Any], value: list[Any], depth: int) -> list[Any]:
    items = schema.get("items")
    return [_read(root, items, item, depth + 1) for item in value] if isinstance(items, Mapping) else value


def _fitting(root: Mapping[str, Any], branches: list[Any], value: Any, depth: int) -> Any:
    """The value as the first alternative reads it that takes it then; as it is where none does."""
    around = {key: root[key] for key in ("$schema", "$defs", "definitions") if key in root}
    for branch in branches:
        read = _read(root, branch, value, depth + 1)
        try:
            if isinstance(branch, Mapping) and not violations({**around, **branch}, read, 1):
                return read
        except SchemaError:
            continue
    return value


def _list(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    found = schema.get(keyword)
    return found if isinstance(found, list) else []
