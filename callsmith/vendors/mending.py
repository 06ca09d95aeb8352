"""What can be put right about a tool without losing what it means: its name, and what a format wants to be said.

Each change is listed. What is left after that and is refused all the same has to be decided by a person.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from callsmith.schema.changes import Change
from callsmith.schema.walk import children, resolve
from callsmith.types.tool import Tool
from callsmith.vendors.keywords import LENGTHS, NUMBERS, SIZES
from callsmith.vendors.names import NAMES, legal_name
from callsmith.vendors.places import Place, Walk, walked
from callsmith.vendors.tables.anthropic import ANTHROPIC_STRICT
from callsmith.vendors.telling import added, in_words
from callsmith.vendors.when import array_without_items, has_siblings

_ITEMS_NEEDED = ("openai-chat", "openai-responses", "gemini")
_TOLD = frozenset((*NUMBERS, *LENGTHS, *SIZES, "pattern", "format", "minItems", "maxItems", "uniqueItems"))
# At the top these say that the parameters are no plain object, or may be none.
_NO_OBJECT = ("anyOf", "oneOf", "allOf", "enum", "const", "items", "prefixItems", "not")


def mended(tool: Tool, wire: str, *, strict: bool) -> tuple[Tool, tuple[Change, ...]]:
    changes = []
    name = legal_name(tool.name, wire)
    if name != tool.name:
        said = f'The name "{tool.name[:80]}" became "{name}". A name here has {NAMES[wire][1]}.'
        changes.append(Change("/name", said))
        tool = replace(tool, name=name)
    if tool.parameters is not None and tool.type == "function":
        parameters, found = _schema(walked(tool), wire, strict=strict)
        changes += found
        tool = replace(tool, parameters=parameters)
    return tool, tuple(changes)


def _schema(walk: Walk, wire: str, *, strict: bool) -> tuple[Mapping[str, Any], list[Change]]:
    """Inside out, so that each schema is rebuilt once, with what was put right inside."""
    assert walk.root is not None
    new: dict[str, Mapping[str, Any]] = {}
    changes: list[Change] = []
    for place in reversed(walk.places):
        inside = {step: new[place.path + step] for step, _ in children(place.schema) if place.path + step in new}
        schema = _rebuilt(place.schema, inside) if inside else place.schema
        found = list(_mends(place, schema, walk, wire))
        if strict and wire == "anthropic":
            found += _told(place, found[-1][1] if found else schema, walk)
        for change, better in found:
            schema = better
            changes.append(change)
        if inside or found:
            new[place.path] = schema
    return new.get("", walk.root), changes[::-1]


def _mends(
    place: Place, schema: Mapping[str, Any], walk: Walk, wire: str
) -> Iterator[tuple[Change, Mapping[str, Any]]]:
    """Each change with the schema after it."""
    if schema.get("properties") == [] and isinstance(schema["properties"], list):
        schema = {**schema, "properties": {}}
        yield Change(f"{place.path}/properties", "The empty list of properties became an empty object."), schema
    if place.top and (said := _about_top(schema, walk)):
        rest = {keyword: value for keyword, value in schema.items() if keyword != "type"}
        schema = {"type": "object", **rest}
        yield Change("/type", said), schema
    if wire in _ITEMS_NEEDED and array_without_items(place, walk):
        schema = {**schema, "items": {}}
        yield Change(f"{place.path}/items", "An array has to say what its items are: anything, it says now."), schema
    if wire == "gemini" and not place.top and "$ref" in schema and has_siblings(None, place, walk):
        rest = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
        if "anyOf" not in rest:
            schema = {**rest, "anyOf": [{"$ref": schema["$ref"]}]}
            said = "Nothing may stand beside $ref: it became the only alternative of anyOf."
            yield Change(f"{place.path}/$ref", said), schema


def _told(place: Place, schema: Mapping[str, Any], walk: Walk) -> Iterator[tuple[Change, Mapping[str, Any]]]:
    """What Anthropic's strict mode has no keyword for is said in the description, as Anthropic's own SDK does."""
    for entry in place.entries:
        rule = ANTHROPIC_STRICT.rule(entry.keyword, entry.value, place, walk)
        if entry.keyword in _TOLD and rule.verdict == "refused" and not entry.fault:
            words = added(schema.get("description"), [in_words(entry.keyword, entry.value)])
            rest = {keyword: value for keyword, value in schema.items() if keyword != entry.keyword}
            schema = {**rest, "description": words}
            said = f"Anthropic's strict mode does not take this {entry.keyword}: the description says it now."
            yield Change(entry.path, said), schema


def _about_top(schema: Mapping[str, Any], walk: Walk) -> str:
    """Why the top gets the type object; empty where it has it, or where it may be something else."""
    if "type" in schema:
        types = schema["type"]
        is_list = isinstance(types, list) and "object" in types and all(isinstance(item, str) for item in types)
        return "The parameters are an object: the list of types became this one." if is_list else ""
    if any(keyword in schema for keyword in _NO_OBJECT):
        return ""
    if "$ref" in schema:
        found = resolve(schema, schema["$ref"])
        if found is None or not isinstance(found[1], Mapping) or found[1].get("type") != "object":
            return ""
    return 'The top of the parameters had no type: "object" was added.'


def _rebuilt(schema: Mapping[str, Any], inside: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A copy with other subschemas, given by their steps; each container is copied once."""
    out = dict(schema)
    for keyword in {step.split("/")[1] for step in inside if step.count("/") > 1}:
        out[keyword] = copy.copy(out[keyword])
    for step, new in inside.items():
        _, keyword, *rest = step.split("/", 2)
        if not rest:
            out[keyword] = new
        elif isinstance(out[keyword], list):
            out[keyword][int(rest[0])] = new
        else:
            out[keyword][rest[0].replace("~1", "/").replace("~0", "~")] = new
    return out
