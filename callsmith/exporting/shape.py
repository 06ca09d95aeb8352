"""A schema as a programmer would type it: classes with fields, lists, maps, unions, listed values.

What every typed language shares is read once (``reading``) into these values; how each language writes them, and
what it cannot write, is for the language. Nothing of the schema is lost on the way: what is no type stands in
``bounds`` (limits that most languages know), ``unsaid`` (rules that few know) or ``told`` (words, which refuse
no value).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from callsmith.exporting.types import Note

Kind = Literal[
    "any",
    "never",
    "string",
    "integer",
    "number",
    "boolean",
    "null",
    "literals",
    "array",
    "tuple",
    "map",
    "named",
    "union",
]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Node:
    """A type at a place. ``parts`` are the item of an array, the items of a tuple, the value of a map, the options of
    a union; ``values`` those of ``literals``; ``name`` the key of the definition that ``named`` means.
    ``exclusive``: of a union's options exactly one may fit."""

    kind: Kind
    at: str
    parts: tuple[Node, ...] = ()
    values: tuple[Any, ...] = ()
    name: str = ""
    exclusive: bool = False
    bounds: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    unsaid: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    told: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def description(self) -> str:
        return text_of(self.told.get("description"))


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    node: Node
    required: bool


@dataclass(frozen=True, slots=True)
class Definition:
    """A type with a name: an object with ``fields``, or, where ``alias`` is set, any other type.

    ``extra`` says what other fields an object may have: ``ignore`` where the schema does not say, ``allow``,
    ``forbid``, or the type they all have."""

    key: str
    at: str
    wanted: str
    alias: Node | None = None
    fields: tuple[Property, ...] = ()
    extra: Literal["ignore", "allow", "forbid"] | Node = "ignore"
    unsaid: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    told: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    @property
    def description(self) -> str:
        return text_of(self.told.get("description"))


@dataclass(frozen=True, slots=True)
class Shapes:
    """``definitions`` are in order: each after those it uses, but for the ones in ``cyclic``, which use themselves or
    one another. ``notes`` hold for every language."""

    root: str
    definitions: Mapping[str, Definition]
    cyclic: frozenset[str]
    notes: tuple[Note, ...]


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""
