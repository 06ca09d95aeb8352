"""What is to be known before sending, right above the message box: what this request will be refused for, what of the
conversation cannot go along, what the format has no word for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from callsmith.notes import Note, notes
from callsmith.notes.types import Level
from callsmith.play import Ask
from callsmith.types.setup import Setup
from components.chat import session
from components.chat.session import Opened
from components.state import ui
from components.words import count, plain

_IN_VIEW, _IN_NARROW_VIEW = 3, 1
_ICONS: Mapping[Level, str] = {
    "lost": ":material/sync_problem:",
    "ignored": ":material/do_not_disturb_on:",
    "info": ":material/info:",
}


def notes_row(opened: Opened, ask: Ask) -> None:
    """Draw nothing where there is nothing to say. Not while a reply arrives."""
    found = notes(opened.setup, ask.target, ask.tools, ask.options, opened.conversation)
    most = _IN_NARROW_VIEW if ui().narrow else _IN_VIEW
    serious = [note for note in found if note.level in ("refused", "lost")][:most]
    folded = [note for note in found if note not in serious]
    if not found:
        return
    with st.bottom, st.container(key="notes", gap="xsmall"):
        for note in serious:
            _said(note)
        if folded:
            more = "more note" if serious else "note"
            with st.expander(f"{count(len(folded), more)} on this request", key="notes-folded", type="compact"):
                for note in folded:
                    _said(note)


def _said(note: Note) -> None:
    words = plain(note.text)
    with st.container(horizontal=True, vertical_alignment="center", key=f"note-{note.id}", gap="small"):
        if note.level == "refused":
            st.markdown(f":orange[:material/warning: **Refused:**] {words}", width="content")
        else:
            st.caption(f"{_ICONS[note.level]} {words}", width="content")
        for at, fix in enumerate(note.fixes):
            st.button(
                fix.label,
                key=f"fix-{note.id}-{at}",
                type="tertiary",
                icon=":material/build:",
                on_click=_apply,
                args=(fix.change,),
            )


def _apply(change: Callable[[Setup], Setup]) -> None:
    session.save_setup(change(session.current().setup))
