"""The contract every wire format keeps: four pure functions, and a decoder with two methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from callsmith.types.connection import Target
from callsmith.types.events import Event
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Thread
from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool


class Decoder(Protocol):
    """One per answer. Bytes may be cut anywhere; ``close`` says what the end of the bytes means.

    ``ended`` is True once the format's own end mark was seen, where it has one.
    """

    @property
    def ended(self) -> bool: ...

    def feed(self, chunk: bytes) -> list[Event]: ...

    def close(self) -> list[Event]: ...


class Wire(Protocol):
    name: str
    label: str

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        """The request as it will be sent; ``{{api_key}}`` stands where the transport puts the key."""
        ...

    def decoder(self) -> Decoder:
        """For an answer of status 200, streamed or not."""
        ...

    def read(self, body: bytes) -> list[Event]:
        """The unstreamed twin: the same events for a whole body."""
        ...

    def error(self, status: int, body: bytes) -> Problem:
        """An answer of status 400 or above."""
        ...
