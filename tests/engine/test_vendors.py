"""The vendors' tables: a verdict for every keyword, with its reason and source, and the limits of 7.6."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from callsmith.schema.walk import escape, subschemas
from callsmith.types.tool import Grammar, Tool
from callsmith.vendors import VENDORS, Verdict, compile_all, compile_tool, convert, in_words, summary, verdicts
from callsmith.vendors.keywords import KNOWN
from callsmith.vendors.places import walked
from callsmith.vendors.rules import WORDS, Rule, Table
from tests.engine.schema_kit import PARAMETERS, real_tools

OBJECT: dict[str, Any] = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
ALL = pytest.mark.parametrize("vendor", VENDORS)


def of(schema: Mapping[str, Any], vendor: str) -> dict[str, Verdict]:
    """The verdicts by path; what has no keyword by path and name."""
    found = verdicts(Tool("t", "Does it", schema), vendor)
    return {f"{v.path}{v.keyword}" if v.keyword.startswith("(") else v.path or v.keyword: v for v in found}


def within(part: Mapping[str, Any], **top: Any) -> dict[str, Any]:
    return {**OBJECT, "properties": {"a": part}, "required": ["a"], **top}


def word(part: Mapping[str, Any], keyword: str, vendor: str) -> str:
    return of(within(part), vendor)[f"/properties/a/{keyword}"].verdict


def rules_of(table: Table) -> Iterator[Rule]:
    yield from (rule for rules in table.rules.values() for rule in rules)
    yield from (table.unknown, table.lost, table.anything, table.nothing)
    yield from (found.rule for found in (*table.tool, *table.lacks))
    yield from (limit.over for limit in table.limits)
    if table.omitted:
        yield table.omitted[1]
    if table.property_name:
        yield table.property_name[1]


@ALL
def test_a_table_says_something_about_every_keyword_in_every_case(vendor: str) -> None:
    rules = VENDORS[vendor].rules
    assert set(rules) == set(KNOWN)
    assert not [keyword for keyword, found in rules.items() if found[-1].when is not None]


@ALL
def test_every_rule_has_a_reason_in_a_sentence_and_a_source(vendor: str) -> None:
    for rule in rules_of(VENDORS[vendor]):
        assert rule.verdict in WORDS
        assert rule.reason.endswith(".") and "{keyword}" not in rule.reason, rule
        assert rule.source, rule


@ALL
def test_only_what_the_notes_saw_is_verified(vendor: str) -> None:
    """A document found elsewhere is a source, but no proof."""
    assert not [rule for rule in rules_of(VENDORS[vendor]) if rule.verified and not rule.source.startswith("notes ")]


def exactly_one_each(schema: Mapping[str, Any], found: tuple[Verdict, ...]) -> None:
    want = sorted(f"{at}/{escape(keyword)}" for at, part in subschemas(schema) for keyword in part)
    assert sorted(v.path for v in found if v.path and not v.keyword.startswith("(")) == want
    assert len({(v.path, v.keyword) for v in found}) == len(found)
    assert all(v.reason and v.source for v in found)


@pytest.mark.slow
def test_every_keyword_of_the_corpora_has_one_verdict_of_every_vendor(shared) -> None:
    seen = 0
    for _, entry in real_tools(shared):
        schema = entry.get("parameters")
        if isinstance(schema, dict):
            seen += 1
            for done in compile_all(Tool(entry["name"], entry.get("description") or "", schema)):
                exactly_one_each(schema, done.verdicts)
    assert seen > 5_000


@settings(max_examples=150, deadline=None)
@given(PARAMETERS)
@pytest.mark.slow
def test_any_schema_is_judged_whole(schema: dict[str, Any]) -> None:
    tool = Tool("t", "", schema)
    for done in compile_all(tool):
        exactly_one_each(schema, done.verdicts)
        json.dumps(done.wire)
        assert done.wire is not None or done.refused
    for wire in ("openai-chat", "openai-responses", "anthropic", "gemini", "mcp"):
        for strict in (False, True):
            made = convert(tool, wire, strict=strict)
            assert (made.tool is None) == bool(made.refused)


@ALL
def test_an_unknown_keyword_is_called_so(vendor: str) -> None:
    found = of(within({"type": "string", "x-foo": 1}), vendor)["/properties/a/x-foo"]
    assert found.reason.startswith("Unknown keyword: ")


@pytest.mark.parametrize(
    ("part", "keyword", "words"),
    [
        # In the order of VENDORS: OpenAI, strict, Anthropic, strict, Gemini JSON Schema, parameters, DeepSeek, strict.
        ({"type": "string", "pattern": "a"}, "pattern", "kept kept kept refused ignored kept kept kept"),
        ({"type": "string", "minLength": 1}, "minLength", "kept refused kept refused ignored kept kept refused"),
        ({"type": "string", "format": "uuid"}, "format", "kept kept kept kept kept described kept kept"),
        ({"type": "string", "format": "uri"}, "format", "kept refused kept kept kept described kept refused"),
        ({"type": "string", "format": "date-time"}, "format", "kept kept kept kept kept kept kept refused"),
        ({"type": "integer", "minimum": 1}, "minimum", "kept kept kept refused kept kept kept kept"),
        (
            {"type": "integer", "exclusiveMinimum": 1},
            "exclusiveMinimum",
            "kept kept kept refused ignored described kept kept",
        ),
        ({"type": "string", "default": "x"}, "default", "kept refused kept kept ignored described kept kept"),
        ({"type": "string", "default": None}, "default", "kept refused kept kept ignored dropped kept kept"),
        ({"type": "string", "const": "x"}, "const", "kept kept kept kept ignored rewritten kept kept"),
        ({"const": 5}, "const", "kept kept kept kept ignored described kept kept"),
        ({"type": "string", "enum": ["a"]}, "enum", "kept kept kept kept kept kept kept kept"),
        ({"enum": [1, 2]}, "enum", "kept kept kept kept kept described kept kept"),
        ({"enum": [True]}, "enum", "kept kept kept kept ignored described kept kept"),
        ({"enum": ["a", None]}, "enum", "kept kept kept kept ignored rewritten kept kept"),
        ({"type": ["string", "null"]}, "type", "kept kept kept kept kept rewritten kept kept"),
        (
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "minItems",
            "kept kept kept kept kept kept kept refused",
        ),
        (
            {"type": "array", "items": {"type": "string"}, "minItems": 2},
            "minItems",
            "kept kept kept refused kept kept kept refused",
        ),
        (
            {"type": "array", "items": [{"type": "string"}]},
            "items",
            "refused refused refused refused ignored rewritten kept refused",
        ),
        ({"oneOf": [{"type": "string"}]}, "oneOf", "kept refused kept refused kept rewritten kept refused"),
        ({"allOf": [{"type": "string"}]}, "allOf", "kept refused kept kept ignored rewritten kept refused"),
        ({"not": {"type": "string"}}, "not", "kept refused kept refused ignored dropped kept refused"),
        (
            {"type": "object", "additionalProperties": False},
            "additionalProperties",
            "kept kept kept kept kept dropped kept kept",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            "additionalProperties",
            "kept refused kept refused kept dropped kept refused",
        ),
        ({"type": "string", "nullable": True}, "nullable", "kept ignored kept ignored ignored kept kept ignored"),
        (
            {"type": "string", "$comment": "x"},
            "$comment",
            "ignored ignored ignored ignored ignored dropped ignored ignored",
        ),
    ],
)
def test_what_becomes_of_a_keyword(part: dict[str, Any], keyword: str, words: str) -> None:
    vendors = [vendor for vendor in VENDORS if vendor not in ("gateway", "mcp")]
    assert {vendor: word(part, keyword, vendor) for vendor in vendors} == dict(zip(vendors, words.split(), strict=True))


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf", "allOf"])
def test_a_union_at_the_top_is_refused(keyword: str) -> None:
    schema = {**OBJECT, keyword: [{"required": []}]}
    for vendor in ("openai", "openai-strict", "anthropic", "anthropic-strict", "gateway"):
        assert of(schema, vendor)[f"/{keyword}"].verdict == "refused"
        assert compile_tool(Tool("t", "", schema), vendor).refused


@pytest.mark.parametrize(
    ("schema", "keyword", "fault"),
    [
        ({"type": "object", "properties": [], "minProperties": 1}, "properties", "an empty list"),
        ({**OBJECT, "items": 5}, "items", "5"),
        ({**OBJECT, "required": "a"}, "required", '"a"'),
        ({"type": "dict", "properties": {"a": {}}}, "type", '"dict"'),
        ({**OBJECT, "minProperties": True}, "minProperties", "true"),
    ],
)
def test_a_value_that_no_schema_may_hold_is_refused_by_everybody(
    schema: dict[str, Any], keyword: str, fault: str
) -> None:
    for vendor in VENDORS:
        found = of(schema, vendor)[f"/{keyword}"]
        assert f"not {fault}." in found.reason
        assert found.verdict == ("kept" if vendor == "mcp" else "refused")
    assert compile_tool(Tool("t", "", schema), "gemini-schema").wire is None


def test_gemini_gets_no_schema_for_a_function_without_arguments() -> None:
    for vendor in ("gemini-schema", "gemini-json-schema"):
        done = compile_tool(Tool("t", "", {"type": "object", "properties": []}), vendor)
        assert (done.wire, done.refused) == ({"name": "t"}, "")
        assert [v.verdict for v in done.verdicts if v.path] == ["rewritten", "rewritten"]


def test_what_stands_for_a_schema_and_is_none_has_a_verdict() -> None:
    assert of({**OBJECT, "properties": {"a": 5}}, "openai")["/properties/a(schema)"].verdict == "refused"


@pytest.mark.parametrize(
    ("vendor", "schema", "name", "verdict"),
    [
        ("openai-strict", {**OBJECT, "properties": {"a": {"type": "string"}}}, "/required", "refused"),
        ("openai-strict", within({"type": "object"}), "/properties/a(additionalProperties)", "refused"),
        ("openai-strict", within({}), "/properties/a(type)", "refused"),
        ("openai", within({"type": "array"}), "/properties/a(items)", "refused"),
        ("anthropic", {"properties": {}}, "(root)", "rewritten"),
        ("openai", {"properties": {}}, "(root)", "refused"),
        ("gemini-schema", within({"type": "array"}), "/properties/a(items)", "rewritten"),
        ("openai-strict", {**OBJECT, "properties": {"a": True}}, "/properties/a(any value)", "refused"),
    ],
)
def test_what_a_schema_lacks(vendor: str, schema: dict[str, Any], name: str, verdict: str) -> None:
    assert of(schema, vendor)[name].verdict == verdict


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = within(schema)
    return schema


@pytest.mark.parametrize(
    ("vendor", "name", "fits", "over"),
    [
        ("openai-strict", "(depth)", nested(10), nested(11)),
        (
            "openai-strict",
            "(properties)",
            {**OBJECT, "properties": {f"p{n}": {} for n in range(5000)}},
            {**OBJECT, "properties": {f"p{n}": {} for n in range(5001)}},
        ),
        (
            "openai-strict",
            "(enum values)",
            within({"enum": ["a"] * 1000}),
            within({"anyOf": [{"enum": ["a"] * 1000}, {"enum": ["b"]}]}),
        ),
        ("openai-strict", "(characters)", within({"const": "x" * 119_999}), within({"const": "x" * 120_000})),
        (
            "anthropic-strict",
            "(optional parameters)",
            {"type": "object", "properties": {f"p{n}": {} for n in range(24)}},
            {"type": "object", "properties": {f"p{n}": {} for n in range(25)}},
        ),
        (
            "anthropic-strict",
            "(unions)",
            {"type": "object", "properties": {f"p{n}": {"anyOf": [{}]} for n in range(16)}},
            {"type": "object", "properties": {f"p{n}": {"type": ["string", "null"]} for n in range(17)}},
        ),
    ],
)
@pytest.mark.slow
def test_limits(vendor: str, name: str, fits: dict[str, Any], over: dict[str, Any]) -> None:
    assert of(fits, vendor)[name].verdict == "kept"
    found = of(over, vendor)[name]
    assert (found.verdict, found.verified) == ("refused", True)
    assert compile_tool(Tool("t", "", over), vendor).refused


def test_a_long_enum_may_have_so_many_characters() -> None:
    assert word({"enum": ["x" * 60] * 250}, "enum", "openai-strict") == "kept"
    assert word({"enum": ["x" * 60] * 251}, "enum", "openai-strict") == "refused"


def test_what_stands_inside_something_left_out_is_left_out_with_it() -> None:
    schema = within({"type": "object", "patternProperties": {"^x": {"items": {"type": "string"}}}})
    at = "/properties/a/patternProperties/^x/items/type"
    assert of(schema, "gemini-schema")[at].verdict == "dropped"
    assert of(schema, "gemini-json-schema")[at].verdict == "ignored"
    assert of(schema, "openai")[at].verdict == "kept"
    assert "patternProperties, which is dropped" in of(schema, "gemini-schema")[at].reason


def test_a_gateway_loses_a_tool_that_is_no_object() -> None:
    for schema in ({"type": "string"}, {"properties": {"a": {}}}):
        done = compile_tool(Tool("t", "", schema), "gateway")
        assert "vanishes" in done.refused
        assert summary(done.verdicts)["dropped"] == 1


def test_references_back_to_themselves() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "additionalProperties": False}
    optional = within({"$ref": "#/$defs/node"}, **{"$defs": {"node": node}})
    forced = within({"$ref": "#/$defs/node"}, **{"$defs": {"node": {**node, "required": ["next"]}}})
    at = "/$defs/node/properties/next/$ref"
    assert of(optional, "openai-strict")[at].verdict == "kept"
    assert of(optional, "anthropic-strict")[at].verdict == "refused"
    assert of(optional, "anthropic-strict")["/properties/a/$ref"].verdict == "kept"
    assert of(optional, "gemini-json-schema")[at].verdict == "kept"
    assert of(forced, "gemini-json-schema")[at].verdict == "refused"
    assert of(within({"$ref": "#/nowhere"}), "openai")["/properties/a/$ref"].verdict == "refused"


def test_beside_a_reference_gemini_takes_names_with_a_dollar_only() -> None:
    schema = within({"$ref": "#/$defs/x", "description": "x"}, **{"$defs": {"x": {"type": "string"}}})
    assert of(schema, "gemini-json-schema")["/properties/a/$ref"].verdict == "refused"


@pytest.mark.parametrize(
    ("name", "refusing"),
    [
        ("get_weather", ()),
        ("a.b", ("openai", "anthropic", "deepseek", "gateway")),
        ("2a", ("gemini-json-schema", "gemini-schema")),
        ("a" * 65, ("openai", "deepseek")),
        ("a" * 129, ("openai", "anthropic", "gemini-json-schema", "gemini-schema", "deepseek", "gateway")),
        ("", ("openai", "anthropic", "gemini-json-schema", "gemini-schema", "deepseek", "gateway", "mcp")),
    ],
)
def test_names(name: str, refusing: tuple[str, ...]) -> None:
    tool = Tool(name, "", OBJECT)
    loose = [vendor for vendor in VENDORS if not vendor.endswith("-strict")]
    assert tuple(vendor for vendor in loose if verdicts(tool, vendor)[0].verdict == "refused") == refusing


def test_property_names() -> None:
    schema = {**OBJECT, "properties": {"per-page": {"type": "string"}, "a b": {"type": "string"}}}
    assert "/properties/per-page(property name)" not in of(schema, "anthropic")
    assert of(schema, "anthropic")["/properties/a b(property name)"].verdict == "refused"
    assert of(schema, "gemini-schema")["/properties/per-page(property name)"].verified
    assert not of(schema, "gemini-json-schema")["/properties/per-page(property name)"].verified


def test_fields_of_the_tool() -> None:
    tool = Tool("t", "x" * 1025, OBJECT, strict=True, output_schema={"type": "object"})
    said = {vendor: {v.keyword: v for v in verdicts(tool, vendor) if not v.path} for vendor in VENDORS}
    assert "1,024" in said["openai"]["description"].reason
    assert said["gateway"]["strict"].verdict == "dropped"
    assert said["gemini-json-schema"]["strict"].verdict == "dropped"
    assert said["openai"]["output_schema"].verdict == "dropped"
    assert said["mcp"]["output_schema"].verdict == "kept"


def test_a_free_text_tool_has_a_verdict_and_no_schema() -> None:
    tool = Tool("t", "", type="custom", grammar=Grammar("regex", "a+"))
    said = {vendor: {v.keyword: v.verdict for v in verdicts(tool, vendor)} for vendor in VENDORS}
    assert said["openai"]["(custom tool)"] == "kept"
    assert said["anthropic"] == {"name": "kept", "(custom tool)": "rewritten", "(grammar)": "described"}


def test_the_summary_counts_the_gravest_first() -> None:
    found = verdicts(Tool("t", "", within({"type": "string", "not": {"type": "null"}})), "openai-strict")
    counts = summary(found)
    assert list(counts) == list(WORDS)
    assert sum(counts.values()) == len(found)
    assert in_words(counts) == "1 refused"
    assert in_words(summary(found[:1])) == "all kept"


@pytest.mark.parametrize("levels", [500, 3000])
@pytest.mark.slow
def test_a_deep_schema_is_judged_in_bounded_time(levels: int) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    done = {each.vendor: each for each in compile_all(Tool("t", "", schema))}
    assert done["gemini-schema"].wire is None
    assert of(schema, "openai-strict")["(depth)"].verdict == "refused"
    assert ("(size)" in of(schema, "openai")) == (levels > 1000)
    assert convert(Tool("t", "", schema), "openai-chat").refused == ("" if levels == 500 else done["openai"].refused)


@pytest.mark.slow
def test_a_schema_of_shared_parts_does_not_run_away() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(40):
        schema = {"type": "object", "properties": {"a": schema, "b": schema}}
    found = verdicts(Tool("t", "", schema), "openai")
    assert len(found) < 100_000
    assert found[-1].keyword == "(size)"


def test_the_required_names_of_an_object_are_gathered_once() -> None:
    class Names(list[str]):
        def __contains__(self, name: object) -> bool:
            raise AssertionError("searched name by name")

    part = {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": Names(["a"])}
    walk = walked(Tool("t", "", part))
    assert walk.loops == {"/properties/a/$ref", "/properties/b/$ref"}
    assert walk.forced == {"/properties/a/$ref"}


def test_a_definition_met_through_another_spelling_is_judged_once() -> None:
    schema = within({"anyOf": [{"type": "string"}, {"$ref": "#/properties/a/anyOf/00"}]})
    paths = [v.path for v in verdicts(Tool("t", "", schema), "openai")]
    assert paths.count("/properties/a/anyOf/0/type") == 1
    assert not [path for path in paths if "/00" in path]


def test_the_strict_switch_of_a_tool_does_not_change_who_is_asked() -> None:
    tool = Tool("t", "", {"type": "object"})
    assert verdicts(replace(tool, strict=True), "openai-strict") == verdicts(tool, "openai-strict")
