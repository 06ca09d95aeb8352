"""Escape closes a popover or dialog, and keeps what was typed in it.

Streamlit's inputs send their text when they lose the focus. An input that is taken away with the focus in it never
loses it, so its text would be gone: it is made to let go first.
"""

from __future__ import annotations

import streamlit as st

_listener = st.components.v2.component(
    "callsmith_escape",
    html="<span></span>",
    js="""
const letGo = (event) => {
  const held = document.activeElement;
  if (event.key === "Escape" && held && /^(TEXTAREA|INPUT)$/.test(held.tagName)) held.blur();
};
export default function () {
  // The window hears a key before any popover does, and one function is added once, however often this runs.
  window.addEventListener("keydown", letGo, true);
}
""",
)


def keep_on_escape() -> None:
    """Once a run, on every page."""
    _listener(key="escape", height=1)
