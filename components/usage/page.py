"""The Usage page: what all conversations cost together."""

from __future__ import annotations

import streamlit as st

from components import services
from components.usage import each, filters, over_time, prices_editor
from components.usage.clock import zone

# From here on the database sums: what is told of each exchange would take seconds to read.
FEW = 2_000
_EACH, _OVER_TIME = "Each exchange", "Summed over time"


def render() -> None:
    st.title("Usage", anchor=False)
    store = services.store()
    if not store.usage_is_many(0):
        st.markdown("Nothing was sent yet. Tokens and times of every exchange with a model appear here.")
        st.page_link("pages/playground.py", label="Open the Playground", icon=":material/forum:")
        prices_editor.render()
        return
    picked = filters.picked(store, zone())
    many = store.usage_is_many(FEW, picked.span, picked.conversations)
    view = over_time if many or _view() == _OVER_TIME else each
    if not view.render(picked, zone()):
        st.markdown("No exchange passes these filters.")
        st.button("Clear filters", key="usage-clear", icon=":material/filter_alt_off:", on_click=filters.clear)
    if many:
        st.caption(
            f"These are more than {FEW:,} exchanges. Where a shorter time or some conversations are chosen, each "
            "exchange is shown by itself."
        )
    prices_editor.render()


def _view() -> str:
    chosen = st.segmented_control(
        "View", [_EACH, _OVER_TIME], default=_EACH, required=True, key="usage-view", persist_state="session"
    )
    return chosen or _EACH
