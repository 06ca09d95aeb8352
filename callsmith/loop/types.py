"""What a run is made of, and what a page sees of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from callsmith.execute.occasion import Reach
from callsmith.play import Ask
from callsmith.types.answering import Answering, By
from callsmith.types.setup import LoopLimits
from callsmith.types.tool import Tool

Phase = Literal["asking", "answering", "ended"]
Limit = Literal["steps", "seconds", "tokens", "cost", "budget"]
Reason = Literal[
    "answered",  # the model has answered; the turn is over
    "waiting",  # calls or approvals wait for a person
    "paused",  # a person paused it, or asked for one step
    "stopped",  # a person stopped it
    "failed",  # the exchange failed; its problem is with the exchange
    "limit",  # one of the limits was reached
]


@dataclass(frozen=True, slots=True)
class Used:
    """What happened since a person last acted. ``cost`` in US dollars counts what has a known price; ``unpriced`` is
    the number of exchanges without one. Models that play tools are counted too."""

    steps: int = 0
    seconds: float = 0.0
    tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class ToolPlan:
    tool: Tool
    answering: Answering


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run asks and who answers, fixed when a person sets it going. ``tools`` are by name. ``reach`` knows the
    keys that were typed in one browser session."""

    ask: Ask
    key: str | None = field(repr=False)
    reach: Reach = field(repr=False)
    tools: Mapping[str, ToolPlan] = field(default_factory=lambda: MappingProxyType({}))
    limits: LoopLimits = LoopLimits()

    @property
    def runs_alone(self) -> bool:
        """Whether any of its tools is answered without asking."""
        return any(plan.answering.runs_alone for plan in self.tools.values())


@dataclass(frozen=True, slots=True)
class CallRun:
    """One call being answered. ``said``: its latest progress in words, or why there is no answer (``unanswered``).
    ``seconds`` is None while it runs; ``started`` is Unix time."""

    slot: str
    call_id: str
    name: str
    by: By
    state: Literal["running", "answered", "unanswered"]
    started: float
    seconds: float | None = None
    said: str = ""
    is_error: bool = False
    restart: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """``words`` is a sentence for the person; ``limit`` names the one that was reached."""

    reason: Reason
    words: str
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """A picture of a run. ``version`` grows with every change. ``exchange_id``: the exchange that runs now or ran last.
    ``pausing``: it will pause at its next boundary."""

    version: int
    phase: Phase
    used: Used
    limits: LoopLimits
    calls: tuple[CallRun, ...] = ()
    exchange_id: str = ""
    pausing: bool = False
    ended: Ended | None = None
