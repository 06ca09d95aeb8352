"""What a run used, and which limit it reached."""

from __future__ import annotations

from dataclasses import replace

from callsmith.loop.types import Limit, Used
from callsmith.types.setup import LoopLimits
from callsmith.types.usage import Usage


def reached(limits: LoopLimits, used: Used) -> Limit | None:
    """The limit that keeps the next exchange from being asked for. A cost is known only of what has a price."""
    if used.steps >= limits.steps:
        return "steps"
    if used.seconds >= limits.seconds:
        return "seconds"
    if used.tokens >= limits.tokens:
        return "tokens"
    return "cost" if used.cost >= limits.cost else None


def words(limit: Limit, limits: LoopLimits) -> str:
    match limit:
        case "steps":
            said = f"{limits.steps:,} exchange{'' if limits.steps == 1 else 's'} with the model"
        case "seconds":
            said = f"{limits.seconds:,.0f} seconds"
        case "tokens":
            said = f"{limits.tokens:,} tokens"
        case "cost" | "budget":
            said = f"${limits.cost:,.2f}"
    return f"Stopped at the limit of {said} without a person"


def with_exchange(used: Used, usage: Usage | None, cost: float | None, *, step: bool) -> Used:
    """``cost`` None: it has no known price. ``step``: an exchange of the turn, not one of a model that plays a tool."""
    tokens = 0
    if usage is not None:
        tokens = usage.total if usage.total is not None else (usage.input or 0) + (usage.output or 0)
    return replace(
        used,
        steps=used.steps + step,
        tokens=used.tokens + tokens,
        cost=used.cost + (cost or 0.0),
        unpriced=used.unpriced + (cost is None),
    )
