"""One line a figure: what, how much, and the goal it is held against."""

from __future__ import annotations

from collections.abc import Sequence


def line(what: str, value: float, unit: str, goal: float | None = None, *, least: bool = False) -> None:
    """``least``: the goal is a floor, not a ceiling."""
    verdict = ""
    if goal is not None:
        met = value >= goal if least else value <= goal
        verdict = f"   goal {'at least' if least else 'at most'} {goal:g} {unit}: {'met' if met else 'MISSED'}"
    print(f"{what:<58} {value:>10,.2f} {unit}{verdict}", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)
