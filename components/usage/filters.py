"""Which exchanges the Usage page counts: by model, connection and time, on one line."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta, tzinfo

import pandas as pd
import streamlit as st

from callsmith.store.usage_totals import Kind, Span
from callsmith.usage_totals import Picked

_MODEL, _CONNECTION, _SINCE, _DATES = "usage-model", "usage-connection", "usage-since", "usage-dates"
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
    models = _choice(by_model, "Model", set(frame["model"]), _MODEL, "All models")
    connections = _choice(by_connection, "Connection", set(frame["connection"]), _CONNECTION, "All connections")
    since = by_time.selectbox("Time", list(_RANGES), key=_SINCE, persist_state="session")
    passing = frame
    if models:
        passing = passing[passing["model"].isin(models)]
    if connections:
        passing = passing[passing["connection"].isin(connections)]
    span = _RANGES[since or "All time"]
    return passing if span is None else passing[passing["time"] >= datetime.now(UTC) - span]


def picked(kinds: Collection[Kind], zone: tzinfo) -> Picked:
    """The same over what the database summed, with dates from and to, which win over the time."""
    by_model, by_connection, by_time, by_dates = st.columns([1.7, 1.7, 1.5, 1.9], vertical_alignment="bottom")
    models = _choice(by_model, "Model", {kind.model for kind in kinds}, _MODEL, "All models")
    connections = _choice(
        by_connection, "Connection", {kind.connection for kind in kinds}, _CONNECTION, "All connections"
    )
    since = by_time.selectbox("Time", list(_RANGES), key=_SINCE, persist_state="session")
    dates = by_dates.date_input("Dates, from and to", value=[], key=_DATES, format="YYYY-MM-DD")
    length = _RANGES[since or "All time"]
    span = Span() if length is None else Span((datetime.now(UTC) - length).timestamp())
    if isinstance(dates, tuple) and len(dates) == 2:
        first, last = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in dates)
        span = Span(first.timestamp(), (last + timedelta(days=1)).timestamp())
    offset = datetime.now(zone).utcoffset() or timedelta()
    return Picked(tuple(models), tuple(connections), span, round(offset / timedelta(hours=1)))


def clear() -> None:
    for key in (_MODEL, _CONNECTION, _SINCE, _DATES):
        st.session_state.pop(key, None)


def _choice(
    column: st.delta_generator.DeltaGenerator, label: str, values: Collection[str], key: str, all_of_them: str
) -> list[str]:
    return column.multiselect(label, sorted(values), key=key, placeholder=all_of_them, persist_state="session")
