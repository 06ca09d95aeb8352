"""The body of a request, pasted: the conversation in it, carried on from where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callsmith.conversation import CANCELLED, Conversation, append, may_ask, pending_calls
from callsmith.pasting import Pasted, PasteProblem, read
from callsmith.play import Ask, build
from callsmith.replay import recordings
from callsmith.types.connection import Connection, Target
from callsmith.types.halves import has_half
from callsmith.types.parts import Parsed

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CHAT: dict[str, Any] = {
    "model": "demo-instant",
    "temperature": 0.2,
    "response_format": {"type": "json_object"},
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "weather?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": '{"t": 20}'},
    ],
    "tools": [{"type": "function", "function": {"name": "weather", "description": "Weather", "parameters": WEATHER}}],
}
RESPONSES: dict[str, Any] = {
    "model": "demo-instant",
    "instructions": "Be brief.",
    "input": [
        {"role": "user", "content": "weather?"},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "xyz"},
        {"type": "function_call", "call_id": "a", "name": "weather", "arguments": '{"city": "Rome"}'},
        {"type": "function_call_output", "call_id": "a", "output": '{"t": 20}'},
    ],
    "tools": [{"type": "function", "name": "weather", "description": "Weather", "parameters": WEATHER}],
}
MESSAGES: dict[str, Any] = {
    "model": "demo-instant",
    "max_tokens": 300,
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": "weather?"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "a", "name": "weather", "input": {"city": "Rome"}}],
        },
        {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": "a", "content": '{"t": 20}', "is_error": True}],
        },
    ],
    "tools": [{"name": "weather", "description": "Weather", "input_schema": WEATHER}],
}
GEMINI: dict[str, Any] = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "contents": [
        {"role": "user", "parts": [{"text": "weather?"}]},
        {
            "role": "model",
            "parts": [{"function_call": {"name": "weather", "args": {"city": "Rome"}}, "thought_signature": "c2ln"}],
        },
        {"role": "user", "parts": [{"functionResponse": {"name": "weather", "response": {"result": {"t": 20}}}}]},
    ],
    "tools": [{"functionDeclarations": [{"name": "weather", "description": "Weather", "parameters": WEATHER}]}],
    "generationConfig": {"temperature": 0.2, "maxOutputTokens": 300},
}
BODIES = {"openai-chat": CHAT, "openai-responses": RESPONSES, "anthropic": MESSAGES, "gemini": GEMINI}


def conversation_of(pasted: Pasted) -> Conversation:
    conversation = Conversation("c")
    for message in pasted.messages:
        conversation = append(conversation, message)
    return conversation


@pytest.mark.parametrize("wire", BODIES)
def test_a_body_in_each_format_is_read_whole_and_can_be_asked_from(wire: str) -> None:
    pasted = read(json.dumps(BODIES[wire]))
    assert pasted.wire == wire
    assert pasted.system == "Be brief."
    assert [message.role for message in pasted.messages] == ["user", "assistant", "tool"]
    call, result = pasted.messages[1].calls[0], pasted.messages[2].results[0]
    assert (call.name, json.loads(call.arguments)) == ("weather", {"city": "Rome"})
    assert (result.call_id, result.name, json.loads(result.content)) == (call.id, "weather", {"t": 20})
    assert result.is_error is (wire == "anthropic")
    assert [tool.name for tool in pasted.tools] == ["weather"]
    assert may_ask(conversation_of(pasted)) == ""


@pytest.mark.parametrize("wire", BODIES)
def test_what_must_go_back_goes_back_to_the_same_model(wire: str) -> None:
    pasted = read(json.dumps(BODIES[wire]))
    target = Target(Connection("d", "Demo", "https://example.com/v1", wires=tuple(BODIES)), wire, pasted.model)
    sent = build(Ask(target, pasted.system, pasted.tools, pasted.options), conversation_of(pasted)).json()
    text = json.dumps(sent)
    if wire == "openai-responses":
        assert "xyz" in text
    if wire == "gemini":
        assert "c2ln" in text
    assert "Rome" in text and "Be brief." in text


def test_options_that_are_known_are_taken_and_the_others_named() -> None:
    pasted = read(json.dumps(CHAT))
    assert pasted.options.temperature == 0.2
    assert any("response_format" in note for note in pasted.notes)
    assert read(json.dumps(GEMINI)).options.max_tokens == 300


def test_a_list_of_messages_alone_is_enough() -> None:
    assert read(json.dumps(CHAT["messages"])).wire == "openai-chat"
    assert read(json.dumps(GEMINI["contents"])).wire == "gemini"


def test_a_call_that_waits_at_the_end_waits_here_too() -> None:
    pasted = read(json.dumps({**CHAT, "messages": CHAT["messages"][:3]}))
    assert [call.id for call in pending_calls(conversation_of(pasted))] == ["a"]


def test_a_call_without_a_result_in_the_middle_is_answered_as_cancelled() -> None:
    messages = [*CHAT["messages"][:3], {"role": "user", "content": "never mind"}]
    pasted = read(json.dumps({**CHAT, "messages": messages}))
    assert [message.role for message in pasted.messages] == ["user", "assistant", "tool", "user"]
    assert pasted.messages[2].results[0].content == CANCELLED
    assert any("answered as cancelled" in note for note in pasted.notes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Not JSON"),
        ("3", "no object"),
        ("{}", "no request body"),
        ('{"messages": []}', "no message"),
        ('{"messages": [3]}', "/messages/0: it is an object"),
        ('{"messages": [{"role": "king", "content": "x"}]}', "no role of Chat"),
        ('{"input": 3}', "/input: it is a list"),
        ('{"contents": [{"role": "user", "parts": 3}]}', "/contents/0/parts: it is a list"),
        ('{"messages": [{"role": "user", "content": 3}], "system": "x"}', "/messages/0/content"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(PasteProblem, match=words):
        read(text)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.slow
@example(wire="openai-chat", path=[3, 0, 0], value=[])
@given(wire=st.sampled_from(sorted(BODIES)), path=st.lists(st.integers(0, 6), max_size=6), value=_values)
def test_a_damaged_body_is_read_or_refused_but_never_a_crash(wire: str, path: list[int], value: Any) -> None:
    body = json.loads(json.dumps(BODIES[wire]))
    at: Any = body
    for step in path:
        keys = list(at) if isinstance(at, dict) else list(range(len(at))) if isinstance(at, list) else []
        if not keys:
            break
        key = keys[step % len(keys)]
        if not isinstance(at[key], dict | list) or step == 6:
            at[key] = value
            break
        at = at[key]
    try:
        pasted = read(json.dumps(body))
    except PasteProblem:
        return
    assert pasted.messages


@pytest.mark.slow
def test_every_recorded_request_is_read(shared: Path) -> None:
    """But one that its provider refused too."""
    refused = []
    for exchange in recordings([shared / "recordings"]):
        body = exchange["request"].get("json")
        if not isinstance(body, dict):
            continue
        try:
            pasted = read(json.dumps(body), exchange["wire"])
        except PasteProblem:
            refused.append(exchange["response"]["status"])
            continue
        assert pasted.wire == exchange["wire"]
    assert refused == [400]


@pytest.mark.parametrize("wire", BODIES)
def test_half_characters_that_are_pasted_are_replaced(wire: str) -> None:
    text = json.dumps(BODIES[wire]).replace("weather", "weather \\ud83d").replace("Rome", "Rome \\ude00")
    pasted = read(text)
    assert pasted.messages[0].text == "weather \ufffd?"
    assert pasted.messages[1].calls[0].parsed() == Parsed({"city": "Rome \ufffd"})
    assert not has_half(pasted)


def test_a_result_whose_id_names_no_call_is_for_the_one_that_waits_and_told() -> None:
    messages = [*CHAT["messages"][:3], {"role": "tool", "tool_call_id": "other", "content": "20"}]
    pasted = read(json.dumps({**CHAT, "messages": messages}))
    assert [(one.call_id, one.name, one.content) for one in pasted.messages[2].results] == [("a", "weather", "20")]
    assert any("A result for other answers no call; it was taken for the one of weather" in one for one in pasted.notes)
    more = [*CHAT["messages"], {"role": "tool", "tool_call_id": "other", "content": "20"}]
    assert any("is left out" in note for note in read(json.dumps({**CHAT, "messages": more})).notes)
