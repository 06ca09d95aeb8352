"""The messages of a Chat Completions request: their order checked as OpenAI does, then read into a thread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.types.message import Message, Thread
from callsmith.types.parts import Part, Text, ToolCall, ToolResult

_ROLES = ("system", "assistant", "user", "function", "tool", "developer")


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
    _check_order(messages)
    return _read(messages)


def _check_order(messages: list[Any]) -> None:
    """Every call needs its result right after it, and nothing else does."""
    open_calls: list[str] = []
    asked_at = 0
    for number, message in enumerate(messages):
        role = message.get("role") if isinstance(message, Mapping) else None
        if role not in _ROLES:
            raise Refused(
                f"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', "
                "and 'developer'.",
                param=f"messages[{number}].role",
                code="invalid_value",
            )
        if role == "tool":
            _take_result(message, number, open_calls)
            continue
        _refuse_open(open_calls, asked_at)
        open_calls = _call_ids(message, number)
        asked_at = number
        _check_content(message, number, bool(open_calls))
    _refuse_open(open_calls, asked_at)


def _take_result(message: Mapping[str, Any], number: int, open_calls: list[str]) -> None:
    call_id = message.get("tool_call_id")
    if not isinstance(call_id, str):
        at = f"messages[{number}].tool_call_id"
        raise Refused(f"Missing required parameter: '{at}'.", param=at, code="missing_required_parameter")
    if call_id not in open_calls:
        raise Refused(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
            "'tool_calls'.",
            param=f"messages.[{number}].role",
        )
    if not isinstance(message.get("content"), str | list):
        raise _content_type(number, message.get("content"))
    open_calls.remove(call_id)


def _refuse_open(open_calls: list[str], asked_at: int) -> None:
    if open_calls:
        raise Refused(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
            f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(open_calls)}",
            param=f"messages.[{asked_at + 1}].role",
        )


def _call_ids(message: Mapping[str, Any], number: int) -> list[str]:
    calls = message.get("tool_calls")
    if message["role"] != "assistant" or calls is None:
        return []
    at = f"messages[{number}].tool_calls"
    if not isinstance(calls, list) or not calls:
        raise Refused(
            f"Invalid '{at}': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            param=at,
            code="empty_array",
        )
    for place, call in enumerate(calls):
        function = call.get("function") if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping) or not isinstance(call.get("id"), str):
            missing = f"{at}[{place}].{'id' if isinstance(function, Mapping) else 'function'}"
            raise Refused(f"Missing required parameter: '{missing}'.", param=missing, code="missing_required_parameter")
        if not isinstance(function.get("arguments"), str):
            wrong = f"{at}[{place}].function.arguments"
            raise Refused(
                f"Invalid type for '{wrong}': expected a string, but got an object instead.",
                param=wrong,
                code="invalid_type",
            )
    return [call["id"] for call in calls]


def _check_content(message: Mapping[str, Any], number: int, has_calls: bool) -> None:
    content = message.get("content")
    if isinstance(content, str | list) or (content is None and message["role"] == "assistant" and has_calls):
        return
    if content is None and message["role"] == "assistant" and (message.get("function_call") or message.get("refusal")):
        return
    raise _content_type(number, content)


def _content_type(number: int, content: Any) -> Refused:
    got = "null" if content is None else "an object"
    return Refused(f"Invalid value for 'content': expected a string, got {got}.", param=f"messages.[{number}].content")


def _read(messages: list[Mapping[str, Any]]) -> Thread:
    system: list[str] = []
    read: list[Message] = []
    results: list[Part] = []
    for message in messages:
        role, text = message["role"], _text(message.get("content"))
        if role in ("tool", "function"):
            call_id = str(message.get("tool_call_id") or message.get("name") or "")
            results.append(ToolResult(call_id, text, is_error=_is_error(text), name=str(message.get("name") or "")))
            continue
        if results:
            read.append(Message("tool", tuple(results)))
            results = []
        if role in ("system", "developer"):
            system.append(text)
        elif role == "user":
            read.append(Message("user", (Text(text),)))
        else:
            read.append(Message("assistant", (*([Text(text)] if text else []), *_calls(message))))
    if results:
        read.append(Message("tool", tuple(results)))
    return Thread("\n\n".join(system), tuple(read))


def _calls(message: Mapping[str, Any]) -> list[ToolCall]:
    legacy = message.get("function_call")
    if isinstance(legacy, Mapping):
        name = str(legacy.get("name", ""))
        return [ToolCall(name, name, str(legacy.get("arguments", "")))]
    calls = message.get("tool_calls") or []
    return [ToolCall(call["id"], str(call["function"].get("name")), call["function"]["arguments"]) for call in calls]


def _text(content: Any) -> str:
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _is_error(text: str) -> bool:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, Mapping) and bool(document.get("error"))
