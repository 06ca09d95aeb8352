"""Does a schema lie in the strict subset? Written apart from the conversion, so that each is a check of the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.changes import Change
from callsmith.schema.strict import rules
from callsmith.schema.walk import children, resolve, subschemas


def fits(schema: Any) -> tuple[Change, ...]:
    """What keeps a schema out of the subset; () where nothing does."""
    if not isinstance(schema, Mapping):
        return (Change("", "A strict schema is an object"),)
    return tuple([*_top(schema), *_parts(schema), *limits(schema)])


def _top(schema: Mapping[str, Any]) -> Iterator[Change]:
    if schema.get("type") != "object":
        yield Change("", 'The top has "type": "object"')
    if "anyOf" in schema:
        yield Change("/anyOf", "There is no anyOf at the top")


def _parts(root: Mapping[str, Any]) -> Iterator[Change]:
    for at, part in subschemas(root):
        for keyword in part:
            if keyword not in rules.ALLOWED or (keyword == "$defs" and at):
                yield Change(f"{at}/{keyword}", f"{keyword} is not in the subset")
        yield from _part(root, at, part)
        for step, child in children(part):
            if not isinstance(child, Mapping) and not step.startswith("/additionalProperties"):
                yield Change(at + step, "A schema that takes anything, or nothing, is not in the subset")


def _part(root: Mapping[str, Any], at: str, part: Mapping[str, Any]) -> Iterator[Change]:
    if "$ref" in part:
        if len(part) > 1:
            yield Change(f"{at}/$ref", "Nothing stands beside $ref")
        if resolve(root, part["$ref"]) is None:
            yield Change(f"{at}/$ref", "It points at nothing")
        return
    kinds = part.get("type")
    named = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
    if not named and "anyOf" not in part:
        yield Change(at, "It has neither a type nor alternatives")
    if any(kind not in rules.TYPES for kind in named) or len([kind for kind in named if kind != "null"]) > 1:
        yield Change(f"{at}/type", "It is one type, or one type and null")
    if part.get("format", "date") not in rules.FORMATS:
        yield Change(f"{at}/format", "The format is none of the subset")
    if "object" in named or "properties" in part:
        yield from _object(at, part)
    if "array" in named and not isinstance(part.get("items"), Mapping):
        yield Change(f"{at}/items", "An array says what its entries are")


def _object(at: str, part: Mapping[str, Any]) -> Iterator[Change]:
    properties = part.get("properties")
    names = list(properties) if isinstance(properties, Mapping) else None
    if names is None:
        yield Change(f"{at}/properties", "An object names its properties")
    if part.get("additionalProperties") is not False:
        yield Change(f"{at}/additionalProperties", "An object is closed")
    if set(part.get("required", ())) != set(names or ()):
        yield Change(f"{at}/required", "Every property is required, and nothing else")


def limits(root: Mapping[str, Any]) -> Iterator[Change]:
    """The numbers of 7.2. Definitions count where they are written."""
    properties = values = characters = deepest = 0
    for at, part in subschemas(root):
        named = part.get("properties")
        names = list(named) if isinstance(named, Mapping) else []
        defs = part.get("$defs")
        properties += len(names)
        characters += sum(map(len, names)) + (sum(map(len, defs)) if isinstance(defs, Mapping) else 0)
        listed = part.get("enum")
        listed = listed if isinstance(listed, list) else []
        values += len(listed)
        texts = sum(len(value) for value in (*listed, part.get("const")) if isinstance(value, str))
        characters += texts
        if len(listed) > rules.LARGE_ENUM and texts > rules.LARGE_ENUM_CHARACTERS:
            message = f"A list of over {rules.LARGE_ENUM} values has at most {rules.LARGE_ENUM_CHARACTERS:,} characters"
            yield Change(f"{at}/enum", f"{message}; this one has {texts:,}")
        deepest = max(deepest, _depth(at))
    for found, most, what in (
        (properties, rules.MAX_PROPERTIES, "properties"),
        (values, rules.MAX_ENUM_VALUES, "listed values"),
        (characters, rules.MAX_CHARACTERS, "characters in names and listed values"),
        (deepest, rules.MAX_DEPTH, "levels"),
    ):
        if found > most:
            yield Change("", f"A strict schema has at most {most:,} {what}; this one has {found:,}")


def _depth(pointer: str) -> int:
    """Levels of objects and arrays: the top is the first."""
    return 1 + sum(1 for step in pointer.split("/")[1:] if step in ("properties", "items"))
