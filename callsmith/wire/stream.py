"""A streamed answer as JSON documents: the outline that the decoders of all wire formats share.

A format brings a ``Reply``, which says what a document means, and the twin that reads a whole body. Here is what the
bytes mean around them: a body that is no stream although one was asked for, an end mark, an error object that a
gateway appends when its upstream died (wire-format notes, 1.5), and what is no JSON at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from callsmith.types.events import Event, Failed, Unknown
from callsmith.wire.jsonbytes import loads
from callsmith.wire.problems import error_in, unreadable
from callsmith.wire.sse import SseDecoder, SseEvent

MAX_TEXT = 2000


class Frames(Protocol):
    """Bytes to documents: ``SseDecoder``, or another framing of the same shape.

    ``stray`` is what belonged to no document, known after ``close``; ``oversized`` counts what was too large to keep.
    """

    @property
    def stray(self) -> bytes: ...

    @property
    def oversized(self) -> int: ...

    def feed(self, chunk: bytes) -> Sequence[SseEvent]: ...

    def close(self) -> Sequence[SseEvent]: ...


class Reply(Protocol):
    """What has been seen of one answer. Every method adds to ``events``."""

    @property
    def ended(self) -> bool:
        """The format's own end mark was seen; False for ever where it has none."""
        ...

    def event(self, document: Any, name: str, events: list[Event]) -> None:
        """One document of the stream; ``name`` is that of its ``event:`` line, mostly empty."""
        ...

    def done_marker(self) -> None:
        """``[DONE]``: Chat's end mark; relays add it in other formats too."""
        ...

    def fail(self, document: Any, raw: str, events: list[Event]) -> None:
        """``document`` holds an error (``error_in``) and came outside the stream's events, as ``raw``."""
        ...

    def end(self, events: list[Event]) -> None:
        """The bytes are over, and at least one document or end mark was seen."""
        ...


class StreamDecoder:
    """One streamed answer; nothing after ``close`` is part of it. ``read_body`` reads an answer that turned out to be
    a whole body."""

    def __init__(self, reply: Reply, read_body: Callable[[bytes], list[Event]], frames: Frames | None = None) -> None:
        self._reply = reply
        self._read_body = read_body
        self._frames: Frames = SseDecoder() if frames is None else frames
        self._seen = False
        self._no_json = b""
        self._closed = False

    @property
    def ended(self) -> bool:
        return self._reply.ended

    def feed(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        if not self._closed and (found := self._frames.feed(chunk)):
            self._documents(found, events)
        return events

    def close(self) -> list[Event]:
        events: list[Event] = []
        if self._closed:
            return events
        self._closed = True
        self._documents(self._frames.close(), events)
        if self._frames.oversized:
            events.append(Unknown("stream", f"{self._frames.oversized} event(s) were too large to keep"))
        stray = self._frames.stray.strip()
        if not self._seen:
            return events + (self._read_body(stray) if stray else [Failed(unreadable(self._no_json))])
        if stray and not self._failed(stray, stray, events):
            events.append(Unknown("text outside the stream's events", _text(stray)))
        self._reply.end(events)
        return events

    def _documents(self, found: Sequence[SseEvent], events: list[Event]) -> None:
        take = self._reply.event
        for data, name in found:
            try:
                document = loads(data)
            except ValueError:
                self._not_json(data, events)
                continue
            self._seen = True
            take(document, name, events)

    def _not_json(self, data: bytes, events: list[Event]) -> None:
        if data[:6] == b"[DONE]":
            self._seen = True
            self._reply.done_marker()
            return
        start = data.rfind(b'{"error"')
        if start > 0 and self._failed(data[start:], data, events):
            # An error object hung on an unfinished line.
            self._seen = True
        elif data.strip():
            self._no_json = self._no_json or data
            events.append(Unknown("stream event that is not JSON", _text(data)))

    def _failed(self, text: bytes, raw: bytes, events: list[Event]) -> bool:
        """Whether the text is an error; if so it has been told."""
        try:
            document = loads(text)
        except ValueError:
            return False
        if error_in(document) is None:
            return False
        self._reply.fail(document, raw.decode("utf-8", "replace"), events)
        return True


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")[:MAX_TEXT]
