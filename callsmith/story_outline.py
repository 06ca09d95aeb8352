"""Where one can go in a story: what comes before the first turn, each turn by what the person wrote, and in it every
call and everything that went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callsmith.story import Step


@dataclass(frozen=True, slots=True)
class Entry:
    """``at``: which of the steps, from 0. ``main``: a turn, or what comes before the first; else a part of one."""

    at: int
    text: str
    main: bool
    turn: int = 0
    is_error: bool = False


def outline(steps: Sequence[Step]) -> tuple[Entry, ...]:
    entries = []
    for at, step in enumerate(steps):
        if step.kind == "prompt":
            entries.append(Entry(at, step.text.strip() or step.heading, main=True, turn=step.turn))
        elif not step.turn:
            entries.append(Entry(at, step.heading, main=True, is_error=step.is_error))
        elif step.kind == "call":
            entries.append(Entry(at, step.words, main=False, turn=step.turn, is_error=step.is_error))
        elif step.is_error:
            entries.append(Entry(at, step.heading, main=False, turn=step.turn, is_error=step.is_error))
    return tuple(entries)


def turns(steps: Sequence[Step]) -> int:
    return max((step.turn for step in steps), default=0)
