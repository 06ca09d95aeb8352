"""A thread as the input items of a Responses request (wire-format notes, 3.2).

Opaque data goes back only to the model and format that wrote it; an answer to a call for leave goes only after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from callsmith.conversation import APPROVAL_REQUEST, APPROVAL_RESPONSE
from callsmith.types.connection import Target
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Text, ToolCall
from callsmith.wire.body import is_own
from callsmith.wire.custom import call_as_function
from callsmith.wire.profile import profile_of
from callsmith.wire.responses_items import CALLS, CLIENT_ITEMS, items_of, media_part, result_items, text_field


def input_items(
    target: Target, messages: Sequence[Message], *, stored: bool, held: bool = False
) -> list[dict[str, Any]]:
    """Every message as items. ``held``: the server has the items before them, so an answer may be to one of those."""
    custom_tools = profile_of(target.connection, target.model).custom_tools
    out: list[dict[str, Any]] = []
    calls: Mapping[str, ToolCall] = {}
    used: set[str] = set()
    names: Mapping[str, str] = {}
    for message in messages:
        if message.role == "user":
            out += _user(message)
        elif message.role == "assistant":
            own = is_own(message, target)
            if not (own or custom_tools):
                message = _without_custom(message)
            said = items_of(message, verbatim=own, stored=stored)
            names = _apart(said, used)
            out += said
            calls = {call.id: call for call in message.calls}
        else:
            answers = result_items(message, calls)
            out += [
                {**item, "call_id": names.get(item["call_id"], item["call_id"])} if "call_id" in item else item
                for item in answers
            ]
    if held:
        return out
    asked = {item.get("id") for item in out if item.get("type") == APPROVAL_REQUEST}
    return [item for item in out if item.get("type") != APPROVAL_RESPONSE or item.get("approval_request_id") in asked]


def _apart(items: list[dict[str, Any]], used: set[str]) -> dict[str, str]:
    """An id that an earlier turn gave too, as happens where a format has no ids of its own, gets a suffix: an output
    is matched to its call in the whole input. The new ids by the old ones."""
    names: dict[str, str] = {}
    for at, item in enumerate(items):
        if text_field(item, "type") in CALLS:
            wanted = item["call_id"]
            free, count = wanted, 1
            while free in used:
                count += 1
                free = f"{wanted}_{count}"
            used.add(free)
            if free != wanted:
                names[wanted] = free
                items[at] = {**item, "call_id": free}
    return names


def _without_custom(message: Message) -> Message:
    parts = (call_as_function(part) if isinstance(part, ToolCall) else part for part in message.parts)
    return replace(message, parts=tuple(parts))


def _user(message: Message) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, Text) and part.text:
            content.append({"type": "input_text", "text": part.text})
        elif isinstance(part, Media):
            content.append(media_part(part))
        elif isinstance(part, Opaque) and part.type in CLIENT_ITEMS:
            items.append(part.data)
    if content and all(part["type"] == "input_text" for part in content):
        items.append({"role": "user", "content": "".join(part["text"] for part in content)})
    elif content or not items:
        items.append({"role": "user", "content": content or ""})
    return items
