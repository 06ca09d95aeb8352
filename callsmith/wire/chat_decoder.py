"""Chat Completions replies, streamed or whole, as events (wire-format notes, 2.4 to 2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.events import (
    Ended,
    Event,
    Extra,
    Failed,
    Finished,
    Meta,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
    Unknown,
    UsageSeen,
)
from callsmith.types.problem import Problem
from callsmith.wire.chat_calls import CallSlots
from callsmith.wire.chat_usage import read_usage
from callsmith.wire.jsonbytes import dumps, loads
from callsmith.wire.problems import error_in, from_error, unreadable
from callsmith.wire.sse import SseDecoder

THINKING, TEXT, REFUSAL = 0, 1, 2
_CHUNK_KEYS = frozenset(("choices", "usage", "error", "obfuscation", "object"))
_DELTA_KEYS = frozenset(("role", "content", "reasoning_content", "reasoning", "refusal", "tool_calls", "function_call"))


class ChatDecoder:
    """One streamed reply. A body that is plain JSON although a stream was asked for is read too."""

    def __init__(self) -> None:
        self._sse = SseDecoder()
        self._reply = _Reply()
        self._chunks = 0

    @property
    def ended(self) -> bool:
        return self._reply.done

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        for data, _ in self._sse.feed(chunk):
            self._data(data, events)
        return events

    def close(self) -> list[Event]:
        events: list[Event] = []
        for data, _ in self._sse.close():
            self._data(data, events)
        stray = self._sse.stray.strip()
        if self._sse.oversized:
            events.append(Unknown("stream", f"{self._sse.oversized} event(s) were too large to keep"))
        if stray and not self._chunks and not self._reply.done:
            return events + read_body(stray)
        if stray:
            self._stray(stray, events)
        if not self._chunks and not stray and not self._reply.done:
            events.append(Failed(unreadable(b"")))
        self._reply.end(events)
        return events

    def _data(self, data: bytes, events: list[Event]) -> None:
        if data[:6] == b"[DONE]":
            self._reply.done = True
            return
        try:
            chunk = loads(data)
        except ValueError:
            self._unreadable(data, events)
            return
        self._chunks += 1
        self._reply.chunk(chunk, events)

    def _unreadable(self, data: bytes, events: list[Event]) -> None:
        """A data line that is no JSON; an error object may hang on it when the upstream broke (1.5)."""
        if not data.strip():
            return
        start = data.rfind(b'{"error"')
        if start > 0:
            try:
                self._reply.chunk(loads(data[start:]), events)
                return
            except ValueError:
                pass
        events.append(Unknown("stream event that is not JSON", data.decode("utf-8", "replace")[:2000]))

    def _stray(self, stray: bytes, events: list[Event]) -> None:
        try:
            error = error_in(loads(stray))
        except ValueError:
            error = None
        if error is None:
            events.append(Unknown("text outside the stream's events", stray.decode("utf-8", "replace")[:2000]))
        else:
            self._reply.fail(error, stray, events)


def read_body(body: bytes) -> list[Event]:
    """A whole reply: the same events a stream of it would give."""
    try:
        document = loads(body)
    except ValueError:
        return [Failed(unreadable(body))]
    reply = _Reply()
    reply.done = True
    events: list[Event] = []
    if not isinstance(document, dict):
        error = error_in(document)
        return [Failed(unreadable(body) if error is None else from_error(error, kind="stream"))]
    if not document.get("choices") and error_in(document) is None:
        return [
            Failed(Problem("unreadable", "The answer has no choices", code="no_choices", raw=dumps(document)[:20000]))
        ]
    reply.chunk(document, events)
    reply.end(events)
    return events


class _Reply:
    """What has been seen of one reply; shared by the stream and its unstreamed twin."""

    def __init__(self) -> None:
        self.done = False
        self._failed = False
        self._finish = ""
        self._calls = CallSlots()
        self._meta_seen: frozenset[str] = frozenset()
        self._anything = False
        self._details: list[Any] = []
        self._choice: Any = None

    def chunk(self, chunk: Any, events: list[Event]) -> None:
        if not isinstance(chunk, dict):
            events.append(Unknown("stream event", dumps(chunk)))
            return
        error = chunk.get("error")
        if error:
            self.fail(error, b"", events, chunk)
        usage = chunk.get("usage")
        if usage:
            self._usage(usage, events)
        if chunk.keys() - _CHUNK_KEYS - self._meta_seen:
            self._meta(chunk, events)
        choices = chunk.get("choices")
        if not choices or not isinstance(choices, list):
            return
        choice = choices[0]
        if len(choices) > 1 or not isinstance(choice, dict) or (choice.get("index") or 0) != self._choice:
            choice = self._follow(choices, events)
            if choice is None:
                return
        delta = choice.get("delta")
        if isinstance(delta, dict):
            self._delta(delta, events)
        message = choice.get("message")
        if isinstance(message, dict) and not self._anything:
            # The whole answer: the unstreamed form, or a relay's last chunk (rule 3).
            self._delta(message, events, whole=True)
        reason = choice.get("finish_reason")
        if reason:
            self._finish = str(reason)
            events.append(Finished(self._finish))

    def fail(self, error: Any, raw: bytes, events: list[Event], chunk: Mapping[str, Any] | None = None) -> None:
        self._failed = True
        text = raw.decode("utf-8", "replace") if chunk is None else dumps(chunk)
        status = error.get("status_code") if isinstance(error, dict) else None
        problem = from_error(error, kind="stream", status=status if isinstance(status, int) else None, raw=text)
        events.append(Failed(problem))

    def end(self, events: list[Event]) -> None:
        ended = bool(self.done or self._finish)
        whole = ended and not self._failed and self._finish not in ("length", "content_filter")
        events.extend(self._calls.settle(ended=whole))
        if self._details:
            events.append(Extra("reasoning_details", _joined_details(self._details)))
        if self._failed:
            return
        if ended:
            events.append(Ended())
        else:
            events.append(Failed(Problem("interrupted", "The answer broke off before its end", retryable=True)))

    def _delta(self, delta: Mapping[str, Any], events: list[Event], *, whole: bool = False) -> None:
        content = delta.get("content")
        if content:
            self._anything = True
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
            self._anything = True
            text = thinking if isinstance(thinking, str) else dumps(thinking)
            events.append(ThinkingDelta(THINKING, text, name))
        refusal = delta.get("refusal")
        if refusal and isinstance(refusal, str):
            self._anything = True
            events.append(RefusalDelta(REFUSAL, refusal))
        if delta.get("tool_calls") or delta.get("function_call"):
            self._call_deltas(delta, events, whole=whole)
        if not delta.keys() <= _DELTA_KEYS:
            self._other_fields(delta, events)

    def _call_deltas(self, delta: Mapping[str, Any], events: list[Event], *, whole: bool) -> None:
        self._anything = True
        calls = delta.get("tool_calls")
        legacy = delta.get("function_call")
        if calls:
            for entry in calls if isinstance(calls, list) else [calls]:
                events.extend(self._calls.delta(entry, whole=whole))
        elif isinstance(legacy, dict):
            events.extend(self._calls.legacy(legacy))

    def _other_fields(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        for key, value in delta.items():
            if key == "reasoning_details" and isinstance(value, list):
                self._details.extend(value)
            elif key not in _DELTA_KEYS and value is not None:
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
            else:
                events.append(Unknown("content part", dumps(part)))

    def _usage(self, raw: Any, events: list[Event]) -> None:
        usage = read_usage(raw)
        if usage is not None:
            events.append(UsageSeen(usage))

    def _meta(self, chunk: Mapping[str, Any], events: list[Event]) -> None:
        """Fields of the response around the message, the first time each is seen."""
        new = chunk.keys() - _CHUNK_KEYS - self._meta_seen
        self._meta_seen |= new
        for key in chunk:
            if key in new:
                events.append(Meta(key, chunk[key]))

    def _follow(self, choices: list[Any], events: list[Event]) -> Mapping[str, Any] | None:
        """The choice this reply is made of: the first index seen. Others (``n`` above 1) are kept as they came."""
        found: Mapping[str, Any] | None = None
        for choice in choices:
            if isinstance(choice, dict) and self._choice is None:
                self._choice = choice.get("index") or 0
            if found is None and isinstance(choice, dict) and (choice.get("index") or 0) == self._choice:
                found = choice
            else:
                events.append(Unknown("another choice", dumps(choice)))
        return found


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
