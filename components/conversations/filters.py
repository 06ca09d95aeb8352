"""What is looked for on the Conversations page: words, models, tools, tags, a state, and in which order.

All of it stays for the session, so that one who opens a conversation and comes back finds the list as it was.
"""

from __future__ import annotations

from typing import get_args

import streamlit as st

from callsmith.store import Wanted
from callsmith.store.sessions import Order, State
from components import services
from components.conversations import acts

_SEARCH, _STATE, _ORDER = "sessions-search", "sessions-state", "sessions-order"
_STATES: dict[State, str] = {
    "all": "All but archived",
    "waiting": "Waiting for you",
    "broken": "Interrupted or error",
    "archived": "Archived",
}
_ORDERS: dict[Order, str] = {
    "newest": "Last changed",
    "oldest": "Longest unchanged",
    "title": "Title",
    "tokens": "Most tokens",
}
# Narrower than this a choice is cut off.
_NARROWEST = 140


def wanted() -> Wanted:
    query = st.text_input(
        "Search",
        key=_SEARCH,
        type="search",
        live=True,
        label_visibility="collapsed",
        placeholder="Search titles, messages, tool names and arguments",
        on_change=first_page,
        persist_state="session",
    )
    models, tools, tags = services.store().session_choices()
    with st.grid("auto", min_column_width=_NARROWEST, gap="xsmall", key="sessions-filters"):
        asked = _several("models", "Model", models, "Conversations in which one of these models was asked")
        called = _several(
            "tools",
            "Tool called",
            tools,
            "Conversations in which a model called one of these tools. Where a tool was only at hand and never called, "
            "the conversation is not listed.",
        )
        tagged = _several("tags", "Tag", tags, "Conversations that have one of these tags")
        state = st.selectbox(
            "State",
            get_args(State),
            key=_STATE,
            format_func=_STATES.__getitem__,
            on_change=first_page,
            persist_state="session",
        )
        order = st.selectbox(
            "Order",
            get_args(Order),
            key=_ORDER,
            format_func=_ORDERS.__getitem__,
            on_change=first_page,
            persist_state="session",
        )
    return Wanted(query or "", asked, called, tagged, state, order)


def first_page() -> None:
    st.session_state[acts.PAGE] = 0


def reset() -> None:
    st.session_state[_SEARCH] = ""
    for name in ("models", "tools", "tags"):
        st.session_state[f"sessions-{name}"] = []
    only("all")


def only(state: State) -> None:
    st.session_state[_STATE] = state
    first_page()


def _several(name: str, label: str, options: tuple[str, ...], said: str) -> tuple[str, ...]:
    key = f"sessions-{name}"
    # What was chosen stays to be taken away, also where nothing has it any more.
    chosen: list[str] = st.session_state.get(key, [])
    found = st.multiselect(
        label,
        sorted({*options, *chosen}),
        key=key,
        placeholder="Any" if options else "None yet",
        disabled=not options and not chosen,
        help=said,
        on_change=first_page,
        persist_state="session",
    )
    return tuple(found)
