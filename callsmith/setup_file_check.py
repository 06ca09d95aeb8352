"""Values read from JSON that a person may have written: each checked against its type, every mistake with its place.

The types are those of ``callsmith.types``, so the file has a field for everything they hold. ``FIELDS`` says where the
file says it otherwise.
"""

from __future__ import annotations

import difflib
import json
import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal

from callsmith.connections import ALL_WIRES
from callsmith.schema.walk import escape
from callsmith.setup_file_types import SetupFile
from callsmith.types.answering import Fault as FaultSettings
from callsmith.types.answering import Http, Mcp, Mock, Player, Reply
from callsmith.types.setup import LoopLimits

MOST_MISTAKES = 50


@dataclass(frozen=True, slots=True)
class Mistake:
    """``at`` is a JSON pointer, empty for the whole document."""

    at: str
    message: str

    def __str__(self) -> str:
        return f"{self.at or 'the file'}: {self.message}"


@dataclass(frozen=True, slots=True)
class Written:
    """How one field stands in the file. ``choices``: the only texts it may be, beside the empty one. ``least``: the
    smallest number. ``json``: an object or list there is taken for its JSON text."""

    name: str = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    json: bool = False


FIELDS: Mapping[tuple[type, str], Written] = {
    (SetupFile, "wire"): Written(choices=ALL_WIRES),
    (SetupFile, "budget"): Written(least=0),
    (Player, "connection_id"): Written("connection"),
    (Player, "wire"): Written(choices=ALL_WIRES),
    (Reply, "content"): Written(json=True),
    (Reply, "delay"): Written(least=0),
    (Mock, "content"): Written(json=True),
    (FaultSettings, "seconds"): Written(least=0),
    (Http, "seconds"): Written(least=0),
    (Http, "max_bytes"): Written(least=0),
    (Mcp, "seconds"): Written(least=0),
    (LoopLimits, "steps"): Written(least=1),
    (LoopLimits, "seconds"): Written(least=0),
    (LoopLimits, "tokens"): Written(least=0),
    (LoopLimits, "cost"): Written(least=0),
}
PLAIN = Written()


class TooMany(Exception):
    """So many mistakes that the rest need not be looked for."""


class Reader:
    """Reads values and gathers the mistakes. What is wrong is read as None: nothing is used once there is a mistake."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def wrong(self, at: str, message: str) -> None:
        self.mistakes.append(Mistake(at, message))
        if len(self.mistakes) >= MOST_MISTAKES:
            raise TooMany

    def read(self, kind: Any, value: Any, at: str, written: Written = PLAIN) -> Any:
        if is_dataclass(kind):
            return self._object(typing.cast(type, kind), value, at)
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin in (typing.Union, types.UnionType):
            inner = next(one for one in arguments if one is not types.NoneType)
            return None if value is None else self.read(inner, value, at, written)
        if origin is Literal:
            return self._choice(arguments, value, at)
        if origin is tuple:
            return self._list(arguments[0], value, at)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(arguments[1], value, at)
        if kind is Any:
            return value
        if written.json and isinstance(value, dict | list):
            return json_text(value)
        value = self._plain(kind, value, at)
        if written.choices and value:
            return self._choice(written.choices, value, at)
        if written.least is not None and value is not None and value < written.least:
            self.wrong(at, f"{written.least:g} is the least this can be")
        return value

    def _object(self, kind: type, value: Any, at: str) -> Any:
        if not isinstance(value, dict):
            self.wrong(at, f"an object in braces is wanted here, not {_what(value)}")
            return None
        known, made = shape(kind), {}
        for name, item in value.items():
            place = f"{at}/{escape(name)[:80]}"
            if name in known:
                entry = known[name]
                made[entry.field] = self.read(entry.kind, item, place, entry.written)
            else:
                self.unknown(name, known, place)
        for name, entry in known.items():
            if entry.required and name not in value:
                self.wrong(at, f'"{name}" is missing')
        return kind(**made) if not self.mistakes else None

    def unknown(self, name: str, known: typing.Iterable[str], place: str) -> None:
        self.wrong(place, f"there is no field of this name{_meant(name, known)}")

    def _choice(self, choices: tuple[str, ...], value: Any, at: str) -> Any:
        if isinstance(value, str) and value in choices:
            return value
        said = ", ".join(f'"{choice}"' for choice in choices if choice)
        near = _meant(value, choices) if isinstance(value, str) else ""
        self.wrong(at, f"this is one of {said}, not {_what(value)}{near}")
        return None

    def _list(self, kind: Any, value: Any, at: str) -> Any:
        if not isinstance(value, list):
            self.wrong(at, f"a list in brackets is wanted here, not {_what(value)}")
            return None
        return tuple([self.read(kind, item, f"{at}/{number}") for number, item in enumerate(value)])

    def _mapping(self, kind: Any, value: Any, at: str) -> Any:
        if not isinstance(value, dict):
            self.wrong(at, f"an object in braces is wanted here, not {_what(value)}")
            return None
        return {name: self.read(kind, item, f"{at}/{escape(name)[:80]}") for name, item in value.items()}

    def _plain(self, kind: Any, value: Any, at: str) -> Any:
        words, fits = _PLAIN[kind]
        if not fits(value):
            self.wrong(at, f"{words} is wanted here, not {_what(value)}")
            return None
        return value


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a type as the file has it."""

    field: str
    kind: Any
    required: bool
    written: Written


@cache
def shape(kind: type) -> Mapping[str, Entry]:
    """The fields of a type by their names in the file."""
    hints = typing.get_type_hints(kind)
    found = {}
    for one in fields(kind):
        written = FIELDS.get((kind, one.name), PLAIN)
        found[written.name or one.name] = Entry(one.name, hints[one.name], _required(one), written)
    return found


def json_text(value: Any) -> str:
    """The text that an object or a list in place of a text stands for."""
    return json.dumps(value, ensure_ascii=False)


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


_PLAIN: Mapping[Any, tuple[str, Callable[[Any], bool]]] = {
    str: ("text in quotes", lambda value: isinstance(value, str)),
    bool: ("true or false", lambda value: isinstance(value, bool)),
    int: ("a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    float: ("a number", _is_number),
}


def _what(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f'the text "{value[:40]}{"…" if len(value) > 40 else ""}"'
        case int() | float():
            said = f"{value:.6g}" if isinstance(value, float) or abs(value) < 10**15 else "a number of many digits"
            return said if said[0] == "a" else f"the number {said}"
        case list():
            return "a list"
        case _:
            return "an object"


def _meant(name: str, known: typing.Iterable[str]) -> str:
    names = {one.lower(): one for one in known if one}
    near = difflib.get_close_matches(name[:60].lower(), names, 1)
    return f'; did you mean "{names[near[0]]}"?' if near else ""
