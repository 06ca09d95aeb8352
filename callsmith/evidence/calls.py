"""A call that a model once made."""

from __future__ import annotations

from dataclasses import dataclass


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
