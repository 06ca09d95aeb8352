"""``allOf`` as one schema, where that says the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.exporting.keywords import ASSERTIONS, STORES, same
from callsmith.schema.flatten import merge
from callsmith.schema.walk import resolve

MAX_PARTS = 100
# Keywords that `merge` puts together by their meaning. Any other must be the same in all parts that have it.
_MERGED = frozenset(
    (
        *("type", "enum", "required", "properties", "patternProperties", "dependentRequired"),
        *("items", "additionalProperties", "contains", "propertyNames", "unevaluatedProperties"),
        *("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"),
        *("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"),
    )
)
_NUMBERS = ("min", "max", "exclusive")
_CONTAINERS: Mapping[str, type | tuple[type, ...]] = {
    "enum": list,
    "required": list,
    "properties": Mapping,
    "patternProperties": Mapping,
    "dependentRequired": Mapping,
    "type": (str, list),
}


def merged(root: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """``schema`` with its ``allOf`` and ``$ref`` put into it; None where no single schema says the same."""
    sources = _sources(root, schema)
    if sources is None:
        return None
    whole: dict[str, Any] = {}
    for source in sources:
        own = {keyword: value for keyword, value in source.items() if keyword not in ("allOf", "$ref")}
        part = own if source is schema else {key: value for key, value in own.items() if key not in STORES}
        if not _goes_with(whole, part):
            return None
        both = merge(whole, part)
        if both is None:
            return None
        whole = both
    return whole


def identity(root: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[int, ...]:
    """What ``schema`` is put together from: two that are the same parts in the same order mean the same. It holds
    only as long as ``schema`` lives."""
    sources = _sources(root, schema) or ()
    return tuple(id(source) for source in sources if source.keys() - {"allOf", "$ref"})


def _sources(root: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """What must hold at once, the schema itself first, each once. None where that never ends, or is too much."""
    found: list[Mapping[str, Any]] = []
    met: set[int] = set()
    waiting: list[tuple[Any, frozenset[int]]] = [(schema, frozenset())]
    while waiting:
        part, above = waiting.pop()
        if part is True:
            continue
        if not isinstance(part, Mapping) or id(part) in above or len(found) >= MAX_PARTS:
            return None
        if id(part) in met:
            continue
        met.add(id(part))
        found.append(part)
        under = above | {id(part)}
        within: list[Any] = []
        if "$ref" in part:
            target = resolve(root, part["$ref"])
            if target is None:
                return None
            within.append(target[1])
        listed = part.get("allOf", [])
        if not isinstance(listed, list):
            return None
        waiting.extend((item, under) for item in reversed([*within, *listed]))
    return found


def _goes_with(whole: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    for keyword in whole.keys() & part.keys() & ASSERTIONS:
        one, other = whole[keyword], part[keyword]
        if keyword not in _MERGED:
            if not same(one, other):
                return False
        elif keyword in _CONTAINERS:
            kind = _CONTAINERS[keyword]
            if not isinstance(one, kind) or not isinstance(other, kind):
                return False
        elif keyword.startswith(_NUMBERS) and not (_is_bound(one) and _is_bound(other)):
            return False
    return True


def _is_bound(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
