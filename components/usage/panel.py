"""The Playground's Usage tab: what this conversation cost so far, in a narrow column."""

from __future__ import annotations

import streamlit as st

from callsmith import usage
from components import services
from components.usage import charts, costs
from components.usage.clock import zone
from components.usage.figures import figures, of_conversation, remarks
from components.usage.table import table

_CHARTS = {"Tokens": charts.tokens, "Running total": charts.running_total, "Times": charts.latency}


def render(conversation_id: str) -> None:
    rows = services.store().usage_rows(conversation_id) if conversation_id else []
    if not rows:
        st.caption("Nothing was sent yet. After the first reply its tokens and times appear here.")
        return
    frame = usage.frame(rows, zone(), costs.price())
    figures(of_conversation(frame), columns=2, narrowest=110, key="usage-figures")
    if said := remarks(frame):
        st.caption(said)
    chosen = st.segmented_control(
        "Chart",
        list(_CHARTS),
        default="Tokens",
        required=True,
        key="usage-chart",
        label_visibility="collapsed",
        persist_state="session",
    )
    _CHARTS[chosen or "Tokens"](frame, key="usage-drawing", narrow=True)
    table(frame, key="usage-table", one_conversation=True)
