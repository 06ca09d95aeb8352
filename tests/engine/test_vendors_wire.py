"""What each vendor is sent: hand-written payloads, and the very entries of requests."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from callsmith.demo.ask import Refused
from callsmith.demo.wires.gemini_schema import check_proto_schema
from callsmith.types.connection import Connection, Target
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Text
from callsmith.types.tool import Grammar, Tool
from callsmith.vendors import VENDORS, compile_tool, convert, verdicts
from callsmith.vendors.sending import switched
from callsmith.wire.registry import WIRES
from tests.engine.schema_kit import real_tools

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": ["string", "null"], "pattern": "^[A-Z]"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL = Tool("get_weather", "The weather", SCHEMA)
LOOSE = {"name": "get_weather", "description": "The weather", "parameters": SCHEMA}
CLAUDE = {"name": "get_weather", "description": "The weather", "input_schema": SCHEMA}
GOLDEN: dict[tuple[str, str], dict[str, Any]] = {
    ("openai", "openai-chat"): {"type": "function", "function": LOOSE},
    ("openai", "openai-responses"): {"type": "function", **LOOSE, "strict": False},
    ("openai-strict", "openai-chat"): {"type": "function", "function": {**LOOSE, "strict": True}},
    ("openai-strict", "openai-responses"): {"type": "function", **LOOSE, "strict": True},
    ("anthropic", "anthropic"): CLAUDE,
    ("anthropic-strict", "anthropic"): {**CLAUDE, "strict": True},
    ("gemini-json-schema", "gemini"): {
        "name": "get_weather",
        "description": "The weather",
        "parametersJsonSchema": SCHEMA,
    },
    ("gemini-schema", "gemini"): {
        "name": "get_weather",
        "description": "The weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "pattern": "^[A-Z]", "nullable": True}},
            "required": ["city"],
        },
    },
    ("deepseek", "openai-chat"): {"type": "function", "function": LOOSE},
    ("deepseek-strict", "openai-chat"): {"type": "function", "function": {**LOOSE, "strict": True}},
    ("gateway", "openai-chat"): {"type": "function", "function": LOOSE},
    ("mcp", "mcp"): {"name": "get_weather", "description": "The weather", "inputSchema": SCHEMA},
}
# A model of each vendor, as the profiles know it.
MODELS = {
    "openai": ("https://api.openai.com", "gpt-5.2"),
    "openai-strict": ("https://api.openai.com", "gpt-5.2"),
    "anthropic": ("https://api.anthropic.com", "claude-sonnet-4-6"),
    "anthropic-strict": ("https://api.anthropic.com", "claude-sonnet-4-6"),
    "gemini-json-schema": ("https://generativelanguage.googleapis.com", "gemini-3-pro"),
    "deepseek": ("https://api.deepseek.com", "deepseek-chat"),
    "gateway": ("https://gateway.example", "claude-sonnet-4-6"),
}


@pytest.mark.parametrize(("vendor", "wire"), GOLDEN)
def test_payloads(vendor: str, wire: str) -> None:
    assert compile_tool(TOOL, vendor, wire).wire == GOLDEN[vendor, wire]


def test_every_format_of_every_vendor_is_in_the_payloads() -> None:
    assert set(GOLDEN) == {(table.id, wire) for table in VENDORS.values() for wire in table.wires}


def requested(tool: Tool, vendor: str, wire: str) -> Any:
    base, model = MODELS[vendor]
    target = Target(Connection("c", "C", base, (wire,)), wire, model)
    thread = Thread("", (Message("user", (Text("Hello"),)),))
    body = json.loads(WIRES[wire].request(target, thread, (tool,), Options()).body)
    return body["tools"][0]["functionDeclarations"][0] if wire == "gemini" else body["tools"][0]


@pytest.mark.parametrize(("vendor", "wire"), [key for key in GOLDEN if key[0] in MODELS])
@pytest.mark.parametrize(
    "tool",
    [
        TOOL,
        replace(TOOL, strict=False),
        replace(TOOL, strict=True),
        Tool("nothing"),
        Tool("untyped", parameters={"properties": {"a": {}}}),
        Tool("empty", parameters={"type": "object", "properties": {}}),
        Tool("free", "Text", type="custom", grammar=Grammar("lark", 'start: "a"')),
    ],
    ids=lambda tool: f"{tool.name}-{tool.strict}",
)
def test_the_payload_is_the_entry_of_a_request(vendor: str, wire: str, tool: Tool) -> None:
    sent = switched(tool, VENDORS[vendor].strict)
    assert compile_tool(tool, vendor, wire).wire == requested(sent, vendor, wire)


def rewritten(part: dict[str, Any], **top: Any) -> Any:
    schema = {"type": "object", "properties": {"a": part}, **top}
    done = compile_tool(Tool("t", "", schema), "gemini-schema")
    assert done.wire is not None, done.refused
    check_proto_schema(done.wire["parameters"], "parameters")
    return done.wire["parameters"]["properties"]["a"]


ANY = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}
NODE = {"type": "object", "properties": {"v": {"type": "string"}, "next": {"$ref": "#/$defs/node"}}}


@pytest.mark.parametrize(
    ("part", "made"),
    [
        ({"type": ["integer", "null"]}, {"type": "integer", "nullable": True}),
        (
            {"type": ["string", "integer"], "minLength": 2, "minimum": 3, "title": "T"},
            {
                "title": "T",
                "anyOf": [{"type": "string", "minLength": 2}, {"type": "integer", "minimum": 3}],
            },
        ),
        ({"const": "c"}, {"type": "string", "enum": ["c"]}),
        ({"const": 5}, {"type": "integer", "description": "Always 5."}),
        ({"enum": ["a", None]}, {"type": "string", "enum": ["a"], "nullable": True}),
        ({"enum": [1, 2], "description": "N"}, {"type": "integer", "description": "N (One of: 1, 2.)"}),
        ({"type": "string", "enum": ["", "a"]}, {"type": "string", "description": 'One of: "", "a".'}),
        (
            {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 5},
            {"type": "integer", "description": "Greater than 0. A multiple of 5."},
        ),
        ({"type": "string", "default": "x"}, {"type": "string", "description": 'Default: "x".'}),
        ({"type": "string", "default": None}, {"type": "string"}),
        ({"type": "string", "format": "uri"}, {"type": "string", "description": "Format: uri."}),
        ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        (
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        (
            {"anyOf": [{"type": "string", "description": "in"}, {"type": "null"}], "description": "out"},
            {"description": "out", "nullable": True, "type": "string"},
        ),
        (
            {"allOf": [{"type": "integer", "minimum": 1}, {"minimum": 3, "maximum": 9}]},
            {"type": "integer", "minimum": 3, "maximum": 9},
        ),
        (
            {"type": "object", "properties": {"x": {"type": "string"}}, "anyOf": [{"required": ["x"]}]},
            {"type": "object", "properties": {"x": {"type": "string"}}},
        ),
        (
            {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x", "y"]},
            {"type": "object", "properties": {"x": {"type": "string"}}, "required": ["x"]},
        ),
        (
            {"type": "array", "prefixItems": [{"type": "number"}, {"type": "string"}, {"type": "number"}]},
            {"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "string"}]}},
        ),
        ({"type": "array"}, {"type": "array", "items": ANY}),
        ({"type": "null"}, {"type": "string", "nullable": True}),
        ({}, ANY),
        ({"minLength": 1}, {"type": "string", "minLength": 1}),
        ({"type": "STRING"}, {"type": "string"}),
        ({"type": "string", "$comment": "c", "x-foo": 1, "not": {"const": "a"}}, {"type": "string"}),
    ],
)
def test_rewriting_for_gemini(part: dict[str, Any], made: dict[str, Any]) -> None:
    assert rewritten(part) == made


def test_references_are_written_out_for_gemini() -> None:
    base = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
    told = {"$ref": "#/$defs/base", "description": "told"}
    assert rewritten(told, **{"$defs": {"base": base}}) == {"description": "told", **base}
    again = {"type": "object", "description": "The same again."}
    assert rewritten({"$ref": "#/$defs/node"}, **{"$defs": {"node": NODE}}) == {
        **NODE,
        "properties": {"v": {"type": "string"}, "next": again},
    }
    twice = {"allOf": [{"$ref": "#/$defs/base"}, {"properties": {"b": {"$ref": "#/$defs/base"}}}]}
    assert rewritten(twice, **{"$defs": {"base": base}})["properties"]["b"] == base


@pytest.mark.slow
def test_what_grows_without_end_is_refused_for_gemini() -> None:
    parts = {f"d{n}": {"properties": {key: {"$ref": f"#/$defs/d{n + 1}"} for key in "ab"}} for n in range(40)}
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": {**parts, "d40": {}}}
    done = compile_tool(Tool("t", "", schema), "gemini-schema")
    assert done.wire is None
    assert "20,000" in done.refused


@pytest.mark.slow
def test_gemini_takes_what_was_rewritten_from_the_corpora(shared) -> None:
    """And a keyword that is said to be kept stands where it stood, unless what is around it was rewritten."""
    sent = 0
    for where, entry in real_tools(shared):
        schema = entry.get("parameters")
        done = compile_tool(Tool("t", "", schema), "gemini-schema") if isinstance(schema, dict) else None
        if done is None or done.wire is None or "parameters" not in done.wire:
            continue
        sent += 1
        try:
            check_proto_schema(done.wire["parameters"], "parameters")
        except Refused as refused:
            pytest.fail(f"{where}: {refused}")
        if not {"$ref", "allOf", "anyOf", "oneOf"} & {v.keyword for v in done.verdicts}:
            for v in done.verdicts:
                if v.verdict == "kept" and v.path and not v.keyword.startswith("("):
                    assert _at(done.wire["parameters"], v.path) == v.keyword, (where, v.path)
    assert sent > 500


def _at(value: Any, path: str) -> str:
    """The last step of a path, where it leads somewhere; through the union of a list of types."""
    *steps, last = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
    for step in steps:
        value = value.get(step, value)
    return last if last in value or "anyOf" in value else f"no {last}"


OPEN = {"type": "object", "properties": {"a": {"type": "string"}}}


def test_a_name_that_is_refused_gets_a_legal_one() -> None:
    done = convert(Tool("math.fact", "", OPEN), "openai-chat")
    assert done.tool is not None and done.tool["function"]["name"] == "math_fact"
    assert [change.path for change in done.changes] == ["/name"]
    assert '"math.fact"' in done.changes[0].message
    assert convert(Tool("math.fact", "", OPEN), "gemini").changes == ()


@pytest.mark.parametrize(
    ("wire", "given", "made", "paths"),
    [
        ("openai-chat", OPEN, OPEN, []),
        ("openai-chat", {"properties": {}}, {"type": "object", "properties": {}}, ["/type"]),
        ("mcp", {"type": ["object"], "title": "T"}, {"type": "object", "title": "T"}, ["/type"]),
        ("anthropic", {"type": "object", "properties": []}, {"type": "object", "properties": {}}, ["/properties"]),
        (
            "openai-responses",
            {"type": "object", "properties": {"a/b": {"type": "array", "properties": []}, "c": {"type": "array"}}},
            {
                "type": "object",
                "properties": {
                    "a/b": {"type": "array", "properties": {}, "items": {}},
                    "c": {"type": "array", "items": {}},
                },
            },
            ["/properties/a~1b/items", "/properties/a~1b/properties", "/properties/c/items"],
        ),
        (
            "gemini",
            {"type": "object", "properties": {"a": {"$ref": "#/$defs/x", "title": "A"}}, "$defs": {"x": {}}},
            {
                "type": "object",
                "properties": {"a": {"title": "A", "anyOf": [{"$ref": "#/$defs/x"}]}},
                "$defs": {"x": {}},
            },
            ["/properties/a/$ref"],
        ),
        (
            "openai-chat",
            {"$ref": "#/$defs/x", "$defs": {"x": OPEN}},
            {"type": "object", "$ref": "#/$defs/x", "$defs": {"x": OPEN}},
            ["/type"],
        ),
    ],
)
def test_what_is_put_right(wire: str, given: dict[str, Any], made: dict[str, Any], paths: list[str]) -> None:
    before = json.dumps(given)
    done = convert(Tool("t", "", given), wire)
    assert done.tool is not None, done.refused
    fields = {"openai-chat": "function", "openai-responses": "parameters", "anthropic": "input_schema"}
    sent = done.tool[{**fields, "gemini": "parametersJsonSchema", "mcp": "inputSchema"}[wire]]
    assert (sent["parameters"] if wire == "openai-chat" else sent) == made
    assert sorted(change.path for change in done.changes) == paths
    assert json.dumps(given) == before


@pytest.mark.parametrize(
    ("wire", "schema", "why"),
    [
        ("openai-chat", {"type": "array", "items": {}}, "type object"),
        ("openai-chat", {"anyOf": [OPEN, OPEN]}, "anyOf at the top"),
        ("anthropic", {**OPEN, "oneOf": [OPEN]}, "oneOf at the top"),
        ("gemini", {"type": "string"}, "type object"),
        ("mcp", {"type": "string"}, "type object"),
        ("openai-chat", {**OPEN, "required": "a"}, "At /required"),
        ("anthropic", {"type": "object", "properties": {"a": {"$ref": "#/$defs/gone"}}}, "leads nowhere"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_reason(wire: str, schema: dict[str, Any], why: str) -> None:
    done = convert(Tool("t", "", schema), wire)
    assert done.tool is None
    assert why in done.refused


def test_strict_is_judged_as_strict() -> None:
    assert convert(TOOL, "openai-chat", strict=True).tool == GOLDEN["openai-strict", "openai-chat"]
    assert "additionalProperties" in convert(Tool("t", "", OPEN), "openai-chat", strict=True).refused
    assert convert(Tool("t", "", OPEN, strict=True), "openai-responses").refused
    assert convert(Tool("t", "", OPEN), "gemini", strict=True).tool


def test_what_anthropic_strict_has_no_keyword_for_is_told() -> None:
    count = {"type": "integer", "minimum": 1, "description": "How many"}
    schema = {
        "type": "object",
        "properties": {"n": count, "s": {"type": "string", "pattern": "^a", "format": "uuid"}},
        "additionalProperties": False,
    }
    done = convert(Tool("t", "", schema), "anthropic", strict=True)
    assert done.tool is not None and done.tool["strict"] is True
    assert done.tool["input_schema"]["properties"] == {
        "n": {"type": "integer", "description": "How many (At least 1.)"},
        "s": {"type": "string", "format": "uuid", "description": 'Matches "^a".'},
    }
    assert [change.path for change in done.changes] == ["/properties/n/minimum", "/properties/s/pattern"]
    assert convert(Tool("t", "", schema), "anthropic").changes == ()


def test_a_free_text_tool_becomes_a_function_where_there_are_none() -> None:
    tool = Tool("t", "", type="custom")
    assert convert(tool, "openai-chat").tool == {"type": "custom", "custom": {"name": "t"}}
    made = convert(tool, "anthropic", strict=True)
    assert made.tool is not None and "input_schema" in made.tool
    assert [change.path for change in made.changes] == ["/type"]


def test_a_format_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="openai-chat"):
        convert(TOOL, "openai")


def test_verdicts_of_a_conversion_are_on_what_is_sent() -> None:
    done = convert(Tool("a.b", "", {"properties": {"x": {"type": "array"}}}), "openai-chat")
    assert not [v for v in done.verdicts if v.verdict == "refused"]
    assert done.verdicts[0].keyword == "name" and verdicts(TOOL, "openai")[0].verdict == "kept"
