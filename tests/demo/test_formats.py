"""The demo provider in all four formats, read by the app's own client: the same turns, the same habits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from callsmith.demo.core import DemoProvider
from callsmith.demo.models import MODELS
from callsmith.models import ModelList, read_models
from callsmith.schema.validate import violations
from callsmith.starters import STARTERS
from callsmith.types.features import Effort, EffortLevel, ResponseSchema, WebSearch
from callsmith.types.options import Options
from callsmith.types.parts import Malformed, Media, ToolCall
from callsmith.wire.registry import WIRES
from tests.demo.talk import Talk

WEATHER = STARTERS[0].tools[0]
SEARCH, FETCH = STARTERS[3].tools
TWO_STEPS = "Search the docs for refunds and search the docs for delivery times, then tell me what they say"
REPLY = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "guests": {"type": "integer"}},
    "required": ["city", "guests"],
    "additionalProperties": False,
}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(params=list(WIRES))
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[True, False], ids=["streamed", "plain"])
def options(request: pytest.FixtureRequest) -> Options:
    return Options(stream=request.param)


def arguments(call: ToolCall) -> Any:
    return json.loads(call.arguments)


def test_a_thinking_model_takes_two_steps_of_parallel_calls(wire: str, options: Options) -> None:
    talk = Talk(wire, "demo-thinking", (SEARCH, FETCH), options)
    first = talk.say(TWO_STEPS)
    assert [(call.name, arguments(call)) for call in first.calls] == [
        ("search_docs", {"query": "refunds"}),
        ("search_docs", {"query": "delivery times"}),
    ]
    second = talk.answer(
        {"matches": [{"id": "doc-17", "title": "Refunds"}]}, {"matches": [{"id": "doc-40", "title": "Delivery"}]}
    )
    assert [(call.name, arguments(call)) for call in second.calls] == [
        ("fetch_page", {"id": "doc-17"}),
        ("fetch_page", {"id": "doc-40"}),
    ]
    third = talk.answer({"title": "Refunds", "text": "Money back."}, {"title": "Delivery", "text": "Three days."})
    assert (third.state, third.calls) == ("finished", ())
    assert third.text == "“Refunds” says: “Money back.” “Delivery” says: “Three days.”"
    for turn in (first, second, third):
        assert turn.usage is not None and turn.usage.reasoning
        assert turn.unknown == ()


@pytest.mark.slow
def test_the_stream_and_the_body_give_the_same_turn(wire: str) -> None:
    turns = []
    for stream in (True, False):
        talk = Talk(wire, "demo-thinking", (WEATHER,), Options(stream=stream))
        turns.append((talk.say("weather in Paris and Tokyo"), talk.answer({"temperature": 1}, {"temperature": 2})))
    for streamed, plain in zip(*turns, strict=True):
        assert (streamed.text, streamed.thinking, streamed.finish) == (plain.text, plain.thinking, plain.finish)
        assert [call.name + call.arguments for call in streamed.calls] == [
            call.name + call.arguments for call in plain.calls
        ]
        assert streamed.usage is not None and plain.usage is not None
        assert (streamed.usage.input, streamed.usage.output) == (plain.usage.input, plain.usage.output)


def test_results_may_fail(wire: str, options: Options) -> None:
    talk = Talk(wire, tools=(WEATHER,), options=options)
    talk.say("weather in Paris and Tokyo")
    turn = talk.answer({"temperature": 21}, ValueError("no station there"))
    assert "It is 21" in turn.text and "failed: no station there." in turn.text


def test_a_conversation_is_carried_through_all_formats(options: Options) -> None:
    talk = Talk("openai-chat", "demo-thinking", (WEATHER,), options)
    for number, wire in enumerate((*WIRES, *reversed(WIRES))):
        talk = _moved(talk, wire)
        calls = talk.say(f"weather in {'Rome' if number % 2 else 'Lima'}").calls
        assert len(calls) == 1
        talk = _moved(talk, wire)
        assert f"It is {number}" in talk.answer({"temperature": number}).text


def _moved(talk: Talk, wire: str) -> Talk:
    other = Talk(wire, talk.target.model, talk.tools, talk.options, provider=talk.provider)
    other.conversation = talk.conversation
    return other


@pytest.mark.parametrize(
    ("habit", "status", "message"),
    [
        ("demo-unauthorized", 401, "Incorrect API key provided"),
        ("demo-rate-limited", 429, "Rate limit reached for demo-rate-limited"),
        ("demo-not-there", 404, "demo-not-there"),
    ],
)
def test_a_refusal_is_in_the_format_s_own_shape(
    wire: str, options: Options, habit: str, status: int, message: str
) -> None:
    problem = Talk(wire, habit, options=options).say("hello").problem
    assert problem is not None
    assert (problem.kind, problem.status) == ("http", status)
    assert message in problem.message


def test_a_second_try_is_let_through(wire: str) -> None:
    talk = Talk(wire, "demo-rate-limited")
    assert talk.say("hello").state == "failed"
    assert talk.ask().state == "finished"


def test_an_error_in_the_middle_of_a_reply(wire: str) -> None:
    turn = Talk(wire, "demo-overloaded").say("hello")
    assert turn.problem is not None
    assert (turn.state, turn.problem.kind) == ("failed", "stream")
    assert "The model demo-overloaded is overloaded" in turn.problem.message
    assert turn.text.startswith("This is Callsmith's demo model")


def test_an_overloaded_model_refuses_what_is_not_streamed(wire: str) -> None:
    problem = Talk(wire, "demo-overloaded", options=Options(stream=False)).say("hello").problem
    assert problem is not None and problem.status == (529 if wire == "anthropic" else 503)


def test_a_reply_that_is_cut_off(wire: str) -> None:
    turn = Talk(wire, "demo-cut").say("hello")
    assert turn.state == "interrupted" and turn.text


def test_no_usage_where_none_is_reported(wire: str, options: Options) -> None:
    assert Talk(wire, "demo-no-usage", options=options).say("hello").usage is None


@pytest.mark.parametrize("stream", [True, False])
def test_arguments_that_break_the_schema(wire: str, stream: bool) -> None:
    turn = Talk(wire, "demo-invalid-arguments", (WEATHER,), Options(stream=stream)).say("weather in Paris")
    assert WEATHER.parameters is not None
    assert violations(WEATHER.parameters, arguments(turn.calls[0]))


@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses", "anthropic"])
def test_arguments_that_are_no_json(wire: str) -> None:
    turn = Talk(wire, "demo-malformed-arguments", (WEATHER,)).say("weather in Paris")
    assert isinstance(turn.calls[0].parsed(), Malformed)


def test_a_token_limit_ends_the_reply(wire: str, options: Options) -> None:
    talk = Talk(wire, options=Options(stream=options.stream, max_tokens=20))
    turn = talk.say("write 100 words")
    assert len(turn.text.split()) == 20
    assert turn.finish in ("length", "max_output_tokens", "max_tokens", "MAX_TOKENS", "incomplete")


def test_an_asked_shape_is_filled_from_the_prompt(wire: str, options: Options) -> None:
    asked = Options(stream=options.stream, response=ResponseSchema(REPLY))
    turn = Talk(wire, options=asked).say("A dinner in Lisbon for 4 guests")
    assert json.loads(turn.text) == {"city": "Lisbon", "guests": 4}


def test_an_asked_shape_comes_after_the_calls(wire: str, options: Options) -> None:
    schema = {**REPLY, "properties": {"temperature": {"type": "number"}}, "required": ["temperature"]}
    asked = Options(stream=options.stream, response=ResponseSchema(schema))
    talk = Talk(wire, tools=(WEATHER,), options=asked)
    assert talk.say("weather in Paris").calls
    assert json.loads(talk.answer({"temperature": 12.5}).text) == {"temperature": 12.5}


def test_thinking_is_switched_by_the_effort_control(wire: str, options: Options) -> None:
    levels: tuple[tuple[str, EffortLevel, bool], ...] = (
        ("demo-thinking", "off", False),
        ("demo-instant", "high", True),
    )
    for model, level, thinks in levels:
        asked = Options(stream=options.stream, thinking=Effort(level))
        usage = Talk(wire, model, (WEATHER,), asked).say("weather in Rome").usage
        assert usage is not None and bool(usage.reasoning) is thinks


def test_a_web_search_is_said_with_its_sources(wire: str, options: Options) -> None:
    asked = Options(stream=options.stream, web_search=WebSearch())
    talk = Talk(wire, options=asked)
    turn = talk.say("Search the web for the café on the old ferry")
    assert "The old diesel ferry becomes a floating café." in turn.text
    assert "https://harbour-times.example/ferry-electric" in json.dumps([repr(turn.parts), repr(turn.extra)])
    assert talk.say("Search the web for comet Vesper").state == "finished"


def test_pictures_are_counted_and_measured(wire: str, options: Options) -> None:
    turn = Talk(wire, options=options).say("What is on it?", [Media("image/png", PNG)])
    assert turn.text.startswith("You attached an image (image/png, 70 bytes).")


def test_an_unknown_path_is_refused_in_the_nearest_format() -> None:
    provider = DemoProvider()
    shapes: Mapping[str, Any] = {
        "/v1/nothing": lambda body: body["error"]["message"],
        "/v1/responses/nothing": lambda body: body["error"]["message"],
        "/v1/messages/nothing": lambda body: body["error"]["message"] if body["type"] == "error" else "",
        "/v1beta/nothing": lambda body: body["error"]["message"],
    }
    for path, message in shapes.items():
        reply = provider.answer("POST", path, b"{}")
        body = json.loads(b"".join(piece.data for piece in reply.pieces))
        assert reply.status == 404
        assert message(body) == f"Invalid URL (POST {path})"


@pytest.mark.parametrize(
    "path", ["/v1/chat/completions", "/v1/responses", "/v1/messages", "/v1beta/models/demo-agent:generateContent"]
)
def test_a_broken_body_and_a_wrong_method_are_refused(path: str) -> None:
    provider = DemoProvider()
    broken = provider.answer("POST", path, b"{not json", headers={"anthropic-version": "2023-06-01"})
    assert broken.status == 400
    assert "could not parse the JSON" in json.loads(b"".join(piece.data for piece in broken.pieces))["error"]["message"]
    assert provider.answer("GET", path, b"").status == 405


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/v1/models", {}), ("/v1/models", {"anthropic-version": "2023-06-01"}), ("/v1beta/models", {})],
    ids=["gateway", "anthropic", "gemini"],
)
def test_the_model_list_in_three_shapes(path: str, headers: Mapping[str, str]) -> None:
    provider = DemoProvider()
    reply = provider.answer("GET", path, b"", headers=headers)
    found = read_models(reply.status, b"".join(piece.data for piece in reply.pieces))
    assert isinstance(found, ModelList)
    assert {model.id: model.label for model in found.models} == {model.id: model.label for model in MODELS}
    one = provider.answer("GET", f"{path}/demo-agent", b"", headers=headers)
    assert one.status == 200
    none = provider.answer("GET", f"{path}/nope", b"", headers=headers)
    refused = json.loads(b"".join(piece.data for piece in none.pieces))
    assert none.status == 404
    assert ("code" in refused["error"]) is ("anthropic-version" not in headers)
