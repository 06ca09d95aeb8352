"""What recorded calls have made of a schema: how often each property, allowed value, alternative and list was used.

A use is told by its place in the schema, so what two places share through ``$ref`` is counted together, at its
definition, and a schema that contains itself ends.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from callsmith.evidence.branches import Branches
from callsmith.schema.validate import checker
from callsmith.schema.walk import escape, resolve, subschemas

UseKind = Literal["property", "left out", "value", "alternative", "type", "items"]
_Place = tuple[str, Any]
# Keywords whose subschemas apply to the same value.
_ALIKE = ("$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas", "dependencies")


@dataclass(frozen=True, slots=True)
class Use:
    """``path`` is a JSON pointer into the schema. ``times`` of ``chances``: a property was given (or left out) in so
    many of the objects that could have it; an allowed value was the one chosen; a list had items."""

    path: str
    kind: UseKind
    name: str
    times: int
    chances: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every place of the schema that a call can use or not, in the schema's order."""

    uses: tuple[Use, ...]

    @property
    def unused(self) -> tuple[Use, ...]:
        """What was never used although it could have been: not what lies inside something never reached."""
        return tuple(use for use in self.uses if use.chances and not use.times)


def coverage(schema: Mapping[str, Any], values: Iterable[tuple[Any, int]]) -> Coverage:
    """``values`` are arguments of calls, with how many calls gave each. SchemaError where the schema is broken."""
    checker(schema)
    tally = _Tally(schema)
    for value, times in values:
        tally.add(value, times)
    return Coverage(tuple(use for at, part in subschemas(schema) for use in _uses(at, part, tally)))


def _uses(at: str, part: Mapping[str, Any], tally: _Tally) -> Iterator[Use]:
    """What one subschema offers that a call may use or not."""
    required = _list(part, "required")
    for name in _map(part, "properties"):
        path, objects = f"{at}/properties/{escape(name)}", tally.objects[at]
        given = tally.used[path]
        yield Use(path, "property", name, given, objects)
        if name not in required:
            yield Use(path, "left out", name, objects - given, objects)
    allowed = [(f"{at}/enum/{number}", value) for number, value in enumerate(_list(part, "enum"))]
    allowed += [(f"{at}/const", part["const"])] if "const" in part else []
    for path, value in allowed:
        yield Use(path, "value", json.dumps(value, ensure_ascii=False), tally.used[path], tally.reached[at])
    for keyword in ("anyOf", "oneOf"):
        for number, branch in enumerate(_list(part, keyword)):
            path = f"{at}/{keyword}/{number}"
            yield Use(path, "alternative", _called(branch, number), tally.used[path], tally.reached[at])
    for number, name in enumerate(_list(part, "type")):
        path = f"{at}/type/{number}"
        yield Use(path, "type", str(name), tally.used[path], tally.reached[at])
    if tally.lists[at]:
        yield Use(at, "items", "list", tally.used[f"{at}/items"], tally.lists[at])


def _called(branch: Any, number: int) -> str:
    """An alternative by its title, its reference, its type or its one value."""
    if isinstance(branch, Mapping):
        for told in (branch.get("title"), branch.get("$ref"), branch.get("type")):
            if isinstance(told, str):
                return told.rpartition("/")[2]
        if "const" in branch:
            return json.dumps(branch["const"], ensure_ascii=False)
    return f"number {number + 1}"


class _Tally:
    """Counts while walking values along the schema, without recursion: both may be deep."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.reached: Counter[str] = Counter()
        self.objects: Counter[str] = Counter()
        self.lists: Counter[str] = Counter()
        self.used: Counter[str] = Counter()
        self._schema = schema
        self._branches = Branches(schema)
        self._allowed: dict[str, dict[Any, list[str]]] = {}
        self._properties: dict[str, dict[str, _Place]] = {}

    def add(self, value: Any, times: int) -> None:
        """By place in the schema and in the value: several subschemas may lead the same value to one definition."""
        waiting: list[tuple[_Place, Any, str]] = [(("", self._schema), value, "")]
        seen: set[tuple[str, str]] = set()
        while waiting:
            (at, part), here, where = waiting.pop()
            if not isinstance(part, Mapping) or (at, where) in seen:
                continue
            seen.add((at, where))
            self._count(at, part, here, times)
            if not part.keys().isdisjoint(_ALIKE):
                waiting += [(place, here, where) for place in self._alike(at, part, here, times)]
            if isinstance(here, dict):
                for place, name in self._members(at, part, here, times):
                    waiting.append((place, here[name], f"{where}/{escape(name)}"))
            elif isinstance(here, list):
                waiting += [(p, here[number], f"{where}/{number}") for p, number in _items(at, part, here)]

    def _count(self, at: str, part: Mapping[str, Any], value: Any, times: int) -> None:
        self.reached[at] += times
        if "enum" in part or "const" in part:
            for path in self._values(at, part).get(_key(value), ()):
                self.used[path] += times
        if isinstance(part.get("type"), list):
            for number, name in enumerate(part["type"]):
                if _is(value, name):
                    self.used[f"{at}/type/{number}"] += times
        if isinstance(value, dict):
            self.objects[at] += times
        elif isinstance(value, list) and not _list(part, "enum"):
            self.lists[at] += times
            self.used[f"{at}/items"] += times if value else 0

    def _values(self, at: str, part: Mapping[str, Any]) -> dict[Any, list[str]]:
        """The places of the allowed values, by value."""
        if at not in self._allowed:
            places: dict[Any, list[str]] = {}
            for number, value in enumerate(_list(part, "enum")):
                places.setdefault(_key(value), []).append(f"{at}/enum/{number}")
            if "const" in part:
                places.setdefault(_key(part["const"]), []).append(f"{at}/const")
            self._allowed[at] = places
        return self._allowed[at]

    def _alike(self, at: str, part: Mapping[str, Any], value: Any, times: int) -> Iterator[_Place]:
        """The subschemas that apply to the same value."""
        target = resolve(self._schema, part.get("$ref"))
        if target is not None:
            yield target
        yield from ((f"{at}/allOf/{number}", branch) for number, branch in enumerate(_list(part, "allOf")))
        for keyword in ("anyOf", "oneOf"):
            for number, branch in enumerate(_list(part, keyword)):
                path = f"{at}/{keyword}/{number}"
                if self._branches.takes(path, branch, value):
                    self.used[path] += times
                    yield path, branch
        if "if" in part:
            fits = self._branches.takes(f"{at}/if", part["if"], value)
            for keyword in ("if", "then") if fits else ("else",):
                yield f"{at}/{keyword}", part.get(keyword)
        for keyword in ("dependentSchemas", "dependencies"):
            for name, schema in _map(part, keyword).items():
                if isinstance(value, dict) and name in value:
                    yield f"{at}/{keyword}/{escape(name)}", schema

    def _members(
        self, at: str, part: Mapping[str, Any], value: dict[str, Any], times: int
    ) -> Iterator[tuple[_Place, str]]:
        if at not in self._properties:
            named = _map(part, "properties").items()
            self._properties[at] = {name: (f"{at}/properties/{escape(name)}", schema) for name, schema in named}
        properties, patterns = self._properties[at], _map(part, "patternProperties")
        for name in value:
            known = properties.get(name)
            if known is not None:
                self.used[known[0]] += times
                yield known, name
            matching = [pattern for pattern in patterns if _matches(pattern, name)]
            yield from (((f"{at}/patternProperties/{escape(key)}", patterns[key]), name) for key in matching)
            if known is None and not matching:
                yield (f"{at}/additionalProperties", part.get("additionalProperties")), name


def _items(at: str, part: Mapping[str, Any], value: list[Any]) -> Iterator[tuple[_Place, int]]:
    items = part.get("items")
    first, first_at, rest, rest_at = _list(part, "prefixItems"), "prefixItems", items, "items"
    if isinstance(items, list):
        first, first_at, rest, rest_at = items, "items", part.get("additionalItems"), "additionalItems"
    for number in range(len(value)):
        if number < len(first):
            yield (f"{at}/{first_at}/{number}", first[number]), number
        else:
            yield (f"{at}/{rest_at}", rest), number


def _matches(pattern: str, name: str) -> bool:
    """With the linear engine; a pattern it cannot run matches nothing."""
    return not checker({"type": "string", "pattern": pattern})(name, 1)


def _is(value: Any, type_name: Any) -> bool:
    match type_name:
        case "null":
            return value is None
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            whole = isinstance(value, float) and value.is_integer()
            return whole or (isinstance(value, int) and not isinstance(value, bool))
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case _:
            return False


def _key(value: Any) -> Any:
    """Equal for values that JSON Schema calls equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, dict | list):
        return "json", json.dumps(value, sort_keys=True)
    return isinstance(value, bool), value


def _map(part: Mapping[str, Any], keyword: str) -> Mapping[str, Any]:
    value = part.get(keyword)
    return value if isinstance(value, Mapping) else {}


def _list(part: Mapping[str, Any], keyword: str) -> Sequence[Any]:
    value = part.get(keyword)
    return value if isinstance(value, list) else ()
