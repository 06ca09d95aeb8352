"""Which exchanges the Usage page counts: by model, connection and time, on one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import streamlit as st

_MODEL, _CONNECTION, _SINCE = "usage-model", "usage-connection", "usage-since"
_RANGES = {
    "All time": None,
    "Last hour": timedelta(hours=1),
    "Last 24 hours": timedelta(days=1),
    "Last 7 days": timedelta(days=7),
    "Last 30 days": timedelta(days=30),
}


def filtered(frame: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters and return the exchanges that pass. Nothing chosen means everything."""
    by_model, by_connection, by_time = st.columns([2, 2, 1.2], vertical_alignment="bottom")
    models = _choice(by_model, "Model", frame["model"], _MODEL, "All models")
    connections = _choice(by_connection, "Connection", frame["connection"], _CONNECTION, "All connections")
    since = by_time.selectbox("Time", list(_RANGES), key=_SINCE, persist_state="session")
    passing = frame
    if models:
        passing = passing[passing["model"].isin(models)]
    if connections:
        passing = passing[passing["connection"].isin(connections)]
    span = _RANGES[since or "All time"]
    return passing if span is None else passing[passing["time"] >= datetime.now(UTC) - span]


def clear() -> None:
    for key in (_MODEL, _CONNECTION, _SINCE):
        st.session_state.pop(key, None)


def _choice(
    column: st.delta_generator.DeltaGenerator, label: str, values: pd.Series[str], key: str, all_of_them: str
) -> list[str]:
    return column.multiselect(label, sorted(values.unique()), key=key, placeholder=all_of_them, persist_state="session")
