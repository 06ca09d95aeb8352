"""Tool JSON of every vendor: recognised, kept exactly, and nothing of it lost."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from callsmith.importing import Candidate, ImportProblem, read

SCHEMA = {"type": "object", "required": ["q"], "properties": {"q": {"type": "string", "x-own": 1}}}


def only(document: Any) -> Candidate:
    found = read(json.dumps(document))
    assert len(found.candidates) == 1
    assert not found.candidates[0].refused
    return found.candidates[0]


@pytest.mark.parametrize(
    ("document", "kind", "extra"),
    [
        ({"type": "function", "function": {"name": "f", "parameters": SCHEMA}}, "openai-chat", {}),
        ({"type": "function", "function": {"name": "f", "parameters": SCHEMA}, "y": 1}, "openai-chat", {"y": 1}),
        ({"functions": [{"name": "f", "parameters": SCHEMA}]}, "openai-functions", {}),
        (
            {"type": "function", "name": "f", "parameters": SCHEMA, "defer_loading": True},
            "openai-responses",
            {"defer_loading": True},
        ),
        (
            {"name": "f", "input_schema": SCHEMA, "cache_control": {"type": "ephemeral"}},
            "anthropic",
            {"cache_control": {"type": "ephemeral"}},
        ),
        ({"functionDeclarations": [{"name": "f", "parametersJsonSchema": SCHEMA}]}, "gemini", {}),
        ({"tools": [{"function_declarations": [{"name": "f", "parameters_json_schema": SCHEMA}]}]}, "gemini", {}),
        ({"name": "f", "inputSchema": SCHEMA, "title": "F"}, "mcp", {"title": "F"}),
        ({"jsonrpc": "2.0", "id": 1, "result": {"tools": [{"name": "f", "inputSchema": SCHEMA}]}}, "mcp", {}),
        ({"name": "f", "parameters": SCHEMA}, "callsmith", {}),
        (
            {"custom_id": "1", "body": {"tools": [{"type": "function", "name": "f"} | {"parameters": SCHEMA}]}},
            "openai-responses",
            {},
        ),
        ([{"name": "f", "description": "", "parameters": SCHEMA}], "callsmith", {}),
        ({"title": "f", **SCHEMA}, "schema", {}),
    ],
)
def test_each_shape_is_recognised_and_its_schema_kept_to_the_byte(document: Any, kind: str, extra: Any) -> None:
    found = only(document)
    assert found.tool.name == "f"
    expected = document if kind == "schema" else SCHEMA
    assert json.dumps(found.tool.parameters) == json.dumps(expected)
    assert found.tool.origin is not None
    assert (found.tool.origin.kind, found.tool.origin.extra) == (kind, extra)
    assert found.changes == ()


def test_the_fields_of_a_tool_are_read_in_every_shape() -> None:
    tool = only({"type": "function", "function": {"name": "f", "description": "d", "strict": True}}).tool
    assert (tool.description, tool.strict, tool.parameters) == ("d", True, None)
    tool = only({"name": "f", "inputSchema": SCHEMA, "outputSchema": {"type": "string"}}).tool
    assert tool.output_schema == {"type": "string"}


def test_gemini_types_become_json_schema_with_each_change_told() -> None:
    parameters = {"type": "OBJECT", "properties": {"a": {"type": "STRING", "nullable": True}}}
    found = only({"functionDeclarations": [{"name": "f", "parameters": parameters}]})
    assert found.tool.parameters == {"type": "object", "properties": {"a": {"type": ["string", "null"]}}}
    assert {change.path for change in found.changes} == {
        "/parameters/type",
        "/parameters/properties/a/type",
        "/parameters/properties/a/nullable",
    }
    assert found.source == parameters


def test_custom_tools_keep_their_grammar() -> None:
    grammar = {"syntax": "lark", "definition": "start: WORD"}
    for document in (
        {"type": "custom", "name": "sql", "format": {"type": "grammar", **grammar}},
        {"type": "custom", "custom": {"name": "sql", "format": {"type": "grammar", "grammar": grammar}}},
        {"type": "custom", "name": "sql", "description": "", "grammar": grammar},
    ):
        tool = only(document).tool
        assert tool.type == "custom"
        assert tool.grammar is not None and tool.grammar.definition == "start: WORD"


def test_what_the_vendor_runs_and_the_conversation_are_left_out_and_said() -> None:
    body = {
        "model": "m",
        "system": "be kind",
        "messages": [],
        "tools": [{"type": "web_search_20250305", "name": "web_search"}, {"name": "f", "input_schema": SCHEMA}],
    }
    found = read(json.dumps(body))
    assert [one.tool.name for one in found.candidates] == ["f"]
    assert any("web_search_20250305" in problem for problem in found.problems)
    assert any('"system"' in problem for problem in found.problems)


def test_one_bad_entry_does_not_lose_the_others() -> None:
    broken = {"type": "object", "properties": {"a": {"type": "string", "minLength": "x"}}}
    found = read(json.dumps({"tools": [{"name": "a", "parameters": broken}, 5, {"name": "b"}, {"description": "c"}]}))
    assert [bool(one.refused) for one in found.candidates] == [True, True, False, True]
    assert "/parameters/properties/a/minLength" in found.candidates[0].refused


def test_illegal_and_repeated_names_are_made_legal_with_the_original_kept() -> None:
    found = read(json.dumps([{"name": "a.b", "inputSchema": SCHEMA}, {"name": "a_b", "inputSchema": SCHEMA}]))
    one, two = (candidate.tool for candidate in found.candidates)
    assert (one.name, two.name) == ("a_b", "a_b_2")
    assert one.origin is not None and one.origin.name == "a.b"
    assert found.candidates[0].changes[0].path == "/name"
    assert len({candidate.id for candidate in found.candidates}) == 2


def test_json_lines_also_gzipped_with_a_bad_line_among_them() -> None:
    lines = [json.dumps({"name": "f", "inputSchema": SCHEMA}), '{"name": "g", "name": "h"}', json.dumps(SCHEMA)]
    found = read(gzip.compress("\n".join(lines).encode()), "tools.jsonl.gz")
    assert [one.tool.name for one in found.candidates] == ["f", "line 2", "tools_3"]
    assert "twice" in found.candidates[1].refused and "Line 2" in found.candidates[1].refused


@pytest.mark.parametrize("text", ["[]", "{}", '{"tools": []}', "[1, 2]", ""])
def test_what_holds_no_tool_is_said_in_words(text: str) -> None:
    with pytest.raises(ImportProblem):
        read(text)


def test_what_was_looked_for_is_told() -> None:
    with pytest.raises(ImportProblem, match="Anthropic, Gemini and MCP"):
        read("[1, 2]")
    with pytest.raises(ImportProblem, match="Connect to a server"):
        read('{"mcpServers": {"a": {"command": "x"}}}')


def test_broken_json_is_told_with_its_place() -> None:
    with pytest.raises(ImportProblem) as caught:
        read('{"name": "f",\n "parameters": {]}')
    assert caught.value.line == 2


def test_an_object_that_is_nothing_else_is_a_sample() -> None:
    found = read('[{"city": "Rome", "n": 3}, {"city": "Oslo", "n": null}]')
    assert found.kind == "sample"
    assert found.candidates[0].tool.parameters == {
        "type": "object",
        "properties": {"city": {"type": "string"}, "n": {"type": ["integer", "null"]}},
        "required": ["city", "n"],
    }
    assert found.problems


@pytest.mark.parametrize("empty", [[], None])
def test_parameters_that_are_empty_otherwise_are_an_empty_schema_and_that_is_said(empty: Any) -> None:
    for definition in (
        {"name": "f", "parameters": empty},
        {"type": "function", "function": {"name": "f", "parameters": empty}},
        {"tools": [{"name": "f", "parameters": empty}]},
    ):
        found = only(definition)
        assert (found.tool.name, found.tool.parameters) == ("f", {})
        assert [change.path for change in found.changes] == ["/parameters"]
    for place in ("input_schema", "inputSchema"):
        assert only({"tools": [{"name": "f", place: empty}]}).tool.parameters == {}
    assert only({"name": "f", "inputSchema": []}).tool.parameters == {}
    assert only({"name": "f", "inputSchema": {}, "outputSchema": None}).tool.output_schema is None


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"openapi": "3.0.0", "paths": []}, '"paths" is not an object'),
        ({"openapi": "3.0.0", "info": {"title": "T"}}, 'no "paths"'),
        ({"openapi": "3.0.0", "paths": {}}, "no operations"),
        ({"openapi": None, "paths": {}}, "version"),
        ({"swagger": "2.0"}, 'no "paths"'),
        ({"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "Method not found"}}, "Method not found"),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, "tools/list"),
        ([{"jsonrpc": "2.0", "id": 1, "error": None}], "tools/list"),
    ],
)
def test_a_broken_document_is_never_a_sample(document: Any, words: str) -> None:
    with pytest.raises(ImportProblem, match=words):
        read(json.dumps(document))
