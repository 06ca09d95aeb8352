"""The questions that rules ask about a value and its place, and what limits measure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from callsmith.vendors.keywords import is_number
from callsmith.vendors.places import Place, Walk
from callsmith.vendors.rules import Test


def top(value: Any, place: Place, walk: Walk) -> bool:
    return place.top


def is_list(value: Any, place: Place, walk: Walk) -> bool:
    return isinstance(value, list)


def is_false(value: Any, place: Place, walk: Walk) -> bool:
    return value is False


def is_none(value: Any, place: Place, walk: Walk) -> bool:
    return value is None


def is_text(value: Any, place: Place, walk: Walk) -> bool:
    return isinstance(value, str)


def all_text(value: Any, place: Place, walk: Walk) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def text_or_numbers(value: Any, place: Place, walk: Walk) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) or is_number(item) for item in value)


def no_text_or_null(value: Any, place: Place, walk: Walk) -> bool:
    """An allowed value that is neither text nor null, or text that is empty."""
    return not isinstance(value, list) or any(not (item is None or (isinstance(item, str) and item)) for item in value)


def has_null(value: Any, place: Place, walk: Walk) -> bool:
    return isinstance(value, list) and any(
        item is None or (isinstance(item, Mapping) and item.get("type") == "null") for item in value
    )


def has_bare_branch(value: Any, place: Place, walk: Walk) -> bool:
    """An alternative that says nothing about the value itself: which names are required, at most."""
    return isinstance(value, list) and any(
        not isinstance(item, Mapping) or not item.keys() - {"required", "not", "title", "description", "$comment"}
        for item in value
    )


def is_empty(value: Any, place: Place, walk: Walk) -> bool:
    return value in ([], {})


def of_other_type_than_text(value: Any, place: Place, walk: Walk) -> bool:
    types = {item.lower() for item in types_of(place.schema)} - {"null"}
    return bool(types) and "string" not in types


def enum_without_values(value: Any, place: Place, walk: Walk) -> bool:
    return value == "enum" and not place.schema.get("enum")


def has_containers(value: Any, place: Place, walk: Walk) -> bool:
    return isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value)


def on_loop(value: Any, place: Place, walk: Walk) -> bool:
    return f"{place.path}/$ref" in walk.loops


def on_forced_loop(value: Any, place: Place, walk: Walk) -> bool:
    return f"{place.path}/$ref" in walk.forced


def leaves_document(value: Any, place: Place, walk: Walk) -> bool:
    return f"{place.path}/$ref" in walk.lost


def has_siblings(value: Any, place: Place, walk: Walk) -> bool:
    return any(not keyword.startswith("$") for keyword in place.schema)


def has_optional(value: Any, place: Place, walk: Walk) -> bool:
    return bool(optional_names(place.schema))


def names_unknown(value: Any, place: Place, walk: Walk) -> bool:
    properties = place.schema.get("properties")
    return isinstance(value, list) and any(
        not isinstance(properties, Mapping) or name not in properties for name in value
    )


def is_object_at_top(value: Any, place: Place, walk: Walk) -> bool:
    return place.top and _is_object_type(value)


def no_object_at_top(value: Any, place: Place, walk: Walk) -> bool:
    return place.top and not _is_object_type(value)


def _is_object_type(value: Any) -> bool:
    """Gemini writes its types in capitals too; elsewhere such a type is broken before anybody asks."""
    return isinstance(value, str) and value.lower() == "object"


def is_nothing_or_one(value: Any, place: Place, walk: Walk) -> bool:
    return is_number(value) and value in (0, 1)


def one_of(values: Collection[str]) -> Test:
    return lambda value, place, walk: isinstance(value, str) and value in values


def beside(*keywords: str) -> Test:
    return lambda value, place, walk: any(keyword in place.schema for keyword in keywords)


def of_type(*types: str) -> Test:
    """The schema says it is of one of these types, or of none at all."""
    return lambda value, place, walk: bool(set(types) & types_of(place.schema))


def large_enum(values: int, characters: int) -> Test:
    """More text than fits into one long enum."""
    return lambda value, place, walk: (
        isinstance(value, list)
        and len(value) > values
        and sum(len(item) for item in value if isinstance(item, str)) > characters
    )


def types_of(schema: Mapping[str, Any]) -> set[str]:
    named = schema.get("type")
    return {item for item in (named if isinstance(named, list) else [named]) if isinstance(item, str)}


def optional_names(schema: Mapping[str, Any]) -> list[str]:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, Mapping):
        return []
    needed = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
    return [name for name in properties if name not in needed]


# What a place lacks.


def open_object(place: Place, walk: Walk) -> bool:
    return is_object(place.schema) and "additionalProperties" not in place.schema


def optional_without_required(place: Place, walk: Walk) -> bool:
    return "required" not in place.schema and bool(optional_names(place.schema))


def array_without_items(place: Place, walk: Walk) -> bool:
    return "array" in types_of(place.schema) and "items" not in place.schema


def untyped(place: Place, walk: Walk) -> bool:
    return not place.top and not place.schema.keys() & {"type", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"}


def untyped_top(place: Place, walk: Walk) -> bool:
    return place.top and "type" not in place.schema


def empty_object(place: Place, walk: Walk) -> bool:
    return not place.top and "object" in types_of(place.schema) and not place.schema.get("properties")


def is_object(schema: Mapping[str, Any]) -> bool:
    return "object" in types_of(schema) or "properties" in schema


# What limits measure.


def depth(walk: Walk) -> int:
    """Objects and arrays inside each other; definitions count where they are written."""
    return max((place.level for place in walk.places), default=0)


def properties(walk: Walk) -> int:
    return sum(1 for _ in _names(walk, "properties"))


def enum_values(walk: Walk) -> int:
    return sum(len(values) for values in _enums(walk))


def characters(walk: Walk) -> int:
    """Of the names of properties and definitions, and of enum and const values."""
    names = sum(len(name) for keyword in ("properties", "$defs", "definitions") for name in _names(walk, keyword))
    values = sum(len(value) for values in _enums(walk) for value in values if isinstance(value, str))
    constants = (place.schema.get("const") for place in walk.places)
    return names + values + sum(len(value) for value in constants if isinstance(value, str))


def optional_parameters(walk: Walk) -> int:
    return sum(len(optional_names(place.schema)) for place in walk.places)


def unions(walk: Walk) -> int:
    return sum(
        "anyOf" in place.schema or "oneOf" in place.schema or isinstance(place.schema.get("type"), list)
        for place in walk.places
    )


def _names(walk: Walk, keyword: str) -> Iterator[str]:
    for place in walk.places:
        found = place.schema.get(keyword)
        if isinstance(found, Mapping):
            yield from found


def _enums(walk: Walk) -> Iterator[list[Any]]:
    for place in walk.places:
        values = place.schema.get("enum")
        if isinstance(values, list):
            yield values
