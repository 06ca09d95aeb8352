"""Types that are not JSON Schema's made into ones that are: Python's, Java's, JavaScript's and Gemini's names.

The Berkeley leaderboard writes ``dict``, ``float`` and ``any``; its own checker reads them as here, but for ``any``,
which it makes a string. A schema in which nothing is to change is left exactly as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.importing.rewrite import example, nullable, rewritten
from callsmith.importing.types import shown
from callsmith.schema.changes import Change
from callsmith.schema.compiled import TYPES
from callsmith.schema.walk import escape

_ANY = "any"
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("dict", "hashmap", "hashtable", "map", "record", "mapping"), "object"),
    **dict.fromkeys(("list", "tuple", "arraylist", "set", "queue", "stack", "vector", "sequence"), "array"),
    **dict.fromkeys(("float", "double", "decimal", "bigdecimal", "real"), "number"),
    **dict.fromkeys(("int", "long", "short", "byte", "bigint", "biginteger", "int32", "int64"), "integer"),
    **dict.fromkeys(("str", "char", "character", "text", "date", "datetime", "file"), "string"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("none", "nonetype", "undefined", "void"), "null"),
    **{word: word for word in TYPES},
}
_GEMINI = frozenset(word.upper() for word in (*TYPES, "type_unspecified"))
_COUNTS = ("minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties")


def repaired(schema: Mapping[str, Any], shape: str, at: str) -> tuple[dict[str, Any], list[Change]]:
    """The schema with JSON Schema's own types, and each change with its place.

    What is JSON Schema already is not touched, unless ``shape`` is one whose other spellings are known
    (``gemini``, ``bfcl``).
    """
    foreign = _foreign_types(schema)
    if shape == "gemini" or (foreign and foreign <= _GEMINI):
        return rewritten(schema, at, (known_types, _counts, nullable, example))
    if shape == "bfcl" or foreign:
        return rewritten(schema, at, (known_types, required_flags))
    return dict(schema), []


def foreign(word: Any) -> bool:
    """A type that is none of JSON Schema but is known here."""
    return isinstance(word, str) and word not in TYPES and word.lower() in _WORDS


def _foreign_types(schema: Mapping[str, Any]) -> set[str]:
    """Its types that are not JSON Schema's, and "required" where that is a flag."""
    found: set[str] = set()

    def look(part: dict[str, Any], at: str, changes: list[Change]) -> None:
        types = part.get("type")
        found.update(one for one in (types if isinstance(types, list) else [types]) if isinstance(one, str))
        if isinstance(part.get("required"), bool):
            found.add("required")

    rewritten(schema, "", (look,))
    return found - set(TYPES)


def known_types(schema: dict[str, Any], at: str, changes: list[Change]) -> None:
    value = schema.get("type")
    every = value if isinstance(value, list) else [value]
    given = [one for one in every if isinstance(one, str)]
    if len(given) < len(every) or all(one in TYPES for one in given):
        return
    meant = list(dict.fromkeys(_WORDS.get(one.lower(), _ANY) for one in given))
    words = shown(_quoted(given))
    if _ANY in meant:
        del schema["type"]
        changes.append(Change(f"{at}/type", f"The type {words} is none of JSON Schema: any value is allowed now"))
        return
    schema["type"] = meant if isinstance(value, list) else meant[0]
    changes.append(Change(f"{at}/type", f"The type {words} is now {_quoted(meant)}"))


def _counts(schema: dict[str, Any], at: str, changes: list[Change]) -> None:
    """Gemini's counts are 64-bit integers, which its JSON may write as text."""
    for keyword in _COUNTS:
        value = schema.get(keyword)
        if isinstance(value, str) and value.isdecimal() and len(value) < 20:
            schema[keyword] = int(value)
            changes.append(Change(f"{at}/{keyword}", f'"{keyword}" was the text "{value}": now a number'))


def required_flags(schema: dict[str, Any], at: str, changes: list[Change]) -> None:
    """``optional`` and ``required`` as flags of a property: JSON Schema lists the required names in the object."""
    properties = schema.get("properties")
    listed = schema.get("required", [])
    if isinstance(properties, dict) and isinstance(listed, list):
        wanted = list(listed)
        for name, item in properties.items():
            if not isinstance(item, dict):
                continue
            for keyword in ("optional", "required"):
                flag = _flag(item.get(keyword))
                if flag is None:
                    continue
                del item[keyword]
                if flag is (keyword == "required"):
                    wanted += [] if name in wanted else [name]
                else:
                    wanted = [one for one in wanted if one != name]
                place = f"{at}/properties/{escape(name)}/{keyword}"
                here = "required" if name in wanted else "not required"
                changes.append(Change(place, f'"{keyword}" is told by the object: "{name}" is {here}'))
        if wanted != listed:
            schema["required"] = wanted
    if isinstance(schema.get("optional"), list):
        del schema["optional"]
        changes.append(Change(f"{at}/optional", '"optional" is no keyword of JSON Schema: left out'))


def _flag(value: Any) -> bool | None:
    words = {"true": True, "false": False}
    if isinstance(value, str):
        return words.get(value.lower())
    return value if isinstance(value, bool) else None


def _quoted(words: list[Any]) -> str:
    return " or ".join(f'"{one}"' for one in words)
