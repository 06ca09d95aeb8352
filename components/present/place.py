"""Where a presentation stands: which conversation, which step. Kept for the session."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from components.chat import session
from components.state import ui

_STATE = "presentation"
WANTED = "presentation-wanted"


@dataclass(slots=True)
class Place:
    """``step`` counts from 0; ``last`` is how many there were when it was drawn. ``whole``: what is long is shown
    to its end, until the next step. ``chosen``: how often a turn was. ``awaited``: the step that is gone to as soon as
    it is there: what was asked, or what was answered. Further ones wait for the person."""

    step: int = 0
    last: int = 0
    json: bool = False
    whole: bool = False
    chosen: int = 0
    awaited: int | None = None

    def drawn(self, steps: int) -> None:
        """There are so many steps now."""
        self.last = steps
        if self.awaited is not None and self.awaited < steps:
            self.step, self.awaited, self.whole = self.awaited, None, False
        self.step = min(self.step, steps - 1)


def place() -> Place:
    found: Place = st.session_state.setdefault(_STATE, Place())
    return found


def begin(conversation_id: str) -> None:
    """From the first step of this conversation."""
    st.session_state[_STATE] = Place()
    if ui().conversation_id != conversation_id:
        session.show(conversation_id)
    st.session_state[WANTED] = True


def go_if_asked() -> None:
    """In the main body: a callback may not change the page."""
    if st.session_state.pop(WANTED, False):
        st.switch_page("pages/present.py", query_params={session.PARAM: ui().conversation_id or ""})


def go(step: int) -> None:
    here = place()
    here.step = min(max(step, 0), max(here.last - 1, 0))
    here.awaited, here.whole = None, False


def turn_page(by: int) -> None:
    """From where it stands by now: the same key pressed twice, faster than the page is drawn, goes two steps."""
    go(place().step + by)


def go_to_chosen(widget: str) -> None:
    go(st.session_state[widget])
    place().chosen += 1


def show_whole() -> None:
    place().whole = True


def toggle_json() -> None:
    here = place()
    here.json = not here.json
