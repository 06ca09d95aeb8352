"""Session state in one typed object: UI choices only. Everything worth keeping is in the store."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

_KEY = "ui"
WINDOW = 6


@dataclass(slots=True)
class Ui:
    """``shown_turns`` is how many of the last turns the transcript draws."""

    conversation_id: str | None = None
    exchange_id: str | None = None
    editing: str | None = None
    shown_turns: int = WINDOW
    notice: str = ""
    deleted_conversation: tuple[str, str] | None = None
    narrow: bool = False
    url_seen: str | None = None


def ui() -> Ui:
    state: Ui = st.session_state.setdefault(_KEY, Ui())
    return state
