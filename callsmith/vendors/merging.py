"""Schemas that hold at the same time (``allOf``, or what stands beside a ``$ref``) as one schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_LOWER = ("minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum")
_UPPER = ("maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum")


def merged(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Properties and required names together, the narrower bound, the common allowed values; of anything else on
    which the parts disagree, what the first says."""
    out: dict[str, Any] = {}
    for part in parts:
        for keyword, value in part.items():
            out[keyword] = _both(keyword, out[keyword], value) if keyword in out else value
    return out


def _both(keyword: str, first: Any, second: Any) -> Any:
    if isinstance(first, Mapping) and isinstance(second, Mapping) and keyword in ("properties", "$defs", "definitions"):
        return {**second, **first} if keyword != "properties" else _properties(first, second)
    if isinstance(first, list) and isinstance(second, list):
        if keyword == "required":
            return list(dict.fromkeys(name for name in (*first, *second) if isinstance(name, str)))
        if keyword == "enum":
            return [value for value in first if value in second] or first
        if keyword == "allOf":
            return [*first, *second]
    if _is_number(first) and _is_number(second):
        if keyword in _LOWER:
            return max(first, second)
        if keyword in _UPPER:
            return min(first, second)
    return first


def _properties(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """A property of both has to fit both."""
    out = dict(first)
    for name, schema in second.items():
        own = out.get(name)
        if own is None:
            out[name] = schema
        elif isinstance(own, Mapping) and isinstance(schema, Mapping) and own != schema:
            out[name] = {"allOf": [own, schema]}
    return out


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
