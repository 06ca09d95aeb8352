"""Schemas and texts made to hang, crash or fool: a clear answer in bounded time, from everything that reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsmith.schema import text
from callsmith.schema.errors import SchemaError
from callsmith.schema.lint import lint, mended
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.similar import pairs
from callsmith.schema.text import TextError
from callsmith.schema.tokens import about, bill
from callsmith.schema.tool_document import document_of
from callsmith.schema.validate import check_schema, violations
from callsmith.types.tool import Tool


def nested(levels: int, keyword: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        if keyword == "properties":
            schema = {"type": "object", "properties": {"a": schema}}
        else:
            schema = {keyword: [schema]} if keyword in ("allOf", "anyOf") else {keyword: schema}
    return schema


def bomb(levels: int, keyword: str) -> dict[str, Any]:
    """Every definition names the next one twice: 2 ** levels schemas for one value."""
    steps = {f"d{n}": {keyword: [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(levels)}
    return {"type": "object", "$ref": "#/$defs/d0", "$defs": {**steps, f"d{levels}": {"type": "object"}}}


def wide_bomb(levels: int) -> dict[str, Any]:
    """The same through properties: a value that fits has ten to the power of levels parts."""
    names = [f"p{n}" for n in range(10)]
    steps = {
        f"d{n}": {"type": "object", "required": names, "properties": {p: {"$ref": f"#/$defs/d{n + 1}"} for p in names}}
        for n in range(levels)
    }
    return {"type": "object", "$ref": "#/$defs/d0", "$defs": {**steps, f"d{levels}": {"type": "string"}}}


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


SCHEMAS: dict[str, dict[str, Any]] = {
    "10,000 properties": of(
        **{f"p{n}": {"type": "string", "description": f"Number {n}", "default": "x"} for n in range(10_000)}
    ),
    "3,000 wrong properties": {
        **of(**{f"p {n}": {"type": "strin", "minLenght": 3, "default": 5, "enum": [n, n]} for n in range(3_000)}),
        "required": [f"q{n}" for n in range(3_000)],
    },
    "3,000 anchors": {
        **of(**{f"p{n}": {"$ref": f"#a{n}"} for n in range(3_000)}),
        "$defs": {f"d{n}": {"$anchor": f"a{n}", "type": "string"} for n in range(3_000)},
    },
    "3,000 definitions with defaults": {
        **of(**{f"p{n}": {"$ref": f"#/$defs/d{n}", "default": "x"} for n in range(3_000)}),
        "$defs": {f"d{n}": {"type": "string", "minLength": n % 7} for n in range(3_000)},
    },
    "240 levels of objects": nested(240, "properties"),
    "490 levels of not": nested(490, "not"),
    "240 levels of allOf": nested(240, "allOf"),
    "100,000 values": of(e={"type": "string", "enum": [f"v{n}" for n in range(100_000)]}),
    "20,000 branches": of(a={"anyOf": [{"const": n} for n in range(20_000)]}),
    "2,000 parts": {"type": "object", "allOf": [of(**{f"p{n}": {"type": "string"}}) for n in range(2_000)]},
    "allOf bomb": bomb(30, "allOf"),
    "anyOf bomb": bomb(30, "anyOf"),
    "bomb of properties": wide_bomb(8),
    "a circle": {"type": "object", "allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"$ref": "#/$defs/a"}}},
    "a value without end": {**of(next={"$ref": "#"}), "required": ["next"]},
    "references outside": of(a={"$ref": "http://192.0.2.1/x.json"}, b={"$ref": "file:///etc/passwd"}),
    "a base outside": {"$id": "http://192.0.2.1/", "$schema": "http://192.0.2.1/m", **of(a={"$ref": "other.json"})},
    "regexes": of(
        a={"type": "string", "pattern": "^(a+)+$", "default": "a" * 40 + "!"},
        b={"type": "string", "pattern": "(a|a)*" * 20},
        c={"type": "string", "pattern": "(?=(a+)+)b"},
        d={"type": "string", "pattern": "((((a{1,1000}){1,1000}){1,1000}){1,1000})"},
        e={"type": "string", "pattern": "(" * 5_000 + ")" * 5_000},
    ),
    "a long match": {**of(a={"type": "string", "pattern": "^((((a{100}){100}){100}){100})$"}), "required": ["a"]},
    "names": {**of(**{"__proto__": {}, "": {}, "a\nb": {}, "x" * 100_000: {}}), "required": ["__proto__", ""]},
    "huge numbers": of(
        a={"type": "integer", "minimum": 10**400, "maximum": 10**401, "enum": [10**400]},
        b={"type": "number", "multipleOf": 1e-300, "minimum": 1e300},
        c={"type": "array", "minItems": 10**12},
    ),
    "huge lengths": {**of(a={"type": "string", "minLength": 10**12}), "required": ["a"]},
    "half characters": {**of(**{"\ud800": {"type": "string", "description": "\udfff"}}), "required": ["\ud800"]},
    "no numbers": of(a={"type": "number", "minimum": float("nan"), "default": float("inf")}),
    "nothing as it should be": {
        **of(a=5, b=None, c=[], d={"type": 5}, e={"type": ["x", []]}, f={"enum": 5}, g={"required": 5, "items": 5}),
        **{"required": {"a": 1}, "$defs": 5, "allOf": [5, None], "anyOf": 5, "oneOf": [5], "not": 5, "if": 5},
        **{"description": 5, "default": {}, "examples": 5, "patternProperties": {"(": 5}, "format": 5, "pattern": 5},
        **{"$ref": 5, "minimum": "x", "multipleOf": [], "dependentRequired": 5, "const": {}},
    },
    "branches that lead nowhere": {
        "type": "object",
        "required": ["k"],
        "allOf": [{"anyOf": [of(k={"const": n}), of(k={"const": n + 1})]} for n in range(0, 60, 2)],
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMAS)
def test_a_hostile_schema_gets_an_answer_from_everything(name: str) -> None:
    schema = SCHEMAS[name]
    tool = Tool("t", "Does a thing", schema)
    found = lint(tool)
    assert all(finding.message and len(finding.message) < 2_000 for finding in found)
    error = check_schema(schema)
    assert error is None or (error.message and any(finding.severity == "error" for finding in found))
    for value in ({}, {"a": "a" * 50, "next": {}}, {"k": 1}):
        try:
            violations(schema, value)
        except SchemaError:
            assert error is not None
    try:
        made = sample(schema, 1)
    except CannotSample as cannot:
        assert cannot.reason
    else:
        assert violations(schema, made) == ()
    made_bill = bill(schema)
    assert made_bill.total == sum(line.tokens for line in made_bill.lines)
    assert pairs([tool, tool]) == ()


@pytest.mark.parametrize("name", ["references outside", "a base outside"])
def test_what_is_outside_is_never_read(name: str) -> None:
    # The tests allow no connection but to this machine: a reader of references would raise another error.
    found = lint(Tool("t", "Does a thing", SCHEMAS[name]))
    assert any(finding.rule in ("ref-outside", "broken-schema") and finding.severity == "error" for finding in found)
    with pytest.raises(CannotSample, match="broken"):
        sample(SCHEMAS[name])


def test_names_that_mean_something_to_javascript_can_be_mended() -> None:
    tool = Tool("t", "Does a thing", {**of(**{"__proto__": {"description": "Its proto"}}), "required": ["__proto__"]})
    parameters = mended(document_of(tool), lint(tool))["parameters"]
    assert list(parameters["properties"]) == parameters["required"] == ["proto_value"]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ('{"a": ' + '"' + "x" * 20_000_000 + '"}', "at most 5,000,000"),
        ("[" * 100_000, "500 levels"),
        ('{"a":' * 501 + "1" + "}" * 501, "500 levels"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('{"a": 1e999}', "too large"),
        ('{"a": ' + "9" * 5_000 + "}", "digits"),
        ('{"a": "\\ud800"}', "surrogate"),
        ('{"a": "\ud800"}', "surrogate"),
        ('"' + "\\" * 100_001, ""),
    ],
)
def test_a_hostile_text_is_refused_in_words(given: str, word: str) -> None:
    with pytest.raises(TextError) as refused:
        text.read(given)
    assert word in str(refused.value)


@pytest.mark.slow
def test_the_largest_document_is_read_and_counted() -> None:
    whole = json.dumps({f"key {n}": [n, "some words in it"] for n in range(100_000)})
    assert len(text.read(whole)) == 100_000
    assert about(whole) > 500_000
