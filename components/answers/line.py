"""Who answers a tool, said in one line of a list and changed there in two clicks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from callsmith.store import ToolRecord
from components.answers import panel, settings
from components.answers.settings import Settings
from components.answers.words import WAYS, summary
from components.words import plain


def line(record: ToolRecord, set_up: Callable[[str], None]) -> None:
    """Draw it. ``set_up`` is a callback that opens the settings of this tool."""
    here = Settings(record.id, record.tool, record.answering)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(summary(record.tool, record.answering)), width="content")
        # Another label would make another popover of it, which is closed.
        popover = st.popover(
            "Change",
            key=here.key("line"),
            type="tertiary",
            help="Who answers the calls of this tool",
            on_change="rerun",
        )
    if not popover.open:
        return
    with popover:
        key = here.key("line-by")
        st.selectbox(
            "Who answers",
            list(WAYS),
            key=settings.choice(record.id, key, record.answering.by),
            format_func=lambda by: WAYS[by].label,
            on_change=panel.choose,
            args=(record.id, key),
        )
        st.caption(plain(WAYS[record.answering.by].line))
        panel.asks(here, "line-auto")
        st.button(
            "Settings of this way",
            key=here.key("line-settings"),
            icon=":material/tune:",
            on_click=_open,
            args=(record.id, set_up),
        )


def _open(tool_id: str, set_up: Callable[[str], None]) -> None:
    st.session_state[settings.key_of(tool_id, "line")] = False
    set_up(tool_id)
