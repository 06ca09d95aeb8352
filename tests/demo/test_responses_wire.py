"""The demo provider's Responses: the events of a stream, the same reply as one object, and all that travels in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from callsmith.conversation import answer, pending_approvals
from callsmith.starters import STARTERS
from callsmith.types.features import Effort, McpServer, ResponseSchema, WebSearch
from callsmith.types.options import Options
from callsmith.types.parts import Media, Opaque
from callsmith.types.tool import Tool, ToolChoice
from tests.demo.talk import Talk

RESPONSES = "openai-responses"
WEATHER = STARTERS[0].tools[0]
PROMPT = "weather in Paris and Tokyo"
PICTURE = Media("image/png", data="iVBORw0KGgo=", name="dot.png")
SHOWN = Options(thinking=Effort("low"))
SEARCHING = Options(web_search=WebSearch())
DOCS = McpServer("docs", "https://docs.example/mcp", approval="never")


def talk(model: str = "demo-instant", tools: Any = (), options: Options | None = None) -> Talk:
    return Talk(RESPONSES, model, tools, options)


def events_of(talk: Talk, **changes: Any) -> list[dict[str, Any]]:
    """The events of the last request, sent once more as a stream."""
    status, data = talk.raw(json.dumps({**talk.body, "stream": True, **changes}).encode())
    assert status == 200
    out = []
    for block in data.decode().strip("\n").split("\n\n"):
        name, line = block.split("\n")
        event = json.loads(line.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        out.append(event)
    return out


def types(events: list[dict[str, Any]]) -> list[str]:
    """The event types without ``response.``, each run of deltas once."""
    names = [event["type"].removeprefix("response.") for event in events]
    return [name for before, name in pairwise(["", *names]) if not (name == before and name.endswith("delta"))]


def test_the_events_of_a_call_are_those_of_openai_in_their_order() -> None:
    asked = talk("demo-thinking", [WEATHER], SHOWN)
    asked.say(PROMPT)
    events = events_of(asked)
    call = [
        *("output_item.added", "function_call_arguments.delta"),
        *("function_call_arguments.done", "output_item.done"),
    ]
    assert types(events) == [
        *("created", "in_progress", "output_item.added", "reasoning_summary_part.added"),
        *("reasoning_summary_text.delta", "reasoning_summary_text.done", "reasoning_summary_part.done"),
        *("output_item.done", *call, *call, "completed"),
    ]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    added = [event["item"] for event in events if event["type"] == "response.output_item.added"]
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert [item["id"] for item in added] == [item["id"] for item in done]
    assert [item.get("arguments") for item in added] == [None, "", ""]
    assert events[-1]["response"]["output"] == done
    for index, item in enumerate(done[1:], 1):
        pieces = [
            event["delta"]
            for event in events
            if event["type"] == "response.function_call_arguments.delta" and event["output_index"] == index
        ]
        assert "".join(pieces) == item["arguments"] and len(pieces) > 1


def test_the_events_of_a_text_are_those_of_openai_in_their_order() -> None:
    asked = talk()
    asked.say("hello")
    events = events_of(asked)
    assert types(events) == [
        *("created", "in_progress", "output_item.added", "content_part.added", "output_text.delta"),
        *("output_text.done", "content_part.done", "output_item.done", "completed"),
    ]
    assert events[0]["response"]["status"] == "in_progress" and events[0]["response"]["usage"] is None
    final = events[-1]["response"]
    assert (final["status"], final["error"], final["incomplete_details"]) == ("completed", None, None)


@pytest.mark.parametrize(
    ("model", "prompt", "tools", "options"),
    [
        ("demo-instant", "hello", (), Options()),
        ("demo-instant", PROMPT, (WEATHER,), Options()),
        ("demo-thinking", PROMPT, (WEATHER,), SHOWN),
        ("demo-thinking", "a redacted thought, please", (), SHOWN),
        ("demo-refusal", "hello", (), Options()),
        ("demo-instant", "search the web for the comet", (), SEARCHING),
        ("demo-instant", "ask docs about comets", (), Options(mcp=(DOCS,))),
        ("demo-instant", "write 100 words", (), Options(max_tokens=20)),
        (
            "demo-instant",
            "Run the SQL query `SELECT 1`",
            (Tool("run_sql", "Runs an SQL query", type="custom"),),
            Options(),
        ),
    ],
)
def test_streamed_and_plain_give_the_same_turn(model: str, prompt: str, tools: Any, options: Options) -> None:
    streamed = talk(model, tools, options).say(prompt)
    plain = talk(model, tools, replace(options, stream=False)).say(prompt)
    assert streamed.state == plain.state == "finished"
    assert streamed.parts and not streamed.unknown
    said = [(part.kind, getattr(part, "text", None), getattr(part, "arguments", None)) for part in streamed.parts]
    assert said == [(part.kind, getattr(part, "text", None), getattr(part, "arguments", None)) for part in plain.parts]
    assert (streamed.finish, streamed.usage) == (plain.finish, plain.usage)


def test_two_turns_with_parallel_calls_and_reasoning_sent_back() -> None:
    asked = talk("demo-thinking", [WEATHER], SHOWN)
    first = asked.say(PROMPT)
    assert len(first.calls) == 2 and first.thinking
    second = asked.answer({"temperature": 12}, {"temperature": 20})
    assert "12 °C in Paris" in second.text and "20 °C in Tokyo" in second.text
    sent = asked.body["input"]
    assert [item.get("type", "message") for item in sent] == [
        *("message", "reasoning", "function_call", "function_call"),
        *("function_call_output", "function_call_output"),
    ]
    assert sent[1]["encrypted_content"] and sent[1]["id"].startswith("rs_")
    third = asked.say("And in Rome?")
    assert third.state == "finished" and len(third.calls) == 1
    assert [item["type"] for item in asked.body["input"] if item.get("id")].count("reasoning") == 2


def test_thoughts_are_shown_on_request_only() -> None:
    asked = talk("demo-thinking", [WEATHER], Options(thinking=Effort("low", show=False)))
    turn = asked.say(PROMPT)
    assert not turn.thinking and turn.usage is not None and turn.usage.reasoning
    assert isinstance(turn.parts[0], Opaque) and turn.parts[0].data["encrypted_content"]
    assert asked.answer({"temperature": 1}, {"temperature": 2}).state == "finished"
    silent = talk("demo-thinking", [WEATHER], Options(thinking=Effort("off")))
    turn = silent.say(PROMPT)
    assert not turn.thinking and turn.usage is not None and turn.usage.reasoning == 0
    assert silent.answer({"temperature": 1}, {"temperature": 2}).state == "finished"


def test_a_redacted_thought_is_sealed_and_not_summarised() -> None:
    asked = talk("demo-thinking", (), SHOWN)
    turn = asked.say("a redacted thought, please")
    assert turn.thinking and "stays with the provider" not in turn.thinking
    assert types(events_of(asked)).count("reasoning_summary_part.added") == 1
    assert asked.say("and now?").state == "finished"


def test_what_was_announced_of_encrypted_content_is_not_its_final_value() -> None:
    asked = talk("demo-thinking", [WEATHER], SHOWN)
    asked.say(PROMPT)
    added, done = (event["item"] for event in events_of(asked) if event.get("output_index") == 0 and "item" in event)
    assert added["encrypted_content"] and added["encrypted_content"] != done["encrypted_content"]
    unasked = events_of(asked, include=[])[-1]["response"]["output"][0]
    assert unasked["type"] == "reasoning" and "encrypted_content" not in unasked


def test_a_custom_tool_is_called_with_free_text_and_answered() -> None:
    asked = talk(tools=[Tool("run_sql", "Runs an SQL query", type="custom")])
    turn = asked.say("Run the SQL query `SELECT 1`")
    (call,) = turn.calls
    assert (call.type, call.arguments) == ("custom", "SELECT 1")
    assert "custom_tool_call_input.delta" in types(events_of(asked))
    assert asked.answer("1 row").state == "finished"
    assert asked.body["input"][-1]["type"] == "custom_tool_call_output"


def test_a_refusal_has_its_own_part_and_events() -> None:
    asked = talk("demo-refusal")
    turn = asked.say("hello")
    assert turn.refusal and not turn.text
    assert types(events_of(asked))[3:7] == [
        *("content_part.added", "refusal.delta", "refusal.done", "content_part.done"),
    ]


def test_a_web_search_is_a_step_and_its_sources_are_cited() -> None:
    asked = talk(options=SEARCHING)
    turn = asked.say("search the web for the tide clock and the lantern night")
    assert isinstance(turn.parts[0], Opaque) and turn.parts[0].data["action"]["query"]
    final = events_of(asked)[-1]["response"]["output"][1]["content"][0]
    assert final["annotations"]
    for cited in final["annotations"]:
        assert cited["type"] == "url_citation" and cited["url"].startswith("https://")
        assert final["text"][cited["start_index"] : cited["end_index"]].endswith(".")
    names = types(events_of(asked))
    assert names[2:7] == [
        *("output_item.added", "web_search_call.in_progress", "web_search_call.searching"),
        *("web_search_call.completed", "output_item.done"),
    ]
    assert names.count("output_text.annotation.added") == len(final["annotations"])
    assert asked.say("thanks").state == "finished"


def test_a_remote_server_is_listed_once_and_called_without_leave_where_none_is_wanted() -> None:
    asked = talk(options=Options(mcp=(DOCS,)))
    turn = asked.say("ask docs about comets")
    kinds = [part.data["type"] for part in turn.parts if isinstance(part, Opaque)]
    assert kinds == ["mcp_list_tools", "mcp_call"] and turn.text
    assert "mcp_call_arguments.done" in types(events_of(asked))
    again = asked.say("ask docs about bread")
    assert [part.data["type"] for part in again.parts if isinstance(part, Opaque)] == ["mcp_call"]


@pytest.mark.parametrize("granted", [True, False])
def test_a_remote_call_waits_for_leave(granted: bool) -> None:
    asked = talk("demo-thinking", (), Options(mcp=(replace(DOCS, approval="always"),)))
    asked.say("ask docs about comets")
    (waiting,) = pending_approvals(asked.conversation)
    assert (waiting.server, json.loads(waiting.arguments)) == (
        "docs",
        {"query": json.loads(waiting.arguments)["query"]},
    )
    asked.conversation = answer(asked.conversation, (), approved={waiting.id: granted})
    turn = asked.ask()
    calls = [part.data for part in turn.parts if isinstance(part, Opaque) and part.data["type"] == "mcp_call"]
    assert [call["approval_request_id"] for call in calls] == ([waiting.id] if granted else [])
    assert ("did not allow" in turn.text) is not granted
    asked.say("ask docs about bread")
    assert [again.id == waiting.id for again in pending_approvals(asked.conversation)] == [False]


def test_the_reply_repeats_the_request_but_no_secret() -> None:
    secret = McpServer("docs", "https://docs.example/mcp", authorization="{{DOCS_KEY}}", headers={"X-Key": "{{KEY}}"})
    asked = talk(options=Options(mcp=(secret,), temperature=0.5))
    asked.say("hello")
    response = events_of(asked)[-1]["response"]
    assert response["temperature"] == 0.5 and response["tools"][0]["server_label"] == "docs"
    assert not {"authorization", "headers"} & response["tools"][0].keys()


def test_an_answer_fits_the_asked_schema() -> None:
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city", "days"],
        "additionalProperties": False,
    }
    turn = talk(options=Options(response=ResponseSchema(schema))).say("Plan 3 days in Paris")
    assert json.loads(turn.text) == {"city": "Paris", "days": 3}


def test_a_limit_leaves_the_reply_incomplete() -> None:
    asked = talk(tools=[WEATHER], options=Options(max_tokens=16))
    turn = asked.say("write 100 words")
    assert turn.finish == "max_output_tokens" and len(turn.text.split()) == 16
    last = events_of(asked)[-1]
    assert last["type"] == "response.incomplete"
    assert last["response"]["output"][-1]["status"] == "incomplete"


def test_tool_choice_in_its_own_shapes() -> None:
    other = replace(WEATHER, name="other_weather")
    named = talk(tools=[WEATHER, other], options=Options(tool_choice=ToolChoice("named", "other_weather")))
    assert {call.name for call in named.say(PROMPT).calls} == {"other_weather"}
    subset = talk(
        tools=[WEATHER, other], options=Options(tool_choice=ToolChoice("required", allowed=("other_weather",)))
    )
    assert {call.name for call in subset.say(PROMPT).calls} == {"other_weather"}
    none = talk(tools=[WEATHER], options=Options(tool_choice=ToolChoice("none")))
    assert not none.say(PROMPT).calls
    single = talk(tools=[WEATHER], options=Options(parallel_tool_calls=False))
    assert len(single.say(PROMPT).calls) == 1


def test_pictures_are_taken_with_the_prompt_and_in_results() -> None:
    asked = talk(tools=[WEATHER])
    assert "an image" in asked.say("what is this?", [PICTURE]).text
    turn = asked.say(PROMPT)
    call = turn.calls[0].id
    said = asked.answer({"temperature": 12}, {"temperature": 20}, media={call: [PICTURE]})
    assert "an image" in said.text
    outputs = [item["output"] for item in asked.body["input"] if item.get("type") == "function_call_output"]
    assert outputs[0][1]["type"] == "input_image"


@pytest.mark.parametrize("stream", [True, False])
def test_an_error_in_the_middle_and_instead(stream: bool) -> None:
    turn = talk("demo-overloaded", options=Options(stream=stream)).say("hello")
    assert turn.state == "failed" and turn.problem is not None
    assert "overloaded" in turn.problem.message
    assert turn.problem.code == "overloaded"


def test_no_usage_is_null() -> None:
    asked = talk("demo-no-usage")
    assert asked.say("hello").usage is None
    assert events_of(asked)[-1]["response"]["usage"] is None
