"""How fast a reply came: one rule for the line under a message and for the usage frame."""

from __future__ import annotations

from callsmith.types.exchange import Marks
from callsmith.types.usage import Usage

SHORTEST = 0.05


def tokens_per_second(usage: Usage | None, marks: Marks) -> float | None:
    """Output tokens over the time from the first token to the end; None where that is less than 50 ms, since
    a reply that arrives at once has no speed."""
    if usage is None or not usage.output or marks.first_token is None or marks.done is None:
        return None
    span = marks.done - marks.first_token
    return usage.output / span if span >= SHORTEST else None
