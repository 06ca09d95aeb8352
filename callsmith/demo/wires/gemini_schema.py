"""The ``Schema`` type of Gemini: fewer keywords than JSON Schema has, each other one refused by name (notes, 7.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.dialect import readable
from callsmith.demo.wires.gemini_words import at_proto, camel, invalid_value
from callsmith.schema.validate import check_schema

_KEYWORDS = frozenset(
    (
        *("type", "format", "title", "description", "nullable", "enum", "items", "maxItems", "minItems"),
        *("properties", "required", "propertyOrdering", "minProperties", "maxProperties", "minLength", "maxLength"),
        *("pattern", "minimum", "maximum", "anyOf", "default", "example"),
    )
)
_TYPES = frozenset(("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"))
_TYPE = "type.googleapis.com/google.ai.generativelanguage.v1beta.Type"
_DEEPEST = 50


def check_proto_schema(schema: Any, at: str) -> Mapping[str, Any]:
    """The schema where it keeps to the type. Raises ``Refused``, naming every unknown keyword at once."""
    problems = list(_unknown(schema, at, 0))
    if problems:
        raise Refused("\n".join(f"Invalid JSON payload received. Unknown name {problem}" for problem in problems))
    _check(schema, at, at)
    return dict(schema)


def _unknown(schema: Any, at: str, depth: int) -> Iterator[str]:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return
    for keyword, value in schema.items():
        if camel(keyword) not in _KEYWORDS:
            yield f"\"{keyword}\" at '{at}': Cannot find field."
        elif keyword == "type" and isinstance(value, list):
            yield f"\"type\" at '{at}': Proto field is not repeating, cannot start list."
    for part, where, _ in _inside(schema, at, at):
        yield from _unknown(part, where, depth + 1)


def _inside(schema: Mapping[str, Any], at: str, rule: str) -> Iterator[tuple[Any, str, str]]:
    """The schemas within, each with the two ways Google names its place: a map is a list of entries in the one."""
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        for place, (name, part) in enumerate(properties.items()):
            yield part, f"{at}.properties[{place}].value", f"{rule}.properties[{name}]"
    if "items" in schema:
        yield schema["items"], f"{at}.items", f"{rule}.items"
    choices = schema.get("anyOf", schema.get("any_of"))
    for place, part in enumerate(choices if isinstance(choices, list) else ()):
        yield part, f"{at}.any_of[{place}]", f"{rule}.any_of[{place}]"


def _check(schema: Any, at: str, rule: str, depth: int = 0) -> None:
    if not isinstance(schema, Mapping):
        raise invalid_value(at, "type.googleapis.com/google.ai.generativelanguage.v1beta.Schema", schema)
    kind = schema.get("type")
    if kind is not None and (not isinstance(kind, str) or kind.upper() not in _TYPES):
        raise invalid_value(f"{at}.type", _TYPE, kind)
    for place, value in enumerate(schema.get("enum") or ()):
        if not isinstance(value, str):
            raise invalid_value(f"{at}.enum[{place}]", "TYPE_STRING", value)
    if isinstance(kind, str) and kind.upper() == "ARRAY" and "items" not in schema:
        raise at_proto(f"{rule}.items", "missing field.")
    properties = schema.get("properties")
    if properties is not None and not isinstance(properties, Mapping):
        raise invalid_value(f"{at}.properties", "type.googleapis.com/google.protobuf.MapEntry", properties)
    for place, name in enumerate(schema.get("required") or ()):
        if name not in (properties or {}):
            raise at_proto(f"{rule}.required[{place}]", "property is not defined")
    if depth < _DEEPEST:
        for part, where, named in _inside(schema, at, rule):
            _check(part, where, named, depth + 1)


def check_json_schema(schema: Any, at: str) -> Mapping[str, Any]:
    """A field that takes JSON Schema as it is. unverified: the wording"""
    if not isinstance(schema, Mapping):
        raise invalid_value(at, "type.googleapis.com/google.protobuf.Struct", schema)
    error = check_schema(readable(schema))
    if error is not None:
        raise at_proto(at, f"invalid JSON schema: {error.message}.")
    return dict(schema)
