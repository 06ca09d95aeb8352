"""The order of the messages of a Chat Completions request, checked as OpenAI does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Refused

_ROLES = ("system", "assistant", "user", "function", "tool", "developer")
_FUNCTION = ("function", "arguments")
# What an assistant message may have instead of content.
_INSTEAD = ("function_call", "refusal", "audio")


def check_order(messages: list[Any]) -> None:
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
        _check_call(call, f"{at}[{place}]")
    return [call["id"] for call in calls]


def _check_call(call: Any, at: str) -> None:
    kind, text = ("custom", "input") if isinstance(call, Mapping) and call.get("type") == "custom" else _FUNCTION
    inside = call.get(kind) if isinstance(call, Mapping) else None
    if not isinstance(inside, Mapping) or not isinstance(call.get("id"), str):
        missing = f"{at}.{'id' if isinstance(inside, Mapping) else kind}"
        raise Refused(f"Missing required parameter: '{missing}'.", param=missing, code="missing_required_parameter")
    if not isinstance(inside.get(text), str):
        wrong = f"{at}.{kind}.{text}"
        raise Refused(
            f"Invalid type for '{wrong}': expected a string, but got an object instead.",
            param=wrong,
            code="invalid_type",
        )


def _check_content(message: Mapping[str, Any], number: int, has_calls: bool) -> None:
    content = message.get("content")
    if isinstance(content, str | list) or (content is None and message["role"] == "assistant" and has_calls):
        return
    if content is None and message["role"] == "assistant" and any(message.get(name) for name in _INSTEAD):
        return
    raise _content_type(number, content)


def _content_type(number: int, content: Any) -> Refused:
    got = "null" if content is None else "an object"
    return Refused(f"Invalid value for 'content': expected a string, got {got}.", param=f"messages.[{number}].content")
