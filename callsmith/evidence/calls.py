"""A call that a model once made, and what it was answered with."""

from __future__ import annotations

from dataclasses import dataclass

from callsmith.types.parts import ToolCall, ToolResult


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """``arguments`` is the raw text the model sent, ``at`` when it was asked, in Unix seconds."""

    conversation_id: str
    title: str
    node_id: str
    call_id: str
    name: str
    arguments: str
    at: float
    model: str
    type: str = "function"


@dataclass(frozen=True, slots=True)
class RecordedResult:
    """``at`` is when the model asked, in Unix seconds; ``result.made`` says who answered."""

    call: ToolCall
    result: ToolResult
    conversation_id: str
    title: str
    at: float
