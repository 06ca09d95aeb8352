"""The next request of a recorded Responses conversation, built from our own reading of the turn before it.

Proof that continuing works: the history before the turn is taken as recorded, the turn itself is ours, and
results and new messages are read from the recorded next request and written again by this format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.types.connection import Connection, Target
from callsmith.types.message import Message
from callsmith.types.parts import Media, Part, Text, ToolCall, ToolResult
from callsmith.wire.openai_responses import HISTORY_HELD
from callsmith.wire.responses_input import input_items
from callsmith.wire.responses_items import CLIENT_ITEMS

_OUTPUTS = ("function_call_output", "custom_tool_call_output")
_CALLS = ("function_call", "custom_tool_call")
_INSTRUCTS = ("system", "developer")


def continuation(
    previous_request: Mapping[str, Any], turn_message: Message, next_request: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The whole body as built; None when ``next_request`` does not answer the calls of that turn."""
    before, after = _items(previous_request), _items(next_request)
    held = any(next_request.get(name) for name in HISTORY_HELD)
    if not held and after[: len(before)] != before:
        return None
    new = after if held else after[len(before) :]
    outputs = [item for item in new if item.get("type") in _OUTPUTS]
    echoed = [item for item in new if not _is_new(item)]
    if turn_message.calls and not _another_turn(new):
        answered = _answered(turn_message.calls, [item for item in echoed if item.get("type") in _CALLS], outputs)
        results = tuple(part for call, output in answered for part in _result(call, output))
    elif echoed and not outputs and not held and _text_of(echoed) == turn_message.text:
        results = ()
    else:
        return None
    if turn_message.calls and not results:
        return None
    said = (*(() if held else (turn_message,)), Message("tool", results))
    wire = turn_message.origin.wire if turn_message.origin else ""
    target = Target(Connection("recorded", "Recorded", ""), wire, str(next_request.get("model") or ""))
    # Absent, ``store`` is true at OpenAI: options are taken as recorded.
    stored = next_request.get("store") is not False
    built: list[Any] = [*([] if held else before), *input_items(target, said, stored=stored)]
    for item in new:
        if item.get("role") == "user":
            built += input_items(target, (Message("user", _user(item)),), stored=stored)
        elif _is_new(item) and item.get("type") not in _OUTPUTS:
            built.append(item)
    return {**next_request, "input": built}


def _is_new(item: Mapping[str, Any]) -> bool:
    """Said by the client. A tool search run by the server is the model's own, its output too."""
    if item.get("role") in ("user", *_INSTRUCTS) or item.get("type") in _OUTPUTS:
        return True
    return item.get("type") in CLIENT_ITEMS and item.get("execution") != "server"


def _another_turn(new: Sequence[Mapping[str, Any]]) -> bool:
    """The model speaks again after the results: an exchange between the two was not recorded."""
    first = next((at for at, item in enumerate(new) if item.get("type") in _OUTPUTS), len(new))
    return any(item.get("type") == "reasoning" or item.get("role") == "assistant" for item in new[first:])


def _text_of(items: Sequence[Mapping[str, Any]]) -> str:
    said = [item.get("content") for item in items if item.get("role") == "assistant"]
    parts = [part for content in said for part in (content if isinstance(content, list) else [{"text": content}])]
    return "".join(str(part.get("text") or "") for part in parts)


def _answered(
    calls: Sequence[ToolCall], echoed: Sequence[Mapping[str, Any]], outputs: Sequence[Mapping[str, Any]]
) -> list[tuple[ToolCall, Mapping[str, Any]]]:
    """Each call with its output, by id; by place where the client gave the same calls ids of its own. Else nothing."""
    names = {call.id: call.id for call in calls}
    if not {item.get("call_id") for item in outputs} <= names.keys():
        if [item.get("name") for item in echoed] != [call.name for call in calls]:
            return []
        names = {call.id: str(item.get("call_id")) for call, item in zip(calls, echoed, strict=True)}
    by_id = {item.get("call_id"): item for item in outputs}
    if by_id.keys() != set(names.values()):
        return []
    return [(call, by_id[names[call.id]]) for call in calls]


def _items(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    said = request.get("input")
    return [{"role": "user", "content": said}] if isinstance(said, str) else list(said or ())


def _result(call: ToolCall, item: Mapping[str, Any]) -> list[Part]:
    output = item.get("output")
    parts = output if isinstance(output, list) else [{"type": "input_text", "text": str(output)}]
    text = "".join(part["text"] for part in parts if part.get("type") == "input_text")
    media = [_media(part) for part in parts if part.get("type") != "input_text"]
    return [ToolResult(call.id, text), *media]


def _user(item: Mapping[str, Any]) -> tuple[Part, ...]:
    content = item.get("content")
    if isinstance(content, str):
        return (Text(content),)
    return tuple(
        Text(part["text"]) if part.get("type") == "input_text" else _media(part)
        for part in content or ()
        if isinstance(part, dict)
    )


def _media(part: Mapping[str, Any]) -> Media:
    extra = {key: part[key] for key in ("detail", "file_id") if key in part}
    where = str(part.get("image_url") or part.get("file_data") or "")
    head, comma, data = where.partition(",")
    inline = head.startswith("data:") and bool(comma)
    media_type = head.removeprefix("data:").removesuffix(";base64") if inline else "application/octet-stream"
    if part.get("type") == "input_image" and not inline:
        media_type = "image/*"
    url = str(part.get("file_url") or ("" if inline else where))
    return Media(media_type, data if inline else "", url, str(part.get("filename") or ""), extra)
