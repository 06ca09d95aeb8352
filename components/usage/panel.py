"""The Playground's Usage tab: what this conversation cost so far, and each of its turns, in a narrow column."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from callsmith import usage
from callsmith.conversation import Conversation
from callsmith.store import ExchangeInfo
from callsmith.turn_totals import turns
from components import services
from components.usage import charts, costs
from components.usage.clock import zone
from components.usage.figures import figures, of_conversation, remarks
from components.usage.table import table
from components.usage.turn_table import turn_table

_CHARTS = {"Tokens": charts.tokens, "Running total": charts.running_total, "Times": charts.latency}


def render(conversation: Conversation, infos: Mapping[str, ExchangeInfo]) -> None:
    """``infos`` are the exchanges of its turns."""
    rows = services.store().usage_rows(conversation.id) if conversation.id else []
    if not rows:
        st.caption("Nothing was sent yet. After the first reply its tokens and times appear here.")
        return
    price = costs.price()
    frame = usage.frame(rows, zone(), price)
    found, elsewhere = turns(conversation, infos, rows)
    last = usage.frame(found[-1].asked if found else (), zone(), price)
    figures(of_conversation(frame, last), columns=2, narrowest=110, key="usage-figures")
    if said := remarks(frame):
        st.caption(said)
    turn_table(found, elsewhere, price, key="usage-turns")
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
