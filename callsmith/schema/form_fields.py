"""The inputs of one schema in the form: which it has, what each shows, and what is typed there read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.schema import text, values
from callsmith.schema.document import EditError
from callsmith.schema.form_keywords import FLAG, KEYWORDS, NUMBER, RARE, TEXT, VALUE, VALUES, Keyword
from callsmith.schema.form_types import Level, tuple_keyword, types, word
from callsmith.schema.text import TextError
from callsmith.schema.walk import ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP

UNSAID, ALLOWED, FORBIDDEN, OF_A_TYPE = "not said", "allowed", "not allowed", "of a type"
CHOICES = (UNSAID, ALLOWED, FORBIDDEN, OF_A_TYPE)

_RESTS = {
    "additionalProperties": "Other properties",
    "unevaluatedProperties": "Properties nothing else speaks of",
    "items": "Further items",
    "additionalItems": "Further items",
    "unevaluatedItems": "Items nothing else speaks of",
}


@dataclass(frozen=True, slots=True)
class Field:
    """``value`` is empty where the keyword is not there."""

    keyword: Keyword
    pointer: str
    value: tuple[Any, ...]
    quoted: bool

    @property
    def shown(self) -> str | bool:
        """What the input holds."""
        kind = self.keyword.kind
        if kind == FLAG:
            return self.value == (True,)
        if not self.value:
            return ""
        if kind == TEXT:
            return str(self.value[0])
        if kind == VALUES:
            return values.lines(self.value[0], self.quoted)
        return values.shown(self.value[0], self.quoted)

    def read(self, typed: str | bool) -> tuple[Any, ...]:
        """The value in what was typed; empty where the keyword is to go. EditError where it is none."""
        kind = self.keyword.kind
        if typed == self.shown and kind in (FLAG, TEXT):
            return self.value  # an empty title is kept, and "not deprecated" said in so many words
        if kind == FLAG:
            return (True,) if typed else ()
        typed = str(typed)
        if kind == TEXT:
            return (typed,) if typed else ()
        if not typed.strip():
            return self.value if not self.shown else ()
        if kind == VALUES:
            return (values.read_lines(typed, self.quoted),)
        read = values.read_value(typed, self.quoted)
        if kind == NUMBER and not self.keyword.holds(read):
            raise EditError(f"{typed.strip()} is not a number")
        return (read,)


@dataclass(frozen=True, slots=True)
class Rest:
    """What is said of the parts that no other keyword speaks of: one of ``CHOICES``."""

    keyword: str
    label: str
    pointer: str
    shown: str


def fields(level: Level) -> tuple[Field, ...]:
    schema = level.schema
    if not isinstance(schema, dict):
        return ()
    named = types(schema)
    return tuple(
        field_of(level, keyword)
        for keyword in KEYWORDS
        if (keyword.name != "description" or level.held) and _offered(keyword, schema, named)
    )


def field_of(level: Level, keyword: Keyword) -> Field:
    schema = level.schema if isinstance(level.schema, dict) else {}
    value = (schema[keyword.name],) if keyword.name in schema else ()
    return Field(keyword, level.pointer, value, _quoted(keyword, schema, value))


def rests(level: Level) -> tuple[Rest, ...]:
    schema = level.schema
    if not isinstance(schema, dict):
        return ()
    listed = tuple_keyword(schema)
    offered = {"additionalProperties"} if types(schema) == ("object",) else set()
    offered |= {"items"} if listed == "prefixItems" else {"additionalItems"} if listed else set()
    return tuple(
        Rest(keyword, label, level.pointer, _rest(schema, keyword))
        for keyword, label in _RESTS.items()
        if (keyword in offered or (keyword in schema and keyword != "items"))
        and isinstance(schema.get(keyword, True), dict | bool)
    )


def other(level: Level) -> Any:
    """What of a schema has no input and no row, as it stands. A schema that is no object, whole."""
    schema = level.schema
    if not isinstance(schema, dict):
        return schema
    return {key: item for key, item in schema.items() if not _has_a_place(key, item, schema)}


def other_text(level: Level) -> str:
    rest = other(level)
    return text.write(rest) if rest or not isinstance(rest, dict) else ""


def read_other(level: Level, typed: str) -> Any:
    """The keywords (or the whole schema) in a text. EditError says why it is none."""
    if isinstance(level.schema, dict) and not typed.strip():
        return {}
    try:
        read = text.read(typed)
    except TextError as error:
        raise EditError(str(error)) from error
    if not isinstance(level.schema, dict):
        return read
    if not isinstance(read, dict):
        raise EditError('Keywords stand in an object: {"keyword": value}')
    hidden = other(level)
    taken = next((key for key in read if key in level.schema and key not in hidden), None)
    if taken is not None:
        raise EditError(f'"{taken}" has an input of its own in this form; change it there')
    return read


def is_row(keyword: str, value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a keyword's subschemas are rows of their own."""
    if keyword in SCHEMA_MAP:
        whole = keyword != "dependencies" or (
            isinstance(value, dict) and all(isinstance(item, dict | bool) for item in value.values())
        )
        return whole and isinstance(value, dict)
    if keyword in SCHEMA_LIST and isinstance(value, list):
        return True
    if keyword == "items" and tuple_keyword(schema) == "prefixItems":
        return isinstance(value, dict)
    if keyword in _RESTS and keyword != "items":
        return isinstance(value, dict)
    return keyword in ONE_SCHEMA and isinstance(value, dict | bool)


def _has_a_place(key: str, item: Any, schema: dict[str, Any]) -> bool:
    if key == "type":
        return isinstance(item, str) or bool(types(schema))
    if key == "$ref":
        return isinstance(item, str)
    if key == "required":
        properties = schema.get("properties")
        return (
            isinstance(item, list)
            and isinstance(properties, dict)
            and all(isinstance(name, str) and name in properties for name in item)
        )
    keyword = next((one for one in KEYWORDS if one.name == key), None)
    if keyword is not None:
        return keyword.holds(item)
    return is_row(key, item, schema) or (key in _RESTS and isinstance(item, bool))


def _offered(keyword: Keyword, schema: dict[str, Any], named: tuple[str, ...]) -> bool:
    if keyword.name in schema:
        return keyword.holds(schema[keyword.name])
    if keyword.name in RARE:
        return False
    if keyword.name in ("enum", "const") and (set(named) <= {"object", "array", "null"}) and named:
        return False
    if keyword.name in ("enum", "const") and word(schema) not in (*named, "any", "constant"):
        return False
    return not keyword.types or any(name in keyword.types for name in named)


def _quoted(keyword: Keyword, schema: dict[str, Any], value: tuple[Any, ...]) -> bool:
    if keyword.kind not in (VALUE, VALUES):
        return True
    inside = value[0] if value and keyword.kind == VALUES and isinstance(value[0], list) else value
    return not values.plain(word(schema), inside)


def _rest(schema: dict[str, Any], keyword: str) -> str:
    if keyword not in schema:
        return UNSAID
    value = schema[keyword]
    return OF_A_TYPE if isinstance(value, dict) else ALLOWED if value else FORBIDDEN
