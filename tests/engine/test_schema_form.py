import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.schema import form_edit, form_rename, form_retype
from callsmith.schema.document import EditError, put, remove
from callsmith.schema.form import flat, row_at, rows, summary
from callsmith.schema.form_fields import fields, other, rests
from callsmith.schema.form_types import TYPES
from callsmith.schema.text import same
from tests.engine.schema_kit import PARAMETERS

BOOKING = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "description": "Short title"},
        "start": {"type": "string", "format": "date-time"},
        "attendees": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "email": {"type": "string"}},
                "required": ["email"],
            },
        },
        "labels": {"type": "array", "items": {"type": "string", "enum": ["red", "blue"]}},
        "where": {"$ref": "#/$defs/place", "description": "Where"},
        "length": {"type": ["integer", "null"], "default": None},
    },
    "required": ["title", "attendees"],
    "$defs": {"place": {"type": "string"}},
}


def row(name, parameters=BOOKING):
    return next(row for row in flat(rows(parameters)) if row.name == name)


def test_rows_show_nested_properties_with_their_places():
    shown = [(row.place, row.depth, row.name, row.type, row.required) for row in flat(rows(BOOKING))]
    assert shown == [
        ("0", 0, "title", "string", True),
        ("1", 0, "start", "string", False),
        ("2", 0, "attendees", "array of object", True),
        ("2-0", 1, "name", "string", False),
        ("2-1", 1, "email", "string", True),
        ("3", 0, "labels", "array of string", False),
        ("4", 0, "where", "→ place", False),
        ("5", 0, "length", "integer", False),
        ("s0", 0, "place", "string", False),
    ]
    assert row("email").pointer == "/properties/attendees/items/properties/email"
    assert row("labels").element == "/properties/labels/items"
    assert row("length").nullable and not row("title").nullable
    assert all(row_at(BOOKING, found.place) == found for found in flat(rows(BOOKING)))
    assert row_at(BOOKING, "9") is None


def shown(name, parameters=BOOKING):
    """What the inputs of a row hold, level by level."""
    return [
        {field.keyword.name: field.shown for field in fields(level) if field.value}
        | ({"also": other(level)} if other(level) else {})
        for level in row(name, parameters).levels
    ]


def test_each_keyword_has_its_input():
    assert shown("title") == [{}]
    assert shown("start") == [{"format": "date-time"}]
    assert shown("attendees") == [{"minItems": "1"}, {}]
    assert shown("labels") == [{}, {"enum": "red\nblue"}]
    assert shown("length") == [{"default": "null"}]
    tags = {"properties": {"tags": {"type": "array", "items": {"type": "string", "pattern": "^a", "description": "x"}}}}
    assert shown("tags", tags) == [{}, {"pattern": "^a", "description": "x"}]


def test_what_has_no_input_is_given_as_json():
    odd = {"properties": {"a": {"type": "string", "minLength": "2", "x-y": 1, "if": {}, "enum": 5, "items": 5}, "b": 5}}
    assert shown("a", odd) == [{"also": {"minLength": "2", "x-y": 1, "enum": 5, "items": 5}}]
    assert shown("b", odd) == [{"also": 5}]


def test_every_kind_of_part_is_a_row():
    schema = {
        "type": "object",
        "properties": {
            "t": {"type": "array", "prefixItems": [{"type": "string"}, True], "items": False},
            "old": {"type": "array", "items": [{"type": "string"}], "additionalItems": {"type": "integer"}},
            "m": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
            "u": {"oneOf": [{"const": 1}, {"type": "null"}]},
            "n": {"not": {"type": "string"}},
        },
        "patternProperties": {"^x-": {"type": "number"}},
        "additionalProperties": {"allOf": [{"$ref": "#"}]},
        "if": {"required": ["t"]},
        "then": {"required": ["m"]},
        "$defs": {"d": {"$ref": "#/$defs/d"}},
    }
    assert [(found.place, found.label, found.type) for found in flat(rows(schema))] == [
        ("0", "t", "tuple"),
        ("0-t0", "Item 1", "string"),
        ("0-t1", "Item 2", "anything"),
        ("1", "old", "tuple"),
        ("1-i0", "Item 1", "string"),
        ("1-r0", "Further items", "integer"),
        ("2", "m", "map of string"),
        ("3", "u", "one of"),
        ("3-o0", "Alternative 1", "constant"),
        ("3-o1", "Alternative 2", "null"),
        ("4", "n", "not"),
        ("4-n0", "Not", "string"),
        ("p0", "^x-", "number"),
        ("m0", "Other properties", "all of"),
        ("m0-l0", "Part 1", "→ this whole schema"),
        ("f0", "If", "any"),
        ("h0", "Then", "any"),
        ("s0", "d", "→ d"),
    ]
    assert row("u", schema).nullable
    assert [(rest.keyword, rest.shown) for rest in rests(row("t", schema).levels[0])] == [("items", "not allowed")]


@pytest.mark.parametrize("broken", [None, True, [], 5, {}, {"properties": 5}, {"properties": []}])
def test_what_has_no_properties_has_no_rows(broken):
    assert rows(broken) == ()


def test_a_summary_stars_what_is_required():
    assert summary(BOOKING) == "title*, start, attendees*, labels, where, length"
    assert summary(BOOKING, most=2) == "title*, start, 4 more"
    assert summary(None) == "no parameters"


# Each edit, and the one place it may touch.
EDITS = [
    (lambda p: form_retype.set_type(p, "/properties/title", "integer"), "/properties/title/type"),
    (lambda p: form_edit.set_required(p, "/properties/start", True), "/required"),
    (lambda p: form_edit.set_required(p, "/properties/title", False), "/required"),
    (lambda p: form_edit.set_description(p, "/properties/title", "New"), "/properties/title/description"),
    (lambda p: form_edit.set_description(p, "/properties/title", ""), "/properties/title/description"),
    (lambda p: form_edit.set_keyword(p, "/properties/labels/items", "enum", (["x"],)), "/properties/labels/items/enum"),
    (lambda p: form_edit.set_keyword(p, "/properties/labels/items", "enum", ()), "/properties/labels/items/enum"),
    (lambda p: form_edit.set_keyword(p, "/properties/length", "default", (5,)), "/properties/length/default"),
    (lambda p: form_edit.set_keyword(p, "/properties/length", "default", ()), "/properties/length/default"),
]


@pytest.mark.parametrize(("edit", "place"), EDITS)
def test_an_edit_changes_one_field_alone(edit, place):
    after = edit(BOOKING)
    assert not same(after, BOOKING)
    assert same(_without(after, place), _without(BOOKING, place))


def _without(document, pointer):
    try:
        return remove(document, pointer)
    except EditError:
        return document


def test_a_rename_keeps_places_in_properties_and_required():
    after = form_rename.set_name(BOOKING, "/properties/title", "subject")
    assert list(after["properties"]) == ["subject", "start", "attendees", "labels", "where", "length"]
    assert after["required"] == ["subject", "attendees"]
    assert same(form_rename.set_name(after, "/properties/subject", "title"), BOOKING)


@pytest.mark.parametrize(("name", "words"), [("", "needs a name"), ("start", 'already a property "start"')])
def test_a_name_that_cannot_be_is_refused(name, words):
    with pytest.raises(EditError, match=words):
        form_rename.set_name(BOOKING, "/properties/title", name)


def test_required_comes_and_goes_with_its_last_name():
    plain = {"type": "object", "properties": {"a": {"type": "string"}}, "x": 1}
    needed = form_edit.set_required(plain, "/properties/a", True)
    assert list(needed) == ["type", "properties", "required", "x"]
    assert same(form_edit.set_required(needed, "/properties/a", False), plain)


def test_a_new_description_stands_behind_the_type():
    after = form_edit.set_description(BOOKING, "/properties/start", "When")
    assert list(after["properties"]["start"]) == ["type", "description", "format"]


@pytest.mark.parametrize("name", ["title", "start", "attendees", "labels", "length"])
@pytest.mark.parametrize("new", TYPES)
def test_any_type_can_be_chosen(name, new):
    after = form_retype.set_type(BOOKING, row(name).pointer, new)
    assert row(name, after).type == new
    others = {key: schema for key, schema in after["properties"].items() if key != name}
    assert same(others, {key: schema for key, schema in BOOKING["properties"].items() if key != name})


def test_an_object_becomes_a_list_of_such_objects_and_back():
    person = {"type": "object", "properties": {"p": {"type": "object", "description": "Who", "properties": {"n": {}}}}}
    people = form_retype.set_type(person, "/properties/p", "array of object")
    assert people["properties"]["p"] == {
        "type": "array",
        "description": "Who",
        "items": {"type": "object", "properties": {"n": {}}},
    }
    assert same(form_retype.set_type(people, "/properties/p", "object"), person)


def test_properties_are_added_inside_lists_of_objects():
    start = form_edit.add_property(None, "")
    assert same(start, {"type": "object", "properties": {"property": {"type": "string"}}})
    listed = form_retype.set_type(start, "/properties/property", "array of object")
    inner = form_edit.add_property(listed, row("property", listed).element, "email")
    assert inner["properties"]["property"]["items"] == {"type": "object", "properties": {"email": {"type": "string"}}}
    twice = form_edit.add_property(form_edit.add_property(start, ""), "")
    assert list(twice["properties"]) == ["property", "property_2", "property_3"]
    with pytest.raises(EditError, match='already a property "property"'):
        form_edit.add_property(start, "", "property")


def test_properties_are_moved_copied_and_removed():
    down = form_edit.move(BOOKING, "/properties/title", 1)
    assert list(down["properties"])[:2] == ["start", "title"]
    assert same(form_edit.move(down, "/properties/title", -1), BOOKING)
    copied = form_edit.duplicate(BOOKING, "/properties/title")
    assert list(copied["properties"])[:2] == ["title", "title_2"]
    assert copied["required"] == ["title", "attendees", "title_2"]
    assert same(form_edit.remove(copied, "/properties/title_2"), BOOKING)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(PARAMETERS, st.data())
@pytest.mark.slow
def test_editing_one_row_of_any_schema_leaves_all_others(parameters, data):
    found = list(flat(rows(parameters)))
    if not found:
        return
    chosen = data.draw(st.sampled_from(found))
    edits = [
        lambda: form_edit.set_description(parameters, chosen.pointer, "new"),
        lambda: form_edit.set_keyword(parameters, chosen.pointer, "default", ("new",)),
        lambda: form_edit.set_keyword(parameters, chosen.pointer, "enum", (["new"],)),
        lambda: form_retype.set_type(parameters, chosen.pointer, data.draw(st.sampled_from(TYPES))),
    ]
    if not isinstance(chosen.schema, dict):
        edits = edits[3:]
    for edit in edits:
        after = edit()
        marker = {"here": True}
        assert same(put(after, chosen.pointer, marker), put(parameters, chosen.pointer, marker))
