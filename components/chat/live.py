"""The reply while it arrives: one loop that rewrites only what changed.

The worker owns the turn; this loop draws ``job.snapshot()`` and may die at any yield point (a click, a
closed tab) without losing anything. It wakes at once on the first token and on the end. In between it
rests ``PACE`` seconds after a redraw and then redraws with the next arrival, waiting at most ``HOLD`` for
it: so the newest token is shown as it comes, and at 50 tokens a second every other one brings the one
before it along. It rests longer when the growing block is long, so that bytes and CPU stay bounded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import streamlit as st

from callsmith.job import Job, Snapshot
from callsmith.types.parts import Media, Opaque, Refusal, Text, Thinking, ToolCall
from components.chat.call_card import head
from components.chat.media import described, icon
from components.chat.parts import runs
from components.chat.prose import markdown, paragraphs
from components.chat.steps import caption as step_caption
from components.chat.structured import looks_like_data
from components.words import plain, seconds

PACE = 0.028
HOLD = 0.014
BYTES_PER_SECOND = 16_000
PATIENCE = 0.1
SETTLE = 0.07
_IDLE = 0.25
_Place = tuple[str, int, int]
_STATUS: _Place = ("status", 0, 0)


class LiveView:
    """Placeholders by block; a block is rewritten only when its text changed. ``data``: the reply was asked for as
    data, and is drawn as JSON where it looks like it."""

    def __init__(self, area: Any, *, data: bool = False) -> None:
        self._area = area
        self._data = data
        self._status = area.empty()
        self._slots: dict[_Place, Any] = {}
        self._shown: dict[_Place, str] = {}
        self.last_size = 0

    def draw(self, snapshot: Snapshot) -> None:
        self.last_size = 0
        self._put_status(snapshot)
        numbers: dict[str, int] = {}
        for _, part in runs(snapshot.turn.parts):
            # Counted by kind: a part of another kind that comes late, before it, does not move it.
            number = numbers[part.kind] = numbers.get(part.kind, -1) + 1
            match part:
                case Thinking():
                    for at, block in enumerate(paragraphs(part.text)):
                        self._put((part.kind, number, at), _quoted(block), _markdown)
                case Text() if self._data and looks_like_data(part.text):
                    self._put(("data", number, 0), part.text, _code)
                case Text() | Refusal():
                    for at, block in enumerate(paragraphs(part.text)):
                        self._put((part.kind, number, at), block, _markdown)
                case ToolCall():
                    self._put(("head", number, 0), head(part, "arriving", None), _markdown)
                    self._put(("arguments", number, 0), part.arguments, _text if part.type == "custom" else _code)
                case Opaque():
                    self._put((part.kind, number, 0), step_caption(part), _caption)
                case Media():
                    self._put((part.kind, number, 0), f"{icon(part.media_type)} {plain(described(part))}", _caption)
                case _:
                    pass

    def _put_status(self, snapshot: Snapshot) -> None:
        waiting = snapshot.waiting
        if waiting is not None and waiting.problem is not None:
            why = f"status {waiting.problem.status}" if waiting.problem.status else waiting.problem.message
            text = f":material/schedule: {why}; trying again in {seconds(waiting.wait)}"
        elif snapshot.turn.parts:
            text = ""
        else:
            text = ":material/more_horiz: Waiting for the first token"
        if self._shown.get(_STATUS, "") != text:
            self._shown[_STATUS] = text
            if text:
                self._status.caption(text)
            else:
                self._status.empty()

    def _put(self, key: _Place, text: str, draw: Callable[[Any, str], None]) -> None:
        if self._shown.get(key) == text:
            return
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = self._area.empty()
        self._shown[key] = text
        self.last_size += len(text)
        draw(slot, text)


def watch(job: Job, area: Any, rest: Callable[[], None], *, data: bool = False) -> None:
    """Draw until the job ends. Every draw is a yield point, so Stop and other clicks get through.

    ``rest`` draws the rest of the page, ``SETTLE`` seconds after the first token (or after ``PATIENCE``): sent
    sooner, it would reach the browser before the token was painted, and hold that up.
    """
    view = LiveView(area, data=data)
    job.wait_token(PATIENCE)
    rest_at: float | None = time.monotonic() + SETTLE
    while True:
        snapshot = job.snapshot()
        started = time.monotonic()
        view.draw(snapshot)
        cost = time.monotonic() - started
        if rest_at is not None and (snapshot.done or started >= rest_at):
            rest_at = None
            rest()
        if snapshot.done:
            return
        job.wait_end(max(PACE, 2 * cost, view.last_size / BYTES_PER_SECOND))
        if job.version != snapshot.version:
            job.wait_change(job.version, HOLD)
        while not job.done and job.version == snapshot.version and rest_at is None:
            job.wait_change(snapshot.version, _IDLE)
            st.session_state.get("ui")


def _quoted(block: str) -> str:
    return "> " + block.replace("\n", "\n> ")


def _markdown(slot: Any, text: str) -> None:
    slot.markdown(markdown(text))


def _code(slot: Any, text: str) -> None:
    slot.code(text or " ", language="json", wrap_lines=True)


def _text(slot: Any, text: str) -> None:
    slot.code(text or " ", language=None, wrap_lines=True)


def _caption(slot: Any, text: str) -> None:
    slot.caption(text)
