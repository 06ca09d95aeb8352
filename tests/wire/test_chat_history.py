"""What of the history goes back in Chat, to whom, and how: reasoning, signatures, ids, media."""

import base64
import json
from typing import Any

import pytest

from callsmith.types.connection import Connection
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Media, Opaque, Text, Thinking, ToolCall, ToolResult
from tests.wire.chat_kit import TOOL, assistant, body, read, results, user, whole

CALL = ToolCall("a", "get_time", "{}")
DEEPSEEK = Connection("d", "D", "https://api.deepseek.com")
WAV = base64.b64encode(b"RIFF....WAVE").decode()


def messages(*history: Message, **options: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = body(user(), *history, **options)["messages"][1:]
    return sent


def thought(*parts: Any, model: str) -> Message:
    return assistant(Thinking("hm", "reasoning_content"), *parts, model=model)


def test_trap_21_reasoning_goes_back_with_every_message_of_a_conversation_with_tools() -> None:
    model = "deepseek-v4-flash"
    plain = assistant(Text("Before"), model=model)
    sent = messages(
        plain, user(), thought(CALL, model=model), results("a"), thought(Text("x"), model=model), model=model
    )
    replies = [message for message in sent if message["role"] == "assistant"]
    assert ["reasoning_content" in reply for reply in replies] == [True, True, True]
    assert [reply["reasoning_content"] for reply in replies[1:]] == ["hm", "hm"]
    assert "reasoning_content" not in messages(thought(Text("x"), model=model), user(), model=model)[0]


def test_trap_22_the_old_reasoner_never_gets_its_reasoning_back() -> None:
    model = "deepseek-r1"
    sent = messages(thought(CALL, model=model), results("a"), model=model, tools=(TOOL,))
    assert "reasoning_content" not in sent[0]


def test_trap_23_reasoning_lost_on_the_way_is_said_to_be_empty() -> None:
    """A converting gateway dropped it, or another model wrote the message: the field alone avoids the 400."""
    model = "deepseek-v4-flash"
    elsewhere = Message("assistant", (Thinking("hm", "thinking"), CALL), Origin("x", "C", "anthropic", "claude"))
    sent = messages(assistant(CALL, model=model), results("a"), elsewhere, results("a"), model=model)
    lost = [message["reasoning_content"] for message in sent if message["role"] == "assistant"]
    assert len(lost) == 2 and "hm" not in "".join(lost)


def test_reasoning_goes_back_under_the_name_it_came_in() -> None:
    details = [{"type": "reasoning.text", "text": "hm", "signature": "s"}]
    reply = whole(reasoning="hm", reasoning_details=details, tool_calls=[{"id": "a", "function": {"name": "f"}}])
    message = read(reply, stream=False).message(Origin("x", "C", "openai-chat", "m"))
    assert message is not None
    sent = messages(message, results("a"))[0]
    assert (sent["reasoning"], sent["reasoning_details"]) == ("hm", details)
    assert "reasoning_content" not in sent
    said = read(whole(content="x", reasoning="hm", reasoning_details=details), stream=False)
    without_tools = said.message(Origin("x", "C", "openai-chat", "m"))
    assert without_tools is not None
    assert messages(without_tools, user())[0] == {"role": "assistant", "content": "x"}


def test_thoughts_that_came_in_the_content_go_back_there() -> None:
    model = "magistral-medium-latest"
    sent = messages(assistant(Thinking("hm", "content"), Text("x"), CALL, model=model), results("a"), model=model)
    assert sent[0]["content"] == [
        {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},
        {"type": "text", "text": "x"},
    ]


def test_trap_24_of_parallel_calls_only_the_first_carries_the_signature() -> None:
    signature = {"google": {"thought_signature": "s"}}
    calls = [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}, "extra_content": signature},
        {"id": "b", "type": "function", "function": {"name": "f", "arguments": "{}"}},
    ]
    message = read(whole(tool_calls=calls), stream=False).message(Origin("x", "C", "openai-chat", "gemini-3-pro"))
    assert message is not None
    assert messages(message, results("a", "b"), model="gemini-3-pro")[0]["tool_calls"] == calls


def test_trap_25_extra_content_of_a_message_goes_back_too() -> None:
    reply = read(whole(content="x", extra_content={"google": {"thought_signature": "s"}}), stream=False)
    message = reply.message(Origin("x", "C", "openai-chat", "m"))
    assert message is not None
    sent = messages(message, user(), tools=(TOOL,))[0]
    assert sent["extra_content"] == {"google": {"thought_signature": "s"}}
    assert "extra_content" not in messages(message, user(), tools=(TOOL,), model="other")[0]


def test_trap_36_mistral_gets_ids_of_nine_characters_and_no_null() -> None:
    calls = (ToolCall("toolu_01AbC-d", "get_time", "{}"), ToolCall("abcDEF123", "get_time", "{}"))
    history = (assistant(*calls, model="claude"), results("toolu_01AbC-d", "abcDEF123"))
    sent = messages(*history, model="mistral-large-latest")
    made, kept = (call["id"] for call in sent[0]["tool_calls"])
    assert kept == "abcDEF123"
    assert len(made) == 9 and made.isalnum() and made.isascii()
    assert [message["tool_call_id"] for message in sent[1:]] == [made, kept]
    assert sent[0]["content"] == ""
    assert messages(*history, model="gpt-4o")[0]["content"] is None


@pytest.mark.parametrize("arguments", ["", "  "])
def test_trap_48_a_call_without_arguments_has_an_object(arguments: str) -> None:
    sent = messages(assistant(ToolCall("a", "f", arguments)), results("a"))
    assert sent[0]["tool_calls"][0]["function"]["arguments"] == "{}"


def test_trap_51_a_newline_for_a_signature_is_thinking_and_nothing_else() -> None:
    turn = read(whole(content="x", reasoning_content="hm\n"), stream=False)
    assert (turn.thinking, turn.text) == ("hm\n", "x")


def test_a_custom_call_goes_back_as_custom_or_as_a_function() -> None:
    call = ToolCall("a", "sql", "select 1", type="custom")
    assert messages(assistant(call), results("a"))[0]["tool_calls"][0]["custom"] == {"name": "sql", "input": "select 1"}
    elsewhere = messages(assistant(call), results("a"), model="other")[0]["tool_calls"][0]["function"]
    assert (elsewhere["name"], json.loads(elsewhere["arguments"])) == ("sql", {"input": "select 1"})


def test_media_of_a_user_message_in_its_place() -> None:
    parts = (
        Media("image/png", "iVBO", extra={"detail": "low"}),
        Media("image/*", url="https://page.example/a.png"),
        Media("audio/mpeg", "SUQz"),
        Media("application/pdf", "JVBE", name="a.pdf"),
        Media("text/csv", base64.b64encode(b"a,b").decode(), name="t.csv"),
        Media("video/mp4", url="https://page.example/a.mp4", name="a.mp4"),
        Text("What is it?"),
    )
    content = body(Message("user", parts))["messages"][0]["content"]
    assert content[:4] == [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "https://page.example/a.png"}},
        {"type": "input_audio", "input_audio": {"data": "SUQz", "format": "mp3"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBE"}},
    ]
    assert content[4] == {"type": "text", "text": "t.csv:\n\na,b"}
    assert "a.mp4" in content[5]["text"] and "left out" in content[5]["text"]
    assert content[6] == {"type": "text", "text": "What is it?"}


def test_media_of_a_result_is_named_in_its_text() -> None:
    first, second = (Media("image/png", "iVBO", name=name) for name in ("p.png", "q.png"))
    answers = Message("tool", (ToolResult("a", "see"), first, ToolResult("b", ""), second))
    sent = messages(assistant(CALL, ToolCall("b", "get_time", "{}")), answers)
    assert sent[1]["content"].startswith("see\n[") and "p.png" in sent[1]["content"]
    assert "q.png" not in sent[1]["content"]
    assert sent[2]["content"].startswith("[") and "q.png" in sent[2]["content"]


def test_leave_given_to_a_remote_server_has_no_place_here() -> None:
    asked = Opaque("mcp_approval_request", {"type": "mcp_approval_request", "id": "r"})
    given = Message("tool", (Opaque("mcp_approval_response", {"approval_request_id": "r", "approve": True}),))
    assert messages(assistant(Text("May I?"), asked), given, user())[1]["role"] == "user"


def test_sound_goes_back_by_its_id_to_the_model_that_spoke_and_as_words_to_others() -> None:
    said = {"id": "audio_1", "data": WAV, "transcript": "Hello", "expires_at": 9}
    turn = read(whole(content=None, audio=said), stream=False)
    message = turn.message(Origin("x", "C", "openai-chat", "m"))
    assert message is not None
    assert messages(message, user())[0] == {"role": "assistant", "content": None, "audio": {"id": "audio_1"}}
    assert messages(message, user(), model="other")[0] == {"role": "assistant", "content": "Hello"}
