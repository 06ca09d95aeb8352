"""The page list, and the guard against the cold start of a deep link.

A ``pages/`` folder beside ``app.py`` switches on Streamlit's old router until some session has called
``st.navigation`` in this process: a fresh server that is first opened at ``/usage`` would run that
file alone, without the frame. Every page therefore calls ``guard()`` first.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_FRAMED = "_framed"
_LISTED = "_listed"
# A file of our own: Streamlit fetches the picture of a material icon or emoji from another host.
ICON = str(Path(__file__).with_name("icon.png"))
ABOUT = """**Callsmith** is a playground for LLM tool calling.

| key | does |
|---|---|
| Enter | sends the message |
| Ctrl+Enter or Cmd+Enter | continues with the results |
| Esc | stops the reply |
"""


def pages() -> list[st.Page]:
    return [
        st.Page("pages/playground.py", title="Playground", icon=":material/forum:", default=True),
        st.Page("pages/tools.py", title="Tools", icon=":material/build:"),
        st.Page("pages/conversations.py", title="Conversations", icon=":material/inventory_2:"),
        st.Page("pages/usage.py", title="Usage", icon=":material/bar_chart:"),
        st.Page("pages/connections.py", title="Connections", icon=":material/cable:"),
        st.Page("pages/present.py", title="Presentation", icon=":material/slideshow:", visibility="hidden"),
    ]


def current() -> st.Page:
    """The page that was asked for, with the page list beside it; a presentation has none in sight."""
    found = st.navigation(pages(), position="sidebar")
    return st.navigation(pages(), position="hidden") if found.url_path == "present" else found


def mark_framed() -> None:
    st.session_state[_FRAMED] = st.session_state[_LISTED] = True


def listed() -> bool:
    """Whether the frame has listed the pages, so that one can link to another: a page that runs alone has none."""
    return bool(st.session_state.get(_LISTED))


def guard() -> None:
    if not st.session_state.get(_FRAMED):
        # Before the page list: the icon of a page in it would be fetched from another host.
        st.set_page_config(page_icon=ICON)
        st.navigation(pages())
        st.rerun()
