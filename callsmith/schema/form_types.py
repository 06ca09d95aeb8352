"""What a schema is, in the words of the form: ``array of string``, ``map of → Person``, ``any of``.

A list or map that says nothing else about its parts is one with what it holds: both are *levels* of one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from callsmith.schema.document import join
from callsmith.schema.walk import ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP

SCALARS = ("string", "integer", "number", "boolean")
ARRAY_OF, MAP_OF = "array of ", "map of "
REFERENCE = "→ "
ANY, ANYTHING, NOTHING, BROKEN = "any", "anything", "nothing", "broken"
ANY_OF, ONE_OF, ALL_OF, NOT, CONSTANT, TUPLE = "any of", "one of", "all of", "not", "constant", "tuple"
BRANCHES = {"anyOf": ANY_OF, "oneOf": ONE_OF, "allOf": ALL_OF}
TYPES = (
    *(*SCALARS, "object"),
    *(ARRAY_OF + name for name in (*SCALARS, "object")),
    *(MAP_OF + name for name in (*SCALARS, "object")),
    *(TUPLE, ANY_OF, ONE_OF, ALL_OF, CONSTANT, "null", ANY),
)
MOST_LEVELS = 4
WHOLE = "this whole schema"

_BARE = {True: ANYTHING, False: NOTHING}
_PARTS = (ONE_SCHEMA | SCHEMA_LIST | SCHEMA_MAP) - {"$defs", "definitions"}


@dataclass(frozen=True, slots=True)
class Level:
    """One schema of a row. ``held`` is the keyword by which the level above holds it, "" for the first."""

    pointer: str
    schema: Any
    held: str = ""


def types(schema: Any) -> tuple[str, ...]:
    """The types a schema names, ``null`` only where it is the only one; () where it names none that can be read."""
    named = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(named, str):
        return (named,)
    if not isinstance(named, list) or not all(isinstance(one, str) for one in named):
        return ()
    return tuple(one for one in named if one != "null") or tuple(dict.fromkeys(named))


def nullable(schema: Any) -> bool:
    """Whether a schema says that null may stand here beside something else."""
    if not isinstance(schema, dict):
        return False
    named = schema.get("type")
    if isinstance(named, list):
        return "null" in named and types(schema) != ("null",)
    branches = next((schema[key] for key in ("anyOf", "oneOf") if isinstance(schema.get(key), list)), ())
    return "type" not in schema and any(branch == {"type": "null"} for branch in branches)


def levels(schema: Any, pointer: str) -> tuple[Level, ...]:
    """The schema, and what it holds as a plain list or map, down to what decides."""
    found = [Level(pointer, schema)]
    while len(found) < MOST_LEVELS and (held := holds(schema)):
        schema, pointer = schema[held], join(pointer, held)
        found.append(Level(pointer, schema, held))
    return tuple(found)


def holds(schema: Any) -> str:
    """``items`` or ``additionalProperties`` where that is all a list or map says of its parts; else ""."""
    if not isinstance(schema, dict) or isinstance(schema.get("$ref"), str):
        return ""
    named = types(schema)
    parts = schema.keys() & _PARTS
    if named == ("array",) and parts == {"items"} and isinstance(schema["items"], dict | bool):
        return "items"
    if named == ("object",) and parts == {"additionalProperties"} and isinstance(schema["additionalProperties"], dict):
        return "additionalProperties"
    return ""


def type_of(schema: Any) -> str:
    """A schema's type in the words of the form."""
    chain = levels(schema, "")
    words = [ARRAY_OF if level.held == "items" else MAP_OF for level in chain[1:]]
    return "".join(words) + word(chain[-1].schema)


def split(type_name: str) -> tuple[tuple[str, ...], str]:
    """``array of map of string`` is ((``items``, ``additionalProperties``), ``string``)."""
    held: list[str] = []
    while True:
        if type_name.startswith(ARRAY_OF):
            held.append("items")
            type_name = type_name.removeprefix(ARRAY_OF)
        elif type_name.startswith(MAP_OF):
            held.append("additionalProperties")
            type_name = type_name.removeprefix(MAP_OF)
        else:
            return tuple(held), type_name


def word(schema: Any) -> str:
    """The type of a schema itself, whatever it holds."""
    if not isinstance(schema, dict):
        return _BARE.get(schema, BROKEN) if isinstance(schema, bool) else BROKEN
    if isinstance(schema.get("$ref"), str):
        return REFERENCE + target_name(schema["$ref"])
    named = types(schema)
    if named == ("array",) and tuple_keyword(schema):
        return TUPLE
    if named:
        return " or ".join(named)
    branch = next((keyword for keyword in BRANCHES if isinstance(schema.get(keyword), list)), "")
    if branch:
        return BRANCHES[branch]
    if "not" in schema:
        return NOT
    return CONSTANT if "const" in schema else ANY


def tuple_keyword(schema: Any) -> str:
    """The keyword that lists one schema for each place: ``prefixItems``, ``items`` in older drafts, or ""."""
    if not isinstance(schema, dict):
        return ""
    return next((key for key in ("prefixItems", "items") if isinstance(schema.get(key), list)), "")


def target_name(ref: str) -> str:
    """A reference in short: ``Person`` for ``#/$defs/Person``."""
    if ref == "#":
        return WHOLE
    for start in ("#/$defs/", "#/definitions/"):
        if ref.startswith(start) and "/" not in ref.removeprefix(start):
            return unquote(ref.removeprefix(start)).replace("~1", "/").replace("~0", "~")
    return ref


def holds_properties(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    if "properties" in schema:
        return isinstance(schema["properties"], dict)
    named = schema.get("type")
    return named == "object" or (isinstance(named, list) and "object" in named)
