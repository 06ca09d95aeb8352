"""What lies over what: the panel that stays in view while the transcript grows, and popovers under dialogs."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

_STYLE = """<style>
[data-testid="stColumn"]:has(> div .st-key-side) > div { position: sticky; top: 4rem; height: auto; }
.st-key-side { max-height: calc(100vh - 21rem); overflow-y: auto; overflow-x: hidden; }
</style>"""


PANEL, OPTIONS = "panel", "options"
_POPOVERS = (PANEL, OPTIONS, "conversation", "auto-run", "variables")


def fold_popovers() -> None:
    """For a callback that opens a dialog: an open popover would stay on top of it."""
    for key in _POPOVERS:
        if st.session_state.get(key):
            st.session_state[key] = False


def side_panel(draw: Callable[[], None]) -> None:
    st.html(_STYLE)
    with st.container(key="side"):
        draw()
