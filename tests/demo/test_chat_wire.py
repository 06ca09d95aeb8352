"""The demo provider's Chat Completions: the bytes of a stream and of a body, and what a strict provider refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsmith.demo.models import MODELS
from callsmith.starters import STARTERS
from callsmith.types.tool import Tool
from tests.demo.kit import CHAT, Client, answered, events, pieces, user, written

WEATHER = STARTERS[0].tools[0]
PROMPT = "weather in Paris and Tokyo"


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_stream_is_shaped_like_openai_s(client: Client) -> None:
    reply = client.reply(PROMPT, [WEATHER], stream=True, stream_options={"include_usage": True})
    data = written(reply)
    assert dict(reply.headers)["Content-Type"].startswith("text/event-stream")
    assert data.endswith(b"data: [DONE]\n\n")
    chunks = events(data)
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": None, "refusal": None}
    calls = [call for chunk in chunks[1:-2] for call in chunk["choices"][0]["delta"].get("tool_calls", [])]
    openings = [call for call in calls if "id" in call]
    assert [(call["index"], call["type"], call["function"]["name"]) for call in openings] == [
        (0, "function", "get_current_weather"),
        (1, "function", "get_current_weather"),
    ]
    for index, place in enumerate(("Paris", "Tokyo")):
        text = "".join(call["function"]["arguments"] for call in calls if call["index"] == index)
        assert json.loads(text)["location"] == place
    assert (chunks[-2]["choices"][0]["delta"], chunks[-2]["choices"][0]["finish_reason"]) == ({}, "tool_calls")
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["completion_tokens"] > 0
    assert all(chunk["usage"] is None for chunk in chunks[:-1])


def test_without_include_usage_no_chunk_speaks_of_it(client: Client) -> None:
    assert all("usage" not in chunk for chunk in events(written(client.reply(PROMPT, [WEATHER], stream=True))))


@pytest.mark.parametrize("prompt", [PROMPT, "hello", "write 30 words"])
@pytest.mark.parametrize("model", ["demo-instant", "demo-thinking"])
def test_the_stream_and_the_body_say_the_same(prompt: str, model: str) -> None:
    client = Client(model)
    options = {"stream": True, "stream_options": {"include_usage": True}}
    chunks = events(written(client.reply(prompt, [WEATHER], **options)))
    whole = client.ask(prompt, [WEATHER])
    message = whole["choices"][0]["message"]
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    assert "".join(delta.get("content") or "" for delta in deltas) == (message["content"] or "")
    assert "".join(delta.get("reasoning_content", "") for delta in deltas) == message.get("reasoning_content", "")
    assert chunks[-1]["usage"] == whole["usage"]


def test_one_token_is_one_delta(client: Client) -> None:
    reply = client.reply("write 120 words", stream=True, stream_options={"include_usage": True})
    chunks = events(written(reply))
    said = [chunk for chunk in chunks if chunk["choices"] and chunk["choices"][0]["delta"].get("content")]
    assert len(said) == 120 == chunks[-1]["usage"]["completion_tokens"]


def test_the_thinking_model_thinks_first_and_counts_it() -> None:
    answer = Client("demo-thinking").ask(PROMPT, [WEATHER])
    assert "get_current_weather" in answer["choices"][0]["message"]["reasoning_content"]
    reasoning = answer["usage"]["completion_tokens_details"]["reasoning_tokens"]
    assert 0 < reasoning < answer["usage"]["completion_tokens"]


def test_the_pace_is_the_model_s(client: Client) -> None:
    dues = {}
    for model in ("demo-instant", "demo-agent", "demo-pace-200"):
        client.model = model
        dues[model] = [piece.due for piece in pieces(client.reply("write 100 words", stream=True))]
    assert max(dues["demo-instant"]) == 0
    assert max(dues["demo-agent"]) == pytest.approx(100 / 50)
    assert max(dues["demo-pace-200"]) == pytest.approx(100 / 200)


def test_max_tokens_and_stop(client: Client) -> None:
    limited = client.ask("write 100 words", max_tokens=7)
    assert limited["choices"][0]["finish_reason"] == "length"
    assert len(limited["choices"][0]["message"]["content"].split()) == 7 == limited["usage"]["completion_tokens"]
    cut_call = client.ask(PROMPT, [WEATHER], max_completion_tokens=4)["choices"][0]
    assert cut_call["finish_reason"] == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut_call["message"]["tool_calls"][0]["function"]["arguments"])
    stopped = client.ask("write 100 words", stop=["scripted"])["choices"][0]
    assert stopped["finish_reason"] == "stop"
    assert stopped["message"]["content"] == "This text is filler from a "


def test_usage_grows_with_the_history_and_repeated_prefixes_are_cached(client: Client) -> None:
    messages: list[Any] = [user(PROMPT)]
    first = client.ask(messages, [WEATHER])
    messages += answered(first["choices"][0]["message"], {"temperature": 1}, {"temperature": 2})
    second = client.ask(messages, [WEATHER])["usage"]
    assert first["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
    assert second["prompt_tokens"] > first["usage"]["prompt_tokens"]
    assert second["prompt_tokens_details"]["cached_tokens"] == first["usage"]["prompt_tokens"]
    assert second["total_tokens"] == second["prompt_tokens"] + second["completion_tokens"]


def test_the_model_list_has_the_gateway_s_shape(client: Client) -> None:
    document = json.loads(written(client.provider.answer("GET", "/v1/models", b"")))
    assert (document["success"], document["object"]) == (True, "list")
    assert [entry["id"] for entry in document["data"]] == [model.id for model in MODELS]
    for entry in document["data"]:
        assert entry["supported_endpoint_types"] == ["openai", "openai-response", "anthropic", "gemini"]
        assert entry["owned_by"] == "callsmith-demo"
        assert "not an LLM" in entry["description"] or "on purpose" in entry["description"]


def test_unknown_paths_and_models_are_refused(client: Client) -> None:
    wrong = client.provider.answer("POST", "/chat/completions", b"{}")
    assert wrong.status == 404 and b"Invalid URL (POST /chat/completions)" in written(wrong)
    assert client.provider.answer("GET", CHAT, b"").status == 405
    assert client.provider.answer("GET", "/v1/models/nope", b"").status == 404
    client.model = "gpt-4o"
    status, error = client.refusal("hi")
    assert (status, error["code"]) == (404, "model_not_found")


CALL = {
    "role": "assistant",
    "content": None,
    "tool_calls": [{"id": "call_a", "type": "function", "function": {"name": "x", "arguments": "{}"}}],
}
RESULT = {"role": "tool", "tool_call_id": "call_a", "content": "ok"}


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([], "empty array"),
        ([{"role": "robot", "content": "x"}], "Invalid value: 'robot'"),
        ([user("x"), RESULT], "must be a response to a preceeding message with 'tool_calls'"),
        ([user("x"), CALL, user("y")], "did not have response messages: call_a"),
        ([user("x"), CALL], "did not have response messages: call_a"),
        ([user("x"), CALL, RESULT, RESULT], "must be a response to a preceeding message"),
        ([{"role": "user", "content": None}], "expected a string, got null"),
        ([user("x"), {"role": "assistant", "content": None}], "expected a string, got null"),
        ([user("x"), {**CALL, "tool_calls": []}], "empty array"),
        ("hi", "messages"),
    ],
)
def test_a_history_out_of_order_is_refused(client: Client, messages: Any, words: str) -> None:
    reply = client.provider.answer("POST", CHAT, json.dumps({"model": client.model, "messages": messages}).encode())
    error = json.loads(written(reply))["error"]
    assert (reply.status, error["type"]) == (400, "invalid_request_error")
    assert words in error["message"]


def test_a_history_in_order_is_taken(client: Client) -> None:
    messages = [{"role": "developer", "content": "Be brief"}, user("x"), CALL, RESULT]
    assert client.reply(messages, [WEATHER]).status == 200


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tool_choice": "required"}, "tool_choice"),
        ({"parallel_tool_calls": False}, "parallel_tool_calls"),
        ({"tools": []}, "tools"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stop": ["a", "b", "c", "d", "e"]}, "stop"),
        ({"n": 2}, "n"),
    ],
)
def test_options_out_of_place_are_refused(client: Client, more: dict[str, Any], param: str) -> None:
    reply = client.post({"model": client.model, "messages": [user("hi")], **more})
    assert (reply.status, json.loads(written(reply))["error"]["param"]) == (400, param)


@pytest.mark.parametrize(
    ("tool", "words"),
    [
        (Tool("get.weather", "", {}), "does not match pattern"),
        (Tool("x" * 65, "", {}), "maximum length 64"),
        (Tool("x", "", {"type": "string"}), "must be a JSON Schema of 'type: \"object\"', got 'type: \"string\"'"),
        (Tool("x", "", {"type": "object", "required": "city"}), "Invalid schema for function 'x'"),
        (Tool("x", "", {"type": "object", "properties": {"a": {"$ref": "#/nowhere"}}}), "points at nothing"),
    ],
)
def test_a_broken_tool_is_refused(client: Client, tool: Tool, words: str) -> None:
    status, error = client.refusal("hi", [tool])
    assert status == 400
    assert words in error["message"]


def test_a_named_tool_must_be_among_the_tools(client: Client) -> None:
    named = {"type": "function", "function": {"name": "other"}}
    status, error = client.refusal("hi", [WEATHER], tool_choice=named)
    assert status == 400 and "'other' not found" in error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"messages": []}', b"\xff\xfe", b"[" * 100_000])
def test_any_body_gets_a_clear_refusal(client: Client, body: bytes) -> None:
    reply = client.provider.answer("POST", CHAT, body)
    assert reply.status == 400
    assert json.loads(written(reply))["error"]["message"]


def test_text_that_utf_8_cannot_hold_is_answered(client: Client) -> None:
    body = b'{"model": "demo-instant", "messages": [{"role": "user", "content": "weather in \\"\\ud83d\\""}], "tools": '
    tools = [{"type": "function", "function": {"name": "get_weather", "parameters": {"properties": {"q": {}}}}}]
    reply = client.provider.answer("POST", CHAT, body + json.dumps(tools).encode() + b"}")
    assert reply.status == 200 and written(reply)
