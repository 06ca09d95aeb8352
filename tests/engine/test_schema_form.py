import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.schema import form_edit
from callsmith.schema.document import EditError, get, put, remove
from callsmith.schema.form import TYPES, flat, rest_of_root, rows, summary
from callsmith.schema.text import read, same, write
from tests.engine.schema_kit import PARAMETERS, real_tools

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
        ("4", 0, "where", "$ref", False),
        ("5", 0, "length", "integer or null", False),
    ]
    assert row("email").pointer == "/properties/attendees/items/properties/email"
    assert row("labels").enum == ("red", "blue") and row("labels").element == "/properties/labels/items"
    assert row("title").default == () and row("length").default == (None,)


def test_what_the_form_cannot_show_is_given_as_json():
    assert row("title").rest == {}
    assert row("start").rest == {"format": "date-time"}
    assert row("attendees").rest == {"minItems": 1}
    assert row("labels").rest == {}
    assert row("where").rest == {"$ref": "#/$defs/place"} and row("where").type_locked
    assert row("length").rest == {"type": ["integer", "null"]}
    assert rest_of_root(BOOKING) == {"$defs": {"place": {"type": "string"}}}


def test_keywords_inside_items_are_shown_under_items():
    tags = {"properties": {"tags": {"type": "array", "items": {"type": "string", "pattern": "^a", "description": "x"}}}}
    assert row("tags", tags).rest == {"items": {"pattern": "^a", "description": "x"}}


def test_required_that_names_nothing_is_shown_as_json():
    assert rest_of_root({"type": "object", "properties": {"a": {}}, "required": ["b", "a"]}) == {"required": ["b", "a"]}


@pytest.mark.parametrize("broken", [None, True, [], 5, {}, {"properties": 5}, {"properties": []}])
def test_what_has_no_properties_has_no_rows(broken):
    assert rows(broken) == ()


def test_a_summary_stars_what_is_required():
    assert summary(BOOKING) == "title*, start, attendees*, labels, where, length"
    assert summary(BOOKING, most=2) == "title*, start, 4 more"
    assert summary(None) == "no parameters"


# Each edit, and the one place it may touch.
EDITS = [
    (lambda p: form_edit.set_type(p, "/properties/title", "integer"), "/properties/title/type"),
    (lambda p: form_edit.set_required(p, "/properties/start", True), "/required"),
    (lambda p: form_edit.set_required(p, "/properties/title", False), "/required"),
    (lambda p: form_edit.set_description(p, "/properties/title", "New"), "/properties/title/description"),
    (lambda p: form_edit.set_description(p, "/properties/title", ""), "/properties/title/description"),
    (lambda p: form_edit.set_enum(p, "/properties/labels/items", ["x"]), "/properties/labels/items/enum"),
    (lambda p: form_edit.set_enum(p, "/properties/labels/items", []), "/properties/labels/items/enum"),
    (lambda p: form_edit.set_default(p, "/properties/length", (5,)), "/properties/length/default"),
    (lambda p: form_edit.set_default(p, "/properties/length", ()), "/properties/length/default"),
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
    after = form_edit.set_name(BOOKING, "/properties/title", "subject")
    assert list(after["properties"]) == ["subject", "start", "attendees", "labels", "where", "length"]
    assert after["required"] == ["subject", "attendees"]
    assert same(form_edit.set_name(after, "/properties/subject", "title"), BOOKING)


@pytest.mark.parametrize(("name", "words"), [("", "needs a name"), ("start", 'already a property "start"')])
def test_a_name_that_cannot_be_is_refused(name, words):
    with pytest.raises(EditError, match=words):
        form_edit.set_name(BOOKING, "/properties/title", name)


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
    after = form_edit.set_type(BOOKING, row(name).pointer, new)
    assert row(name, after).type == new
    others = {key: schema for key, schema in after["properties"].items() if key != name}
    assert same(others, {key: schema for key, schema in BOOKING["properties"].items() if key != name})


def test_an_object_becomes_a_list_of_such_objects_and_back():
    person = {"type": "object", "properties": {"p": {"type": "object", "description": "Who", "properties": {"n": {}}}}}
    people = form_edit.set_type(person, "/properties/p", "array of object")
    assert people["properties"]["p"] == {
        "type": "array",
        "description": "Who",
        "items": {"type": "object", "properties": {"n": {}}},
    }
    assert same(form_edit.set_type(people, "/properties/p", "object"), person)


def test_properties_are_added_inside_lists_of_objects():
    start = form_edit.add_property(None, "")
    assert same(start, {"type": "object", "properties": {"property": {"type": "string"}}})
    listed = form_edit.set_type(start, "/properties/property", "array of object")
    inner = form_edit.add_property(listed, row("property", listed).element, "email")
    assert inner["properties"]["property"]["items"] == {"type": "object", "properties": {"email": {"type": "string"}}}
    twice = form_edit.add_property(form_edit.add_property(start, ""), "")
    assert list(twice["properties"]) == ["property", "property_2", "property_3"]
    with pytest.raises(EditError, match='already a property "property"'):
        form_edit.add_property(start, "", "property")


def test_properties_are_moved_copied_and_removed():
    down = form_edit.move_property(BOOKING, "/properties/title", 1)
    assert list(down["properties"])[:2] == ["start", "title"]
    assert same(form_edit.move_property(down, "/properties/title", -1), BOOKING)
    copied = form_edit.duplicate_property(BOOKING, "/properties/title")
    assert list(copied["properties"])[:2] == ["title", "title_2"]
    assert copied["required"] == ["title", "attendees", "title_2"]
    assert same(form_edit.remove_property(copied, "/properties/title_2"), BOOKING)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(PARAMETERS)
def test_opening_any_schema_and_saving_it_changes_nothing(parameters):
    text = write(parameters)
    for shown in flat(rows(parameters)):
        assert same(_typed_again(parameters, shown), parameters)
    assert write(parameters) == text


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(PARAMETERS, st.data())
def test_editing_one_row_of_any_schema_leaves_all_others(parameters, data):
    shown = list(flat(rows(parameters)))
    if not shown:
        return
    chosen = data.draw(st.sampled_from(shown))
    edits = [
        lambda: form_edit.set_description(parameters, chosen.pointer, "new"),
        lambda: form_edit.set_default(parameters, chosen.pointer, ("new",)),
        lambda: form_edit.set_enum(parameters, chosen.element, ["new"]),
        lambda: form_edit.set_type(parameters, chosen.pointer, data.draw(st.sampled_from(TYPES))),
    ]
    if chosen.type_locked:
        edits = edits[:2] if chosen.plain_schema else []
    for edit in edits:
        after = edit()
        marker = {"here": True}
        assert same(put(after, chosen.pointer, marker), put(parameters, chosen.pointer, marker))


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(PARAMETERS)
def test_a_row_and_its_rest_hold_every_keyword(parameters):
    for shown in flat(rows(parameters)):
        schema = get(parameters, shown.pointer)
        if not isinstance(schema, dict):
            assert shown.rest == {"schema": schema}
            continue
        seen = {"type", "description", "default", "enum", "items", "properties", "required"}
        assert {key for key in schema if key not in seen} <= set(shown.rest)
        if not isinstance(schema.get("type", ""), str):
            assert shown.rest["type"] == schema["type"]
        if "description" in schema and schema["description"] != shown.description:
            assert shown.rest["description"] == schema["description"]


def _typed_again(parameters, shown):
    """What the form's callbacks do when each input is committed with what it already holds."""
    if shown.plain_schema:
        if shown.description:
            parameters = form_edit.set_description(parameters, shown.pointer, shown.description)
        if shown.default:
            parameters = form_edit.set_default(parameters, shown.pointer, shown.default)
        if shown.enum:
            parameters = form_edit.set_enum(parameters, shown.element, shown.enum)
        parameters = form_edit.set_type(parameters, shown.pointer, shown.type)
    if shown.name:
        parameters = form_edit.set_name(parameters, shown.pointer, shown.name)
    owner = get(parameters, shown.pointer.rpartition("/properties/")[0])
    if isinstance(owner.get("required", []), list):
        parameters = form_edit.set_required(parameters, shown.pointer, shown.required)
    return parameters


def test_every_real_schema_goes_through_the_form_unchanged(shared):
    count = 0
    for where, tool in real_tools(shared):
        parameters = tool["parameters"]
        text = write(parameters)
        assert same(read(text), parameters), where
        for shown in flat(rows(parameters)):
            assert same(_typed_again(parameters, shown), parameters), f"{where} {shown.pointer}"
        count += 1
    assert count > 2000
