"""The user's own prices, in a table that is kept at each change.

The editor is fed what was kept when it came into view and nothing newer, since it counts its changes from there.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from callsmith import prices_own
from callsmith.prices import LIST, LIST_DATE
from callsmith.prices_own import OwnPrices
from components import services
from components.usage import costs
from components.words import plain

FOLDED, KEY, _BASE = "usage-prices", "usage-prices-table", "usage-prices-base"
_TEXTS, _NUMBERS = ("connection", "model"), ("input", "cached", "output")
_ABOUT = (
    f"Costs come from {LIST} of {LIST_DATE}, by provider and model. A provider that it does not know counts at the "
    "list price of the model's maker; a server on this machine has no price there. Rows of your own win over it, the "
    "uppermost that fits first: US dollars for a million tokens. In a name `*` stands for anything, and an empty one "
    "fits all."
)


def render() -> None:
    folded = st.expander("Prices", key=FOLDED, icon=":material/payments:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        st.caption(_ABOUT)
        if KEY not in st.session_state or _BASE not in st.session_state:
            st.session_state[_BASE] = costs.own()
        st.data_editor(
            as_frame(st.session_state[_BASE]),
            key=KEY,
            num_rows="dynamic",
            hide_index=True,
            column_config=_columns(),
            on_change=_keep,
            alt="Your own prices by connection and model, in US dollars for a million tokens",
        )
        for problem in costs.own().problems():
            st.caption(f":material/warning: {plain(problem)}")


def as_frame(prices: OwnPrices) -> pd.DataFrame:
    made = pd.DataFrame(prices_own.to_json(prices), columns=[*_TEXTS, *_NUMBERS])
    return made.astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, "float64"))


def _keep() -> None:
    edit = st.session_state[KEY]
    table = prices_own.edited(st.session_state[_BASE], edit["edited_rows"], edit["added_rows"], edit["deleted_rows"])
    services.store().set_preference(prices_own.PREFERENCE, prices_own.to_json(table))


def _columns() -> dict[str, Any]:
    def number(label: str, *, help: str | None = None) -> Any:
        return st.column_config.NumberColumn(label, format="%.4f", min_value=0.0, help=help)

    return {
        "connection": st.column_config.TextColumn("Connection", help="Its name, or a part of it with *"),
        "model": st.column_config.TextColumn("Model", help="Its id, or a part of it with *"),
        "input": number("Input ($ per million)"),
        "cached": number("Cached input ($ per million)", help="Empty: what other input costs"),
        "output": number("Output ($ per million)", help="Reasoning is output"),
    }
