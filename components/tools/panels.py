"""What stands below the editor of a tool: one tab a question, and only the open one is drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.answers import panel as answers
from components.tools import (
    compile_view,
    evidence,
    export_view,
    home,
    sample_call,
    strict_view,
    token_bill,
    versions,
)
from components.tools.desk import Desk

PANELS, ANSWERS = "tool-panels", "Answers"
_DRAW: dict[str, Callable[[Desk], None]] = {
    "Sample call": sample_call.render,
    ANSWERS: answers.render,
    "Compile": compile_view.render,
    "Strict": strict_view.render,
    "Tokens": token_bill.render,
    "Recorded calls": evidence.render,
    "Versions": versions.render,
    "Export": export_view.render,
}
# A reply schema is no tool of the library: it is not called, and no versions of it are kept.
_OF_A_REPLY = ("Sample call", "Strict")


def panels(here: Desk) -> None:
    names = [name for name in _DRAW if name in _OF_A_REPLY or not home.is_response(here.tool_id)]
    for tab, name in zip(st.tabs(names, key=PANELS, on_change="rerun"), names, strict=True):
        if tab.open:
            with tab:
                _DRAW[name](here)
