"""What a wire format of the demo provider is: one module-like object a path, added without touching the brain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Protocol

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.script import Script
from callsmith.types.usage import Usage

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Route:
    """What a request says outside of its body. ``model`` and ``action`` stand in the path where the format puts them
    there, and are empty elsewhere; header names are in lower case."""

    model: str = ""
    action: str = ""
    query: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    headers: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is around a reply: its id and when it was made (Unix seconds)."""

    id: str
    created: int


class DemoWire(Protocol):
    endpoint_type: str

    def ask(self, document: Any, seed: str, today: date, route: Route) -> Ask:
        """The request read and checked as a strict provider does. Raises ``Refused``."""

    def stream(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> Iterator[tuple[int, bytes]]:
        """The reply as events, each with the number of tokens said when it is due."""

    def failed(self, ask: Ask, refused: Refused) -> bytes:
        """The error as an event in the middle of a streamed reply."""

    def whole(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> bytes:
        """The reply as one body."""

    def error(self, refused: Refused) -> bytes:
        """The format's error body."""
