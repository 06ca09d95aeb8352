"""Two schemas as one that accepts exactly what both accept; None where that cannot be said in one schema."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from callsmith.schema.sample_types import is_any

Schema = Mapping[str, Any]

ANNOTATIONS = frozenset(
    ("title", "description", "default", "examples", "example", "deprecated", "readOnly", "writeOnly", "$comment")
)
_GREATER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_LESSER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_OPEN: tuple[Any, ...] = (None, True, {})


def both(first: Any, second: Any, depth: int = 0) -> Any:
    """What is only told comes from ``first`` where both tell it."""
    if isinstance(first, bool) or isinstance(second, bool):
        return _with_boolean(first, second)
    if not isinstance(first, Mapping) or not isinstance(second, Mapping) or depth > 40:
        return None
    if not _closed_alike(first, second):
        return None
    out: dict[str, Any] = {**first}
    for key, value in second.items():
        if key not in first:
            out[key] = value
        elif key not in ANNOTATIONS:
            merged = _keyword(key, first[key], value, depth)
            if merged is None:
                return None
            out[key] = merged[0]
    return None if _empty(out) else out


def _empty(schema: Schema) -> bool:
    """Whether the listed values and the type rule each other out."""
    values, kinds = values_of(schema), type_list(schema.get("type"))
    return values is not None and bool(kinds) and not any(is_any(value, kinds) for value in values)


def _with_boolean(first: Any, second: Any) -> Any:
    if first is True:
        return second
    if second is True:
        return first
    return False if False in (first, second) else None


def _closed_alike(first: Schema, second: Schema) -> bool:
    """``additionalProperties`` of one refuses what ``properties`` of the other names."""
    for one, other in ((first, second), (second, first)):
        if "unevaluatedProperties" in one or "unevaluatedItems" in one:
            return False
        if one.get("additionalProperties") in _OPEN:
            continue
        mine, theirs = one.get("properties", {}), other.get("properties", {})
        if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping) or set(theirs) - set(mine):
            return False
    return True


def _keyword(key: str, one: Any, other: Any, depth: int) -> tuple[Any] | None:
    if equal(one, other):
        return (one,)
    if key == "type":
        kinds = _types(one, other)
        return (kinds[0] if len(kinds) == 1 else kinds,) if kinds else None
    if key == "enum":
        left = [value for value in one if any(equal(value, item) for item in other)]
        return (left,) if left else None
    if key == "required":
        return (list(dict.fromkeys([*one, *other])),)
    if key in ("properties", "$defs"):
        return _map(one, other, depth)
    if key in ("items", "additionalProperties"):
        merged = both(one, other, depth + 1)
        return None if merged is None else (merged,)
    if key in _GREATER:
        return (max(one, other),)
    if key in _LESSER:
        return (min(one, other),)
    if key == "multipleOf" and isinstance(one, int) and isinstance(other, int):
        return (math.lcm(one, other),)
    return None


def _map(one: Schema, other: Schema, depth: int) -> tuple[Any] | None:
    out = dict(one)
    for name, part in other.items():
        merged = both(one[name], part, depth + 1) if name in one else part
        if merged is None:
            return None
        out[name] = merged
    return (out,)


def _types(one: Any, other: Any) -> list[str]:
    left, right = type_list(one), type_list(other)
    found = [name for name in left if name in right or (name == "integer" and "number" in right)]
    return found + [name for name in right if name == "integer" and "number" in left and name not in found]


def type_list(named: Any) -> list[str]:
    return [named] if isinstance(named, str) else [name for name in named or () if isinstance(name, str)]


def equal(one: Any, other: Any) -> bool:
    """As JSON Schema compares: 1 and 1.0 are equal, 1 and true are not, at any depth."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    return bool(one == other)


def disjoint(first: Any, second: Any) -> bool:
    """Whether surely no value fits both: of different types, or told apart by a required property."""
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return False
    one, other = values_of(first), values_of(second)
    if one is not None and other is not None:
        return not any(equal(left, right) for left in one for right in other)
    left, right = type_list(first.get("type")), type_list(second.get("type"))
    if left and right and not _types(left, right):
        return True
    if left == right == ["object"]:
        return _told_apart(first, second)
    return False


def _told_apart(first: Schema, second: Schema) -> bool:
    mine, theirs = first.get("properties"), second.get("properties")
    if not isinstance(mine, Mapping) or not isinstance(theirs, Mapping):
        return False
    shared = set(first.get("required", ())) & set(second.get("required", ())) & set(mine) & set(theirs)
    return any(
        values_of(mine[name]) is not None and values_of(theirs[name]) is not None and disjoint(mine[name], theirs[name])
        for name in shared
    )


def values_of(schema: Any) -> list[Any] | None:
    """The only values there are, by ``const`` or ``enum``; None where that is not so."""
    if not isinstance(schema, Mapping):
        return None
    values = schema.get("enum")
    if "const" in schema:
        listed = not isinstance(values, list) or any(equal(schema["const"], value) for value in values)
        return [schema["const"]] if listed else []
    return values if isinstance(values, list) else None
