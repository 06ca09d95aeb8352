"""A recorded Gemini conversation carried on with our own turn, to prove that requests are right.

The recorded contents before the turn, and whatever follows its results, are taken as they stand; the
model's content and the results that answer it are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.conversation import answerable
from callsmith.types.connection import Connection, Target
from callsmith.types.message import Message
from callsmith.types.parts import Media, ToolCall, ToolResult
from callsmith.wire.gemini_messages import contents
from callsmith.wire.jsonbytes import dumps


def continuation(previous: Mapping[str, Any], turn: Message, following: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body of ``following`` as we would have built it; None when it does not answer the turn's calls."""
    before, after = previous.get("contents"), following.get("contents")
    if not isinstance(before, list) or not isinstance(after, list) or not turn.calls or turn.origin is None:
        return None
    added = after[len(before) :]
    if len(added) < 2 or not all(isinstance(content, dict) for content in added) or added[0].get("role") != "model":
        return None
    given = [response for part in _parts(added[1]) if (response := _field(part, "functionResponse")) is not None]
    if len(given) != len(turn.calls) or len(answerable(turn)) != len(turn.calls):
        return None
    target = Target(Connection("", "", ""), turn.origin.wire, turn.origin.model)
    said, results = contents(target, [turn, Message("tool", tuple(_results(turn.calls, given)))])
    beside = [part for part in _parts(added[1]) if _field(part, "functionResponse") is None]
    results["parts"] += beside
    return {**following, "contents": [*after[: len(before)], said, results, *added[2:]]}


def _results(calls: Sequence[ToolCall], given: Sequence[Mapping[str, Any]]) -> list[ToolResult | Media]:
    """Recorded responses as our results, with their media. A client that made up ids answers in call order."""
    by_id = {response.get("id"): response for response in given}
    out: list[ToolResult | Media] = []
    for call, in_order in zip(calls, given, strict=True):
        response = by_id.get(call.id, in_order)
        value = response.get("response") or {}
        media = [_media(part) for part in response.get("parts") or ()]
        out.append(ToolResult(call.id, "" if media and not value else dumps(value), is_error="error" in value))
        out += media
    return out


def _media(part: Mapping[str, Any]) -> Media:
    inline, file = _field(part, "inlineData") or {}, _field(part, "fileData") or {}
    mime = inline.get("mimeType") or inline.get("mime_type") or file.get("mimeType") or file.get("mime_type")
    return Media(mime or "", inline.get("data", ""), file.get("fileUri") or file.get("file_uri") or "")


def _parts(content: Mapping[str, Any]) -> list[Any]:
    parts = content.get("parts")
    return parts if isinstance(parts, list) else []


def _field(part: Any, name: str) -> Mapping[str, Any] | None:
    """Google takes its field names in snake case too, and half of its clients send them so."""
    snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
    value = (part.get(name) or part.get(snake)) if isinstance(part, dict) else None
    return value if isinstance(value, dict) else None
