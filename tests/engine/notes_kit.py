"""What the tests of notes ask with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsmith.connections import ALL_WIRES
from callsmith.conversation import Conversation, append
from callsmith.notes import Note, notes
from callsmith.types.connection import Connection, Target
from callsmith.types.message import Message, Origin
from callsmith.types.options import Options
from callsmith.types.parts import Part, Text, ToolCall, ToolResult
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool

CHAT, RESPONSES, ANTHROPIC, GEMINI = ALL_WIRES
GATEWAY = Connection("g", "wenwen", "https://api.wenwen-ai.com/v1", ALL_WIRES, preset="wenwen")
TOOL = Tool("get_time", "The time", {"type": "object", "properties": {"tz": {"type": "string"}}, "required": ["tz"]})


def talk(*messages: Message) -> Conversation:
    conversation = Conversation("c")
    for message in messages:
        conversation = append(conversation, message)
    return conversation


def user(text: str = "hello", *parts: Part) -> Message:
    return Message("user", (*parts, Text(text)))


def reply(wire: str, model: str, *parts: Part, **more: Any) -> Message:
    return Message("assistant", parts, Origin("x", "g", wire, model), **more)


def results(*given: Part) -> Message:
    return Message("tool", given)


def turn(wire: str, model: str, *before: Part, call_id: str = "call_1", error: bool = False) -> tuple[Message, Message]:
    """A reply with one call, and its result."""
    call = ToolCall(call_id, "get_time", '{"tz": "Europe/Rome"}')
    return reply(wire, model, *before, call), results(ToolResult(call_id, "10:00", error, "get_time"))


def found(
    wire: str,
    model: str,
    options: Options = Options(),  # noqa: B008 - frozen
    *,
    tools: Sequence[Tool] = (),
    conversation: Conversation | None = None,
    connection: Connection = GATEWAY,
    system: str = "",
) -> dict[str, Note]:
    """The notes by id; each is checked for the form that all have, and each fix for changing something."""
    setup = Setup(
        connection.id, wire, model, system, tuple(ToolUse(f"t{number}") for number in range(len(tools))), options
    )
    asked = notes(setup, Target(connection, wire, model), tools, options, conversation or talk(user()))
    for note in asked:
        assert note.text.endswith(".") and "  " not in note.text and "!" not in note.text, note
        assert note.text[0].isupper() or note.text.startswith((model, connection.name)) or note.text[0].isdigit(), note
        for fix in note.fixes:
            assert fix.label and fix.change(setup) != setup, (note, fix.label)
    levels = [("refused", "lost", "ignored", "info").index(note.level) for note in asked]
    assert levels == sorted(levels)
    assert len({note.id for note in asked}) == len(asked), asked
    return {note.id: note for note in asked}


def fixed(note: Note, setup: Setup, at: int = 0) -> Setup:
    return note.fixes[at].change(setup)
