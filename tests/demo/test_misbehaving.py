"""Each misbehaving model, by its bytes."""

from __future__ import annotations

import json
import math

import pytest

from callsmith.demo.models import MODELS, find_model
from callsmith.schema.validate import violations
from callsmith.starters import STARTERS
from callsmith.types.tool import Tool
from tests.demo.kit import Client, answered, events, pieces, user, written

WEATHER = STARTERS[0].tools[0]
PROMPT = "weather in Paris"


def arguments(model: str, tool: Tool = WEATHER) -> str:
    message = Client(model).message(PROMPT, [tool], tool_choice="required")
    return str(message["tool_calls"][0]["function"]["arguments"])


@pytest.mark.parametrize("tool", [WEATHER, Tool("ping", "Ping", {"type": "object", "properties": {}})])
def test_malformed_arguments_are_not_json(tool: Tool) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(arguments("demo-malformed-arguments", tool))


@pytest.mark.parametrize(
    "parameters",
    [
        WEATHER.parameters,
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
        {"type": "object", "properties": {"a": {}}, "additionalProperties": False},
    ],
)
def test_invalid_arguments_are_json_that_breaks_the_schema(parameters: dict[str, object]) -> None:
    found = json.loads(arguments("demo-invalid-arguments", Tool("get_weather", "", parameters)))
    assert violations({"type": "object", **parameters}, found)


def test_an_invented_tool_is_none_of_those_on_offer() -> None:
    tools = [WEATHER, Tool("get_current_weather_plus", "More weather")]
    names = [name for name, _ in Client("demo-invented-tool").calls(PROMPT, tools)]
    assert names and not set(names) & {tool.name for tool in tools}


@pytest.mark.parametrize("model", ["demo-malformed-arguments", "demo-invalid-arguments", "demo-invented-tool"])
def test_they_call_even_where_no_tool_fits_and_answer_once_they_have_a_result(model: str) -> None:
    client = Client(model)
    messages = [user("hello")]
    first = client.message(messages, [WEATHER])
    assert first["tool_calls"]
    last = client.message([*messages, *answered(first, {"ok": True})], [WEATHER])
    assert "tool_calls" not in last and last["content"]


def test_without_tools_they_say_what_they_need() -> None:
    assert "Offer it one" in Client("demo-invented-tool").message("hello")["content"]


@pytest.mark.parametrize("prompt", [PROMPT, "write 40 words"])
def test_the_cut_stream_ends_in_the_middle(prompt: str) -> None:
    cut = written(Client("demo-cut").reply(prompt, [WEATHER], stream=True))
    assert b"[DONE]" not in cut
    chunks = events(cut)
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in chunks)
    assert len(chunks) > 3


def test_the_cut_body_is_half_a_body() -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(written(Client("demo-cut").reply(PROMPT, [WEATHER])))


def test_the_stall_says_something_and_then_nothing_for_ever() -> None:
    got = pieces(Client("demo-stall").reply("write 40 words", stream=True))
    assert got[-1].due == math.inf and got[-1].data == b""
    assert any(b'"content":"This"' in piece.data for piece in got[:-1])


def test_rate_limited_first_and_let_through_on_the_next_try() -> None:
    client = Client("demo-rate-limited")
    for prompt in (PROMPT, "weather in Lima"):
        first = client.reply(prompt, [WEATHER])
        assert first.status == 429
        assert dict(first.headers)["Retry-After"] == "1"
        assert json.loads(written(first))["error"]["code"] == "rate_limit_exceeded"
        assert client.reply(prompt, [WEATHER]).status == 200
    assert client.reply(PROMPT, [WEATHER]).status == 429


def test_unauthorized() -> None:
    status, error = Client("demo-unauthorized").refusal(PROMPT)
    assert (status, error["code"]) == (401, "invalid_api_key")


def test_a_server_error_is_a_page_of_html() -> None:
    reply = Client("demo-server-error").reply(PROMPT)
    assert (reply.status, dict(reply.headers)["Content-Type"]) == (500, "text/html")
    assert written(reply).startswith(b"<html>")


def test_no_usage_anywhere() -> None:
    client = Client("demo-no-usage")
    assert "usage" not in client.ask(PROMPT, [WEATHER])
    chunks = events(written(client.reply(PROMPT, [WEATHER], stream=True, stream_options={"include_usage": True})))
    assert all(chunk["choices"] and chunk["usage"] is None for chunk in chunks)


def test_a_refusal_uses_its_own_field() -> None:
    client = Client("demo-refusal")
    message = client.message(PROMPT, [WEATHER])
    assert message["refusal"] and message["content"] is None and "tool_calls" not in message
    deltas = [chunk["choices"][0]["delta"] for chunk in events(written(client.reply(PROMPT, [WEATHER], stream=True)))]
    assert "".join(delta.get("refusal") or "" for delta in deltas) == message["refusal"]


def test_every_model_is_labelled_and_described() -> None:
    for model in MODELS:
        assert find_model(model.id) == model
        assert model.label.startswith("Demo")
        assert ("not an LLM" in model.note) != ("on purpose" in model.note)
