"""What differs between two versions of a tool."""

from __future__ import annotations

import difflib

import streamlit as st

from callsmith.schema.text import write
from callsmith.schema.tool_document import document_of
from callsmith.types.tool import Tool


def compared(old: Tool, new: Tool, key: str) -> None:
    before, after = (write(document_of(tool)).splitlines() for tool in (old, new))
    lines = list(difflib.unified_diff(before, after, "old", "new", lineterm="", n=2))[2:]
    if lines:
        with st.container(key=key):
            st.code("\n".join(lines), language="diff")
    else:
        st.caption("These two versions are the same.")
