"""A schema without ``$ref``, ``allOf``, ``anyOf``, ``oneOf`` and ``if``: every way to read it as one plain object.

Lazy: callers take the first reading that works. Readings that contradict themselves are left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from callsmith.schema.walk import resolve

Flat = dict[str, Any]
Order = Callable[[Sequence[Any]], Sequence[Any]]

_COMBINING = frozenset(("$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas", "dependencies"))
_GREATER = frozenset(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"))
_LESSER = frozenset(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"))
# Where a reading has more than one pattern, the others stand here.
MORE_PATTERNS = "patterns"
_MAPS = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentRequired"))
_SCHEMAS = frozenset(("items", "additionalProperties", "contains", "propertyNames", "unevaluatedProperties"))


def readings(root: Mapping[str, Any], schema: Any, order: Order, depth: int = 0) -> Iterator[Flat]:
    """Plain schemas any of whose values is likely to fit; ``order`` arranges the alternatives."""
    if schema is True:
        yield {}
    if not isinstance(schema, Mapping) or depth > 50:
        return
    plain = {keyword: value for keyword, value in schema.items() if keyword not in _COMBINING}
    if "const" in plain:
        plain["enum"] = [plain.pop("const")]
    yield from _combined(root, plain, list(_groups(root, schema, order)), order, depth)


def _groups(root: Mapping[str, Any], schema: Mapping[str, Any], order: Order) -> Iterator[Sequence[Any]]:
    """For each combining keyword the schemas of which one must hold too."""
    target = resolve(root, schema.get("$ref"))
    if target is not None:
        yield [target[1]]
    yield from ([part] for part in schema.get("allOf", ()))
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            yield order(schema[keyword])
    if "if" in schema:
        yield [{"allOf": [schema["if"], schema.get("then", True)]}, schema.get("else", True)]
    dependent = {**schema.get("dependencies", {}), **schema.get("dependentSchemas", {})}
    for name, part in dependent.items():
        if name in schema.get("required", ()):
            yield [{"required": part} if isinstance(part, list) else part]


def _combined(
    root: Mapping[str, Any], plain: Flat, groups: list[Sequence[Any]], order: Order, depth: int
) -> Iterator[Flat]:
    if not groups:
        yield plain
        return
    for alternative in groups[0]:
        for reading in readings(root, alternative, order, depth + 1):
            both = merge(plain, reading)
            if both is not None:
                yield from _combined(root, both, groups[1:], order, depth)


def merge(first: Flat, second: Flat) -> Flat | None:
    """Both at once; None where no value can satisfy both. What is only told, not asked, comes from ``first``."""
    both = {**second, **first}
    for keyword in first.keys() & second.keys():
        one, other = first[keyword], second[keyword]
        if keyword == "type":
            both[keyword] = _types(one, other)
        elif keyword == "enum":
            both[keyword] = [value for value in one if any(value == item for item in other)]
        elif keyword == "required":
            both[keyword] = list(dict.fromkeys([*one, *other]))
        elif keyword in _MAPS:
            both[keyword] = {**other, **one, **{k: _all_of(one[k], other[k]) for k in one.keys() & other.keys()}}
        elif keyword in _SCHEMAS:
            both[keyword] = _all_of(one, other)
        elif keyword == "pattern" and one != other:
            both[MORE_PATTERNS] = [*first.get(MORE_PATTERNS, ()), *second.get(MORE_PATTERNS, ()), other]
        elif keyword in _GREATER:
            both[keyword] = max(one, other)
        elif keyword in _LESSER:
            both[keyword] = min(one, other)
        elif keyword == "multipleOf" and isinstance(one, int) and isinstance(other, int):
            both[keyword] = math.lcm(one, other)
    return None if [] in (both.get("type"), both.get("enum")) else both


def _all_of(one: Any, other: Any) -> Any:
    if one == other:
        return one
    if False in (one, other) and isinstance(one, bool | Mapping) and isinstance(other, bool | Mapping):
        return False
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    return {"allOf": [one, other]}


def _types(one: Any, other: Any) -> list[str]:
    left = [one] if isinstance(one, str) else list(one)
    right = [other] if isinstance(other, str) else list(other)
    found = [name for name in left if name in right or (name == "integer" and "number" in right)]
    if "integer" in right and "number" in left and "integer" not in found:
        found.append("integer")
    return found
