"""Unions, references, tuples, maps and unknown keywords in the form, with a real store."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from callsmith.types.tool import Tool
from tests.pages.test_tools_page import add_property, click, page, ran, store, unfold, words

pytestmark = pytest.mark.slow

__all__ = ["store"]  # the fixture


def opened(store: Store, schema: dict[str, Any]) -> tuple[str, AppTest]:
    tool_id = store.save_tool(Tool("t", "d", schema))
    return tool_id, page(tool_id)


def kept(store: Store, tool_id: str) -> Any:
    record = store.tool(tool_id)
    assert record is not None
    return record.tool.parameters


def test_an_array_of_objects_shows_at_once_how_to_add_fields(store: Store) -> None:
    tool_id, at = opened(store, {"type": "object", "properties": {}})
    add_property(at, "top", "people")
    ran(at.selectbox(key="prop-type-0").select("array of object").run())
    add_property(at, "0", "name")
    assert kept(store, tool_id)["properties"]["people"]["items"]["properties"] == {"name": {"type": "string"}}


def test_alternatives_are_added_and_changed(store: Store) -> None:
    tool_id, at = opened(store, {"type": "object", "properties": {"by": {"type": "string", "minLength": 2}}})
    ran(at.selectbox(key="prop-type-0").select("any of").run())
    assert "Any of these fits" in words(at)
    click(at, "prop-add-0-anyOf")
    ran(at.selectbox(key="prop-type-0-a2").select("boolean").run())
    expected = [{"type": "string", "minLength": 2}, {"type": "integer"}, {"type": "boolean"}]
    assert kept(store, tool_id)["properties"]["by"] == {"anyOf": expected}
    click(unfold(at, "0-a1"), "prop-remove-0-a1")
    assert kept(store, tool_id)["properties"]["by"] == {"anyOf": [expected[0], expected[2]]}


def test_a_reference_is_chosen_renamed_and_kept_from_dangling(store: Store) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "$defs": {"node": {"type": "object"}}}
    tool_id, at = opened(store, schema)
    ran(at.selectbox(key="prop-type-0").select("→ node").run())
    assert kept(store, tool_id)["properties"]["a"] == {"$ref": "#/$defs/node"}
    ran(at.text_input(key="prop-name-s0").input("tree").run())
    assert kept(store, tool_id)["properties"]["a"] == {"$ref": "#/$defs/tree"}
    click(unfold(at, "s0"), "prop-remove-s0")
    assert "is referred to by /properties/a" in words(at)
    assert kept(store, tool_id)["$defs"] == {"tree": {"type": "object"}}


def test_a_schema_is_extracted_and_written_in_again(store: Store) -> None:
    place = {"type": "object", "properties": {"x": {"type": "number"}}}
    tool_id, at = opened(store, {"type": "object", "properties": {"place": place}})
    ran(unfold(at, "0").menu_button(key="prop-menu-0").click("Extract as a definition").run())
    assert kept(store, tool_id)["$defs"] == {"place": place}
    assert "object with x" in words(at)
    ran(unfold(at, "0").menu_button(key="prop-menu-0").click("Write the reference out").run())
    assert kept(store, tool_id)["properties"] == {"place": place}
    click(at, "tool-undo")
    assert kept(store, tool_id)["properties"] == {"place": {"$ref": "#/$defs/place"}}


def test_bounds_formats_and_null_are_set_in_the_details(store: Store) -> None:
    tool_id, at = opened(store, {"type": "object", "properties": {"n": {"type": "integer"}, "s": {"type": "string"}}})
    unfold(at, "0")
    ran(at.text_input(key="prop-minimum-0").input("5").run())
    ran(at.text_input(key="prop-maximum-0").input("many").run())
    assert "many is not JSON" in words(at) and at.text_input(key="prop-maximum-0").value == "many"
    ran(at.checkbox(key="prop-null-0").check().run())
    assert kept(store, tool_id)["properties"]["n"] == {"type": ["integer", "null"], "minimum": 5}
    assert "at least: 5 · may be null" in words(at)
    ran(unfold(at, "1").selectbox(key="prop-format-1").select("date-time").run())
    assert kept(store, tool_id)["properties"]["s"] == {"type": "string", "format": "date-time"}


def test_items_of_a_list_have_inputs_of_their_own(store: Store) -> None:
    tool_id, at = opened(store, {"type": "object", "properties": {"l": {"type": "array", "items": {"type": "string"}}}})
    ran(unfold(at, "0").text_input(key="prop-minItems-0").input("1").run())
    ran(at.text_input(key="prop-pattern-0-level1").input("^a").run())
    ran(at.text_area(key="prop-enum-0").input("a\nab").run())
    items = {"type": "string", "enum": ["a", "ab"], "pattern": "^a"}
    assert kept(store, tool_id)["properties"]["l"] == {"type": "array", "items": items, "minItems": 1}


def test_unknown_keywords_are_edited_in_place_and_refused_with_a_reason(store: Store) -> None:
    tool_id, at = opened(store, {"type": "object", "properties": {"a": {"x-a": 1, "type": "string"}}})
    unfold(at, "0")
    assert at.text_area(key="prop-other-0").value == '{\n  "x-a": 1\n}'
    ran(at.text_area(key="prop-other-0").input('{"x-a": 2,}').run())
    assert "Not taken over" in words(at) and at.text_area(key="prop-other-0").value == '{"x-a": 2,}'
    assert kept(store, tool_id)["properties"]["a"] == {"x-a": 1, "type": "string"}
    ran(at.text_area(key="prop-other-0").input('{"x-a": 2, "x-b": []}').run())
    assert kept(store, tool_id)["properties"]["a"] == {"x-a": 2, "type": "string", "x-b": []}


def test_the_schema_as_a_whole_has_its_inputs(store: Store) -> None:
    tool_id, at = opened(store, {"type": "object", "properties": {"a": {"type": "string"}}})
    ran(unfold(at, "root").selectbox(key="prop-additionalProperties-root").select("not allowed").run())
    ran(at.menu_button(key="prop-menu-root").click("Add a definition").run())
    expected = {"additionalProperties": False, "$defs": {"definition": {"type": "string"}}}
    assert {key: kept(store, tool_id)[key] for key in expected} == expected
    add_property(at, "top-defs", "second")
    assert list(kept(store, tool_id)["$defs"]) == ["definition", "second"]


def test_what_is_deep_inside_is_opened_and_left_again(store: Store) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for number in range(9):
        schema = {"type": "object", "properties": {f"p{number}": schema}}
    tool_id, at = opened(store, schema)
    inside = next(str(button.key) for button in at.button if str(button.key).startswith("prop-inside-"))
    click(at, inside)
    assert "Inside p5" in words(at)
    click(at, f"form-out-{tool_id}")
    assert at.text_input(key="prop-name-0").value == "p8"


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": [], "items": 5, "required": "x"},
        {"type": "object", "properties": {"a": 5, "b": {"properties": 1, "type": 7}, "c": True}},
        {"type": "array", "items": [{"type": "string"}, 5], "additionalItems": False},
        {"anyOf": "x", "$ref": 7},
    ],
)
def test_what_is_no_schema_is_shown_and_can_be_mended(store: Store, schema: dict[str, Any]) -> None:
    tool_id, at = opened(store, schema)
    for place in ("root", "0", "1"):
        unfold(at, place)
    assert kept(store, tool_id) == schema
