"""Widgets that show what is kept elsewhere, in the store or a document: loaded in every run, changed by callbacks.

The server sends the value that is written to a widget's state in one message, and drops that message where the next run
begins before it left. A browser that missed it shows the widget's default, and reports that with the next click as if a
person had chosen it. So a choice is written in every run, and an input has what is kept as its default.
"""

from __future__ import annotations

from typing import Any

import streamlit as st


def choice(key: str, value: Any) -> str:
    """Load what is chosen or ticked; returns the key."""
    st.session_state[key] = value
    return key


def entry(key: str, value: Any) -> dict[str, Any]:
    """Load what is typed: the key and the value that an input begins with. It is written only where it differs, for
    that sends it to the browser and would overwrite what is being typed there."""
    if key in st.session_state and st.session_state[key] != value:
        st.session_state[key] = value
        return {"key": key}
    return {"key": key, "value": value}
