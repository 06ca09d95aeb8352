"""A JSON Schema rewritten into Gemini's ``Schema`` type, for the field ``parameters``.

What becomes of a keyword is said by the vendor's table alone: kept keywords are copied, described ones put into
words behind the description, dropped ones left out, and ``_Writer`` knows how to rewrite the rest. References are
written out; one that leads back to itself is cut where it comes round. The result is bounded by ``MAX_PARTS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from callsmith.schema.walk import resolve
from callsmith.vendors.merging import merged
from callsmith.vendors.places import Place, Walk
from callsmith.vendors.rules import Table
from callsmith.vendors.telling import added, in_words

MAX_PARTS = 20_000
MAX_DEPTH = 60
_UNIONS = ("anyOf", "oneOf")
# Which keywords belong to a branch of their own where a schema is of several types.
_OF_TYPE: Mapping[str, frozenset[str]] = {
    "string": frozenset(("pattern", "format", "minLength", "maxLength", "enum", "const")),
    "number": frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "format")),
    "array": frozenset(("items", "prefixItems", "minItems", "maxItems", "uniqueItems")),
    "object": frozenset(("properties", "required", "minProperties", "maxProperties", "propertyOrdering")),
    "boolean": frozenset(),
}
_KINDS = {str: "string", bool: "boolean", int: "integer", float: "number"}
_OWN = frozenset().union(*_OF_TYPE.values())


# Gemini asks for a type wherever there is no union.
ANY: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}


class CannotWrite(Exception):
    """The schema has no form in Gemini's ``Schema``."""


def gemini_parameters(walk: Walk, table: Table) -> dict[str, Any]:
    """Of a schema that is in order; ``CannotWrite`` where it has no such form."""
    if walk.root is None:
        return {}
    if walk.lost:
        raise CannotWrite(f"The reference at {min(walk.lost)} leads nowhere")
    try:
        written = _Writer(walk, table).schema(walk.root, "", 0, ())
    except RecursionError:
        raise CannotWrite("Nested too deep to be written out") from None
    if written.get("type", "object") != "object":
        raise CannotWrite("The top of the parameters has to be of type object")
    return {"type": "object", **written}


class _Writer:
    def __init__(self, walk: Walk, table: Table) -> None:
        self._walk, self._table = walk, table
        self._parts = 0
        root = walk.root or {}
        looping = (place for place in walk.places if f"{place.path}/$ref" in walk.loops)
        self._looping = {id(found[1]) for place in looping if (found := resolve(root, place.schema["$ref"]))}

    def schema(self, given: Any, path: str, depth: int, behind: tuple[int, ...]) -> dict[str, Any]:
        """``behind`` are the schemas on loops whose references led here."""
        self._parts += 1
        if depth > MAX_DEPTH:
            raise CannotWrite(f"Nested over {MAX_DEPTH} levels when its references are written out")
        if self._parts > MAX_PARTS:
            raise CannotWrite(f"More than {MAX_PARTS:,} parts when its references are written out")
        if not isinstance(given, Mapping):
            return dict(ANY)
        schema, behind = self._plain(given, behind)
        if schema is None:
            return _cut(given, self._walk)
        types = schema.get("type")
        if isinstance(types, list):
            named = [item.lower() for item in types if isinstance(item, str)]
            kinds = [item for item in named if item != "null"]
            if len(kinds) > 1 and "anyOf" not in schema and "oneOf" not in schema:
                schema = _by_type(schema, kinds, nullable="null" in named)
            else:
                rest = {keyword: value for keyword, value in schema.items() if keyword != "type"}
                one = {"type": kinds[0]} if len(kinds) == 1 else {}
                schema = {**one, **rest, **({"nullable": True} if "null" in named else {})}
        return self._fields(schema, path, depth, behind)

    def _plain(
        self, schema: Mapping[str, Any], behind: tuple[int, ...]
    ) -> tuple[Mapping[str, Any] | None, tuple[int, ...]]:
        """Without ``$ref`` and ``allOf``; None where a reference came round to where it was followed before."""
        while "$ref" in schema or "allOf" in schema:
            if "$ref" in schema:
                found = resolve(self._walk.root or {}, schema["$ref"])
                target = found[1] if found else {}
                if id(target) in behind:
                    return None, behind
                if id(target) in self._looping:
                    behind = (*behind, id(target))
                rest = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
                schema = merged([rest, target if isinstance(target, Mapping) else {}])
            else:
                parts = []
                for part in schema["allOf"]:
                    plain, behind = self._plain(part if isinstance(part, Mapping) else {}, behind)
                    parts.append(plain or {})
                rest = {keyword: value for keyword, value in schema.items() if keyword != "allOf"}
                schema = merged([rest, *parts])
        return schema, behind

    def _fields(self, schema: Mapping[str, Any], path: str, depth: int, behind: tuple[int, ...]) -> dict[str, Any]:
        place = Place(path, schema, (), 0)
        out: dict[str, Any] = {}
        told = []
        # What stands beside a union counts before what is in its only alternative.
        for keyword, value in sorted(schema.items(), key=lambda item: item[0] in _UNIONS):
            rule = self._table.rule(keyword, value, place, self._walk)
            if rule.verdict in ("kept", "rewritten"):
                for name, written in self._field(keyword, value, schema, path, depth, behind):
                    out.setdefault(name, written)
            elif rule.verdict == "described":
                told.append(in_words(keyword, value))
        if told:
            out["description"] = added(out.get("description"), told)
        return _complete(out, schema)

    def _field(
        self, keyword: str, value: Any, schema: Mapping[str, Any], path: str, depth: int, behind: tuple[int, ...]
    ) -> Iterator[tuple[str, Any]]:
        def inside(part: Any) -> dict[str, Any]:
            return self.schema(part, f"{path}/{keyword}", depth + 1, behind)

        if keyword == "properties":
            yield "properties", {name: _typed(inside(part)) for name, part in value.items()}
        elif keyword in ("items", "prefixItems"):
            yield "items", _items(schema, inside)
        elif keyword in _UNIONS:
            yield from _union([inside(part) for part in value])
        elif keyword in _REWRITES:
            yield from _REWRITES[keyword](value, schema)
        else:
            yield keyword, value


_Pairs = Iterator[tuple[str, Any]]


def _type(value: Any, schema: Mapping[str, Any]) -> _Pairs:
    yield ("nullable", True) if value.lower() == "null" else ("type", value.lower())


def _required(value: Any, schema: Mapping[str, Any]) -> _Pairs:
    properties = schema.get("properties") or {}
    named = [name for name in dict.fromkeys(value) if name in properties]
    if named or not value:
        yield "required", named


def _enum(value: Any, schema: Mapping[str, Any]) -> _Pairs:
    yield "enum", list(dict.fromkeys(item for item in value if item is not None))
    if None in value:
        yield "nullable", True


def _const(value: Any, schema: Mapping[str, Any]) -> _Pairs:
    yield "enum", [value]


def _examples(value: Any, schema: Mapping[str, Any]) -> _Pairs:
    if value:
        yield "example", value[0]


def _written_out(value: Any, schema: Mapping[str, Any]) -> _Pairs:
    """Definitions stand where they are referred to."""
    yield from ()


_REWRITES: Mapping[str, Callable[[Any, Mapping[str, Any]], _Pairs]] = {
    "type": _type,
    "required": _required,
    "enum": _enum,
    "const": _const,
    "examples": _examples,
    "$defs": _written_out,
    "definitions": _written_out,
}


def _items(schema: Mapping[str, Any], inside: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One schema for all items: the places of a tuple and what may follow them are alternatives."""
    given = schema.get("items")
    parts = [*(schema.get("prefixItems") or ()), *(given if isinstance(given, list) else [given])]
    written = [inside(part) for part in parts if isinstance(part, Mapping)]
    different = [part for at, part in enumerate(written) if part not in written[:at]]
    if len(different) < 2:
        return _typed(different[0]) if different else dict(ANY)
    return {"anyOf": different}


def _by_type(schema: Mapping[str, Any], kinds: list[str], *, nullable: bool) -> dict[str, Any]:
    """A schema of several types as one alternative a type, each with the keywords that are about it."""
    branches = []
    for kind in kinds:
        own = _OF_TYPE["number" if kind == "integer" else kind]
        branches.append({"type": kind, **{name: value for name, value in schema.items() if name in own}})
    rest = {name: value for name, value in schema.items() if name not in _OWN and name != "type"}
    return {**rest, "anyOf": branches, **({"nullable": True} if nullable else {})}


def _union(branches: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Alternatives without null, which is said beside them; a single one is no union any more."""
    rest = [branch for branch in branches if branch != {"nullable": True}]
    if len(rest) < len(branches):
        yield "nullable", True
    if len(rest) == 1:
        yield from rest[0].items()
    elif rest:
        yield "anyOf", rest


def _typed(out: dict[str, Any]) -> dict[str, Any]:
    """Null alone is no type of its own here: text that may be null."""
    return {"type": "string", **out} if out == {"nullable": True} else out


def _complete(out: dict[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """What Gemini asks for beside the keywords: a type, or a union; enums of text; what the items of arrays are."""
    if "enum" in out and out.get("type", "string") != "string":
        del out["enum"]
    if "required" in out and "properties" not in out:
        del out["required"]
    if "type" not in out and "anyOf" not in out and out != {"nullable": True}:
        kind = _kind(schema) or _kind(out)
        out = {"type": kind, **out} if kind else {**out, **ANY}
    if out.get("type") == "array" and "items" not in out:
        out["items"] = dict(ANY)
    return out


def _kind(schema: Mapping[str, Any]) -> str:
    """The type that a schema means without saying so; empty where it cannot be told."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if isinstance(values, list):
        kinds = {_KINDS.get(type(value), "") for value in values if value is not None}
        return kinds.pop() if len(kinds) == 1 else ""
    return next((kind for kind, own in _OF_TYPE.items() if own & schema.keys()), "")


def _cut(schema: Mapping[str, Any], walk: Walk) -> dict[str, Any]:
    """Where a reference comes round: the type of what it leads to, without what is inside."""
    found = resolve(walk.root or {}, schema.get("$ref"))
    target = found[1] if found and isinstance(found[1], Mapping) else {}
    out: dict[str, Any] = {}
    kind = target.get("type")
    if isinstance(kind, str) and kind != "null":
        out["type"] = kind
    words = schema.get("description") or target.get("description") or target.get("title")
    out["description"] = f"{words} (the same again)" if isinstance(words, str) else "The same again."
    return _complete(out, {})
