"""Gemini replies as bytes: SSE, one JSON array in pieces, or one JSON document (wire-format notes, 5.3)."""

from __future__ import annotations

from collections.abc import Sequence

from callsmith.types.events import Event, Failed
from callsmith.wire.gemini_array import ArrayDecoder
from callsmith.wire.gemini_reply import Reply
from callsmith.wire.jsonbytes import loads
from callsmith.wire.problems import unreadable
from callsmith.wire.sse import SseDecoder, SseEvent
from callsmith.wire.stream import Frames, StreamDecoder

_BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"


class GeminiDecoder(StreamDecoder):
    """One streamed reply. Usage repeats on every chunk: that of the last one fed is enough."""

    def __init__(self) -> None:
        self._told = Reply()
        super().__init__(self._told, read_body, _EitherFrames())

    def feed(self, chunk: bytes) -> list[Event]:
        events = super().feed(chunk)
        self._told.flush(events)
        return events


class _EitherFrames:
    """The first byte tells the framing."""

    def __init__(self) -> None:
        self._frames: Frames | None = None
        self._head = b""

    @property
    def stray(self) -> bytes:
        return self._frames.stray if self._frames else b""

    @property
    def oversized(self) -> int:
        return self._frames.oversized if self._frames else 0

    def feed(self, chunk: bytes) -> Sequence[SseEvent]:
        if self._frames is None:
            chunk = self._head + chunk
            start = chunk.lstrip(_BEFORE_JSON)[:1]
            self._head = b"" if start else chunk
            if not start:
                return []
            self._frames = _ArrayFrames() if start == b"[" else SseDecoder()
        return self._frames.feed(chunk)

    def close(self) -> Sequence[SseEvent]:
        return self._frames.close() if self._frames else []


class _ArrayFrames:
    """The array's last bracket is an end mark, which SSE lacks here; what is left of an element comes last."""

    def __init__(self) -> None:
        self._array = ArrayDecoder()

    @property
    def stray(self) -> bytes:
        return self._array.stray

    @property
    def oversized(self) -> int:
        return self._array.oversized

    def feed(self, chunk: bytes) -> list[SseEvent]:
        return [SseEvent(element) for element in self._array.feed(chunk)]

    def close(self) -> list[SseEvent]:
        rest = b"[DONE]" if self._array.closed else self._array.unfinished
        return [SseEvent(rest)] if rest else []


def read_body(body: bytes) -> list[Event]:
    """A whole reply, or a whole array of its pieces: the same events a stream of it would give."""
    try:
        document = loads(body)
    except ValueError:
        return [Failed(unreadable(body))]
    if not isinstance(document, dict | list):
        return [Failed(unreadable(body))]
    reply = Reply()
    reply.done_marker()
    events: list[Event] = []
    reply.chunk(document, events)
    reply.end(events)
    return events
