"""The Chat Completions request, field by field."""

import json
from typing import Any

import pytest

from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Text, Thinking, ToolCall, ToolResult
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.openai_chat import address
from callsmith.wire.registry import WIRES

KEYED = Connection("c", "C", "https://host.example/v1/", key=KeyRef("environment", "K"), headers={"X-Team": "a"})
TOOL = Tool("get_time", "Time", {"type": "object", "properties": {"tz": {"type": "string"}}}, strict=True)


def body(*messages: Message, model: str = "m", tools: tuple[Tool, ...] = (), system: str = "", **options: Any) -> Any:
    request = WIRES["openai-chat"].request(
        Target(KEYED, "openai-chat", model), Thread(system, messages), tools, Options(**options)
    )
    return json.loads(request.body)


def user(text: str = "Hi") -> Message:
    return Message("user", (Text(text),))


def assistant(*parts: Any, model: str = "m", **more: Any) -> Message:
    return Message("assistant", parts, Origin("x", "C", "openai-chat", model), **more)


def test_address_headers_and_key_placeholder() -> None:
    request = WIRES["openai-chat"].request(Target(KEYED, "openai-chat", "m"), Thread("", (user(),)), (), Options())
    assert (request.method, request.url) == ("POST", "https://host.example/v1/chat/completions")
    headers = dict(request.headers)
    assert headers["Authorization"] == "Bearer {{api_key}}"
    assert (headers["Content-Type"], headers["X-Team"]) == ("application/json", "a")


def test_no_key_no_authorization() -> None:
    target = Target(Connection("d", "D", "http://localhost:1/v1"), "openai-chat", "m")
    request = WIRES["openai-chat"].request(target, Thread("", (user(),)), (), Options())
    assert "Authorization" not in dict(request.headers)


def test_streaming_asks_for_usage() -> None:
    assert body(user())["stream_options"] == {"include_usage": True}
    plain = body(user(), stream=False)
    assert "stream" not in plain and "stream_options" not in plain


def test_a_whole_turn_with_results_in_call_order() -> None:
    calls = (ToolCall("a", "get_time", '{"tz":"Europe/Rome"}'), ToolCall("b", "get_time", ""))
    results = Message("tool", (ToolResult("a", '"10:00"'), ToolResult("b", "timeout", is_error=True)))
    sent = body(user(), assistant(*calls), results, system="Be brief", tools=(TOOL,))["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "tool", "tool"]
    assert sent[2]["content"] is None
    assert [call["function"]["arguments"] for call in sent[2]["tool_calls"]] == ['{"tz":"Europe/Rome"}', "{}"]
    assert sent[3] == {"role": "tool", "tool_call_id": "a", "content": '"10:00"'}
    assert json.loads(sent[4]["content"]) == {"error": "timeout"}


@pytest.mark.parametrize("content", ['{"error": "x"}', '{"error":{"code":1},"more":2}'])
def test_an_error_that_already_says_so_goes_as_typed(content: str) -> None:
    results = Message("tool", (ToolResult("a", content, is_error=True),))
    assert body(user(), assistant(ToolCall("a", "f", "{}")), results)["messages"][-1]["content"] == content


def test_tools_and_choice() -> None:
    sent = body(user(), tools=(TOOL,), tool_choice=ToolChoice("named", "get_time"), parallel_tool_calls=False)
    assert sent["tools"][0]["function"] == {
        "name": "get_time",
        "description": "Time",
        "parameters": TOOL.parameters,
        "strict": True,
    }
    assert sent["tool_choice"] == {"type": "function", "function": {"name": "get_time"}}
    assert sent["parallel_tool_calls"] is False


@pytest.mark.parametrize("mode", ["none", "required"])
def test_tool_choice_words(mode: Any) -> None:
    assert body(user(), tools=(TOOL,), tool_choice=ToolChoice(mode))["tool_choice"] == mode


def test_without_tools_neither_choice_nor_parallel_is_sent() -> None:
    sent = body(user(), tool_choice=ToolChoice("required"), parallel_tool_calls=True)
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & sent.keys()


def test_trap_47_a_tool_without_parameters_still_sends_an_object() -> None:
    sent = body(user(), tools=(Tool("now"),))
    assert sent["tools"][0]["function"]["parameters"] == {"type": "object", "properties": {}}


def test_schema_key_order_is_kept() -> None:
    schema = {"required": ["b"], "properties": {"b": {"type": "string"}, "a": {"type": "string"}}, "type": "object"}
    assert json.dumps(body(user(), tools=(Tool("f", "", schema),))["tools"][0]["function"]["parameters"]) == json.dumps(
        schema
    )


@pytest.mark.parametrize(
    ("model", "field"),
    [("gpt-4o", "max_tokens"), ("o3-mini", "max_completion_tokens"), ("openai/gpt-5.2", "max_completion_tokens")],
)
def test_token_limit_field_by_model(model: str, field: str) -> None:
    assert body(user(), model=model, max_tokens=9)[field] == 9


def test_extra_body_is_merged_last() -> None:
    assert body(user(), temperature=0.5, extra_body={"temperature": 1, "x": None})["temperature"] == 1


def test_reasoning_goes_back_to_the_same_model_only_and_only_beside_tools() -> None:
    thinking = Thinking("hm", "reasoning_content")
    reply = assistant(thinking, Text("x"))
    assert body(user(), reply, user(), tools=(TOOL,))["messages"][1]["reasoning_content"] == "hm"
    assert "reasoning_content" not in body(user(), reply, user())["messages"][1]
    assert "reasoning_content" not in body(user(), reply, user(), tools=(TOOL,), model="other")["messages"][1]


def test_a_call_cut_off_is_not_sent_back() -> None:
    half = assistant(Text("I will"), ToolCall("a", "f", '{"x": "tr'), cut=True)
    assert body(user(), half, user("go on"))["messages"][1] == {"role": "assistant", "content": "I will"}
    nothing = assistant(ToolCall("a", "f", '{"x": "tr'), cut=True)
    assert [m["role"] for m in body(user(), nothing, user("go on"))["messages"]] == ["user", "user"]


def test_legacy_function_call_is_answered_with_role_function() -> None:
    call = ToolCall("call_1", "f", "{}", type="function_call")
    sent = body(user(), assistant(call), Message("tool", (ToolResult("call_1", "1"),)))["messages"]
    assert sent[1]["function_call"] == {"name": "f", "arguments": "{}"}
    assert sent[2] == {"role": "function", "name": "f", "content": "1"}


def test_custom_call_goes_back_as_custom() -> None:
    call = ToolCall("a", "sql", "select 1", type="custom")
    sent = body(user(), assistant(call), Message("tool", (ToolResult("a", "1"),)))["messages"]
    assert sent[1]["tool_calls"] == [{"id": "a", "type": "custom", "custom": {"name": "sql", "input": "select 1"}}]


def test_extra_content_of_a_call_goes_back_unread() -> None:
    call = ToolCall("a", "f", "{}", extra={"extra_content": {"google": {"thought_signature": "s"}}})
    sent = body(user(), assistant(call), Message("tool", (ToolResult("a", "1"),)))["messages"]
    assert sent[1]["tool_calls"][0]["extra_content"] == {"google": {"thought_signature": "s"}}


def test_lone_surrogates_can_be_sent() -> None:
    assert body(user("\ud800"))["messages"][0]["content"] == "\ud800"


def test_extras_of_a_call_do_not_travel_to_another_model() -> None:
    call = ToolCall("a", "f", "{}", extra={"extra_content": {"google": {"thought_signature": "s"}}})
    sent = body(user(), assistant(call), Message("tool", (ToolResult("a", "1"),)), model="other")["messages"]
    assert "extra_content" not in sent[1]["tool_calls"][0]


@pytest.mark.parametrize(
    ("base_url", "asked"),
    [
        ("https://host.example", "https://host.example/v1/chat/completions"),
        ("https://host.example/", "https://host.example/v1/chat/completions"),
        ("https://host.example/v1/", "https://host.example/v1/chat/completions"),
        ("https://host.example/api", "https://host.example/api/chat/completions"),
        ("https://api.deepseek.com", "https://api.deepseek.com/chat/completions"),
    ],
)
def test_a_bare_host_means_version_one(base_url: str, asked: str) -> None:
    assert address(base_url) == asked
