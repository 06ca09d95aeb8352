"""Arguments filled in by hand: fields follow the value, and each change keeps the rest."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from callsmith.schema import fill
from callsmith.schema.fill import Field, fields, flat
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.validate import violations

BOOKING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "Short title"},
        "minutes": {"type": "integer", "minimum": 5, "maximum": 480},
        "people": {"type": "array", "items": {"$ref": "#/$defs/person"}},
        "place": {"anyOf": [{"type": "string", "title": "Room"}, {"type": "object", "properties": {"url": {}}}]},
        "kind": {"enum": ["room", 5, None]},
    },
    "required": ["title", "people"],
    "$defs": {
        "person": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "boss": {"$ref": "#/$defs/person"}},
            "required": ["name"],
        }
    },
}


def field(arguments: Any, pointer: str, schema: dict[str, Any] = BOOKING) -> Field:
    return next(one for one in flat(fields(schema, arguments)) if one.pointer == pointer)


def test_fields_show_what_the_schema_asks_for() -> None:
    tree = fields(BOOKING, {"title": "Review", "people": [{"name": "Ana"}]})
    assert [(one.name, one.kind, one.required, one.given) for one in tree] == [
        ("title", "text", True, True),
        ("minutes", "integer", False, False),
        ("people", "array", True, True),
        ("place", "text", False, False),
        ("kind", "choice", False, False),
    ]
    assert field({}, "/minutes").limits == "at least 5, at most 480"
    assert field({}, "/title").description == "Short title"
    assert field({}, "/kind").choices == ("room", 5, None)


def test_a_recursive_schema_is_as_deep_as_its_value() -> None:
    arguments = {"title": "x", "people": [{"name": "Ana", "boss": {"name": "Ben"}}]}
    pointers = [one.pointer for one in flat(fields(BOOKING, arguments))]
    assert "/people/0/boss/boss" in pointers
    assert "/people/0/boss/boss/boss" not in pointers


def test_giving_and_leaving_out() -> None:
    arguments = {"title": "x", "people": []}
    given = fill.give(BOOKING, arguments, field(arguments, "/minutes"))
    assert 5 <= given["minutes"] <= 480
    assert fill.take(given, field(given, "/minutes")) == arguments


def test_entries_of_a_list() -> None:
    arguments = {"title": "x", "people": []}
    longer = fill.append(BOOKING, arguments, field(arguments, "/people"))
    assert not violations(BOOKING, longer)
    assert list(longer["people"][0]) == ["name"]
    assert fill.take(longer, field(longer, "/people/0")) == arguments


def test_the_branch_of_a_union() -> None:
    arguments = {"title": "x", "people": [], "place": "Turing"}
    place = field(arguments, "/place")
    assert place.alternatives == ("1. Room", "2. object with url")
    assert place.chosen == 0
    other = fill.choose(BOOKING, arguments, place, 1)
    assert isinstance(other["place"], dict)
    assert field(other, "/place").chosen == 1
    assert field(other, "/place").kind == "object"


def test_values_that_do_not_fit_are_shown_as_json_and_keys_without_a_property_too() -> None:
    arguments = {"title": 5, "people": "none", "kind": "moon", "more": 1}
    kinds = {one.pointer: one.kind for one in fields(BOOKING, arguments)}
    assert kinds["/title"] == kinds["/people"] == kinds["/kind"] == "json"
    assert field(arguments, "/more").removable


def test_tuples_maps_and_nullable_types() -> None:
    schema = {
        "type": "object",
        "properties": {
            "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]},
            "sizes": {"type": "object", "additionalProperties": {"type": "integer"}},
            "note": {"type": ["string", "null"]},
        },
    }
    arguments = {"pair": ["a", 1], "sizes": {"s": 3}, "note": None}
    kinds = {one.pointer: one.kind for one in flat(fields(schema, arguments))}
    assert kinds["/pair/0"] == "text"
    assert kinds["/pair/1"] == kinds["/sizes/s"] == "integer"
    assert field(arguments, "/note", schema).chosen == 1
    assert kinds["/note"] == "null"


def test_no_fields() -> None:
    assert fields({"type": "object"}, {}) == ()
    assert fields(BOOKING, [1]) == ()


@pytest.mark.slow
def test_every_field_of_real_tools_can_be_changed(shared: Path) -> None:
    with gzip.open(shared / "schemas" / "mcp-tools-dev.jsonl.gz", "rt") as lines:
        schemas = [json.loads(line)["inputSchema"] for line in lines]
    changed = 0
    for schema in schemas:
        try:
            arguments = sample(schema)
        except CannotSample:
            continue
        for one in flat(fields(schema, arguments)):
            if not one.given:
                after = fill.give(schema, arguments, one)
                assert not violations(schema, after), one
            elif not one.required:
                fill.take(arguments, one)
            for number in range(len(one.branches) if one.given else 0):
                after = fill.choose(schema, arguments, one, number)
                # A branch that only a value of an earlier one fits cannot be told from it.
                assert field(after, one.pointer, schema).chosen <= number
            changed += 1
    assert changed > 1_500
