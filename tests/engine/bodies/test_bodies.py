"""What the body of a request says: everything that is whole, and a finding for what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callsmith.bodies import Body, paired, read
from callsmith.types.parts import Media, Part, Text, Thinking, ToolCall, ToolResult
from tests.engine.pasting.test_pasting import BODIES

PIXEL = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


def chat(*messages: Any) -> Body:
    return read("openai-chat", {"messages": list(messages)}, "m")


def anthropic(*messages: Any) -> Body:
    return read("anthropic", {"messages": list(messages)}, "m")


def said(body: Body) -> list[tuple[str, str]]:
    return [(message.role, message.text or ", ".join(call.name for call in message.calls)) for message in body.messages]


@pytest.mark.parametrize("wire", BODIES)
def test_each_format_is_read_without_a_finding(wire: str) -> None:
    body = read(wire, BODIES[wire], "m")
    assert (body.system, body.findings) == ("Be brief.", ())
    assert said(body) == [("user", "weather?"), ("assistant", "weather"), ("tool", "")]
    assert body.messages[2].results[0].content == '{"t": 20}'


def test_results_stand_as_they_were_written() -> None:
    results = read("gemini", BODIES["gemini"], "m").messages[2].results
    assert [(one.call_id, one.name) for one in results] == [("", "weather")]


def test_what_is_wrong_is_told_with_its_place_and_the_rest_is_kept() -> None:
    body = chat(
        3, {"role": "king", "content": "Hi"}, {"role": "user", "content": 5}, {"role": "user", "content": "You"}
    )
    assert said(body) == [("user", "Hi"), ("user", "5"), ("user", "You")]
    assert [(one.kind, str(one)) for one in body.findings] == [
        ("wrong", "/messages/0: it is an object"),
        ("wrong", '/messages/1/role: "king" is no role of Chat Completions'),
        ("wrong", "/messages/2/content: it is a text or a list of parts"),
    ]


def test_a_kind_that_is_not_known_is_left_out_and_told() -> None:
    content = [{"type": "text", "text": "Look"}, {"type": "hologram"}, PIXEL]
    body = chat({"role": "user", "content": content})
    assert body.messages[0].parts == (Text("Look"), Media("image/png", "AAAA"))
    assert [(one.kind, one.place) for one in body.findings] == [("left out", "/messages/0/content/1")]


def test_messages_kept_at_the_provider_are_told() -> None:
    body = read("openai-responses", {"previous_response_id": "r", "input": "Go on"}, "m")
    assert said(body) == [("user", "Go on")]
    assert [one.kind for one in body.findings] == ["elsewhere"]


def test_neighbouring_messages_of_the_model_are_one_and_those_of_the_user_are_not() -> None:
    body = chat(
        {"role": "user", "content": "a"},
        {"role": "user", "content": "b"},
        {"role": "assistant", "content": "c"},
        {"role": "assistant", "content": "d"},
    )
    assert said(body) == [("user", "a"), ("user", "b"), ("assistant", "cd")]


def test_an_old_function_call_and_its_answer_by_name() -> None:
    call = {"name": "weather", "arguments": "{}"}
    body = chat(
        {"role": "assistant", "content": None, "function_call": call},
        {"role": "function", "name": "weather", "content": "20"},
    )
    parts, calls = body.messages[1].parts, body.messages[0].calls
    assert [part.call_id for part, _ in paired(parts, calls) if isinstance(part, ToolResult)] == [calls[0].id]


def test_thinking_and_a_refusal_inside_a_content_are_kept() -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}
    content = [thinking, {"type": "text", "text": "Yes"}, {"type": "text", "text": "No"}]
    body = chat({"role": "assistant", "content": content})
    assert body.messages[0].parts == (Thinking("Hm", "content"), Text("Yes\n\nNo"))
    refused = chat({"role": "assistant", "content": [{"type": "refusal", "refusal": "Never"}]})
    assert refused.messages[0].refusal == "Never" and not refused.findings


def test_pictures_of_a_result_stand_beside_it() -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}}
    result = {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "Here"}, picture]}
    body = anthropic({"role": "user", "content": [result, {"type": "text", "text": "See?"}]})
    assert [message.role for message in body.messages] == ["tool", "user"]
    assert body.messages[0].parts == (ToolResult("a", "Here"), Media("image/png", "AAAA", name=""))


def test_a_single_content_and_a_single_part_of_gemini_need_no_list() -> None:
    body = read("gemini", {"contents": {"parts": {"text": "Hi"}}, "systemInstruction": "Be brief."}, "m")
    assert (said(body), body.system, body.findings) == ([("user", "Hi")], "Be brief.", ())


CALLS = (ToolCall("1", "a", "{}"), ToolCall("2", "b", "{}"), ToolCall("3", "a", "{}"))


@pytest.mark.parametrize(
    ("results", "answers"),
    [
        ([("3", ""), ("1", "")], ["3", "1"]),
        ([("", "a"), ("", "b"), ("", "a")], ["1", "2", "3"]),
        ([("x", ""), ("1", "")], ["2", "1"]),
        ([("x", "b")], ["2"]),
        ([("x", "c")], [""]),
        ([("", ""), ("", ""), ("", ""), ("", "")], ["1", "2", "3", ""]),
        ([("1", ""), ("1", "")], ["1", "2"]),
    ],
)
def test_a_result_is_for_the_call_with_its_id_or_its_name_or_the_next(
    results: list[tuple[str, str]], answers: list[str]
) -> None:
    parts: list[Part] = [ToolResult(call_id, "r", name=name) for call_id, name in results]
    found = list(paired([*parts, Media("image/png")], CALLS))
    assert [call.id if call else "" for _, call in found] == [*answers, answers[-1]]
    assert all(part.call_id == call.id for part, call in found if call and isinstance(part, ToolResult))


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.slow
@example(wire="openai-responses", path=[2, 2, 0], value={})
@example(wire="anthropic", path=[3, 1, 1], value=[3])
@given(wire=st.sampled_from(sorted(BODIES)), path=st.lists(st.integers(0, 6), max_size=6), value=_values)
def test_a_damaged_body_is_always_read(wire: str, path: list[int], value: Any) -> None:
    """And no message of it is empty."""
    body = json.loads(json.dumps(BODIES[wire]))
    at: Any = body
    for depth, step in enumerate(path):
        keys = list(at) if isinstance(at, dict) else list(range(len(at))) if isinstance(at, list) else []
        if not keys:
            break
        key = keys[step % len(keys)]
        if not isinstance(at[key], dict | list) or depth == len(path) - 1:
            at[key] = value
            break
        at = at[key]
    assert all(message.parts for message in read(wire, body, "m").messages)


def test_a_body_nested_too_deeply_is_told() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = [deep]
    body = anthropic({"role": "user", "content": "Hi"}, {"role": "assistant", "content": deep})
    assert said(body) == [("user", "Hi")]
    assert [one.place for one in body.findings] == ["/messages/1"]
