"""Strict conversion of what is odd but legal: nothing fails, nothing is claimed that does not hold."""

from __future__ import annotations

from typing import Any

import pytest

from callsmith.schema.strict import convert, fits, restore, to_original
from callsmith.schema.strict.exact import equal
from callsmith.schema.text import same
from callsmith.schema.validate import violations

TEXT = {"type": "string"}


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


@pytest.mark.parametrize(
    "schema",
    [
        {**of(a=TEXT), "anyOf": [False]},
        of(a={"type": "string", "allOf": [False, TEXT]}),
        {"allOf": [False, {"$ref": "#/$defs/x"}], "$defs": {"x": of(a=TEXT)}},
        {**of(a={"$ref": "#/definitions/any"}), "definitions": {"any": True}},
        {**of(a={"$ref": "#/$defs/none"}), "$defs": {"none": False}},
        of(a={"type": ["integer", "string"], "enum": [None]}),
        {"type": "object", "anyOf": [{"const": None}]},
        of(a={"allOf": [{"enum": [1]}, {"enum": [True]}]}),
        of(a={"type": "integer", "$dynamicRef": "#n"}),
        {
            **of(a={"$id": "urn:x", **of(z={"$ref": "#/$defs/q"}), "$defs": {"q": TEXT}}),
            "$defs": {"q": {"type": "null"}},
        },
        of(a={"type": "object"}),
    ],
)
def test_what_cannot_hold_is_refused(schema: Any) -> None:
    done = convert(schema)
    assert done.schema is None
    assert done.refused


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {}},
        {"type": "object"},
        of(a={"type": ["string", "array"], "items": {"type": "string", "maxLength": 2}}),
        {**of(x={"type": "string", "maxLength": 2}), "anyOf": [{"required": ["x"]}, {"maxProperties": 0}]},
        {**of(a={"$ref": "#/$defs/g%20h"}, b={"$ref": "#/$defs/%C3%A9"}), "$defs": {"g h": TEXT, "é": TEXT}},
        {**of(a={"$ref": "#/definitions/g%20h"}), "definitions": {"g h": TEXT}},
        of(a={"type": "boolean", "unevaluatedItems": False}),
        of(a={"type": "string", "enum": ["a", None]}),
        of(a={"allOf": [{"type": "number", "minimum": 5, "exclusiveMinimum": True}, {"minimum": 10}]}),
        {"$schema": "http://json-schema.org/draft-07/schema#", **of(a={"type": "string", "contentEncoding": "base64"})},
    ],
)
def test_what_can_be_said_fits_once_and_goes_back(schema: Any) -> None:
    done = convert(schema)
    assert done.schema is not None, done.refused
    assert fits(done.schema) == ()
    assert convert(done.schema).changes == ()
    back, stuck = restore(done.schema, done.changes)
    assert stuck == ()
    assert same(back, schema)


def test_a_draft_4_flag_inside_all_of() -> None:
    done = convert(of(a={"allOf": [{"type": "number", "minimum": 5, "exclusiveMinimum": True}, {"minimum": 10}]}))
    assert done.schema is not None
    assert done.schema["properties"]["a"] == {"type": "number", "exclusiveMinimum": 5, "minimum": 10}


def test_draft_7_ignores_what_stands_beside_a_reference() -> None:
    seven = {"$schema": "http://json-schema.org/draft-07/schema#"}
    schema = {**seven, **of(a={"$ref": "#/definitions/s", "enum": ["x"]}), "definitions": {"s": TEXT}}
    done = convert(schema)
    assert done.schema is not None
    assert violations(schema, {"a": "zzz"}) == ()
    assert violations(done.schema, {"a": "zzz"}) == ()
    loosened = convert({**seven, **of(a={"type": "string", "contentEncoding": "base64"})})
    assert "loosened" in {step.kind for step in loosened.changes}


def test_nulls_in_recursive_arguments() -> None:
    schema = {
        "type": "object",
        "properties": {
            "v": {"type": "integer"},
            "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
            "more": {"anyOf": [{"type": "array", "items": {"$ref": "#"}}, TEXT]},
        },
        "required": ["next"],
        "additionalProperties": False,
    }
    arguments = {
        "v": 1,
        "next": {"v": None, "next": None, "more": None},
        "more": [{"v": None, "next": None, "more": None}],
    }
    done = convert(schema)
    assert done.schema is not None
    assert violations(done.schema, arguments) == ()
    read = to_original(schema, arguments)
    assert read == {"v": 1, "next": {"next": None}, "more": [{"next": None}]}
    assert violations(schema, read) == ()


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [(1, 1.0, True), (1, True, False), ([1, 2], [1.0, 2], True), ([1], [True], False), ({"a": 0}, {"a": False}, False)],
)
def test_equality_is_that_of_json_schema(one: Any, other: Any, alike: bool) -> None:
    assert equal(one, other) is alike
