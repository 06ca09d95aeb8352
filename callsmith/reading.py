"""An answer read as it arrives: status and bytes in, a turn out.

A running job, the recovery after a crash, and replay all read through this one class, so a reply looks
the same whether it is watched, found again, or replayed.
"""

from __future__ import annotations

from callsmith.fold import Fold
from callsmith.types.exchange import Exchange, Headers
from callsmith.types.problem import Problem
from callsmith.types.turn import Turn
from callsmith.wire.base import Wire
from callsmith.wire.registry import WIRES


class Reader:
    """``stream`` says whether a stream is expected; a body that is none is read all the same."""

    def __init__(self, wire: Wire, status: int, *, stream: bool) -> None:
        self._wire = wire
        self._status = status
        self._fold = Fold()
        self._decoder = wire.decoder() if stream and status < 300 else None
        self._body: list[bytes] = []
        self._closed = False

    @property
    def has_token(self) -> bool:
        return self._fold.has_token

    @property
    def ended(self) -> bool:
        """The format's own end mark was seen: whatever the connection does now, the reply is whole."""
        return self._decoder is not None and self._decoder.ended

    def feed(self, chunk: bytes) -> None:
        if self._decoder is None:
            self._body.append(chunk)
        elif events := self._decoder.feed(chunk):
            self._fold.apply(events)

    def close(self, problem: Problem | None = None) -> None:
        """The bytes are over; ``problem`` says what ended them when it was not the provider."""
        if self._closed:
            return
        self._closed = True
        if problem is not None:
            self._fold.fail(problem)
        if self._decoder is not None:
            self._fold.apply(self._decoder.close())
        elif self._status >= 300:
            self._fold.fail(self._wire.error(self._status, b"".join(self._body)))
        elif problem is None or self._body:
            self._fold.apply(self._wire.read(b"".join(self._body)))

    def turn(self) -> Turn:
        return self._fold.turn()


def expects_stream(asked: bool, headers: Headers) -> bool:
    """A stream was asked for, or came anyway."""
    return asked or any(name.lower() == "content-type" and "event-stream" in value for name, value in headers)


def read_exchange(exchange: Exchange) -> Turn:
    """The turn in a kept exchange: whole, or as far as it was kept."""
    if exchange.status is None:
        return Turn(state="interrupted", problem=Problem("interrupted", "The process ended before an answer began"))
    reader = Reader(WIRES[exchange.wire], exchange.status, stream=expects_stream(exchange.stream, exchange.headers))
    reader.feed(exchange.body)
    reader.close()
    return reader.turn()
