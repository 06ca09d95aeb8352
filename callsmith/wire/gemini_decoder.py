"""Gemini replies as bytes: SSE, one JSON array in pieces, or one JSON document (wire-format notes, 5.3)."""

from __future__ import annotations

from callsmith.types.events import Event, Failed, Unknown
from callsmith.wire.gemini_array import ArrayDecoder
from callsmith.wire.gemini_reply import Reply
from callsmith.wire.jsonbytes import loads
from callsmith.wire.problems import error_in, unreadable
from callsmith.wire.sse import SseDecoder

MAX_TEXT = 2000
_BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"


class GeminiDecoder:
    """One streamed reply; its first byte tells the framing. A body that is one JSON document is read too."""

    def __init__(self) -> None:
        self._sse = SseDecoder()
        self._array = ArrayDecoder()
        self._is_array: bool | None = None
        self._head = b""
        self._reply = Reply()
        self._chunks = 0

    @property
    def ended(self) -> bool:
        # This format has no end mark.
        return False

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        if self._is_array is None:
            chunk = self._head + chunk
            start = chunk.lstrip(_BEFORE_JSON)[:1]
            self._head = b"" if start else chunk
            if not start:
                return events
            self._is_array = start == b"["
        if self._is_array:
            for element in self._array.feed(chunk):
                self._data(element, events)
        else:
            for data, _ in self._sse.feed(chunk):
                self._data(data, events)
        self._reply.flush(events)
        return events

    def close(self) -> list[Event]:
        return self._close_array() if self._is_array else self._close_sse()

    def _close_sse(self) -> list[Event]:
        events: list[Event] = []
        for data, _ in self._sse.close():
            self._data(data, events)
        self._oversized(self._sse.oversized, events)
        stray = self._sse.stray.strip()
        if not self._chunks:
            return events + (read_body(stray) if stray else [Failed(unreadable(b""))])
        if stray:
            self._stray(stray, events)
        self._reply.end(events)
        return events

    def _close_array(self) -> list[Event]:
        events: list[Event] = []
        self._oversized(self._array.oversized, events)
        rest = self._array.stray + self._array.unfinished
        if rest.strip():
            self._stray(rest.strip(), events)
        self._reply.done = self._reply.done or self._array.closed
        self._reply.end(events)
        return events

    def _data(self, data: bytes, events: list[Event]) -> None:
        try:
            chunk = loads(data)
        except ValueError:
            self._not_json(data, events)
            return
        self._chunks += 1
        self._reply.chunk(chunk, events)

    def _not_json(self, data: bytes, events: list[Event]) -> None:
        """``[DONE]`` is not of this format, but a relay may add it."""
        if data[:6] == b"[DONE]":
            self._chunks += 1
            self._reply.done = True
        elif data.strip():
            events.append(Unknown("stream event that is not JSON", data.decode("utf-8", "replace")[:MAX_TEXT]))

    def _stray(self, stray: bytes, events: list[Event]) -> None:
        """A gateway whose upstream died appends a bare error object (1.5)."""
        text = stray.decode("utf-8", "replace")
        try:
            error = error_in(loads(stray))
        except ValueError:
            error = None
        if error is None:
            events.append(Unknown("text outside the stream's events", text[:MAX_TEXT]))
        else:
            self._reply.fail(error, text, events)

    @staticmethod
    def _oversized(count: int, events: list[Event]) -> None:
        if count:
            events.append(Unknown("stream", f"{count} event(s) were too large to keep"))


def read_body(body: bytes) -> list[Event]:
    """A whole reply, or a whole array of its pieces: the same events a stream of it would give."""
    try:
        document = loads(body)
    except ValueError:
        return [Failed(unreadable(body))]
    if not isinstance(document, dict | list):
        return [Failed(unreadable(body))]
    reply = Reply()
    reply.done = True
    events: list[Event] = []
    reply.chunk(document, events)
    reply.end(events)
    return events
