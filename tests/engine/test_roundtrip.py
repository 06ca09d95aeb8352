"""Nothing is lost in the form, and the proof of it can fail."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.schema import form_fields, roundtrip
from callsmith.schema.errors import SchemaError
from callsmith.schema.form_keywords import NUMBER
from callsmith.schema.roundtrip import Roundtrip, check
from callsmith.schema.text import MAX_CHARACTERS
from tests.engine.schema_kit import JSON, NAMES, PARAMETERS, TYPES, real_tools

WORDS = [
    *("type", "$ref", "title", "description", "enum", "const", "default", "examples", "format", "pattern", "minimum"),
    *("minLength", "uniqueItems", "deprecated", "required", "nullable", "dependentRequired", "x-unknown"),
]
ONE = ["items", "additionalProperties", "additionalItems", "not", "if", "contains", "propertyNames", "unevaluatedItems"]
LISTS = ["prefixItems", "items", "anyOf", "oneOf", "allOf"]
MAPS = ["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"]


def anything(inner):
    """Every keyword with a value of its own kind, or of any other."""
    held = [
        st.tuples(st.sampled_from(ONE), inner | JSON),
        st.tuples(st.sampled_from(LISTS), st.lists(inner, max_size=3)),
    ]
    held.append(st.tuples(st.sampled_from(MAPS), st.dictionaries(NAMES, inner | JSON, max_size=3)))
    said = st.tuples(st.sampled_from(WORDS), JSON | st.text(max_size=5)) | st.tuples(st.just("type"), TYPES)
    return st.lists(st.one_of(*held, said), max_size=6).map(dict)


ANYTHING = anything(st.recursive(st.booleans() | st.just({"type": "null"}), anything, max_leaves=8))

NASTY = [
    None,
    {},
    {"properties": [], "items": 5, "required": "x"},
    {"type": [], "properties": {"": {"type": ["null"]}, "a/b~": {"type": ["string", "null"], "enum": []}}},
    {"type": "object", "required": ["b", "a", "a"], "properties": {"a": {"title": "", "uniqueItems": False}}},
    {"properties": {"a": {"minimum": 1.0, "maximum": 10**30, "multipleOf": 1e-300, "exclusiveMinimum": True}}},
    {"properties": {"a": {"description": "two\nlines", "default": " x ", "const": None, "enum": [1, 1, "1", True]}}},
    {"properties": {"a": {"type": "string", "enum": ["a", "", " b"], "examples": [], "default": "", "format": "\n"}}},
    {"dependencies": {"a": ["b"], "c": {"type": "object"}}, "dependentSchemas": {"a": True}, "$defs": {"x": 5}},
    {"additionalProperties": "no", "prefixItems": [], "anyOf": [], "not": 5, "$ref": 5, "items": [[], None]},
]


@pytest.mark.parametrize("parameters", NASTY)
def test_what_is_odd_comes_back_as_it_was(parameters):
    assert check(parameters) == Roundtrip(True)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(PARAMETERS)
@pytest.mark.slow
def test_any_schema_comes_back_as_it_was(parameters):
    assert check(parameters) == Roundtrip(True)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ANYTHING)
@pytest.mark.slow
def test_any_keyword_with_any_value_comes_back_as_it_was(parameters):
    assert check(parameters) == Roundtrip(True)


@pytest.mark.slow
def test_every_real_schema_comes_back_as_it_was(shared):
    found = [(where, check(tool["parameters"])) for where, tool in real_tools(shared)]
    assert len(found) > 2000
    assert [(where, result) for where, result in found if not result.identical] == []


def test_a_field_that_does_not_say_what_it_holds_is_found(monkeypatch):
    plain = form_fields.Field.shown.fget
    sabotaged = property(lambda field: "7" if field.keyword.kind == NUMBER and field.value else plain(field))
    monkeypatch.setattr(form_fields.Field, "shown", sabotaged)
    found = check({"type": "object", "properties": {"a": {"type": "integer", "minimum": 5}}})
    assert found == Roundtrip(False, "/properties/a", "minimum is changed by the form")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"default": float("nan")}, "cannot be written as JSON"),
        ({"default": "\ud800"}, "half a surrogate pair"),
        ({"default": {1: 2}}, "not JSON"),
        ({"default": {1, 2}}, "cannot be written"),
        ([], "object, in braces"),
    ],
)
def test_what_is_no_json_is_refused(parameters, words):
    with pytest.raises(SchemaError, match=words):
        check(parameters)


def deep(keyword, levels):
    schema = {"type": "string"}
    for _ in range(levels):
        schema = {keyword: schema}
    return schema


@pytest.mark.parametrize("keyword", ["items", "not", "additionalProperties", "contains"])
@pytest.mark.slow
def test_a_deep_schema_is_opened(keyword):
    assert check(deep(keyword, 480)) == Roundtrip(True)
    with pytest.raises(SchemaError, match="levels deep"):
        check(deep(keyword, 5_000))


def test_the_required_names_of_an_object_are_gathered_once(monkeypatch):
    asked, gather = [], roundtrip._required
    monkeypatch.setattr(roundtrip, "_required", lambda schema: asked.append(schema) or gather(schema))
    properties = {f"p{number}": {"type": "string"} for number in range(20)}
    assert check({"type": "object", "properties": properties, "required": list(properties)}).identical
    assert len(asked) == 1


def test_a_schema_longer_than_what_is_typed_is_opened():
    assert check({"description": "x" * (MAX_CHARACTERS + 1)}).identical


@pytest.mark.slow
def test_a_wide_schema_is_opened_in_bounded_time():
    properties = {f"p{number}": {"type": "string", "minLength": 1} for number in range(10_000)}
    assert check({"type": "object", "properties": properties, "required": list(properties)}).identical
    assert check({"enum": list(range(200_000))}).identical
