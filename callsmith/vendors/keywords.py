"""Every keyword a tool's schema may hold, and what the value of each has to be.

JSON Schema 2020-12, the older spellings of drafts 7 and 4, and what OpenAPI 3.0 and Gemini add. A vendor's table
says something about each of them; the rest are unknown keywords.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

TYPES = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))

# Which schema this is and where: nothing here says what a value may be.
IDENTITY = ("$schema", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "$comment")
DEFINITIONS = ("$defs", "definitions")
REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
UNIONS = ("anyOf", "oneOf", "allOf", "not")
CONDITIONS = ("if", "then", "else", "dependentSchemas", "dependentRequired", "dependencies")
OBJECTS = ("properties", "required", "additionalProperties")
MAPS = ("patternProperties", "propertyNames", "unevaluatedProperties")
SIZES = ("minProperties", "maxProperties")
ARRAYS = ("items", "minItems", "maxItems")
TUPLES = ("prefixItems", "additionalItems", "unevaluatedItems")
CONTENTS = ("contains", "minContains", "maxContains", "uniqueItems")
VALUES = ("type", "enum", "const")
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
LENGTHS = ("minLength", "maxLength")
TEXTS = ("pattern", "format")
ENCODINGS = ("contentEncoding", "contentMediaType", "contentSchema")
WORDS = ("title", "description")
HINTS = ("default", "examples", "deprecated", "readOnly", "writeOnly")
OPENAPI = ("nullable", "discriminator", "xml", "externalDocs", "example")
GEMINI = ("propertyOrdering",)

KNOWN: tuple[str, ...] = (
    *(*IDENTITY, *DEFINITIONS, *REFERENCES, *UNIONS, *CONDITIONS, *OBJECTS, *MAPS, *SIZES, *ARRAYS, *TUPLES),
    *(*CONTENTS, *VALUES, *NUMBERS, *LENGTHS, *TEXTS, *ENCODINGS, *WORDS, *HINTS, *OPENAPI, *GEMINI),
)


def fault(keyword: str, value: Any) -> str:
    """What is wrong with the value of a keyword whatever the vendor, as a sentence; empty where nothing."""
    shape = _SHAPES.get(keyword)
    return (
        "" if shape is None or shape[0](value) else f"The value of {keyword} has to be {shape[1]}, not {_said(value)}."
    )


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_schema(value: Any) -> bool:
    return isinstance(value, Mapping | bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return is_number(value) and value >= 0 and value % 1 == 0


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_type(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, str) and item in TYPES for item in value)
    return isinstance(value, str) and value in TYPES


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


_Shape = tuple[Callable[[Any], bool], str]
_SCHEMA: _Shape = (_is_schema, "a schema")
_SCHEMAS: _Shape = (lambda value: isinstance(value, list) and bool(value), "a list of schemas with one at least")
_MAP: _Shape = (_is_map, "an object, {} when empty")
_TEXT: _Shape = (_is_text, "text")
_COUNT: _Shape = (_is_count, "a whole number from 0 on")
_NUMBER: _Shape = (is_number, "a number")
_NAMES: _Shape = (_is_list_of_text, "a list of property names")
_SWITCH: _Shape = (lambda value: isinstance(value, bool), "true or false")
_LIST: _Shape = (lambda value: isinstance(value, list), "a list")

# A wrong value under a keyword that is not here does no harm.
_SHAPES: Mapping[str, _Shape] = {
    "type": (_is_type, "one of array, boolean, integer, null, number, object and string, or a list of these"),
    "items": (lambda value: _is_schema(value) or isinstance(value, list), "a schema"),
    "multipleOf": (lambda value: is_number(value) and value > 0, "a number above 0"),
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas"), _MAP),
    **dict.fromkeys(("dependentRequired", "dependencies"), _MAP),
    **dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems"), _SCHEMAS),
    **dict.fromkeys(("not", "if", "then", "else", "contains", "additionalProperties", "propertyNames"), _SCHEMA),
    **dict.fromkeys(("additionalItems", "unevaluatedItems", "unevaluatedProperties", "contentSchema"), _SCHEMA),
    **dict.fromkeys((*LENGTHS, *SIZES, "minItems", "maxItems", "minContains", "maxContains"), _COUNT),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _NUMBER),
    **dict.fromkeys(("required",), _NAMES),
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), _SWITCH),
    **dict.fromkeys(("enum", "examples"), _LIST),
    **dict.fromkeys(("title", "description", "pattern", "format", "$ref", "$schema", "$id", "$comment"), _TEXT),
    **dict.fromkeys(("$anchor", "$dynamicAnchor", "$dynamicRef", "contentEncoding", "contentMediaType"), _TEXT),
}


def _said(value: Any) -> str:
    """A value in few words; ``str().lower()`` writes true and false as JSON does."""
    if isinstance(value, str):
        return f'"{value[:40]}"'
    if isinstance(value, list):
        return "an empty list" if not value else "this list"
    if isinstance(value, Mapping):
        return "an object"
    return "null" if value is None else str(value).lower()[:40]
