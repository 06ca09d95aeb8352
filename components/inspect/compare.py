"""The same conversation as two wire formats would send it, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from callsmith.conversation import Conversation
from callsmith.jsontext import indented
from callsmith.play import Ask, build
from callsmith.wire.registry import WIRES
from components import layout
from components.inspect import shown
from components.words import count

_WANTED = "compare-wanted"


def compare_button() -> None:
    st.button(
        "Compare formats",
        key="compare-formats",
        icon=":material/splitscreen_vertical_add:",
        type="tertiary",
        help="The same conversation in two wire formats, side by side",
        on_click=_want,
    )


def compare_dialog(conversation: Conversation, ask: Callable[[], Ask]) -> None:
    """Over the page, once after a click. ``ask`` gives what would be asked now."""
    if st.session_state.pop(_WANTED, False):
        _compare(conversation, ask())


def _want() -> None:
    layout.fold_popovers()
    st.session_state[_WANTED] = True


@st.dialog("Two formats side by side", width="large")
def _compare(conversation: Conversation, ask: Ask) -> None:
    """Its own format stands on the left."""
    st.caption(f"The next request to {ask.target.model or 'the model'}, in the words of two wire formats.")
    own = ask.target.wire
    other = next(name for name in WIRES if name != own)
    for column, side, first in zip(st.columns(2), ("left", "right"), (own, other), strict=True):
        with column:
            wire = st.segmented_control(
                "Format",
                list(WIRES),
                default=first,
                key=f"compare-{side}",
                format_func=lambda name: WIRES[name].label,
                required=True,
                label_visibility="collapsed",
            )
            _side(conversation, replace(ask, target=replace(ask.target, wire=wire or first)), side)


def _side(conversation: Conversation, ask: Ask, side: str) -> None:
    sent = build(ask, conversation)
    st.markdown(f"`{sent.method} {sent.url}`")
    st.caption(f"Body, {count(len(sent.body), 'byte')}")
    shown.text(indented(sent.body.decode()), key=f"compare-folded-{side}", height=520)
    with st.expander("Headers"):
        shown.headers(sent.headers)
