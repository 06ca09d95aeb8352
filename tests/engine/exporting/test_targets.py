"""Every target: JSON as the app sends it, code that compiles whatever stands in it, documents of plain text."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from callsmith.exporting import TARGETS, export, export_all, wire_json
from callsmith.types.connection import Connection
from callsmith.types.connection import Target as Destination
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Text
from callsmith.types.tool import Grammar, Origin, Tool
from callsmith.wire.registry import WIRES
from tests.engine.exporting.corpora import tools
from tests.engine.exporting.hostile import HALF, TEXTS, hostile_tools

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = Tool("get_weather", "What it is like outside", SCHEMA, strict=True)
JSON = ("openai-chat", "openai-responses", "anthropic", "gemini", "mcp", "json")


def test_targets_are_the_known_ones() -> None:
    assert list(TARGETS) == [*JSON, "python", "pydantic", "zod", "markdown"]
    for target in TARGETS:
        made = export(TOOL, target)
        assert made.filename == f"get_weather{TARGETS[target].suffix}"
        assert made.language == TARGETS[target].language
        assert made.text.endswith("\n") and not made.text.endswith("\n\n")


@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses", "anthropic", "gemini"])
@pytest.mark.parametrize(
    "tool",
    [TOOL, Tool("a"), Tool("b", "", {"properties": {}}, strict=False), Tool("c", "", {"type": "object", "x": [1.0]})],
)
def test_json_is_what_a_request_offers(wire: Any, tool: Tool) -> None:
    thread = Thread("", (Message("user", (Text("Hi"),)),))
    destination = Destination(Connection("c", "C", "https://host.example/v1", wires=(wire,)), wire, "m")
    body = json.loads(WIRES[wire].request(destination, thread, [tool], Options()).body)
    offered = body["tools"][0]
    entry = offered["functionDeclarations"][0] if wire == "gemini" else offered
    assert export(tool, wire).text == wire_json.written(entry)


def test_mcp_is_a_whole_definition() -> None:
    made = json.loads(export(Tool("a", "b", {"properties": {}}, output_schema=SCHEMA), "mcp").text)
    assert made == {
        "name": "a",
        "description": "b",
        "inputSchema": {"properties": {}, "type": "object"},
        "outputSchema": SCHEMA,
    }
    assert json.loads(export(Tool("a"), "mcp").text)["inputSchema"] == {"type": "object", "properties": {}}


def test_what_an_import_could_not_place_comes_back() -> None:
    extra = {"title": "Weather", "annotations": {"readOnlyHint": True}, "_meta": {"x": 1}}
    tool = Tool("a", "b", SCHEMA, output_schema=SCHEMA, origin=Origin("mcp", extra=extra))
    made = json.loads(export(tool, "mcp").text)
    assert list(made) == ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "_meta"]
    assert made["annotations"] == {"readOnlyHint": True}
    assert "title" not in json.loads(export(tool, "anthropic").text)
    cached = Tool("a", "b", SCHEMA, origin=Origin("anthropic", extra={"cache_control": {"type": "ephemeral"}}))
    assert json.loads(export(cached, "anthropic").text)["cache_control"] == {"type": "ephemeral"}


def test_what_has_no_place_is_noted() -> None:
    tool = Tool("a", strict=True, output_schema=SCHEMA)
    assert [len(export(tool, target).notes) for target in JSON] == [1, 1, 1, 2, 1, 0]
    custom = Tool("sql", type="custom", grammar=Grammar("regex", "a+"))
    assert json.loads(export(custom, "openai-chat").text)["type"] == "custom"
    assert "input" in json.loads(export(custom, "anthropic").text)["input_schema"]["properties"]
    assert any("Free text" in note for note in export(custom, "anthropic").notes)
    for target in TARGETS:
        assert export(custom, target).text


def test_several_are_one_file() -> None:
    both = [TOOL, Tool("other", "", SCHEMA)]
    for target in JSON:
        assert [*map(json.loads, (export(tool, target).text for tool in both))] == json.loads(
            export_all(both, target).text
        )
    for target in ("python", "pydantic", "zod", "markdown"):
        text = export_all([*both, TOOL], target).text
        assert "other" in text and text.count("import") <= 4 and export_all([], target).text is not None


def test_a_python_function() -> None:
    schema = {
        "type": "object",
        "properties": {
            "unit": {"enum": ["c", "f"], "default": "c", "description": "Which scale"},
            "class": {"type": "string", "minLength": 2},
            "where": {"type": "object", "properties": {"lat-x": {"type": "number"}}, "required": ["lat-x"]},
        },
        "required": ["class", "where"],
    }
    code = export(Tool("get weather", "Outside.", schema), "python").text
    made: dict[str, Any] = {}
    exec(compile(code, "exported.py", "exec"), made)
    function = made["get_weather"]
    assert list(function.__annotations__) == ["class_", "where", "unit", "return"]
    assert function.__kwdefaults__ == {"unit": "c"}
    assert 'class_: (sent as "class") [at least 2 characters]' in function.__doc__
    assert made["Where"].__required_keys__ == {"lat-x"}
    with pytest.raises(NotImplementedError):
        function("x", {})


@pytest.mark.slow
@pytest.mark.parametrize("source", ["bfcl", "mcp", "openapi"])
def test_all_corpora_in_every_target(shared: Path, source: str) -> None:
    for tool in tools(shared, source)[:: 3 if source == "openapi" else 1]:
        for target in TARGETS:
            made = export(tool, target)
            if target == "python":
                exec(compile(made.text, "exported.py", "exec"), {"__name__": "exported"})
            elif target in JSON:
                json.loads(made.text)


@pytest.mark.slow
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(hostile_tools())
def test_any_tool_gives_code_that_compiles(tool: Tool) -> None:
    for target in TARGETS:
        made = export(tool, target)
        made.text.encode("utf-8")
        if target in ("python", "pydantic"):
            assert_inert(made.text)
        elif target in JSON:
            json.loads(made.text)


@pytest.mark.parametrize("text", [*TEXTS, HALF])
def test_texts_stay_texts(text: str) -> None:
    inner = {
        "type": "object",
        "description": text,
        "title": text,
        "properties": {text: {"const": text, "x": {text: text}}},
    }
    schema = {
        "type": "object",
        "description": text,
        "properties": {text: {"enum": [text, "b"], "description": text, "default": text}, f"{text}2": inner},
        "required": [text],
        "$defs": {text: inner},
    }
    tool = Tool(text, text, schema, output_schema=inner, origin=Origin("mcp", text, text, extra={text: text}))
    for target in TARGETS:
        made = export(tool, target)
        made.text.encode("utf-8")
        assert len(made.filename) < 80 and "/" not in made.filename
        if target in ("python", "pydantic"):
            assert_inert(made.text)
        if target == "markdown":
            body = made.text.partition("## Sample call")[0]
            assert "<script" not in body and not re.search(r"(?<!\\)\]\(", body)
            assert all(row.replace("\\|", "").count("|") == 6 for row in body.splitlines() if row.startswith("|"))


def assert_inert(code: str) -> None:
    """Nothing but what the exporter writes: imports, classes, functions, assignments, calls of known names."""
    known = {"BeforeValidator", "ConfigDict", "Field", "TypedDict", "ValueError", "WrapValidator"}
    known |= {"isinstance", "int", "listed"}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ast.unparse(node.func)
            assert name in known or name.endswith((".model_rebuild", "value.is_integer")), name
        assert not isinstance(node, ast.Raise) or ast.unparse(node).startswith(
            ("raise NotImplementedError", "raise ValueError('true and 1 are")
        )
        assert not isinstance(node, ast.JoinedStr | ast.Lambda | ast.Global | ast.While | ast.For)


@pytest.mark.slow
@pytest.mark.parametrize("target", list(TARGETS))
def test_deep_wide_and_endless_schemas(target: str) -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(220):
        deep = {"type": "object", "properties": {"a": {"type": "array", "items": deep}}}
    lists: dict[str, Any] = {"type": "string"}
    for _ in range(240):
        lists = {"anyOf": [{"type": "array", "items": lists}, {"type": "null"}]}
    wide = {"type": "object", "properties": {f"p{n}": {"type": "string", "maxLength": n} for n in range(10_000)}}
    endless = {
        "type": "object",
        "properties": {
            "a": {"$ref": "#/properties/b"},
            "b": {"$ref": "#/properties/a"},
            "c": {"allOf": [{"$ref": "#"}]},
        },
        "allOf": [{"$ref": "#"}],
    }
    nothing = {
        "type": "object",
        "properties": {"a": {"$ref": "#/nowhere"}, "b": {"$ref": "https://x.example/y"}, "c": 5},
    }
    for schema in (deep, {"type": "object", "properties": {"a": lists}}, wide, endless, nothing):
        made = export(Tool("t", "", schema), target)
        if target in ("python", "pydantic"):
            ast.parse(made.text)
        assert made.text or any("too deeply" in note for note in made.notes)


def test_markdown_tells_what_a_reviewer_asks() -> None:
    schema = {
        "type": "object",
        "properties": {
            "who": {"type": "object", "properties": {"a|b": {"type": "integer", "minimum": 3}}, "required": ["a|b"]},
            "codes": {"type": "array", "items": {"type": ["string", "null"], "pattern": "^a|b$"}},
            "kind": {"enum": ["x", "y"], "default": "x", "description": "Which *one*\nof them"},
        },
    }
    tool = Tool("book_it", "Books <b>it</b>", schema, output_schema=SCHEMA, origin=Origin("curl", source="a.txt"))
    text = export(tool, "markdown").text
    assert "| who › a\\|b | integer | yes |  | at least 3 |" in text
    assert '| kind | listed value | no | Which \\*one\\* of them | one of "x", "y"; default "x" |' in text
    assert "| codes | array of string or null | no |  | items: matches ^a\\|b\\$ |" in text
    for part in ("## Parameters", "## Sample call", "## Result", "Imported (curl) from a.txt", "&lt;b&gt;"):
        assert part in text
