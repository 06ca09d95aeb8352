"""The history of a Messages request: the way back of what the provider sent, and what can only be refused left out."""

import base64
import re
from typing import Any

import pytest

from callsmith.conversation import CANCELLED
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Refusal, Text, Thinking, ToolCall, ToolResult
from tests.wire.anthropic_kit import (
    FOUND,
    REDACTED,
    SEARCH,
    SIGNED,
    STEP,
    STEP_RESULT,
    assistant,
    body,
    results,
    says,
    sent,
    user,
)


def test_a_whole_turn_goes_back_unchanged_and_in_order() -> None:
    cited = Text("It is ten", {"citations": [{"url": "u", "encrypted_index": "i"}]})
    call = ToolCall("toolu_a", "get_time", '{"tz":"Europe/Rome"}', extra={"caller": {"type": "direct"}})
    turn = assistant(SIGNED, Opaque("redacted_thinking", REDACTED), STEP, STEP_RESULT, cited, call)
    assert sent(user(), turn, results(ToolResult("toolu_a", "10:00")))[1]["content"] == [
        {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
        REDACTED,
        SEARCH,
        FOUND,
        {"type": "text", "text": "It is ten", "citations": [{"url": "u", "encrypted_index": "i"}]},
        {
            "type": "tool_use",
            "id": "toolu_a",
            "name": "get_time",
            "input": {"tz": "Europe/Rome"},
            "caller": {"type": "direct"},
        },
    ]


@pytest.mark.parametrize(("model", "wire"), [("other", "anthropic"), ("m", "openai-chat")])
def test_opaque_data_goes_back_to_its_own_model_and_format_only(model: str, wire: str) -> None:
    call = ToolCall("toolu_a", "get_time", "{}", extra={"caller": {"type": "direct"}})
    turn = assistant(SIGNED, STEP, STEP_RESULT, Text("a", {"citations": []}), call, model=model, wire=wire)
    assert sent(user(), turn, results(ToolResult("toolu_a", "1")))[1]["content"] == [
        says("a"),
        {"type": "tool_use", "id": "toolu_a", "name": "get_time", "input": {}},
    ]


def test_trap_26_a_turn_with_calls_begins_with_its_thinking_even_hidden() -> None:
    hidden = Thinking("", "thinking", {"signature": "EqQB"})
    content = sent(user(), assistant(hidden, ToolCall("a", "f", "{}")), results(ToolResult("a", "1")))[1]["content"]
    assert [block["type"] for block in content] == ["thinking", "tool_use"]
    assert content[0] == {"type": "thinking", "thinking": "", "signature": "EqQB"}


def test_thinking_without_a_signature_or_at_the_end_is_left_out() -> None:
    assert sent(user(), assistant(Thinking("hm"), Text("a")), user())[1]["content"] == [says("a")]
    assert sent(user(), assistant(Text("a"), SIGNED, cut=True), user())[1]["content"] == [says("a")]
    only_thoughts = assistant(SIGNED, Opaque("redacted_thinking", REDACTED), cut=True)
    assert sent(user("a"), only_thoughts, user("b")) == [{"role": "user", "content": [says("a"), says("b")]}]


def test_results_come_first_in_one_message_in_call_order() -> None:
    turn = assistant(ToolCall("a", "f", "{}"), ToolCall("b", "f", "{}"), ToolCall("c", "f", "{}"))
    answers = results(ToolResult("b", "no", is_error=True), ToolResult("c", ""), ToolResult("a", "1"))
    messages = sent(user(), turn, answers, user("and now?"))
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    assert messages[2]["content"] == [
        {"type": "tool_result", "tool_use_id": "a", "content": "1"},
        {"type": "tool_result", "tool_use_id": "b", "content": "no", "is_error": True},
        {"type": "tool_result", "tool_use_id": "c"},
        says("and now?"),
    ]


def test_an_error_without_content_still_says_something() -> None:
    answers = results(ToolResult("a", "", is_error=True))
    assert sent(user(), assistant(ToolCall("a", "f", "{}")), answers)[-1]["content"][0]["content"] == "error"


def test_trap_28_every_call_gets_its_result_and_no_result_lacks_its_call() -> None:
    turn = assistant(ToolCall("a", "f", "{}"), ToolCall("b", "f", "{}"))
    partly = sent(user(), turn, results(ToolResult("b", "2"), ToolResult("z", "3")))[2]["content"]
    cancelled = {"type": "tool_result", "tool_use_id": "a", "content": CANCELLED, "is_error": True}
    assert partly == [cancelled, {"type": "tool_result", "tool_use_id": "b", "content": "2"}]
    unanswered = sent(user(), turn, user("never mind"))[2]["content"]
    assert [block.get("tool_use_id") for block in unanswered] == ["a", "b", None]


def test_ids_made_elsewhere_become_legal_and_unlike_each_other_on_both_sides() -> None:
    def turn(*ids: str) -> tuple[Message, Message]:
        calls = (ToolCall(call_id, "f", "{}") for call_id in ids)
        return assistant(*calls, wire="openai-chat"), results(*(ToolResult(call_id, call_id) for call_id in ids))

    messages = sent(user(), *turn("call.1", "call/1", ""), user(), *turn("call_1"))
    used = [block["id"] for message in messages for block in message["content"] if block["type"] == "tool_use"]
    answered = [b["tool_use_id"] for m in messages for b in m["content"] if b["type"] == "tool_result"]
    assert used == answered
    assert len(set(used)) == 4 and all(re.fullmatch("[a-zA-Z0-9_-]+", call_id) for call_id in used)
    first = [block.get("content") for block in messages[2]["content"]]
    assert first[:3] == ["call.1", "call/1", None]


def test_ids_of_the_format_itself_are_never_changed() -> None:
    messages = sent(user(), assistant(ToolCall("toolu_01-aB", "f", "{}")), results(ToolResult("toolu_01-aB", "1")))
    assert messages[1]["content"][0]["id"] == messages[2]["content"][0]["tool_use_id"] == "toolu_01-aB"


def name_sent(name: str) -> str:
    made = body(user(), assistant(ToolCall("a", name, "{}"), wire="gemini"), results(ToolResult("a", "1")), tools=())
    used: str = made["messages"][1]["content"][0]["name"]
    assert made["tools"][0]["name"] == used
    return used


@pytest.mark.parametrize("name", ["files.read/all", "gr\u00fc\u00dfe", "a b", ""])
def test_trap_39_names_in_the_history_hold_legal_characters(name: str) -> None:
    assert re.fullmatch("[a-zA-Z0-9_-]+", name_sent(name))


def test_trap_40_names_in_the_history_have_at_most_128_characters() -> None:
    assert (name_sent("x" * 200), name_sent("x" * 128)) == ("x" * 128, "x" * 128)


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (ToolCall("a", "f", ""), {}),
        (ToolCall("a", "f", "null"), {}),
        (ToolCall("a", "f", '{"b": [1, null]}'), {"b": [1, None]}),
        (ToolCall("a", "f", "[1]"), {"INVALID_JSON": "[1]"}),
        (ToolCall("a", "f", '{"b": NaN}'), {"INVALID_JSON": '{"b": NaN}'}),
        (ToolCall("a", "sql", "select 1", type="custom"), {"input": "select 1"}),
    ],
)
def test_trap_48_input_is_always_an_object(call: ToolCall, wanted: Any) -> None:
    assert sent(user(), assistant(call), results(ToolResult("a", "1")))[1]["content"][0]["input"] == wanted


def test_trap_20_arguments_that_are_no_json_go_back_wrapped_beside_their_error() -> None:
    raw = '{"lines": ["a"\n"b"'
    turn = assistant(ToolCall("a", "f", raw), finish="tool_use")
    messages = sent(user(), turn, results(ToolResult("a", "not JSON", is_error=True)))
    assert messages[1]["content"][0]["input"] == {"INVALID_JSON": raw}
    assert messages[2]["content"][0]["is_error"] is True


@pytest.mark.parametrize("how", [{"cut": True}, {"finish": "max_tokens"}])
def test_a_call_cut_off_is_not_sent_back(how: Any) -> None:
    half = assistant(Text("I will"), ToolCall("a", "f", '{"x": "tr'), **how)
    assert sent(user(), half, user("go on"))[1:] == [
        {"role": "assistant", "content": [says("I will")]},
        {"role": "user", "content": [says("go on")]},
    ]


@pytest.mark.parametrize("blank", ["", " ", "\n\n"])
def test_trap_49_blank_texts_and_empty_messages_are_not_sent(blank: str) -> None:
    turn = assistant(Text(blank), ToolCall("a", "f", "{}"), Text(blank))
    assert [b["type"] for b in sent(user(), turn, results(ToolResult("a", "1")))[1]["content"]] == ["tool_use"]
    assert [m["role"] for m in sent(user(), assistant(Text(blank)), user(blank))] == ["user"]
    assert "system" not in body(user(), system=blank)


def test_a_last_assistant_text_does_not_end_with_white_space() -> None:
    assert sent(user(), assistant(Text("Sure: \n")))[-1]["content"] == [says("Sure:")]
    assert sent(user(), assistant(Text("Sure: \n")), user())[1]["content"] == [says("Sure: \n")]


def test_a_paused_turn_goes_back_as_it_is_and_its_continuation_joins_it() -> None:
    paused = assistant(Text("Let me look"), STEP, finish="pause_turn")
    assert sent(user(), paused)[1]["content"] == [says("Let me look"), SEARCH]
    joined = sent(user(), paused, assistant(STEP_RESULT, Text("Ten")), user())
    assert [message["role"] for message in joined] == ["user", "assistant", "user"]
    assert joined[1]["content"] == [says("Let me look"), SEARCH, FOUND, says("Ten")]


def test_a_server_tools_step_that_never_got_its_result_is_left_out() -> None:
    for turn in (assistant(Text("a"), STEP, finish="pause_turn"), assistant(Text("a"), STEP, cut=True)):
        assert sent(user(), turn, user("else"))[1]["content"] == [says("a")]
    whole = assistant(STEP, STEP_RESULT, Text("a"), cut=True)
    assert sent(user(), whole, user())[1]["content"] == [SEARCH, FOUND, says("a")]


def test_a_step_that_waits_for_the_clients_call_stays() -> None:
    turn = assistant(STEP, ToolCall("a", "f", "{}"), finish="tool_use")
    assert sent(user(), turn, results(ToolResult("a", "1")))[1]["content"][0] == SEARCH


def test_a_refusal_of_another_format_goes_back_as_text() -> None:
    assert sent(user(), assistant(Refusal("I cannot"), wire="openai-chat"), user())[1]["content"] == [says("I cannot")]


def test_images_and_files() -> None:
    text = base64.b64encode("Grüße".encode()).decode()
    media = (
        Media("image/png", data="iVBO"),
        Media("image/png", url="https://h/a.png"),
        Media("application/pdf", data="JVBE", name="a.pdf"),
        Media("text/csv", data=text),
        Media("audio/wav", data="UklG", name="a.wav"),
    )
    content = sent(user("See", *media))[0]["content"]
    assert content[1:5] == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}},
        {"type": "image", "source": {"type": "url", "url": "https://h/a.png"}},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBE"},
            "title": "a.pdf",
        },
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Grüße"}},
    ]
    assert content[5]["type"] == "text" and "a.wav" in content[5]["text"]


def test_media_after_a_result_are_part_of_that_result() -> None:
    picture, page = Media("image/png", data="iVBO"), Media("application/pdf", url="https://h/a.pdf")
    turn = assistant(*(ToolCall(name, "f", "{}") for name in "abcd"))
    answers = (
        *(ToolResult("b", "two pages"), picture, page),
        *(ToolResult("a", ""), picture, ToolResult("c", "", is_error=True), picture, ToolResult("d", "4")),
    )
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBO"}}
    document = {"type": "document", "source": {"type": "url", "url": "https://h/a.pdf"}}
    assert sent(user(), turn, results(*answers))[2]["content"] == [
        {"type": "tool_result", "tool_use_id": "a", "content": [image]},
        {"type": "tool_result", "tool_use_id": "b", "content": [says("two pages"), image, document]},
        {"type": "tool_result", "tool_use_id": "c", "content": [image], "is_error": True},
        {"type": "tool_result", "tool_use_id": "d", "content": "4"},
    ]


def test_lone_surrogates_can_be_sent() -> None:
    assert sent(user("\ud800"))[0]["content"] == [says("\ud800")]


def test_a_text_block_without_text_at_the_end_is_no_fault_of_ours() -> None:
    odd = {"type": "text", "text": 7}
    assert sent(user(), assistant(Opaque("text", odd)))[-1]["content"] == [odd]


def test_a_number_too_large_for_json_is_sent_as_the_text_it_was() -> None:
    (block,) = sent(user(), assistant(ToolCall("a", "f", '{"n":1e400}')), results(ToolResult("a", "1")))[1]["content"]
    assert block["input"] == {"INVALID_JSON": '{"n":1e400}'}
