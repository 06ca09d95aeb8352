"""Which exchanges the Usage page counts: by model, connection and time; where each is told, also by tool and title."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pandas as pd
import streamlit as st

from callsmith.store.usage_totals import Kind, Span
from callsmith.usage_totals import Picked

_MODEL, _CONNECTION, _SINCE, _DATES = "usage-model", "usage-connection", "usage-since", "usage-dates"
_TOOL, _CONVERSATION = "usage-tool", "usage-conversation"
_NARROWEST = 150
_RANGES = {
    "All time": None,
    "Last hour": timedelta(hours=1),
    "Last 24 hours": timedelta(days=1),
    "Last 7 days": timedelta(days=7),
    "Last 30 days": timedelta(days=30),
}


def filtered(frame: pd.DataFrame, calls: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters and return the exchanges that pass. Nothing chosen means everything. ``calls`` were made in
    them: ``exchange`` and ``tool``."""
    with st.grid("auto", min_column_width=_NARROWEST, gap="xsmall", key="usage-filters"):
        models = _choice(st, "Model", set(frame["model"]), _MODEL, "All models")
        connections = _choice(st, "Connection", set(frame["connection"]), _CONNECTION, "All connections")
        tools = _choice(st, "Tool called", set(calls["tool"]), _TOOL, "All tools")
        # A deleted conversation has no title any more.
        titles = _choice(st, "Conversation", set(frame["conversation"]) - {""}, _CONVERSATION, "All conversations")
        since = st.selectbox("Time", list(_RANGES), key=_SINCE, persist_state="session")
    passing = frame
    for column, chosen in (("model", models), ("connection", connections), ("conversation", titles)):
        if chosen:
            passing = passing[passing[column].isin(chosen)]
    if tools:
        passing = passing[passing["exchange"].isin(calls[calls["tool"].isin(tools)]["exchange"])]
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
    for key in (_MODEL, _CONNECTION, _TOOL, _CONVERSATION, _SINCE, _DATES):
        st.session_state.pop(key, None)


def _choice(place: Any, label: str, values: Collection[str], key: str, all_of_them: str) -> list[str]:
    # What was chosen stays to be taken away, also where nothing has it any more.
    options = sorted({*values, *st.session_state.get(key, [])})
    chosen: list[str] = place.multiselect(label, options, key=key, placeholder=all_of_them, persist_state="session")
    return chosen
