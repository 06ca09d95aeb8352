"""Usage of some exchanges, each by itself: figures, two charts, calls per tool, one table."""

from __future__ import annotations

from datetime import tzinfo

import pandas as pd
import streamlit as st

from callsmith import usage
from callsmith.store.usage_tables import Span
from callsmith.usage_totals import Picked, called_in
from components import services
from components.usage import charts, costs, tool_calls
from components.usage.figures import figures, over_all, remarks
from components.usage.table import table
from components.words import count

_PER_EXCHANGE, _RUNNING, _COST = "Tokens", "Running total", "Cost"


def render(picked: Picked, zone: tzinfo) -> bool:
    """False, and nothing drawn, where no exchange passes."""
    rows, verdicts = services.store().usage_each(picked.span, picked.conversations)
    passing = [
        picked.asks(row.model, row.connection)
        and (not picked.tools or any(call.tool in picked.tools for call in verdicts.get(row.exchange_id, ())))
        for row in rows
    ]
    frame = usage.frame(rows, zone, costs.price())[passing]
    if frame.empty:
        return False
    figures(over_all(frame), columns=5, narrowest=150, key="usage-figures")
    if said := remarks(frame):
        st.caption(said)
    with st.grid(2, min_column_width=360, gap="medium", key="usage-charts") as grid:
        with grid.cell():
            _spent(frame)
        with grid.cell():
            charts.heading("Time to the first token and to the end")
            charts.latency(frame, key="usage-times-chart")
    shown = [verdicts.get(row.exchange_id, ()) for row, passes in zip(rows, passing, strict=True) if passes]
    tool_calls.render(picked.of_tools(called_in(shown)), int(frame["calls"].sum()) - sum(map(len, shown)))
    table(frame, key="usage-table")
    return True


@st.fragment
def _spent(frame: pd.DataFrame) -> None:
    with charts.heading("Tokens and cost"):
        shown = charts.switch("Tokens and cost", [_PER_EXCHANGE, _RUNNING, _COST], "usage-tokens")
    if shown == _RUNNING:
        charts.running_total(frame, key="usage-tokens-chart")
    elif shown == _COST:
        charts.costs(frame, key="usage-tokens-chart")
    else:
        charts.tokens(frame, key="usage-tokens-chart", part=lambda numbers: _part(frame, numbers))


def _part(frame: pd.DataFrame, numbers: list[float]) -> tuple[Span, str] | None:
    chosen = frame[frame["exchange"].isin([int(number) for number in numbers])]
    if chosen.empty:
        return None
    began = chosen["time"].map(pd.Timestamp.timestamp)
    tokens = usage.totals(chosen)["total"].value
    used = "tokens not reported" if tokens is None else count(tokens, "token")
    # The end of a span does not count.
    span = Span(float(began.min()), float(began.max()) + 1e-3)
    return span, f"{count(len(chosen), 'exchange')}, {used}"
