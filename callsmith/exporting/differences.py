"""Where a schema and the one that came back from code differ in meaning.

Ways of writing the same are no difference: references and what they mean, titles made up on the way, the order of
``required``, a list of types and the union of them, one listed value and ``const``, a keyword that asks for nothing.
Walks both at once and remembers what was compared, so that recursion ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.exporting.keywords import (
    ASSERTIONS,
    GENERAL,
    OF_TYPE,
    STORES,
    TYPES,
    all_have_type,
    has_type,
    of_type,
    same,
)
from callsmith.exporting.merging import merged
from callsmith.exporting.types import Note
from callsmith.schema.walk import escape, resolve

Pair = tuple[str, Any, Any]

_MAPS = ("properties", "patternProperties")
_SINGLE = ("items", "additionalProperties", "contains", "propertyNames")
_UNIONS = ("anyOf", "oneOf")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_ASKS_NOTHING: Mapping[str, tuple[Any, ...]] = {
    "properties": ({},),
    "required": ([],),
    "additionalProperties": (True, {}),
    "items": (True, {}),
    "description": ("",),
}
_OF_TYPES = frozenset().union(*OF_TYPE.values())


def differences_after(schema: Mapping[str, Any], back: Mapping[str, Any]) -> tuple[Note, ...]:
    """Each place of ``schema`` at which ``back`` says something else."""
    return tuple(_Comparison(schema, back).run())


class _Comparison:
    def __init__(self, schema: Mapping[str, Any], back: Mapping[str, Any]) -> None:
        self.roots = (schema, back)
        self.done: set[tuple[str, str]] = set()

    def run(self) -> Iterator[Note]:
        waiting: list[Pair] = [("", *self.roots)]
        while waiting:
            at, one, other = waiting.pop()
            first = _Read(self.roots[0], one, at)
            second = _Read(self.roots[1], other, at)
            if first.said is None or second.said is None:
                if first.said is not second.said:
                    yield Note(at, "No value is accepted in one of the two")
                continue
            if first.name and second.name and (first.name, second.name) in self.done:
                continue
            self.done.add((first.name, second.name))
            yield from self._combined(first, second)
            for side, said in enumerate((first.said, second.said)):
                if isinstance(said.get("anyOf"), list):
                    said["anyOf"] = self._flat(side, said["anyOf"])
            if "title" not in first.said:
                second.said.pop("title", None)
            for keyword in dict.fromkeys((*first.said, *second.said)):
                yield from self._keyword(first, keyword, second.said, waiting)

    def _combined(self, first: _Read, second: _Read) -> Iterator[Note]:
        """What types say otherwise than schemas: all of several as one, one of several as any of them."""
        assert first.said is not None and second.said is not None
        if first.was_merged and "allOf" not in second.said:
            yield Note(f"{first.at}/{first.was_merged}", "What must hold at once came back as one schema")
        elif first.was_merged:
            first.unmerge()
        if "oneOf" in first.said and "anyOf" in second.said and not {"anyOf"} & first.said.keys():
            yield Note(first.place("oneOf"), "oneOf came back as anyOf")
            first.said = _spelled({"anyOf" if k == "oneOf" else k: v for k, v in first.said.items()})

    def _flat(self, side: int, options: list[Any]) -> list[Any]:
        """Options that are nothing but a union themselves, as their own options."""
        out: list[Any] = []
        for option in options[:1000]:
            said = _Read(self.roots[side], option, "").said or {}
            within = next((said[word] for word in _UNIONS if list(said) == [word]), None)
            out.extend(within if isinstance(within, list) else [option])
        return _options(out)

    def _keyword(self, read: _Read, keyword: str, second: dict[str, Any], waiting: list[Pair]) -> Iterator[Note]:
        place, first = read.place(keyword), read.said
        assert first is not None
        if keyword in _MAPS:
            first, second = {keyword: {}, **first}, {keyword: {}, **second}
        if keyword not in second:
            yield Note(place, f"{keyword} is lost")
            return
        if keyword not in first:
            yield Note(place, f"{keyword} is added")
            return
        one, other = first[keyword], second[keyword]
        if keyword in _MAPS and isinstance(one, Mapping) and isinstance(other, Mapping):
            for name in dict.fromkeys((*one, *other)):
                where = f"{place}/{escape(name)}"
                if name in one and name in other:
                    waiting.append((where, one[name], other[name]))
                else:
                    yield Note(where, "It is lost" if name in one else "It is added")
        elif keyword in _SINGLE and all(isinstance(side, Mapping | bool) for side in (one, other)):
            waiting.append((place, one, other))
        elif keyword in _LISTS and isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            places = [read.option(n) if keyword == "anyOf" else f"{place}/{n}" for n in range(len(one))]
            waiting.extend(zip(places, one, other, strict=True))
        elif not same(one, other):
            yield Note(place, f"{keyword} is another one")


class _Read:
    """A schema with its references followed, in the one spelling in which both are compared.

    ``said`` is None where it accepts nothing. ``name`` is what it is known by, empty where it has no name; ``places``
    are those of keywords that stand elsewhere than at ``at``."""

    def __init__(self, root: Mapping[str, Any], schema: Any, at: str) -> None:
        self.at = at
        self.name = ""
        self.places: dict[str, str] = {}
        self.said: dict[str, Any] | None = None
        self.was_merged = ""
        self.union = "" if not isinstance(schema, Mapping) else next((w for w in _UNIONS if w in schema), "")
        self._unmerged: dict[str, Any] = {}
        if schema is True or isinstance(schema, Mapping):
            self._follow(root, {} if schema is True else schema)

    def place(self, keyword: str) -> str:
        return f"{self.places.get(keyword, self.at)}/{keyword}"

    def option(self, number: int) -> str:
        """The place of an option; where the union is but a list of types, that of the schema."""
        return f"{self.at}/{self.union}/{number}" if self.union else self.at

    def unmerge(self) -> None:
        self.said, self.was_merged = _spelled(dict(self._unmerged)), ""

    def _follow(self, root: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        out = {k: v for k, v in schema.items() if k not in STORES}
        known = ["#"] if schema is root else []
        told: dict[str, Any] = {}
        while not (out.keys() & ASSERTIONS) - {"$ref", "allOf"} and (ref := _reference(out)) is not None:
            found = resolve(root, ref)
            if found is None or found[0] in known or not isinstance(found[1], Mapping):
                break
            known.append(found[0])
            told = {k: v for k, v in out.items() if k not in ("$ref", "allOf")}
            self.places = {k: self.places.get(k, self.at) for k in told}
            self.at = found[0]
            out = {**{k: v for k, v in found[1].items() if k not in STORES}, **told}
            self.union = next((word for word in _UNIONS if word in out), "")
        if known:
            self.name = f"{known[-1]} {json.dumps(told, sort_keys=True, default=str)}"
        if out.keys() & {"allOf", "$ref"}:
            whole = merged(root, {**out})
            if whole is not None:
                self.was_merged, self._unmerged = ("allOf" if "allOf" in out else "$ref"), out
                out = {k: v for k, v in whole.items() if k not in STORES}
        self.said = _spelled(dict(out))


def _reference(schema: Mapping[str, Any]) -> Any:
    listed = schema.get("allOf")
    if "$ref" in schema:
        return schema["$ref"] if "allOf" not in schema else None
    if isinstance(listed, list) and len(listed) == 1 and isinstance(listed[0], Mapping) and list(listed[0]) == ["$ref"]:
        return listed[0]["$ref"]
    return None


def _spelled(out: dict[str, Any]) -> dict[str, Any]:
    _values_spelled(out)
    _items_spelled(out)
    for keyword, idle in _ASKS_NOTHING.items():
        if keyword in out and any(same(out[keyword], value) for value in idle):
            del out[keyword]
    if isinstance(out.get("required"), list):
        out["required"] = sorted(set(map(str, out["required"])))
    if isinstance(out.get("type"), list) and _are_types(out["type"]):
        out = _union_of_types(out)
    return _union_spelled(out)


def _values_spelled(out: dict[str, Any]) -> None:
    """One listed value like several; no type beside values that have it."""
    if "const" in out:
        out["enum"] = [out.pop("const")]
    if isinstance(out.get("type"), list) and len(out["type"]) == 1:
        out["type"] = out["type"][0]
    kinds, enum = out.get("type"), out.get("enum")
    if isinstance(enum, list) and kinds and _are_types(kinds) and (fitting := [v for v in enum if has_type(v, kinds)]):
        out["enum"] = fitting
        del out["type"]


def _items_spelled(out: dict[str, Any]) -> None:
    if isinstance(out.get("items"), list):
        out["prefixItems"] = out.pop("items")
        if "additionalItems" in out:
            out["items"] = out.pop("additionalItems")
    if _is_fixed(out):
        out.pop("items", None)
        out["maxItems"] = out["minItems"]


def _union_spelled(out: dict[str, Any]) -> dict[str, Any]:
    """No type beside options that have it; one option alone is what is asked for."""
    if isinstance(out.get("oneOf"), list) and len(out["oneOf"]) == 1 and "anyOf" not in out:
        out["anyOf"] = out.pop("oneOf")
    for word in _UNIONS:
        options = out.get(word)
        if "type" in out and isinstance(options, list) and options and all(_implies(o, out["type"]) for o in options):
            del out["type"]
    if not isinstance(out.get("anyOf"), list):
        return out
    out["anyOf"] = _options(out["anyOf"])
    only = out["anyOf"][0] if len(out["anyOf"]) == 1 else None
    if isinstance(only, Mapping) and "$ref" not in only and not out.keys() & only.keys() & ASSERTIONS:
        return _spelled({**only, **{k: v for k, v in out.items() if k != "anyOf"}})
    return out


def _are_types(kinds: Any) -> bool:
    return all(name in TYPES for name in ([kinds] if isinstance(kinds, str) else kinds))


def _implies(option: Any, kinds: Any) -> bool:
    """Whether an option accepts nothing but values of these types."""
    if not isinstance(option, Mapping) or not _are_types(kinds):
        return False
    if isinstance(option.get("enum"), list):
        return all_have_type(option["enum"], kinds)
    return ("const" in option and has_type(option["const"], kinds)) or option.get("type") == kinds


def _is_fixed(schema: Mapping[str, Any]) -> bool:
    """A tuple of just so many items, however that is said."""
    first, least = schema.get("prefixItems"), schema.get("minItems")
    if not isinstance(first, list) or least != len(first):
        return False
    return bool(schema.get("maxItems") == least or ("maxItems" not in schema and schema.get("items") is False))


def _union_of_types(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = list(dict.fromkeys(schema["type"]))
    options = [{"type": kind, **{k: v for k, v in schema.items() if k in of_type(kind)}} for kind in kinds]
    rest = {k: v for k, v in schema.items() if k not in _OF_TYPES and k != "type"}
    return {**rest, "anyOf": [*_listed(rest.get("anyOf")), *options]}


def _options(options: list[Any]) -> list[Any]:
    """Unions of unions as one, each option once, null last."""
    flat: list[Any] = []
    for option in options:
        within = option.get("anyOf") if isinstance(option, Mapping) and list(option) == ["anyOf"] else None
        if (
            isinstance(option, Mapping)
            and isinstance(option.get("type"), list)
            and not option.keys() & (GENERAL - {"type"})
        ):
            spelled = _union_of_types(dict(option))
            within = spelled["anyOf"] if list(spelled) == ["anyOf"] else None
        flat.extend(within if isinstance(within, list) else [option])
    out: list[Any] = []
    for option in flat:
        if not any(same(option, known) for known in out):
            out.append(option)
    return sorted(out, key=lambda option: bool(same(option, {"type": "null"})))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
