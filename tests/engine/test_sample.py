from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsmith.schema.lint import lint
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.sample_match import matches
from callsmith.schema.tool_document import document_of
from callsmith.schema.validate import check_schema, violations
from callsmith.types.tool import Tool

EXPRESSIONS = (
    *("a", "^a", "a$", "a|b1", "(?=a)b", "(?=ab)a", "(?!a)b", "(?<=a)b", "(?<!a)b", "(?<=ab)1"),
    *(r"(a+)b\1", r"^(?:(a)|b)*$", r"\bb", r"\Bb", r"^[^a]+$", r"^\w+\s\d$", r"^(?=(a+?))\1b", "^(ab|a)(b?)1$"),
    *(r"^(a*)*$", r"^(a|b){2,3}?$", r"^(?!.*bb).*$", r"(?=(a+))\1b", r"[\s1]a", r"^.{3}$"),
)
NODE = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#"}}},
    "required": ["name", "children"],
}
SCHEMAS: tuple[dict[str, Any], ...] = (
    NODE,
    {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}, "required": ["next"]},
    {"allOf": [{"properties": {"a": {"type": "integer", "minimum": 5}}, "required": ["a"]}, {"type": "object"}]},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "number", "multipleOf": 0.05, "minimum": 0.13, "maximum": 0.2},
    {"type": "integer", "multipleOf": 7, "exclusiveMinimum": 14},
    {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
    {"type": "integer", "multipleOf": 2.5},
    {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 3},
    {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 9},
    {"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}], "items": False, "minItems": 2},
    {"type": "array", "contains": {"const": 5}, "items": {"type": "integer"}},
    {"type": "object", "minProperties": 3, "additionalProperties": {"type": "integer"}},
    {"type": "object", "minProperties": 2, "patternProperties": {"^x-[a-z]{3}$": {}}, "additionalProperties": False},
    {"type": "object", "minProperties": 2, "propertyNames": {"enum": ["p", "q", "r"]}},
    {"type": "object", "properties": {"a": {}}, "dependentRequired": {"a": ["b"]}, "required": ["a"]},
    {
        "type": "object",
        "properties": {"kind": {"type": "string"}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["x"]},
        "else": {"required": ["y"]},
    },
    {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]},
    {"not": {"type": "string"}},
    {"type": ["null", "integer"]},
    {"type": "string", "minLength": 40, "maxLength": 42},
    {"type": "string", "pattern": "^[A-Z]{2}-\\d{3,5}$"},
    {"type": "string", "pattern": "^[^\\s@]+@[^\\s@]+\\.[a-z]{2,}$"},
    {"type": "string", "pattern": "^(?<year>\\d{4})/(jan|feb)$"},
    {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "z$"}]},
    {"type": "string", "pattern": "^[\\p{L}\\p{N}_]{3,}$"},
    {"type": "string", "pattern": "^(?i)abc$"},
    {"type": "string", "pattern": "^[^\\x00-\\x7F]+$"},
    {"type": "string", "format": "date", "pattern": "^2025"},
    {"type": "string", "format": "email", "maxLength": 10},
    {"type": "string", "format": "hostname", "minLength": 5, "maxLength": 5},
    {"type": "object", "additionalProperties": False, "patternProperties": {"^S_": {}}, "minProperties": 2},
    {"type": "object", "properties": {"a": {}, "b": {}}, "not": {"required": ["a", "b"]}},
    {"type": "object", "properties": {"a": {}, "b": {}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
    {"type": "object", "unevaluatedProperties": {"type": "integer"}, "minProperties": 3},
    {"type": "object", "unevaluatedProperties": False, "allOf": [{"properties": {"b": {}}, "required": ["b"]}]},
    {"type": "array", "prefixItems": [{"type": "string"}], "unevaluatedItems": False, "minItems": 1},
    {"type": "array", "contains": {"const": 5}, "uniqueItems": True, "minItems": 4, "items": {"type": "integer"}},
    {"type": "object", "dependentSchemas": {"a": {"required": ["c"]}}, "properties": {"a": {"type": "string"}}},
    {"type": "object", "propertyNames": {"pattern": "^[a-z]{2}$"}, "minProperties": 3},
    {"const": {"a": [1, None]}},
    {"type": "string", "default": 5},
    {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "boolean"}}},
    *({"type": "string", "format": name} for name in ("date", "date-time", "time", "duration", "email", "uri", "uuid")),
    *({"type": "string", "format": name} for name in ("ipv4", "ipv6", "hostname", "json-pointer", "regex", "byte")),
)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: json.dumps(schema)[:60])
@pytest.mark.parametrize("optional", [True, False])
def test_every_sample_fits_its_schema(schema: dict[str, Any], optional: bool) -> None:
    for seed in range(3):
        assert violations(schema, sample(schema, seed, optional=optional)) == ()


def test_the_same_seed_gives_the_same_value_and_another_seed_another() -> None:
    schema = {"type": "array", "items": {"type": "string", "pattern": "^[a-z]{8}$"}, "minItems": 4}
    assert sample(schema, 3) == sample(schema, 3)
    assert sample(schema, 3) != sample(schema, 4)


def test_values_are_named_after_their_fields() -> None:
    names = ("location", "email", "sizeLimit", "year")
    found = sample({"type": "object", "properties": {name: {"type": "string"} for name in names[:2]}})
    assert found == {"location": "Paris", "email": "ana@example.com"}
    numbers = sample({"type": "object", "properties": {name: {"type": "integer"} for name in names[2:]}})
    assert numbers == {"sizeLimit": 10, "year": 2026}


def test_examples_defaults_and_described_examples_come_first() -> None:
    fields = {
        "a": {"type": "string", "examples": ["doc-17"]},
        "b": {"type": "integer", "default": 3},
        "c": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
        "d": {"type": "string", "description": "Unit, e.g. 'celsius' or 'kelvin'"},
        "e": {"type": "string", "examples": [5]},
    }
    found = sample({"type": "object", "properties": fields})
    assert found == {"a": "doc-17", "b": 3, "c": "San Francisco, CA", "d": "celsius", "e": "example e"}


def test_an_example_that_breaks_the_schema_is_passed_over() -> None:
    assert sample({"type": "string", "maxLength": 3, "examples": ["too long"]}) != "too long"


def test_what_need_not_be_there_can_be_left_out() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"]}
    assert list(sample(schema, optional=False)) == ["a"]
    assert list(sample(schema)) == ["a", "b"]


def test_a_recursive_schema_gives_a_finite_value() -> None:
    assert len(json.dumps(sample(NODE))) < 2_000


@pytest.mark.parametrize(
    ("schema", "word"),
    [
        ({"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}, "without end"),
        ({"type": "array", "minItems": 10**9}, "too large"),
        ({"type": "string", "minLength": 10**9}, "1,000,000,000"),
        ({"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3}, "different items"),
        ({"type": "integer", "minimum": 3, "maximum": 2}, "bounds"),
        ({"type": "integer", "enum": ["one"]}, "listed value"),
        ({"not": {}}, "not allowed"),
        ({"required": "city"}, "broken"),
    ],
)
@pytest.mark.slow
def test_where_there_is_no_value_the_reason_is_told(schema: dict[str, Any], word: str) -> None:
    with pytest.raises(CannotSample) as caught:
        sample(schema)
    assert word in caught.value.reason


@pytest.mark.slow
def test_every_schema_of_real_servers_can_be_sampled(shared: Path) -> None:
    with gzip.open(shared / "schemas" / "mcp-tools-dev.jsonl.gz", "rt") as lines:
        schemas = [json.loads(line)["inputSchema"] for line in lines]
    assert len(schemas) > 400
    for schema in schemas:
        for optional in (True, False):
            assert violations(schema, sample(schema, optional=optional)) == ()


# Lists of texts under "type": "array": no value is both, and no sample can be.
IMPOSSIBLE = {"get_response", "Events_3_BuyEventTickets"}


@pytest.mark.slow
def test_every_other_published_schema_can_be_sampled(shared: Path) -> None:
    impossible = set()
    for name, schema in (*_bfcl(shared), *_components(shared)):
        try:
            assert violations(schema, sample(schema, 1)) == ()
        except CannotSample as cannot:
            assert "no listed value has the right type" in cannot.reason
            impossible.add(name)
    assert impossible == IMPOSSIBLE


def _bfcl(shared: Path) -> Iterator[tuple[str, Any]]:
    with gzip.open(shared / "schemas" / "bfcl-dev.jsonl.gz", "rt") as lines:
        for entry in map(json.loads, lines):
            for tool in entry["function"]:
                found = Tool(tool["name"], "", tool["parameters"])
                fixes = [one for one in lint(found) if one.rule == "type-unknown" and one.fix is not None]
                document = document_of(found)
                for one in fixes:
                    document = one.fix.change(document) if one.fix else document
                if check_schema(document["parameters"]) is None:
                    yield found.name, document["parameters"]


def _components(shared: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted((shared / "schemas" / "openapi").glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        components = document.get("components", {}).get("schemas", {}) if isinstance(document, dict) else {}
        for name in components:
            waiting, needed = [name], dict[str, Any]()
            while waiting:
                one = waiting.pop()
                if one in components and one not in needed:
                    needed[one] = components[one]
                    waiting += re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(components[one]))
            yield name, {"$ref": f"#/components/schemas/{name}", "components": {"schemas": needed}}


@pytest.mark.parametrize(
    "pattern",
    [
        *("^(?!x)abc$", r"^(?=.*\d)(?=.*[a-z])(?=.*[A-Z]).{8,}$", r"^(?=.*[!@#$%])(?=.*\d)[A-Za-z0-9!@#$%]{8,20}$"),
        *(r"^(a|b)\1$", "^(?!-)[a-z0-9-]{1,63}(?<!-)$", "^(?:(?!--)[a-z-])+$", r"(?<=\d)px\b|^\d+px$"),
    ],
)
def test_look_around_is_looked_at(pattern: str) -> None:
    for seed in range(5):
        text = sample({"type": "string", "pattern": pattern}, seed)
        assert re.search(pattern, text)


@pytest.mark.parametrize("pattern", ["(?=a)b", "^(?!a)a$", "(?<=b)^c", "^(?!.*(x+x+)+y)$a"])
@pytest.mark.slow
def test_look_around_that_nothing_passes_gives_no_sample(pattern: str) -> None:
    with pytest.raises(CannotSample, match="pattern"):
        sample({"type": "string", "pattern": pattern})


def test_a_match_ends_whatever_the_expression() -> None:
    assert matches("^(?=x?)(a|a|a|a|a)*$", "a" * 40 + "b") is None
    assert matches("^(?=x?)((a*)*)*$", "a" * 40 + "b") is None
    with pytest.raises(CannotSample):
        sample({"type": "string", "pattern": "^(?=a{40}b)(a|a|a|a|a)*$", "minLength": 40})


@given(st.text(alphabet="ab1 ", max_size=8), st.sampled_from(EXPRESSIONS))
def test_a_match_is_what_python_finds(text: str, pattern: str) -> None:
    assert matches(pattern, text) is (re.search(pattern, text) is not None)
