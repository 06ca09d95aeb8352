"""The Messages request around its messages: address, headers, limits, tools, choices, extra bodies."""

from typing import Any

import pytest

from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.message import Thread
from callsmith.types.options import Options
from callsmith.types.parts import ToolCall, ToolResult
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.registry import WIRES
from tests.wire.anthropic_kit import (
    KEYED,
    STEP,
    TOOL,
    assistant,
    body,
    results,
    says,
    user,
)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://host.example/v1/", "https://host.example/v1/messages"),
        ("https://host.example", "https://host.example/v1/messages"),
        ("https://host.example/api/v1", "https://host.example/api/v1/messages"),
        ("https://host.example/anthropic/", "https://host.example/anthropic/v1/messages"),
    ],
)
def test_the_address_with_and_without_a_version(base: str, url: str) -> None:
    target = Target(Connection("c", "C", base), "anthropic", "m")
    request = WIRES["anthropic"].request(target, Thread("", (user(),)), (), Options())
    assert (request.method, request.url) == ("POST", url)


def headers(base: str, key: KeyRef = KEYED.key, **extra: str) -> dict[str, str]:
    target = Target(Connection("c", "C", base, key=key, headers=extra), "anthropic", "m")
    found = WIRES["anthropic"].request(target, Thread("", (user(),)), (), Options()).headers
    assert len(dict(found)) == len(found)
    return dict(found)


def test_a_gateway_gets_bearer_and_anthropics_own_host_its_own_header() -> None:
    gateway = headers("https://host.example/v1")
    assert gateway["Authorization"] == "Bearer {{api_key}}" and "x-api-key" not in gateway
    assert gateway["anthropic-version"] == "2023-06-01"
    own = headers("https://api.anthropic.com")
    assert own["x-api-key"] == "{{api_key}}" and "Authorization" not in own
    assert headers("http://localhost:1", KeyRef()).keys() == {"Content-Type", "anthropic-version"}


def test_a_version_header_of_the_connection_takes_the_place_of_ours() -> None:
    given = headers("https://host.example", **{"Anthropic-Version": "2024-01-01", "anthropic-beta": "a,b"})
    assert (given["Anthropic-Version"], given["anthropic-beta"]) == ("2024-01-01", "a,b")
    assert "anthropic-version" not in given


def test_the_body_in_the_formats_own_terms() -> None:
    made = body(user(), system="Be brief", temperature=0.5, top_p=0.9, stop=("END",), seed=7, max_tokens=99)
    assert made == {
        "model": "m",
        "max_tokens": 99,
        "system": "Be brief",
        "messages": [{"role": "user", "content": [says("Hi")]}],
        "tools": [{"name": "get_time", "description": "Time", "input_schema": TOOL.parameters, "strict": True}],
        "temperature": 0.5,
        "top_p": 0.9,
        "stop_sequences": ["END"],
        "stream": True,
    }
    assert "stream" not in body(user(), stream=False)


@pytest.mark.parametrize(
    ("model", "limit"), [("claude-sonnet-4-5", 8192), ("claude-3-opus-20240229", 4096), ("claude-3-5-haiku", 8192)]
)
def test_max_tokens_is_always_sent(model: str, limit: int) -> None:
    assert body(user(), model=model)["max_tokens"] == limit


def test_a_budget_for_thinking_comes_on_top_of_the_default_limit() -> None:
    thinking = {"thinking": {"type": "enabled", "budget_tokens": 2048}}
    assert body(user(), extra_body=thinking)["max_tokens"] == 8192 + 2048
    assert body(user(), extra_body=thinking, max_tokens=3000)["max_tokens"] == 3000


def test_extra_body_is_merged_last_the_connections_first() -> None:
    connection = Connection("c", "C", "https://h", extra_body={"top_k": 1, "temperature": 0.1})
    made = body(user(), connection=connection, temperature=0.5, extra_body={"top_k": 2, "max_tokens": 5})
    assert (made["top_k"], made["temperature"], made["max_tokens"]) == (2, 0.1, 5)


@pytest.mark.parametrize(
    ("choice", "parallel", "wanted"),
    [
        (ToolChoice(), None, None),
        (ToolChoice(), True, None),
        (ToolChoice(), False, {"type": "auto", "disable_parallel_tool_use": True}),
        (ToolChoice("required"), False, {"type": "any", "disable_parallel_tool_use": True}),
        (ToolChoice("required"), None, {"type": "any"}),
        (ToolChoice("named", "get_time"), None, {"type": "tool", "name": "get_time"}),
        (ToolChoice("none"), False, {"type": "none"}),
    ],
)
def test_tool_choice_and_parallel_calls(choice: ToolChoice, parallel: bool | None, wanted: Any) -> None:
    assert body(user(), tool_choice=choice, parallel_tool_calls=parallel).get("tool_choice") == wanted
    assert "tool_choice" not in body(user(), tools=(), tool_choice=choice, parallel_tool_calls=parallel)


@pytest.mark.parametrize(
    ("parameters", "schema"),
    [
        (None, {"type": "object", "properties": {}}),
        ({}, {"type": "object"}),
        ({"properties": {"a": {}}}, {"type": "object", "properties": {"a": {}}}),
    ],
)
def test_trap_47_a_tool_always_has_an_object_as_its_schema(parameters: Any, schema: Any) -> None:
    assert body(user(), tools=(Tool("now", "", parameters),))["tools"] == [{"name": "now", "input_schema": schema}]


def test_trap_44_a_tool_without_arguments_has_an_object_of_properties_never_a_list() -> None:
    for parameters in (None, {"type": "object", "properties": {}}):
        assert body(user(), tools=(Tool("now", "", parameters),))["tools"][0]["input_schema"]["properties"] == {}


def test_calls_are_answered_inside_the_container_they_came_from() -> None:
    turn = assistant(STEP, ToolCall("a", "f", "{}"), extra={"container": {"id": "container_1"}})
    answered = (user(), turn, results(ToolResult("a", "1")))
    assert body(*answered)["container"] == "container_1"
    assert "container" not in body(*answered, user("later"))
    assert "container" not in body(*answered, model="other")


def test_a_history_with_calls_names_its_tools_though_none_are_offered() -> None:
    history = (user(), assistant(ToolCall("a", "f", "{}")), results(ToolResult("a", "1")))
    made = body(*history, tools=())
    assert made["tools"] == [{"name": "f", "input_schema": {"type": "object"}}]
    assert made["tool_choice"] == {"type": "none"}
    own = body(*history, tools=(), extra_body={"tools": [{"type": "web_search_20250305", "name": "web_search"}]})
    assert "tool_choice" not in own
    assert not {"tools", "tool_choice"} & body(user(), tools=()).keys()
