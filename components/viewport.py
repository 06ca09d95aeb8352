"""Whether the window is narrow. The server cannot see the window, so one tiny component says so, and only
when the answer changes."""

from __future__ import annotations

import streamlit as st

from components.state import ui

NARROW_BELOW = 1000
_KEY = "viewport"

_probe = st.components.v2.component(
    "callsmith_viewport",
    html="<span></span>",
    js="""
export default function ({ data, setStateValue }) {
  const query = window.matchMedia(`(max-width: ${data.below - 1}px)`);
  const tell = () => setStateValue("narrow", query.matches);
  if (query.matches !== data.narrow) tell();
  query.addEventListener("change", tell);
  return () => query.removeEventListener("change", tell);
}
""",
)


def is_narrow() -> bool:
    """The last answer of the browser; False until it spoke. Call once a run."""
    state = ui()
    _probe(
        key=_KEY,
        data={"below": NARROW_BELOW, "narrow": state.narrow},
        on_narrow_change=_heard,
        height=1,
    )
    return state.narrow


def _heard() -> None:
    ui().narrow = bool(st.session_state[_KEY].get("narrow"))
