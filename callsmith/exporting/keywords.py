"""The keywords of JSON Schema by what they do (2020-12 with the older spellings)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OF_TYPE: Mapping[str, frozenset[str]] = {
    "string": frozenset(("minLength", "maxLength", "pattern")),
    "number": frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
    "array": frozenset(
        (
            *("items", "prefixItems", "additionalItems", "unevaluatedItems", "minItems", "maxItems", "uniqueItems"),
            *("contains", "minContains", "maxContains"),
        )
    ),
    "object": frozenset(
        (
            *("properties", "required", "additionalProperties", "unevaluatedProperties", "patternProperties"),
            *("propertyNames", "minProperties", "maxProperties", "dependentRequired", "dependentSchemas"),
            "dependencies",
        )
    ),
    "boolean": frozenset(),
    "null": frozenset(),
}
# The formats that our own validator holds values to; elsewhere a format is a word.
FORMATS = frozenset(
    (
        *("date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
        *("uri", "uri-reference", "iri", "iri-reference", "uri-template", "uuid", "json-pointer", "regex"),
        "relative-json-pointer",
    )
)
TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
GENERAL = frozenset(("type", "enum", "const", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref"))
ASSERTIONS = GENERAL.union(*OF_TYPE.values()) | {"$dynamicRef", "$recursiveRef"}
# Where definitions live, and what names a place in the document: no part of a type.
STORES = frozenset(("$defs", "definitions", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary"))


def of_type(kind: str) -> frozenset[str]:
    return OF_TYPE["number" if kind == "integer" else kind]


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def as_count(value: Any) -> int | None:
    """A length or number of items; None where it is none."""
    if is_number(value) and value >= 0 and value == int(value):
        return int(value)
    return None


def type_of(value: Any) -> str:
    """The JSON Schema type of a value; a whole number is an integer however it is written."""
    if isinstance(value, bool):
        return "boolean"
    if value is None:
        return "null"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list | tuple) else "object"


def has_type(value: Any, kinds: Any) -> bool:
    found = type_of(value)
    names = [kinds] if isinstance(kinds, str) else kinds
    return found in names or (found == "integer" and "number" in names)


def all_have_type(values: Any, kinds: Any) -> bool:
    return all(has_type(value, kinds) for value in values)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str | int | float):
        return bool(one == other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def depth_of(value: Any, most: int) -> int:
    """How deep a value is nested, counted up to ``most``."""
    level = [value]
    for depth in range(most):
        level = [
            child
            for item in level
            if isinstance(item, Mapping | list | tuple)
            for child in (item.values() if isinstance(item, Mapping) else item)
        ]
        if not level:
            return depth
    return most


def holds_reference(value: Any) -> bool:
    """Whether ``$ref`` stands anywhere in it: taken out of its document it would point at nothing."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Mapping):
            if "$ref" in item:
                return True
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
    return False
