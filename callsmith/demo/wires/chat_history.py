"""The messages of a Chat Completions request, read into a thread.

A thinking model wants its thoughts back on every assistant message since the last prompt, as DeepSeek does; nothing
is signed in this format, so only their presence is checked (wire-format notes, section 6).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.chat_order import check_order
from callsmith.demo.wires.chat_parts import read_content, text_of
from callsmith.types.message import Message, Thread
from callsmith.types.parts import Part, ToolCall, ToolResult


def read_thread(messages: Any) -> Thread:
    """The thread; results that hold an ``error`` count as errors. Raises ``Refused`` with OpenAI's words."""
    if not isinstance(messages, list):
        raise Refused("Missing required parameter: 'messages'.", param="messages", code="missing_required_parameter")
    if not messages:
        raise Refused(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            param="messages",
            code="empty_array",
        )
    check_order(messages)
    return _read(messages)


def check_reasoning(messages: list[Mapping[str, Any]]) -> None:
    """Raises ``Refused`` in DeepSeek's words where an assistant message since the last prompt lost its thoughts."""
    for message in reversed(messages):
        if message["role"] == "user":
            return
        if message["role"] == "assistant" and not isinstance(message.get("reasoning_content"), str):
            raise Refused(
                "The `reasoning_content` in the thinking mode must be passed back to the API.",
                code="invalid_request_error",
            )


def _read(messages: list[Mapping[str, Any]]) -> Thread:
    system: list[str] = []
    read: list[Message] = []
    results: list[Part] = []
    legacy: list[str] = []
    for number, message in enumerate(messages):
        role, parts = message["role"], read_content(message.get("content"), number, message["role"])
        if role in ("tool", "function"):
            call_id = message["tool_call_id"] if role == "tool" else legacy.pop(0) if legacy else ""
            text, name = text_of(parts), str(message.get("name") or "")
            results.append(ToolResult(call_id, text, is_error=_is_error(text), name=name))
            continue
        if results:
            read.append(Message("tool", tuple(results)))
            results = []
        if role in ("system", "developer"):
            system.append(text_of(parts))
        elif role == "user":
            read.append(Message("user", parts))
        else:
            calls = _calls(message, number)
            legacy = [call.id for call in calls if call.type == "function_call"]
            read.append(Message("assistant", (*parts, *calls)))
    if results:
        read.append(Message("tool", tuple(results)))
    return Thread("\n\n".join(system), tuple(read))


def _calls(message: Mapping[str, Any], number: int) -> list[ToolCall]:
    """A legacy call has no id: it is given one, so that a second call of the same function is another."""
    legacy = message.get("function_call")
    if isinstance(legacy, Mapping):
        name, arguments = str(legacy.get("name", "")), str(legacy.get("arguments", ""))
        return [ToolCall(f"legacy_{number}", name, arguments, type="function_call")]
    return [_call(call) for call in message.get("tool_calls") or []]


def _call(call: Mapping[str, Any]) -> ToolCall:
    if call.get("type") == "custom":
        return ToolCall(call["id"], str(call["custom"].get("name")), call["custom"]["input"], type="custom")
    return ToolCall(call["id"], str(call["function"].get("name")), call["function"]["arguments"])


def _is_error(text: str) -> bool:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, Mapping) and bool(document.get("error"))
