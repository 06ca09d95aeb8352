"""Responses answers as bytes: a stream of typed events, or one JSON document."""

from __future__ import annotations

from typing import Any

from callsmith.types.events import Event, Failed, Unknown
from callsmith.types.problem import Problem
from callsmith.wire.jsonbytes import dumps, loads
from callsmith.wire.problems import error_in, unreadable
from callsmith.wire.responses_reply import Reply
from callsmith.wire.sse import SseDecoder

MAX_TEXT = 2000


class ResponsesDecoder:
    """One streamed answer. A body that is plain JSON although a stream was asked for is read too."""

    def __init__(self) -> None:
        self._sse = SseDecoder()
        self._reply = Reply()
        self._events = 0

    @property
    def ended(self) -> bool:
        # The final event is followed by the close; a relay may still append to it.
        return False

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        for data, name in self._sse.feed(chunk):
            self._data(data, name, events)
        return events

    def close(self) -> list[Event]:
        events: list[Event] = []
        for data, name in self._sse.close():
            self._data(data, name, events)
        stray = self._sse.stray.strip()
        if self._sse.oversized:
            events.append(Unknown("stream", f"{self._sse.oversized} event(s) were too large to keep"))
        if not self._events:
            return events + (read_body(stray) if stray else [Failed(unreadable(b""))])
        if stray:
            self._stray(stray, events)
        self._reply.end(events)
        return events

    def _data(self, data: bytes, name: str, events: list[Event]) -> None:
        try:
            event = loads(data)
        except ValueError:
            self._not_json(data, events)
            return
        self._events += 1
        if isinstance(event, dict):
            self._reply.event(event, name, events)
        else:
            events.append(Unknown("stream event", dumps(event)))

    def _not_json(self, data: bytes, events: list[Event]) -> None:
        """``[DONE]`` is not of this format, but some relays add it."""
        if data[:6] == b"[DONE]":
            self._events += 1
            self._reply.done_marker()
            return
        start = data.rfind(b'{"error"')
        if start > 0 and (error := _error_in(data[start:])) is not None:
            # An error object hung on an unfinished line by a gateway whose upstream died (1.5).
            self._events += 1
            self._reply.fail(error, data.decode("utf-8", "replace"), events)
        elif data.strip():
            events.append(Unknown("stream event that is not JSON", data.decode("utf-8", "replace")[:MAX_TEXT]))

    def _stray(self, stray: bytes, events: list[Event]) -> None:
        """A gateway whose upstream died appends a bare error object (1.5)."""
        text = stray.decode("utf-8", "replace")
        error = _error_in(stray)
        if error is None:
            events.append(Unknown("text outside the stream's events", text[:MAX_TEXT]))
        else:
            self._reply.fail(error, text, events)


def _error_in(text: bytes) -> Any | None:
    try:
        return error_in(loads(text))
    except ValueError:
        return None


def read_body(body: bytes) -> list[Event]:
    """A whole answer: the same parts a stream of it would give."""
    try:
        document = loads(body)
    except ValueError:
        return [Failed(unreadable(body))]
    events: list[Event] = []
    reply = Reply()
    error = error_in(document)
    if isinstance(document, dict) and ("output" in document or document.get("object") == "response"):
        reply.final(document, events)
    elif error is not None:
        reply.fail(error, body.decode("utf-8", "replace"), events)
    else:
        message = "The answer has no output: it is no Responses answer"
        return [Failed(Problem("unreadable", message, code="no_output", raw=dumps(document)[:20_000]))]
    reply.end(events)
    return events
