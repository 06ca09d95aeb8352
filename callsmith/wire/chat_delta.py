"""The message inside a Chat Completions reply: its deltas, or the whole of it, as events.

Every field may be null, absent, or something else than the format says. Reasoning has three names and can stand in two
fields at once (trap 52); content can be a list of parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.events import Event, Extra, RefusalDelta, TextDelta, ThinkingDelta, Unknown
from callsmith.wire.chat_calls import CallSlots
from callsmith.wire.chat_media import Spoken, pictures
from callsmith.wire.jsonbytes import dumps

THINKING, TEXT, REFUSAL, SOUND = 0, 1, 2, 3
_PICTURES = 1 << 16  # after all calls
_DELTA_KEYS = frozenset(("role", "content", "reasoning_content", "reasoning", "refusal", "tool_calls", "function_call"))


class ReplyMessage:
    """``begun``: something of the message was there, so a repetition of the whole of it is no news."""

    def __init__(self) -> None:
        self.begun = False
        self._calls = CallSlots()
        self._details: list[Any] = []
        self._texts: dict[str, list[str]] = {}  # fields not known here: text in pieces, or the same in every delta
        self._spoken = Spoken()
        self._next_picture = _PICTURES

    def delta(self, delta: Mapping[str, Any], events: list[Event], *, whole: bool = False) -> None:
        content = delta.get("content")
        if content:
            self.begun = True
            if type(content) is str:
                events.append(TextDelta(TEXT, content))
            else:
                self._content_parts(content, events)
        thinking = delta.get("reasoning_content")
        name = "reasoning_content"
        if not thinking:
            thinking = delta.get("reasoning")
            name = "reasoning"
        if thinking:
            self.begun = True
            text = thinking if isinstance(thinking, str) else dumps(thinking)
            events.append(ThinkingDelta(THINKING, text, name))
        refusal = delta.get("refusal")
        if refusal:
            self.begun = True
            events.append(RefusalDelta(REFUSAL, refusal if isinstance(refusal, str) else dumps(refusal)))
        if delta.get("tool_calls") or delta.get("function_call"):
            self._call_deltas(delta, events, whole=whole)
        if not delta.keys() <= _DELTA_KEYS:
            self._other_fields(delta, events)

    def whole(self, message: Mapping[str, Any], events: list[Event]) -> None:
        """The whole message. After deltas it is a repetition, but for calls that no delta brought."""
        if not self.begun:
            self.delta(message, events, whole=True)
        elif message.get("tool_calls") and not self._calls:
            self._call_deltas(message, events, whole=True)

    def end(self, events: list[Event], *, whole: bool) -> None:
        events.extend(self._calls.settle(ended=whole))
        if self._details:
            events.append(Extra("reasoning_details", _joined_details(self._details)))
        for key, pieces in self._texts.items():
            repeats = all(piece == pieces[0] for piece in pieces)
            events.append(Extra(key, pieces[0] if repeats else "".join(pieces)))
        self._spoken.end(SOUND, events)

    def _call_deltas(self, delta: Mapping[str, Any], events: list[Event], *, whole: bool) -> None:
        self.begun = True
        calls = delta.get("tool_calls")
        legacy = delta.get("function_call")
        if calls:
            for entry in calls if isinstance(calls, list) else [calls]:
                events.extend(self._calls.delta(entry, whole=whole))
        elif isinstance(legacy, dict):
            events.extend(self._calls.legacy(legacy))

    def _other_fields(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        for key, value in delta.items():
            if key in _DELTA_KEYS or value is None:
                continue
            if key == "reasoning_details" and isinstance(value, list):
                self._details.extend(value)
            elif key == "audio" and isinstance(value, dict):
                said = self._spoken.piece(value)
                if said:
                    self.begun = True
                    events.append(TextDelta(TEXT, said))
            elif key == "images" and value:
                self._next_picture = pictures(value, self._next_picture, events)
            elif isinstance(value, str):
                self._texts.setdefault(key, []).append(value)
            else:
                events.append(Extra(key, value))

    def _content_parts(self, content: Any, events: list[Event]) -> None:
        """Content as a list of parts (Mistral's text and thinking), or a JSON object (Cloudflare's JSON mode)."""
        if isinstance(content, dict):
            events += [TextDelta(TEXT, dumps(content)), Extra("content", content)]
            return
        for part in content if isinstance(content, list) else [content]:
            if isinstance(part, str):
                events.append(TextDelta(TEXT, part))
            elif isinstance(part, dict) and isinstance(part.get("text"), str):
                events.append(TextDelta(TEXT, part["text"]))
            elif isinstance(part, dict) and part.get("type") == "thinking":
                inner = part.get("thinking")
                pieces = inner if isinstance(inner, list) else [inner]
                text = "".join(_part_text(piece) for piece in pieces)
                if text:
                    events.append(ThinkingDelta(THINKING, text, "content"))
            elif isinstance(part, dict) and part.get("type") == "image_url":
                self._next_picture = pictures(part, self._next_picture, events)
            else:
                events.append(Unknown("content part", dumps(part)))


def _joined_details(pieces: list[Any]) -> list[Any]:
    """OpenRouter streams its reasoning items in pieces; they go back whole, pieces of one index and type joined."""
    joined: list[Any] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, dict) and isinstance(last, dict) and "index" in piece and _same_item(last, piece):
            texts = {key: last[key] + piece[key] for key in ("text", "summary", "data") if _both_text(last, piece, key)}
            joined[-1] = {**last, **{key: value for key, value in piece.items() if value is not None}, **texts}
        else:
            joined.append(piece)
    return joined


def _same_item(one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    return (one.get("index"), one.get("type")) == (two.get("index"), two.get("type"))


def _both_text(one: Mapping[str, Any], two: Mapping[str, Any], key: str) -> bool:
    return isinstance(one.get(key), str) and isinstance(two.get(key), str)


def _part_text(part: Any) -> str:
    if isinstance(part, str):
        return part
    text = part.get("text") if isinstance(part, dict) else None
    return text if isinstance(text, str) else ""
