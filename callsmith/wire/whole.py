"""The guard where bytes become events: whatever a provider sends, no event holds half a character.

It stands around every wire format, so that nothing behind it, store, page or export, ever meets one. A character that
was cut between two pieces is whole again; a half that stays alone is U+FFFD. The bytes are kept as they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from callsmith.types.connection import Target
from callsmith.types.events import (
    CallDelta,
    CallDone,
    CallDropped,
    Event,
    PartDone,
    PartExtra,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
)
from callsmith.types.exchange import HttpRequest
from callsmith.types.halves import has_half, whole
from callsmith.types.message import Thread
from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.wire.base import Decoder, Wire

_TEXTS = (TextDelta, ThinkingDelta, RefusalDelta)
# Events that bring a text in pieces, and the field it is in.
_PIECES: dict[type, str] = {
    TextDelta: "text",
    ThinkingDelta: "text",
    RefusalDelta: "text",
    CallDelta: "arguments",
    PartExtra: "value",
}


class WholeWire:
    """A wire format whose events and problems hold whole characters only."""

    def __init__(self, wire: Wire) -> None:
        self.name = wire.name
        self.label = wire.label
        self._wire = wire

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        return self._wire.request(target, thread, tools, options)

    def decoder(self) -> Decoder:
        return _WholeDecoder(self._wire.decoder())

    def read(self, body: bytes) -> list[Event]:
        halves = _Halves()
        return [*halves.joined(self._wire.read(body)), *halves.rest()]

    def error(self, status: int, body: bytes) -> Problem:
        return whole(self._wire.error(status, body))


class _WholeDecoder:
    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._halves = _Halves()

    @property
    def ended(self) -> bool:
        return self._decoder.ended

    def feed(self, chunk: bytes) -> list[Event]:
        events = self._decoder.feed(chunk)
        return self._halves.joined(events) if events else events

    def close(self) -> list[Event]:
        return [*self._halves.joined(self._decoder.close()), *self._halves.rest()]


class _Halves:
    """The first half of a character that ends a piece waits for the next piece of the same text."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[type, int, str], tuple[Any, str]] = {}

    def joined(self, events: list[Event]) -> list[Event]:
        if not self._waiting and not any(map(_odd, events)):
            return events
        return [self._whole(event) for event in events]

    def rest(self) -> list[Event]:
        """The halves whose other half never came."""
        last = [replace(event, **{_PIECES[type(event)]: "\ufffd"}) for event, _ in self._waiting.values()]
        self._waiting.clear()
        return last

    def _whole(self, event: Event) -> Event:
        if isinstance(event, CallDone | CallDropped | PartDone):
            # It replaces all the pieces of its slot.
            self._waiting = {key: held for key, held in self._waiting.items() if key[1] != event.slot}
        name = _PIECES.get(type(event))
        text = getattr(event, name) if name else None
        if name and isinstance(text, str):
            event = self._piece(event, name, text)
        return whole(event)

    def _piece(self, event: Any, name: str, text: str) -> Event:
        key = (type(event), event.slot, event.field if isinstance(event, PartExtra) else "")
        if text and key in self._waiting:
            text = self._waiting.pop(key)[1] + text
        if "\ud800" <= text[-1:] <= "\udbff":
            self._waiting[key] = (event, text[-1:])
            text = text[:-1]
        piece: Event = replace(event, **{name: text})
        return piece


def _odd(event: Event) -> bool:
    """Pieces of text come by the thousand, nearly all in plain letters."""
    if isinstance(event, _TEXTS):
        return not event.text.isascii() and has_half(event.text)
    if isinstance(event, CallDelta):
        return any(not text.isascii() and has_half(text) for text in (event.arguments, event.name, event.id))
    return has_half(event)
