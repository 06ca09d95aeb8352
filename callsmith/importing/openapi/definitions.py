"""The schemas of an OpenAPI document as ``$defs``: only those that an operation reaches, cycles and all.

A schema that is referred to is converted once for the whole document and shared by the operations. References to files
and addresses are never followed: an open schema stands in their place, and that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from callsmith.importing.dialect import known_types, required_flags
from callsmith.importing.openapi.secret_values import without_secrets, without_values
from callsmith.importing.rewrite import example, exclusive_bounds, nullable, rewritten
from callsmith.importing.types import shown
from callsmith.schema.changes import Change
from callsmith.schema.validate import check_schema
from callsmith.schema.walk import escape, resolve

MAX_DEFINITIONS = 2_000
_MAX_IN_PLACE = 500
_ILLEGAL = re.compile(r"[^A-Za-z0-9_.-]+")
_OWN_PLACE = ("$id", "$anchor", "$dynamicAnchor", "$schema", "$dynamicRef", "$recursiveRef", "$recursiveAnchor")
_IN_PLACE_LISTS = ("allOf", "anyOf", "oneOf")
_IN_PLACE_SINGLE = ("not", "if", "then", "else")


@dataclass(frozen=True, slots=True)
class Converted:
    """A schema as JSON Schema 2020-12 with its references into ``$defs``, and the names it refers to directly."""

    schema: dict[str, Any]
    changes: tuple[Change, ...]
    names: tuple[str, ...]


class Unusable(ValueError):
    """A schema that cannot be one of a tool, in words: it reaches too many definitions, or would never be checked."""


class Definitions:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.problems: dict[str, None] = {}
        self._document = document
        self._places: dict[str, str] = {}
        self._pointers: dict[str, str] = {}
        self._ready: dict[str, Converted] = {}
        # Operations share their definitions, and mostly also what is said about them.
        self._said = lru_cache(maxsize=10_000)(self._changes_of)

    def convert(self, schema: Any, at: str, called: str = "") -> Converted:
        """A schema of the document, to stand at ``at`` in the tool, of what is ``called`` so."""
        if not isinstance(schema, dict):
            return Converted({"not": {}} if schema is False else {}, (), ())
        names: dict[str, None] = {}

        def references(part: dict[str, Any], place: str, changes: list[Change]) -> None:
            self._references(part, place, changes, names)

        steps = (references, known_types, required_flags, nullable, exclusive_bounds, example, without_secrets)
        made, changes = rewritten(schema, at, steps)
        without_values(called, made, at, changes)
        stubs = {"$defs": dict.fromkeys(names, True)} if names else {}
        error = check_schema({**made, **stubs})
        if error is not None:
            changes = [Change(at, f"Its schema is broken, so any value is allowed: {error}")]
            said = made.get("description")
            made, names = ({"description": said} if isinstance(said, str) else {}), {}
        return Converted(made, tuple(changes), tuple(names))

    def with_definitions(self, schema: dict[str, Any], names: Iterable[str], at: str) -> tuple[Any, list[Change]]:
        """The schema with the definitions it reaches under ``$defs``, and what was changed in those."""
        reached = self.reached(names)
        if not reached:
            return schema, []
        changes: list[Change] = []
        for name in reached:
            changes += self._said(name, at)
        return {**schema, "$defs": {name: self._definition(name).schema for name in reached}}, changes

    def reached(self, names: Iterable[str]) -> list[str]:
        """All definitions behind ``names``, nearest first. Unusable beyond ``MAX_DEFINITIONS``."""
        found = dict.fromkeys(names)
        waiting = list(found)
        while waiting:
            level: list[str] = []
            for name in waiting:
                for one in self._definition(name).names:
                    if one not in found:
                        found[one] = None
                        level.append(one)
            if len(found) > MAX_DEFINITIONS:
                raise Unusable(f"It reaches more than {MAX_DEFINITIONS:,} definitions")
            waiting = level
        return list(found)

    def behind(self, converted: Converted) -> Converted:
        """What a schema that is only a reference refers to, at the end of the chain; else the schema itself."""
        for _ in range(_MAX_IN_PLACE):
            if not _only_refers(converted.schema) or len(converted.names) != 1:
                return converted
            converted = self._definition(converted.names[0])
        return converted

    def follow(self, value: Any) -> dict[str, Any]:
        """A parameter, body, answer or path item that may be a reference; {} where it leads nowhere."""
        for _ in range(20):
            if not isinstance(value, dict):
                return {}
            ref = value.get("$ref")
            if not isinstance(ref, str):
                return value
            target = resolve(self._document, ref) if ref.startswith("#") else None
            if target is None:
                self._lost(ref)
                return {}
            value = target[1]
        return {}

    def _definition(self, name: str) -> Converted:
        if name not in self._ready:
            target = resolve(self._document, f"#{self._pointers[name].replace('%', '%25')}")
            found = self.convert(target[1] if target else {}, "", name)
            self._ready[name] = found
            if self._circles(name):
                said = Change("", "It refers to itself in a circle without end, so any value is allowed")
                self._ready[name] = Converted({}, (said,), ())
        return self._ready[name]

    def _circles(self, name: str) -> bool:
        """Whether a definition applies itself to the same value again."""
        waiting, seen = list(_in_place(self._ready[name].schema)), set[str]()
        while waiting and len(seen) < _MAX_IN_PLACE:
            one = waiting.pop()
            if one == name:
                return True
            if one not in seen:
                seen.add(one)
                waiting += _in_place(self._definition(one).schema if one in self._ready else {})
        return False

    def _changes_of(self, name: str, at: str) -> tuple[Change, ...]:
        place = f"{at}/$defs/{escape(name)}"
        return tuple(replace(change, path=place + change.path) for change in self._definition(name).changes)

    def _references(self, part: dict[str, Any], at: str, changes: list[Change], names: dict[str, None]) -> None:
        for keyword in [keyword for keyword in _OWN_PLACE if isinstance(part.get(keyword), str | bool)]:
            changes.append(Change(f"{at}/{keyword}", f'"{keyword}" has no meaning inside of a tool: left out'))
            del part[keyword]
        ref = part.get("$ref")
        if ref is not None:
            name = self._named(ref)
            if name is None:
                del part["$ref"]
                words = shown(str(ref))
                changes.append(Change(f"{at}/$ref", f"{words} is not in this document: any value is allowed there"))
            else:
                part["$ref"] = f"#/$defs/{name}"
                names[name] = None
        mapping = part.get("discriminator")
        if isinstance(mapping, dict) and isinstance(mapping.get("mapping"), dict):
            told = {key: self._mapped(value) for key, value in mapping["mapping"].items()}
            part["discriminator"] = {**mapping, "mapping": told}

    def _mapped(self, ref: Any) -> Any:
        name = self._named(ref) if isinstance(ref, str) and ref.startswith("#/") else None
        return f"#/$defs/{name}" if name else ref

    def _named(self, ref: Any) -> str | None:
        """The name under ``$defs`` of what a reference points at; None where that is not in the document."""
        if not isinstance(ref, str):
            return None
        if ref in self._places:
            return self._places[ref] or None
        target = resolve(self._document, ref) if ref.startswith("#/") else None
        if target is None or not isinstance(target[1], dict | bool):
            self._places[ref] = ""
            self._lost(ref)
            return None
        pointer = target[0]
        name = self._places.get(f"#{pointer}") or self._free(pointer)
        self._places[ref] = self._places[f"#{pointer}"] = name
        self._pointers[name] = pointer
        return name

    def _free(self, pointer: str) -> str:
        wanted = _ILLEGAL.sub("_", pointer.rpartition("/")[2].replace("~1", "/"))[:60] or "schema"
        name, number = wanted, 2
        while name in self._pointers:
            name, number = f"{wanted}_{number}", number + 1
        return name

    def _lost(self, ref: str) -> None:
        where = "points at nothing in this document" if ref.startswith("#") else "is outside of this document"
        self.problems[f"{shown(ref)} {where}: it was not read"] = None


def _only_refers(schema: Mapping[str, Any]) -> bool:
    return "$ref" in schema and all(key in ("$ref", "description", "title") for key in schema)


def _in_place(schema: Any) -> list[str]:
    """The definitions that apply to the same value as the schema itself."""
    found: list[str] = []
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, dict):
            continue
        ref = part.get("$ref")
        if isinstance(ref, str):
            found.append(ref.removeprefix("#/$defs/"))
        for keyword in _IN_PLACE_LISTS:
            branches = part.get(keyword)
            waiting += branches if isinstance(branches, list) else []
        waiting += [part[keyword] for keyword in _IN_PLACE_SINGLE if keyword in part]
    return found
