"""The Usage page: what all conversations cost together."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from callsmith import usage
from components import services
from components.usage import charts, costs, filters, over_time, prices_editor, tool_calls
from components.usage.clock import zone
from components.usage.figures import figures, over_all, remarks
from components.usage.table import table

# From here on the database sums: what is told of each exchange would take seconds to read.
FEW = 2_000
_EACH, _OVER_TIME = "Each exchange", "Summed over time"
_TOKENS = {"Per exchange": charts.tokens, "Running total": charts.running_total}


def render() -> None:
    st.title("Usage", anchor=False)
    store = services.store()
    if not store.usage_is_many(0):
        st.markdown("Nothing was sent yet. Tokens and times of every exchange with a model appear here.")
        st.page_link("pages/playground.py", label="Open the Playground", icon=":material/forum:")
        prices_editor.render()
        return
    many = store.usage_is_many(FEW)
    if many or _view() == _OVER_TIME:
        if not over_time.render(filters.picked(store.usage_kinds(), zone()), zone()):
            st.markdown("No exchange that ended passes these filters.")
            st.button("Clear filters", key="usage-clear", icon=":material/filter_alt_off:", on_click=filters.clear)
        if many:
            st.caption(
                f"Calls per tool, and whether their arguments fit, are told here up to {FEW:,} exchanges. However many "
                "they are, Export all on the Conversations page has them as a table, one row a call."
            )
        prices_editor.render()
        return
    rows = store.usage_rows()
    everything = usage.frame(rows, zone(), costs.price())
    calls = tool_calls.read(store, {row.exchange_id: number for number, row in enumerate(rows, start=1)})
    frame = filters.filtered(everything, calls)
    if frame.empty:
        st.markdown(f"None of the {len(everything):,} exchanges passes these filters.")
        st.button("Clear filters", key="usage-clear", icon=":material/filter_alt_off:", on_click=filters.clear)
        prices_editor.render()
        return
    figures(over_all(frame), columns=5, narrowest=150, key="usage-figures")
    if said := remarks(frame):
        st.caption(said)
    with st.grid(2, min_column_width=360, gap="medium", key="usage-charts") as grid:
        with grid.cell():
            with _heading("Tokens"):
                chosen = st.segmented_control(
                    "Tokens",
                    list(_TOKENS),
                    default="Per exchange",
                    required=True,
                    key="usage-tokens",
                    label_visibility="collapsed",
                    persist_state="session",
                )
            _TOKENS[chosen or "Per exchange"](frame, key="usage-tokens-chart")
        with grid.cell():
            _heading("Time to the first token and to the end")
            charts.latency(frame, key="usage-times-chart")
    tool_calls.render(calls[calls["exchange"].isin(frame["exchange"])], int(frame["calls"].sum()))
    table(frame, key="usage-table")
    prices_editor.render()


def _view() -> str:
    chosen = st.segmented_control(
        "View", [_EACH, _OVER_TIME], default=_EACH, required=True, key="usage-view", persist_state="session"
    )
    return chosen or _EACH


def _heading(words: str) -> DeltaGenerator:
    """Of one height, with or without a control, so that charts side by side begin level."""
    line = st.container(horizontal=True, vertical_alignment="center", height=48, border=False)
    line.markdown(f"**{words}**", width="content")
    return line
