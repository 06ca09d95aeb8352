"""What follows a rename, a removal or a move; other types; definitions taken out and written in again."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.schema import form_edit, form_refs, form_rename, form_retype
from callsmith.schema.document import EditError, get
from callsmith.schema.form import flat, root, rows
from callsmith.schema.form_fields import fields, other, read_other, rests
from callsmith.schema.form_types import ARRAY_OF, MAP_OF
from callsmith.schema.text import same
from tests.engine.schema_kit import PARAMETERS
from tests.engine.test_roundtrip import ANYTHING

TREE = {
    "type": "object",
    "properties": {
        "a/b %": {"type": "object", "properties": {"x": {"type": "string"}}},
        "same": {"$ref": "#/properties/a~1b%20%25/properties/x"},
        "tree": {"$ref": "#/$defs/node", "description": "The tree"},
        "text": {"type": "string", "minLength": 1},
    },
    "required": ["a/b %"],
    "dependentRequired": {"a/b %": ["tree"], "tree": ["a/b %"]},
    "dependentSchemas": {"a/b %": {"required": ["a/b %"]}},
    "anyOf": [{"required": ["a/b %"]}, {"properties": {"a/b %": False}}],
    "$defs": {
        "node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "word": {"$ref": "#/$defs/word"}}},
        "word": {"type": "string", "minLength": 1},
    },
}
PLACE = "/properties/a~1b %"


def test_everything_that_says_a_name_follows_its_renaming():
    after = form_rename.set_name(TREE, PLACE, "c")
    assert list(after["properties"]) == ["c", "same", "tree", "text"]
    assert after["required"] == ["c"]
    assert after["dependentRequired"] == {"c": ["tree"], "tree": ["c"]}
    assert after["dependentSchemas"] == {"c": {"required": ["c"]}}
    assert after["anyOf"] == [{"required": ["c"]}, {"properties": {"c": False}}]
    assert after["properties"]["same"] == {"$ref": "#/properties/c/properties/x"}
    assert same(form_rename.set_name(after, "/properties/c", "a/b %"), TREE)


def test_references_follow_a_definition_and_a_base():
    after = form_rename.set_name({**TREE, "$id": "https://x.y/z"}, "/$defs/node", "knot~")
    assert after["$defs"]["knot~"]["properties"]["next"] == {"$ref": "#/$defs/knot~0"}
    assert after["properties"]["tree"]["$ref"] == "#/$defs/knot~0"
    based = {
        "$id": "u:a",
        "$defs": {"x": {}},
        "properties": {"p": {"$ref": "u:a#/$defs/x"}, "q": {"$ref": "b#/$defs/x"}},
    }
    properties = form_rename.set_name(based, "/$defs/x", "y")["properties"]
    assert properties == {"p": {"$ref": "u:a#/$defs/y"}, "q": {"$ref": "b#/$defs/x"}}


def test_what_is_referred_to_is_not_removed():
    with pytest.raises(EditError, match=r'"node" is referred to by /properties/tree; change that first'):
        form_edit.remove(TREE, "/$defs/node")
    free = form_edit.remove(TREE, "/properties/tree")
    assert list(form_edit.remove(free, "/$defs/node")["$defs"]) == ["word"]


def test_a_schema_is_extracted_and_written_in_again():
    out = form_refs.extract(TREE, "/properties/a~1b %", "box")
    assert out["properties"]["a/b %"] == {"$ref": "#/$defs/box"}
    assert out["properties"]["same"] == {"$ref": "#/$defs/box/properties/x"}
    assert list(out["$defs"]) == ["node", "word", "box"]
    back = form_refs.inline(out, "/properties/a~1b %")
    assert back["properties"]["a/b %"] == TREE["properties"]["a/b %"]
    everywhere = form_refs.extract(TREE, "/properties/text", "line", everywhere=True)
    assert everywhere["$defs"]["word"] == {"$ref": "#/$defs/line"} == everywhere["properties"]["text"]
    with pytest.raises(EditError, match='already a definition "word"'):
        form_refs.extract(TREE, "/properties/text", "word")


def test_inlining_keeps_what_stands_beside_and_refuses_a_recursion():
    with pytest.raises(EditError, match="node refers to itself"):
        form_refs.inline(TREE, "/properties/tree")
    with pytest.raises(EditError, match="points at nothing"):
        form_refs.inline({"properties": {"a": {"$ref": "#/nowhere"}}}, "/properties/a")
    beside = {"properties": {"a": {"$ref": "#/$defs/t", "description": "mine", "minLength": 3}}, "$defs": {}}
    beside["$defs"]["t"] = {"type": "string", "description": "theirs"}
    assert form_refs.inline(beside, "/properties/a")["properties"]["a"] == {
        "type": "string",
        "description": "mine",
        "minLength": 3,
    }
    beside["$defs"]["t"] = {"type": "string", "minLength": 5}
    assert form_refs.inline(beside, "/properties/a")["properties"]["a"]["allOf"] == [beside["$defs"]["t"]]


def typed(schema, new, parameters=None):
    return form_retype.set_type({**(parameters or {}), "properties": {"p": schema}}, "/properties/p", new)[
        "properties"
    ]["p"]


@pytest.mark.parametrize(
    ("schema", "new", "expected"),
    [
        ({"type": "string", "minLength": 1, "title": "T"}, "integer", {"type": "integer", "title": "T"}),
        ({"type": ["null", "string"], "pattern": "a"}, "boolean", {"type": ["null", "boolean"]}),
        ({"type": "integer", "minimum": 1}, "number", {"type": "number", "minimum": 1}),
        (True, "string", {"type": "string"}),
        (5, "object", {"type": "object"}),
        ({"$ref": "#/x", "description": "d"}, "string", {"type": "string", "description": "d"}),
        ({"type": "string"}, "map of integer", {"type": "object", "additionalProperties": {"type": "integer"}}),
        ({"type": "string"}, "map of string", {"type": "object", "additionalProperties": {"type": "string"}}),
        (
            {"type": "array", "items": {"type": "integer"}},
            "tuple",
            {"type": "array", "prefixItems": [{"type": "integer"}]},
        ),
        (
            {"type": "string", "minLength": 1},
            "any of",
            {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]},
        ),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1}]},
            "integer",
            {"type": "integer", "minimum": 1},
        ),
        ({"anyOf": [{"type": "string"}]}, "one of", {"oneOf": [{"type": "string"}]}),
        ({"type": "string", "enum": ["a"]}, "constant", {"const": "a"}),
        ({"const": 1, "title": "T"}, "any", {"title": "T"}),
        ({"type": "string", "description": "d"}, "any", {"description": "d"}),
    ],
)
def test_another_type_keeps_what_still_fits(schema, new, expected):
    assert same(typed(schema, new), expected)


def test_a_reference_is_chosen_from_the_definitions_there_are():
    definitions = {"$defs": {"a b": {"type": "string"}}}
    assert "→ a b" in form_retype.type_options(definitions)
    assert typed({"type": "string"}, "→ a b", definitions) == {"$ref": "#/$defs/a%20b"}
    assert typed({}, "array of → a b", definitions) == {"type": "array", "items": {"$ref": "#/$defs/a%20b"}}
    with pytest.raises(EditError, match='no definition "c"'):
        typed({}, "→ c", definitions)


def test_a_draft_7_tuple_stays_one():
    draft7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
    assert typed({"type": "string"}, "tuple", draft7) == {"type": "array", "items": [{"type": "string"}]}


@pytest.mark.parametrize(
    ("without", "with_null"),
    [
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        (
            {"$ref": "#/$defs/a", "description": "d"},
            {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}], "description": "d"},
        ),
        ({"anyOf": [{"type": "string"}, {}]}, {"anyOf": [{"type": "string"}, {}, {"type": "null"}]}),
    ],
)
def test_null_comes_and_goes(without, with_null):
    assert same(form_edit.set_nullable(without, "", True), with_null)
    assert same(form_edit.set_nullable(with_null, "", False), without)


def test_branches_and_items_are_added_moved_and_removed_with_their_references():
    schema = {"anyOf": [{"type": "string"}, {"$ref": "#/anyOf/2"}, {"type": "integer"}]}
    moved = form_edit.move(schema, "/anyOf/2", -2)
    assert moved["anyOf"] == [{"type": "integer"}, {"type": "string"}, {"$ref": "#/anyOf/0"}]
    copied = form_edit.duplicate(schema, "/anyOf/0")
    assert copied["anyOf"][2] == {"$ref": "#/anyOf/3"}
    fewer = form_edit.remove(schema, "/anyOf/0")
    assert fewer["anyOf"] == [{"$ref": "#/anyOf/1"}, {"type": "integer"}]
    assert form_edit.remove({"oneOf": [{}], "x": 1}, "/oneOf/0") == {"x": 1}
    assert form_edit.add_listed({"type": "array"}, "", "prefixItems")["prefixItems"] == [{"type": "string"}]
    assert form_edit.add_named({}, "", "patternProperties", "^x") == {"patternProperties": {"^x": {"type": "string"}}}


def test_lists_and_maps_are_wrapped_and_unwrapped_with_their_references():
    schema = {
        "properties": {"p": {"type": "object", "properties": {"x": {}}}, "q": {"$ref": "#/properties/p/properties/x"}}
    }
    for prefix, keyword in ((ARRAY_OF, "items"), (MAP_OF, "additionalProperties")):
        wrapped = form_retype.wrap(schema, "/properties/p", prefix)
        assert wrapped["properties"]["q"] == {"$ref": f"#/properties/p/{keyword}/properties/x"}
        assert same(form_retype.unwrap(wrapped, "/properties/p"), schema)


def test_other_keywords_are_edited_in_place():
    schema = {"x-a": 1, "type": "string", "x-b": 2, "minLength": 3}
    row = root(schema)
    read = read_other(row.levels[0], '{"x-b": 5, "x-c": null}')
    assert same(
        form_edit.set_other(schema, "", other(row.levels[0]), read),
        {"type": "string", "x-b": 5, "minLength": 3, "x-c": None},
    )
    for words, text in (("input of its own", '{"minLength": 1}'), ("in an object", "[]"), ("Line 1", "{")):
        with pytest.raises(EditError, match=words):
            read_other(row.levels[0], text)
    assert form_edit.set_other({"a": 5}, "/a", 5, {"type": "null"}) == {"a": {"type": "null"}}


def test_a_new_keyword_stands_behind_those_of_its_kind():
    schema = form_edit.set_keyword({"type": "array", "items": {}}, "", "minItems", (1,))
    schema = form_edit.set_keyword(form_edit.set_keyword(schema, "", "maxItems", (2,)), "", "title", ("T",))
    assert list(schema) == ["type", "title", "minItems", "maxItems", "items"]


def test_an_input_refuses_what_it_cannot_hold():
    minimum = next(field for field in fields(root({"type": "integer"}).levels[0]) if field.keyword.name == "minimum")
    with pytest.raises(EditError, match='"5" is not a number'):
        minimum.read('"5"')
    assert minimum.read("5") == (5,) and minimum.read(" ") == ()


def test_further_items_and_other_properties():
    assert (
        form_edit.set_rest({"type": "object"}, "", "additionalProperties", "not allowed")["additionalProperties"]
        is False
    )
    open_object = {"type": "object", "additionalProperties": False}
    assert form_edit.set_rest(open_object, "", "additionalProperties", "not said") == {"type": "object"}
    assert form_edit.set_rest(open_object, "", "additionalProperties", "of a type")["additionalProperties"] == {
        "type": "string"
    }
    assert [rest.shown for rest in rests(root(open_object).levels[0])] == ["not allowed"]


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PARAMETERS | ANYTHING, st.data())
@pytest.mark.slow
def test_no_edit_of_any_schema_breaks(parameters, data):
    found = list(flat([root(parameters)]))
    row = data.draw(st.sampled_from(found))
    edits = [
        lambda: form_retype.set_type(
            parameters, row.pointer, data.draw(st.sampled_from(form_retype.type_options(parameters)))
        ),
        lambda: form_edit.set_nullable(parameters, row.pointer, not row.nullable),
        lambda: form_refs.extract(parameters, row.pointer, "new"),
        lambda: form_refs.inline(parameters, row.pointer),
        lambda: form_edit.remove(parameters, row.pointer),
        lambda: form_edit.duplicate(parameters, row.pointer),
        lambda: form_edit.move(parameters, row.pointer, 1),
        lambda: form_retype.wrap(parameters, row.pointer, ARRAY_OF),
        lambda: form_retype.unwrap(parameters, row.pointer),
        lambda: form_edit.add_listed(parameters, row.element, "anyOf"),
        lambda: form_edit.add_property(parameters, row.element),
        lambda: form_rename.set_name(parameters, row.pointer, "renamed"),
    ]
    before = list(flat([root(parameters)]))
    try:
        after = data.draw(st.sampled_from(edits))()
    except EditError as error:
        assert str(error)
        return
    list(flat([root(after)]))
    assert before == list(flat([root(parameters)]))


def test_300_properties_are_opened_and_edited():
    schema = {"type": "object", "properties": {f"p{n}": {"type": "string", "description": "x"} for n in range(300)}}
    assert len(list(flat(rows(schema)))) == 300
    assert get(form_rename.set_name(schema, "/properties/p150", "q"), "/properties/q")
