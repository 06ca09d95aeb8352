"""The one thing Streamlit has no widget for: a panel that stays in view while the transcript grows."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

_STYLE = """<style>
[data-testid="stColumn"]:has(> div .st-key-side) > div { position: sticky; top: 4rem; height: auto; }
.st-key-side { max-height: calc(100vh - 21rem); overflow-y: auto; overflow-x: hidden; }
</style>"""


def side_panel(draw: Callable[[], None]) -> None:
    st.html(_STYLE)
    with st.container(key="side"):
        draw()
