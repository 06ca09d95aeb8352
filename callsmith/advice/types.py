"""The words advice is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from callsmith.types.connection import Connection, Target
from callsmith.wire.registry import WIRES

Action = Literal["retry", "connections", "model", "options", "tools", "edit_message"]
# What a button for an action says.
ACTION_LABELS: Mapping[Action, str] = MappingProxyType(
    {
        "retry": "Retry",
        "connections": "Open Connections",
        "model": "Choose another model",
        "options": "Open options",
        "tools": "Open Tools",
        "edit_message": "Edit the message",
    }
)


@dataclass(frozen=True, slots=True)
class Advice:
    """``title`` is a heading without a full stop; ``cause`` and ``steps`` are whole sentences, most likely
    first. ``actions`` are what a page may offer as buttons, most useful first."""

    title: str
    cause: str
    steps: tuple[str, ...]
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """What was asked, and where. Everything may be unknown."""

    connection: Connection | None = None
    model: str = ""
    wire: str = ""
    has_tools: bool = False

    @classmethod
    def of(cls, target: Target, *, has_tools: bool = False) -> Context:
        return cls(target.connection, target.model, target.wire, has_tools)

    @property
    def name(self) -> str:
        return self.connection.name if self.connection is not None else "the connection"

    @property
    def base_url(self) -> str:
        return self.connection.base_url if self.connection is not None else ""

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc or "the server"

    @property
    def wire_label(self) -> str:
        return WIRES[self.wire].label if self.wire in WIRES else "the wire format"

    @property
    def model_words(self) -> str:
        return self.model or "the model"


def start(sentence: str) -> str:
    """A capital for "the ..." at a start; model ids and host names keep their own case."""
    return "T" + sentence[1:] if sentence.startswith("the ") else sentence
