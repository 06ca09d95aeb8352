"""What is said before sending about the tools on offer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callsmith.types.connection import Connection
from callsmith.types.features import ResponseSchema
from callsmith.types.options import Options
from callsmith.types.parts import ToolCall, ToolResult
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool
from tests.engine.notes_kit import ANTHROPIC, CHAT, GEMINI, RESPONSES, TOOL, found, reply, results, talk, user

MODELS = {CHAT: "gpt-4o", RESPONSES: "gpt-4o", ANTHROPIC: "claude-sonnet-4-5", GEMINI: "gemini-2.5-pro"}


def many(number: int, **fields: Any) -> tuple[Tool, ...]:
    return tuple(replace(TOOL, name=f"tool_{at}", **fields) for at in range(number))


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "object", "properties": {"a": schema}, "required": ["a"], "additionalProperties": False}
    return schema


def test_trap_37_too_many_tools() -> None:
    note = found(CHAT, "gpt-4o", tools=many(129))["tools-many"]
    assert note.level == "refused" and "at most 128" in note.text
    uses = tuple(ToolUse(f"t{at}", on=at != 0) for at in range(130))
    after = note.fixes[0].change(Setup(tools=uses))
    assert [use.on for use in after.tools].count(True) == 128 and after.tools[-1].on is False
    assert "tools-many" not in found(CHAT, "gpt-4o", tools=many(128))
    assert "tools-many" not in found(ANTHROPIC, "claude-sonnet-4-5", tools=many(200))
    assert "512" in found(GEMINI, "gemini-2.5-pro", tools=many(513))["tools-many"].text


def test_trap_38_a_long_description_is_refused_by_some() -> None:
    tools = (replace(TOOL, description="x" * 1025),)
    assert found(CHAT, "gpt-4o", tools=tools)["tool-descriptions"].level == "info"
    azure = Connection("a", "Azure", "https://tenant.openai.azure.com/openai/v1", (CHAT,))
    assert found(CHAT, "my-gpt", tools=tools, connection=azure)["tool-descriptions"].level == "refused"
    assert not found(ANTHROPIC, "claude-sonnet-4-5", tools=tools)
    assert not found(CHAT, "gpt-4o", tools=(replace(TOOL, description="x" * 1024),))


@pytest.mark.parametrize("wire", [CHAT, RESPONSES, ANTHROPIC])
@pytest.mark.parametrize("name", ["server.tool", "server/tool", "a tool", "größe", ""])
def test_trap_39_names_that_a_format_refuses(wire: str, name: str) -> None:
    note = found(wire, MODELS[wire], tools=(replace(TOOL, name=name),))["tool-names"]
    assert note.level == "refused" and f'"{name}"' in note.text


def test_trap_40_the_length_of_a_name() -> None:
    assert "tool-names" in found(CHAT, "gpt-4o", tools=(replace(TOOL, name="x" * 65),))
    long = found(ANTHROPIC, "claude-sonnet-4-5", tools=(replace(TOOL, name="x" * 128),))
    assert long.keys() == {"tool-names-long"} and long["tool-names-long"].level == "info"
    assert "tool-names" in found(ANTHROPIC, "claude-sonnet-4-5", tools=(replace(TOOL, name="x" * 129),))


def test_gemini_takes_dots_and_colons_but_no_digit_first() -> None:
    assert not found(GEMINI, "gemini-2.5-pro", tools=(replace(TOOL, name="server.tool:one"),))
    assert "tool-names" in found(GEMINI, "gemini-2.5-pro", tools=(replace(TOOL, name="1st"),))


def test_one_name_twice_is_refused() -> None:
    assert '"get_time"' in found(CHAT, "gpt-4o", tools=(TOOL, TOOL))["tool-names-twice"].text


def test_trap_41_what_is_strict_in_one_request_to_anthropic_is_capped() -> None:
    strict = found(ANTHROPIC, "claude-sonnet-4-5", tools=many(21, strict=True))["strict-caps"]
    assert strict.level == "refused" and "at most 20 strict tools" in strict.text
    assert not found(ANTHROPIC, "claude-sonnet-4-5", tools=many(21))
    optional = {"type": "object", "properties": {f"p{at}": {"type": "string"} for at in range(13)}}
    tools = many(2, strict=True, parameters=optional)
    assert "24 optional" in found(ANTHROPIC, "claude-sonnet-4-5", tools=tools)["strict-caps"].text
    # The reply schema is compiled into the same grammar.
    asked = Options(response=ResponseSchema(optional))
    assert "strict-caps" not in found(ANTHROPIC, "claude-sonnet-4-5", tools=tools[:1])
    assert "strict-caps" in found(ANTHROPIC, "claude-sonnet-4-5", asked, tools=tools[:1])
    unions = {"type": "object", "properties": {f"p{at}": {"type": ["string", "null"]} for at in range(17)}}
    tools = (replace(TOOL, strict=True, parameters={**unions, "required": list(unions["properties"])}),)
    assert "several types" in found(ANTHROPIC, "claude-sonnet-4-5", tools=tools)["strict-caps"].text


def test_trap_44_properties_as_a_list_are_refused() -> None:
    broken = {"type": "object", "properties": {"inner": {"type": "object", "properties": []}}}
    assert "tool-properties" in found(GEMINI, "gemini-2.5-pro", tools=(replace(TOOL, parameters=broken),))


def test_trap_45_how_deep_a_strict_schema_may_nest_depends_on_the_server() -> None:
    def level(depth: int, **fields: Any) -> str:
        tools = (replace(TOOL, strict=True, parameters=nested(depth), **fields),)
        asked = found(RESPONSES, "gpt-4o", tools=tools)
        return asked["strict-depth"].level if "strict-depth" in asked else ""

    assert [level(depth) for depth in (5, 6, 10, 11)] == ["", "info", "info", "refused"]
    assert not found(RESPONSES, "gpt-4o", tools=(replace(TOOL, parameters=nested(11)),))


def test_trap_47_a_gateway_drops_tools_whose_parameters_are_no_object() -> None:
    tools = (TOOL, replace(TOOL, name="broken", parameters={"anyOf": [{"type": "object"}]}), Tool("bare"))
    note = found(CHAT, "claude-sonnet-4-5", tools=tools)["gateway-parameters"]
    assert note.level == "lost" and "broken" in note.text and "bare" not in note.text
    assert "gateway-parameters" not in found(CHAT, "gpt-4o", tools=tools)
    assert "tool-top-union" in found(ANTHROPIC, "claude-sonnet-4-5", tools=tools)


def test_trap_48_a_gateway_drops_calls_whose_arguments_are_no_object() -> None:
    def said(arguments: str) -> bool:
        call = ToolCall("call_1", "get_time", arguments)
        conversation = talk(
            user(), reply(CHAT, "claude-sonnet-4-5", call), results(ToolResult("call_1", "x", name="get_time"))
        )
        return "gateway-arguments" in found(CHAT, "claude-sonnet-4-5", tools=(TOOL,), conversation=conversation)

    assert [said(text) for text in ("[1]", '{"tz": ', "{}", "")] == [True, True, False, False]
