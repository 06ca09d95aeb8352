"""Messages, and the thread of them that one request carries.

A message is a value: equal content is equal. Identity (the node id) belongs to the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from callsmith.types.parts import NO_EXTRA, Extra, Part, Refusal, Text, Thinking, ToolCall, ToolResult

Role = Literal["user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which exchange made a message. Opaque data goes back only to the same wire and model."""

    exchange_id: str
    connection: str
    wire: str
    model: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``cut`` says the reply did not reach its own end (stopped, broken, interrupted).

    A ``tool`` message holds all results of the assistant message before it, in call order.
    """

    role: Role
    parts: tuple[Part, ...]
    origin: Origin | None = None
    finish: str | None = None
    cut: bool = False
    extra: Extra = field(default_factory=lambda: NO_EXTRA)

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def thinking(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Thinking))

    @property
    def refusal(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Refusal))

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCall))

    @property
    def results(self) -> tuple[ToolResult, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolResult))


@dataclass(frozen=True, slots=True)
class Thread:
    """What a request says so far: the system prompt and the messages of one arm, oldest first."""

    system: str
    messages: tuple[Message, ...]
