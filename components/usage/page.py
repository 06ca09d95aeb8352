"""The Usage page: what all conversations cost together."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from callsmith import usage
from components import services
from components.usage import charts, costs, filters, prices_editor
from components.usage.clock import zone
from components.usage.figures import figures, over_all, remarks
from components.usage.table import table

_TOKENS = {"Per exchange": charts.tokens, "Running total": charts.running_total}


def render() -> None:
    st.title("Usage", anchor=False)
    rows = services.store().usage_rows()
    if not rows:
        st.markdown("Nothing was sent yet. Tokens and times of every exchange with a model appear here.")
        st.page_link("pages/playground.py", label="Open the Playground", icon=":material/forum:")
        prices_editor.render()
        return
    everything = usage.frame(rows, zone(), costs.price())
    frame = filters.filtered(everything)
    if frame.empty:
        st.markdown(f"None of the {len(everything):,} exchanges passes these filters.")
        st.button("Clear filters", key="usage-clear", icon=":material/filter_alt_off:", on_click=filters.clear)
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
    table(frame, key="usage-table")
    prices_editor.render()


def _heading(words: str) -> DeltaGenerator:
    """Of one height, with or without a control, so that charts side by side begin level."""
    line = st.container(horizontal=True, vertical_alignment="center", height=48, border=False)
    line.markdown(f"**{words}**", width="content")
    return line
