"""A schema as rows of a form: reading it. The other ``form_`` files change it, by the pointers of rows.

A row is a view, never a copy: it says what the form shows of one subschema and where that stands. Edits are
made in the document itself, so what no input shows cannot be lost. Rows are made as they are asked for, from
a schema of any depth: a page draws some dozen of them, and the largest schemas have ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callsmith.schema.document import join
from callsmith.schema.form_fields import is_row
from callsmith.schema.form_types import Level, holds_properties, levels, nullable, type_of
from callsmith.schema.walk import SCHEMA_LIST, SCHEMA_MAP
from callsmith.types.tool import Tool

ROOT = "root"
DEFINITIONS = ("$defs", "definitions")

# In the order of the form, each with what stands for it in the place of a row.
_CODES = {
    "properties": "",
    "patternProperties": "p",
    "additionalProperties": "m",
    "propertyNames": "k",
    "dependentSchemas": "d",
    "dependencies": "y",
    "unevaluatedProperties": "u",
    "prefixItems": "t",
    "items": "i",
    "additionalItems": "r",
    "unevaluatedItems": "v",
    "contains": "c",
    "anyOf": "a",
    "oneOf": "o",
    "allOf": "l",
    "not": "n",
    "if": "f",
    "then": "h",
    "else": "e",
    "contentSchema": "w",
    "$defs": "s",
    "definitions": "z",
}
_LABELS = {
    "additionalProperties": "Other properties",
    "propertyNames": "Names of properties",
    "unevaluatedProperties": "Properties nothing else speaks of",
    "items": "Each item",
    "additionalItems": "Further items",
    "unevaluatedItems": "Items nothing else speaks of",
    "contains": "At least one item",
    "anyOf": "Alternative",
    "oneOf": "Alternative",
    "allOf": "Part",
    "prefixItems": "Item",
    "not": "Not",
    "if": "If",
    "then": "Then",
    "else": "Else",
    "contentSchema": "What the text holds",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One subschema. ``held`` is the keyword that holds it, ``name`` its key where that keyword names its parts.

    ``place`` counts positions (``"0"``, ``"2-1"``, ``"3-a0"`` for the first ``anyOf`` branch of the fourth
    property): it stays while names change. ``depth`` counts the frames around it.
    """

    pointer: str
    place: str
    depth: int
    held: str
    name: str
    schema: Any
    required: bool = False

    @property
    def levels(self) -> tuple[Level, ...]:
        """The schema, and what it holds where it is a plain list or map; never empty."""
        return levels(self.schema, self.pointer)

    @property
    def element(self) -> str:
        """Where the last level stands, whose parts are the rows below this one."""
        return self.levels[-1].pointer

    @property
    def type(self) -> str:
        return type_of(self.schema)

    @property
    def nullable(self) -> bool:
        return nullable(self.schema)

    @property
    def description(self) -> str:
        said = self.schema.get("description") if isinstance(self.schema, dict) else None
        return said if isinstance(said, str) else ""

    @property
    def named(self) -> bool:
        return self.held in SCHEMA_MAP

    @property
    def label(self) -> str:
        """What the row is called where people read of it."""
        if self.named:
            return self.name
        if self.held == "":
            return "this schema"
        if not self.listed:
            return _LABELS[self.held]
        words = "Item" if self.held == "items" else _LABELS[self.held]
        return f"{words} {int(self.pointer.rpartition('/')[2]) + 1}"

    @property
    def listed(self) -> bool:
        return self.held in SCHEMA_LIST and self.pointer.rpartition("/")[2].isdecimal()

    def groups(self) -> Iterator[Group]:
        """What the schema is made of, keyword by keyword."""
        chain = self.levels
        for number, level in enumerate(chain):
            last = number == len(chain) - 1
            schema = level.schema
            if not isinstance(schema, dict):
                continue
            for keyword in _CODES:
                there = keyword in schema and is_row(keyword, schema[keyword], schema)
                there = there or (last and keyword == "properties" and holds_properties(schema))
                if there and (last or keyword in DEFINITIONS):
                    yield Group(self, level.pointer, schema, keyword, "" if last else str(number))


@dataclass(frozen=True, slots=True)
class Group:
    """The subschemas under one keyword of the schema at ``pointer``, of the row ``of``."""

    of: Row
    pointer: str
    schema: dict[str, Any]
    keyword: str
    level: str

    @property
    def value(self) -> Any:
        return self.schema.get(self.keyword, {})

    @property
    def count(self) -> int:
        return len(self.value) if self.keyword in SCHEMA_MAP or isinstance(self.value, list) else 1

    def rows(self) -> Iterator[Row]:
        prefix = "" if self.of.place == ROOT else f"{self.of.place}-"
        prefix += f"{self.level}{_CODES[self.keyword]}"
        at, depth = join(self.pointer, self.keyword), self.of.depth + 1
        if self.keyword in SCHEMA_MAP:
            needed = _needed(self.schema) if self.keyword == "properties" else frozenset()
            for number, (name, item) in enumerate(self.value.items()):
                pointer = join(at, name)
                yield Row(pointer, f"{prefix}{number}", depth, self.keyword, name, item, name in needed)
        elif isinstance(self.value, list):
            for number, item in enumerate(self.value):
                yield Row(join(at, number), f"{prefix}{number}", depth, self.keyword, "", item)
        else:
            yield Row(at, f"{prefix}0", depth, self.keyword, "", self.value)


def root(parameters: Any) -> Row:
    """The row of the schema itself."""
    return Row("", ROOT, -1, "", "", {} if parameters is None else parameters)


def rows(parameters: Any) -> tuple[Row, ...]:
    """The rows at the top."""
    return tuple(row for group in root(parameters).groups() for row in group.rows())


def flat(tree: tuple[Row, ...] | list[Row]) -> Iterator[Row]:
    """These rows and all below them, as one reads them."""
    waiting = list(reversed(tree))
    while waiting:
        row = waiting.pop()
        yield row
        below = [child for group in row.groups() for child in group.rows()]
        waiting.extend(reversed(below))


def row_at(parameters: Any, place: str) -> Row | None:
    """The row at a place; None where there is none any more."""
    row: Row | None = root(parameters)
    while row is not None and row.place != place:
        row = next(
            (child for child in _below(row) if place == child.place or place.startswith(f"{child.place}-")), None
        )
    return row


def definitions(parameters: Any) -> tuple[tuple[str, str], ...]:
    """The schemas that references can be chosen from: name and pointer."""
    if not isinstance(parameters, dict):
        return ()
    return tuple(
        (name, join("", keyword, name))
        for keyword in DEFINITIONS
        if isinstance(parameters.get(keyword), dict)
        for name in parameters[keyword]
    )


def summary(parameters: Any, most: int = 6) -> str:
    """The top properties in a line, required ones with a star: ``location*, unit``."""
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    if not isinstance(properties, dict) or not properties:
        return "no parameters"
    needed = _needed(parameters)
    names = [f"{name}*" if name in needed else name for name in list(properties)[:most]]
    return ", ".join(names + ([f"{len(properties) - most} more"] if len(properties) > most else []))


def summary_of(tool: Tool) -> str:
    """What a call of the tool holds, in a line."""
    if tool.type != "custom":
        return summary(tool.parameters)
    if tool.grammar is None:
        return "free text"
    return "free text that fits a " + ("regular expression" if tool.grammar.syntax == "regex" else "Lark grammar")


def _below(row: Row) -> Iterator[Row]:
    for group in row.groups():
        yield from group.rows()


def _needed(schema: Any) -> frozenset[str]:
    required = schema.get("required")
    return frozenset(name for name in required if isinstance(name, str)) if isinstance(required, list) else frozenset()
