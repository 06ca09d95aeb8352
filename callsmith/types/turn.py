"""The model's turn as folded from one exchange, whole or so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from callsmith.types.events import Unknown
from callsmith.types.message import Message, Origin
from callsmith.types.parts import NO_EXTRA, Extra, Part, Refusal, Text, Thinking, ToolCall
from callsmith.types.problem import Problem
from callsmith.types.usage import Usage

TurnState = Literal["streaming", "finished", "stopped", "interrupted", "failed"]


@dataclass(frozen=True, slots=True)
class Turn:
    """``finish`` is the provider's word; act on the presence of calls, not on it (trap 14, 2.4)."""

    parts: tuple[Part, ...] = ()
    state: TurnState = "streaming"
    finish: str | None = None
    usage: Usage | None = None
    problem: Problem | None = None
    extra: Extra = field(default_factory=lambda: NO_EXTRA)
    meta: Extra = field(default_factory=lambda: NO_EXTRA)
    unknown: tuple[Unknown, ...] = ()

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

    def message(self, origin: Origin) -> Message | None:
        """The assistant message this turn leaves behind; None when nothing arrived."""
        if not self.parts:
            return None
        return Message(
            role="assistant",
            parts=self.parts,
            origin=origin,
            finish=self.finish,
            cut=self.state != "finished",
            extra=self.extra,
        )
