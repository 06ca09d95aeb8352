"""The demo provider's Gemini: events, the JSON array, the plain twin, and all that travels in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from callsmith.starters import STARTERS
from callsmith.types.features import Effort, ResponseSchema, WebSearch
from callsmith.types.options import Options
from callsmith.types.parts import Media, Text, ToolCall
from callsmith.types.tool import ToolChoice
from tests.demo.kit import NOW, written
from tests.demo.talk import Talk

WEATHER = STARTERS[0].tools[0]
PROMPT = "weather in Paris and Tokyo"
PICTURE = Media("image/png", data="iVBORw0KGgo=", name="dot.png")
SHOWN = Options(thinking=Effort("low"))
SEARCHING = Options(web_search=WebSearch())


def talk(model: str = "demo-instant", tools: Any = (), options: Options | None = None) -> Talk:
    return Talk("gemini", model, tools, options)


def streamed(talk: Talk, alt: str = "sse") -> bytes:
    """The last request once more, as a stream."""
    path = f"/v1beta/models/{talk.target.model}:streamGenerateContent"
    query = {"alt": alt} if alt else {}
    return written(talk.provider.answer("POST", path, talk.request.body, NOW, query=query))


def events_of(talk: Talk) -> list[dict[str, Any]]:
    blocks = streamed(talk).split(b"\r\n\r\n")
    assert blocks.pop() == b""
    return [json.loads(block.removeprefix(b"data: ")) for block in blocks]


def parts_of(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    return event["candidates"][0].get("content", {}).get("parts") or []


@pytest.mark.parametrize(
    ("model", "prompt", "tools", "options"),
    [
        ("demo-instant", "hello", (), Options()),
        ("demo-instant", PROMPT, (WEATHER,), Options()),
        ("demo-thinking", "hello", (), SHOWN),
        ("demo-thinking", PROMPT, (WEATHER,), SHOWN),
        ("demo-refusal", "hello", (), Options()),
        ("demo-malformed-arguments", PROMPT, (WEATHER,), Options()),
        ("demo-instant", "search the web for the comet", (), SEARCHING),
        ("demo-instant", "write 100 words", (), Options(max_tokens=7)),
    ],
)
def test_streamed_and_plain_give_the_same_turn(model: str, prompt: str, tools: Any, options: Options) -> None:
    one = talk(model, tools, options).say(prompt)
    other = talk(model, tools, replace(options, stream=False)).say(prompt)
    assert one.state == other.state == "finished"
    assert one.parts == other.parts
    assert (one.finish, one.usage, one.extra) == (other.finish, other.usage, other.extra)
    assert not one.unknown and not other.unknown


@pytest.mark.parametrize("prompt", ["hello", PROMPT])
def test_without_alt_the_stream_is_one_array_that_says_the_same(prompt: str) -> None:
    asked = talk("demo-thinking", [WEATHER], SHOWN)
    asked.say(prompt)
    data = streamed(asked, alt="")
    assert json.loads(data) == events_of(asked)
    assert asked.send(asked.request.body).parts  # our own reader, of events
    path = f"/v1beta/models/{asked.target.model}:streamGenerateContent"
    reply = asked.provider.answer("POST", path, asked.request.body, NOW)
    assert dict(reply.headers)["Content-Type"].startswith("application/json")


def test_a_call_is_whole_in_one_event_and_usage_is_cumulative() -> None:
    asked = talk("demo-thinking", [WEATHER], SHOWN)
    turn = asked.say(PROMPT)
    events = events_of(asked)
    calls = [part["functionCall"] for event in events for part in parts_of(event) if "functionCall" in part]
    assert [call["args"]["location"] for call in calls] == ["Paris", "Tokyo"]
    totals = [event["usageMetadata"]["totalTokenCount"] for event in events]
    assert totals == sorted(totals) and turn.usage is not None and totals[-1] == turn.usage.total
    assert [event["candidates"][0].get("finishReason") for event in events] == [None] * (len(events) - 1) + ["STOP"]
    thoughts = [part["text"] for event in events for part in parts_of(event) if part.get("thought")]
    counts = [event["usageMetadata"].get("candidatesTokenCount", 0) for event in events]
    assert counts[: len(thoughts)] == [0] * len(thoughts) and counts[-2] < counts[-1]
    assert "".join(thoughts) == turn.thinking and len(thoughts) == events[-1]["usageMetadata"]["thoughtsTokenCount"]


def test_only_the_first_call_is_signed_and_only_the_thinking_model_signs() -> None:
    calls = talk("demo-thinking", [WEATHER]).say(PROMPT).calls
    assert ["thoughtSignature" in call.extra for call in calls] == [True, False]
    assert all("id" in call.extra["functionCall"] for call in calls)
    plain = talk("demo-agent", [WEATHER]).say(PROMPT)
    assert [call.extra for call in plain.calls] == [{}, {}]
    text = talk("demo-thinking").say("hello").parts
    assert isinstance(text[-1], Text) and text[-1].text == "" and text[-1].extra["thoughtSignature"]


@pytest.mark.parametrize("model", ["demo-instant", "demo-thinking"])
@pytest.mark.parametrize("effort", ["default", "off", "low"])
def test_two_turns_with_parallel_calls_and_signatures_sent_back(model: str, effort: Any) -> None:
    asked = talk(model, [WEATHER], Options(thinking=Effort(effort)))
    asked.say(PROMPT)
    second = asked.answer({"temperature": 12}, {"temperature": 20})
    assert "12 °C in Paris" in second.text and "20 °C in Tokyo" in second.text
    called = asked.body["contents"][1]["parts"]
    signed = ["thoughtSignature" in part for part in called if "functionCall" in part]
    assert signed == [model == "demo-thinking", False]
    assert len(asked.say("And in Rome?").calls) == 1
    assert asked.answer(ValueError("timeout after 5 s")).text.startswith("get_current_weather failed: timeout")


def test_thoughts_are_shown_on_request_only() -> None:
    hidden = talk("demo-thinking", [WEATHER], Options(thinking=Effort("low", show=False))).say(PROMPT)
    assert not hidden.thinking and hidden.usage is not None and hidden.usage.reasoning
    off = talk("demo-thinking", [WEATHER], Options(thinking=Effort("off"))).say(PROMPT)
    assert off.usage is not None and off.usage.reasoning is None


def test_search_is_grounded_with_offsets_in_bytes() -> None:
    asked = talk(options=SEARCHING)
    turn = asked.say("search the web for the tide clock and the lantern night")
    grounding = turn.extra["groundingMetadata"]
    assert grounding["webSearchQueries"] and len(grounding["groundingChunks"]) > 1
    said = turn.text.encode()
    for support in grounding["groundingSupports"]:
        segment = support["segment"]
        assert said[segment.get("startIndex", 0) : segment["endIndex"]].decode() == segment["text"]
        assert support["groundingChunkIndices"][0] < len(grounding["groundingChunks"])
    assert [event["candidates"][0].get("groundingMetadata") is not None for event in events_of(asked)][-2:] == [
        False,
        True,
    ]


def test_offsets_count_bytes_where_letters_take_several() -> None:
    turn = talk(options=SEARCHING).say("search the web for the weather on Monday and for baking bread in a closed pot")
    places = [support["segment"] for support in turn.extra["groundingMetadata"]["groundingSupports"]]
    assert len(places) > 1 and not turn.text.isascii()
    assert any(place["endIndex"] != turn.text.index(place["text"]) + len(place["text"]) for place in places)


def test_search_and_functions_together() -> None:
    asked = talk(tools=[WEATHER], options=SEARCHING)
    assert len(asked.say(PROMPT).calls) == 2
    assert asked.answer({"temperature": 12}, {"temperature": 20}).state == "finished"


def test_an_answer_fits_the_asked_schema() -> None:
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city", "days"],
    }
    turn = talk(options=Options(response=ResponseSchema(schema))).say("Plan 3 days in Paris")
    assert json.loads(turn.text) == {"city": "Paris", "days": 3}


def test_limits_stops_and_what_is_no_answer() -> None:
    cut = talk(options=Options(max_tokens=7)).say("write 100 words")
    assert (cut.finish, len(cut.text.split())) == ("MAX_TOKENS", 7)
    stopped = talk(options=Options(stop=("scripted",))).say("write 100 words")
    assert (stopped.finish, stopped.text) == ("STOP", "This text is filler from a ")
    cut_call = talk(tools=[WEATHER], options=Options(max_tokens=4)).say(PROMPT)
    assert (cut_call.finish, cut_call.parts) == ("MAX_TOKENS", ())
    refused = talk("demo-refusal").say("hello")
    assert refused.finish == "SAFETY" and refused.text.startswith("I decline")
    broken = talk("demo-malformed-arguments", [WEATHER]).say(PROMPT)
    assert broken.finish == "MALFORMED_FUNCTION_CALL" and not broken.calls


def test_tool_choice_in_its_own_modes() -> None:
    other = replace(WEATHER, name="other_weather")
    for choice in (ToolChoice("named", "other_weather"), ToolChoice("required", allowed=("other_weather",))):
        turn = talk(tools=[WEATHER, other], options=Options(tool_choice=choice)).say(PROMPT)
        assert {call.name for call in turn.calls} == {"other_weather"}
    assert not talk(tools=[WEATHER], options=Options(tool_choice=ToolChoice("none"))).say(PROMPT).calls
    assert talk(tools=[WEATHER], options=Options(tool_choice=ToolChoice("validated"))).say(PROMPT).calls


def test_pictures_are_taken_with_the_prompt_and_in_results() -> None:
    asked = talk(tools=[WEATHER])
    assert "an image" in asked.say("what is this?", [PICTURE]).text
    turn = asked.say(PROMPT)
    said = asked.answer({"temperature": 12}, {"temperature": 20}, media={turn.calls[0].id: [PICTURE]})
    assert "an image" in said.text


def test_a_conversation_that_began_elsewhere_is_continued() -> None:
    """Calls of another model come with the stand-in for their signature."""
    asked = talk("demo-agent", [WEATHER])
    asked.say(PROMPT)
    asked.target = replace(asked.target, model="demo-thinking")
    assert asked.answer({"temperature": 12}, {"temperature": 20}).state == "finished"
    assert asked.body["contents"][1]["parts"][0]["thoughtSignature"] == "skip_thought_signature_validator"


@pytest.mark.parametrize("alt", ["sse", ""])
def test_an_error_in_the_middle_of_either_framing(alt: str) -> None:
    asked = talk("demo-overloaded")
    turn = asked.say("hello")
    assert turn.state == "failed" and turn.problem is not None and turn.problem.status == 503
    data = streamed(asked, alt)
    assert b'"status":"UNAVAILABLE"' in data
    if not alt:
        assert "error" in json.loads(data)[-1]
    plain = talk("demo-overloaded", options=Options(stream=False)).say("hello")
    assert plain.state == "failed" and plain.problem is not None and plain.problem.type == "UNAVAILABLE"


def test_invalid_and_invented_calls_keep_their_shape() -> None:
    for model in ("demo-invalid-arguments", "demo-invented-tool"):
        calls = talk(model, [WEATHER]).say(PROMPT).calls
        assert calls and all(isinstance(call, ToolCall) and call.arguments.startswith("{") for call in calls)


def test_the_model_list_is_google_s() -> None:
    asked = talk()
    document = json.loads(written(asked.provider.answer("GET", "/v1beta/models", b"", NOW)))
    assert "models/demo-thinking" in [model["name"] for model in document["models"]]
