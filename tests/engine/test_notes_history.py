"""What is said before sending about a history that another model or format wrote."""

from __future__ import annotations

import json

from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.tool import Tool
from tests.engine.notes_kit import ANTHROPIC, CHAT, GEMINI, RESPONSES, found, reply, results, talk, turn, user

SIGNED = Thinking("hm", extra={"signature": "abc"})
PNG = Media("image/png", "iVBORw0KGgo=")


def test_thinking_stays_with_the_model_that_wrote_it_counted_by_model() -> None:
    conversation = talk(
        user(),
        reply(ANTHROPIC, "demo-thinking", SIGNED, Text("one")),
        user("more"),
        reply(ANTHROPIC, "demo-thinking", SIGNED, Text("two")),
        user("more"),
        reply(RESPONSES, "gpt-5", Opaque("reasoning", {"type": "reasoning"}), Text("three")),
        user("more"),
    )
    asked = found(ANTHROPIC, "claude-opus-5", conversation=conversation)
    assert [note.text for note in asked.values()] == [
        "The thinking of 2 replies by demo-thinking stays here: only the model that wrote it can read it.",
        "The thinking of 1 reply by gpt-5 stays here: only the model that wrote it can read it.",
    ]
    assert {note.level for note in asked.values()} == {"lost"}
    assert len(found(ANTHROPIC, "demo-thinking", conversation=conversation)) == 1


def test_trap_23_thinking_does_not_cross_formats_even_with_the_same_model() -> None:
    conversation = talk(user(), reply(ANTHROPIC, "demo-thinking", SIGNED, Text("one")), user("more"))
    (note,) = found(CHAT, "demo-thinking", conversation=conversation).values()
    assert note.text.endswith("it was written in Messages, and Chat cannot carry it.")


def test_trap_31_a_change_of_model_drops_reasoning_items_and_says_so() -> None:
    item = {"type": "reasoning", "id": "rs_1", "encrypted_content": "x", "summary": []}
    conversation = talk(
        user(), *turn(RESPONSES, "gpt-5", Thinking("hm", "reasoning_summary", {"reasoning": item})), user("more")
    )
    assert "history-thinking-gpt-5-openai-responses" in found(RESPONSES, "gpt-5.2", conversation=conversation)
    assert not found(RESPONSES, "gpt-5", conversation=conversation)


def test_thinking_cannot_begin_in_the_middle_of_a_turn() -> None:
    call = ToolCall("a", "f", "{}")
    elsewhere = talk(user(), reply(CHAT, "demo-thinking", call), results(call))
    note = found(ANTHROPIC, "demo-thinking", conversation=elsewhere)["thinking-mid-turn"]
    assert note.level == "refused"
    assert [fix.label for fix in note.fixes] == ["Turn thinking off", "Switch to Chat"]
    signed = talk(user(), reply(ANTHROPIC, "demo-thinking", SIGNED, call), results(call))
    assert "thinking-mid-turn" not in found(ANTHROPIC, "demo-thinking", conversation=signed)
    begun_again = talk(user(), reply(CHAT, "demo-thinking", call), results(call), reply(CHAT, "x", Text("so")), user())
    assert "thinking-mid-turn" not in found(ANTHROPIC, "demo-thinking", conversation=begun_again)


def test_steps_citations_and_approvals_stay_behind() -> None:
    conversation = talk(
        user(),
        reply(
            ANTHROPIC,
            "claude-opus-5",
            Opaque("server_tool_use", {"type": "server_tool_use", "id": "s"}),
            Opaque("web_search_tool_result", {"type": "web_search_tool_result", "tool_use_id": "s"}),
            Text("cited", {"citations": [{"url": "https://example.com"}]}),
        ),
        user("more"),
        reply(RESPONSES, "gpt-5", Opaque("mcp_approval_request", {"id": "m", "name": "f"})),
        Message("tool", (Opaque("mcp_approval_response", {}),)),
        reply(RESPONSES, "gpt-5", Text("done")),
        user("more"),
    )
    asked = found(CHAT, "gpt-4o", conversation=conversation)
    assert asked["history-steps"].text.startswith("2 steps of the provider's own tools stay here")
    assert "web_search_tool_result" in asked["history-steps"].text
    assert asked["history-citations"].text.startswith("The citations of 1 reply")
    assert asked["history-approvals"].text.startswith("1 approval")


def test_citations_of_chat_are_in_the_message() -> None:
    cited = reply(CHAT, "gpt-4o-search-preview", Text("x"), extra={"annotations": [{"type": "url_citation"}]})
    assert "history-citations" in found(GEMINI, "gemini-2.5-pro", conversation=talk(user(), cited, user("more")))
    bare = reply(CHAT, "gpt-4o", Text("x"), extra={"annotations": []})
    assert not found(GEMINI, "gemini-2.5-pro", conversation=talk(user(), bare, user("more")))


def test_trap_24_gemini_gets_a_stand_in_for_signatures_it_did_not_write() -> None:
    foreign = talk(user(), *turn(CHAT, "gpt-4o"))
    asked = found(GEMINI, "gemini-3-pro-preview", conversation=foreign)
    assert asked["history-signatures"].level == "info"
    own = talk(user(), *turn(GEMINI, "gemini-3-pro-preview"))
    assert not found(GEMINI, "gemini-3-pro-preview", conversation=own)


def test_call_ids_that_are_rewritten() -> None:
    odd = talk(user(), *turn(CHAT, "gpt-4o", call_id="functions.get_time:0"), user("more"))
    assert "1 call id is rewritten" in found(ANTHROPIC, "claude-opus-5", conversation=odd)["history-ids"].text
    assert "9 letters and digits" in found(CHAT, "mistral-large-latest", conversation=odd)["history-ids"].text
    assert "history-ids" not in found(RESPONSES, "gpt-4o", conversation=odd)
    long = talk(user(), *turn(CHAT, "gpt-4o", call_id="x" * 65), user("more"))
    assert "64 characters" in found(RESPONSES, "gpt-4o", conversation=long)["history-ids"].text
    again = talk(user(), *turn(CHAT, "gpt-4o"), user("more"), *turn(CHAT, "gpt-4o"))
    assert "each id once" in found(ANTHROPIC, "claude-opus-5", conversation=again)["history-ids"].text


def test_errors_go_as_text_where_there_is_no_flag() -> None:
    conversation = talk(user(), *turn(CHAT, "gpt-4o", error=True))
    for wire in (CHAT, RESPONSES):
        assert found(wire, "gpt-4o", conversation=conversation)["history-errors"].level == "info"
    for wire in (ANTHROPIC, GEMINI):
        assert "history-errors" not in found(wire, "claude-opus-5", conversation=conversation)


def test_calls_that_broke_off_and_calls_that_are_no_objects() -> None:
    cut = reply(CHAT, "gpt-4o", Text("x"), ToolCall("call_1", "f", '{"a": '), cut=True)
    assert found(CHAT, "gpt-4o", conversation=talk(user(), cut, user("more")))["history-cut-calls"].level == "lost"
    odd = reply(CHAT, "gpt-4o", ToolCall("call_1", "f", "[1]"))
    conversation = talk(user(), odd, results(ToolResult("call_1", "x", name="f")))
    assert "history-arguments" in found(ANTHROPIC, "claude-opus-5", conversation=conversation)
    assert "history-arguments" not in found(RESPONSES, "gpt-4o", conversation=conversation)


def test_free_text_calls_and_refusals_go_as_something_else() -> None:
    custom = reply(RESPONSES, "gpt-5", ToolCall("call_1", "run", "ls", "custom"))
    conversation = talk(user(), custom, results(ToolResult("call_1", "x", name="run")))
    asked = found(ANTHROPIC, "claude-opus-5", conversation=conversation, tools=(Tool("run", type="custom"),))
    assert asked["history-custom"].text.startswith("1 free-text call goes")
    assert "history-custom" not in found(RESPONSES, "gpt-5", conversation=conversation)
    refused = talk(user(), reply(RESPONSES, "gpt-5", Refusal("no")), user("more"))
    assert "history-refusals" in found(CHAT, "gpt-4o", conversation=refused)
    assert not found(RESPONSES, "gpt-5", conversation=refused)


def test_files_that_a_format_cannot_carry() -> None:
    sound = talk(user("listen", Media("audio/mpeg", "SUQz")))
    for wire in (ANTHROPIC, RESPONSES):
        note = found(wire, "some-model", conversation=sound)["media-kind"]
        assert note.level == "lost" and "audio/mpeg" in note.text and note.fixes
    assert not found(GEMINI, "gemini-2.5-pro", conversation=sound)
    assert not found(CHAT, "gpt-4o-audio-preview", conversation=sound)
    svg = talk(user("look", Media("image/svg+xml", "PHN2Zy8+")))
    assert "media-kind" in found(ANTHROPIC, "claude-opus-5", conversation=svg)
    assert not found(ANTHROPIC, "claude-opus-5", conversation=talk(user("look", PNG, Media("application/pdf", "JVBE"))))


def test_pictures_in_tool_results_do_not_fit_into_chat() -> None:
    call = ToolCall("call_1", "shot", "{}")
    conversation = talk(user(), reply(CHAT, "gpt-4o", call), results(ToolResult("call_1", "done", name="shot"), PNG))
    note = found(CHAT, "gpt-4o", conversation=conversation)["media-results"]
    assert note.fixes[0].label == "Switch to Responses"
    for wire in (RESPONSES, ANTHROPIC, GEMINI):
        assert "media-results" not in found(wire, "some-model", conversation=conversation)


def test_pictures_that_a_model_made_go_to_gemini_only() -> None:
    conversation = talk(user(), reply(GEMINI, "gemini-image", Text("here"), PNG), user("more"))
    assert (
        "1 file that a model made stays here" in found(CHAT, "gpt-4o", conversation=conversation)["media-replies"].text
    )
    assert "media-replies" not in found(GEMINI, "gemini-3-pro", conversation=conversation)


def test_a_history_of_its_own_says_nothing() -> None:
    for wire in (CHAT, RESPONSES, ANTHROPIC, GEMINI):
        conversation = talk(user(), *turn(wire, "demo-thinking", SIGNED), reply(wire, "demo-thinking", Text("ok")))
        assert not found(wire, "demo-thinking", conversation=conversation), wire


def test_every_note_can_be_kept_as_json() -> None:
    conversation = talk(user(), *turn(ANTHROPIC, "demo-thinking", SIGNED), user("more"))
    for note in found(CHAT, "gpt-4o", conversation=conversation).values():
        assert json.dumps([note.id, note.level, note.text])
