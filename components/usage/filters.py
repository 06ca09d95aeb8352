"""Which exchanges the Usage page counts: by model, connection, tool called, conversation and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta, tzinfo

import streamlit as st

from callsmith.store import Store
from callsmith.store.usage_tables import Span
from callsmith.usage_totals import Picked
from components.usage import brush

_MODEL, _CONNECTION, _SINCE, _DATES = "usage-model", "usage-connection", "usage-since", "usage-dates"
_TOOL, _CONVERSATION = "usage-tool", "usage-conversation"
_NARROWEST = 150
# Conversations to choose from; others are chosen in the table by conversation.
_LAST = 200
_BY_DATE = "Dates"
_RANGES = {
    "All time": None,
    "Last hour": timedelta(hours=1),
    "Last 24 hours": timedelta(days=1),
    "Last 7 days": timedelta(days=7),
    "Last 30 days": timedelta(days=30),
    _BY_DATE: None,
}


def picked(store: Store, zone: tzinfo) -> Picked:
    """Draw the filters. Nothing chosen means everything."""
    kinds = store.usage_kinds()
    chosen: list[str] = st.session_state.get(_CONVERSATION, [])
    titles = _titles(store, chosen)
    with st.grid("auto", min_column_width=_NARROWEST, gap="xsmall", key="usage-filters"):
        models = _choice("Model", {kind.model for kind in kinds}, _MODEL, "All models")
        connections = _choice("Connection", {kind.connection for kind in kinds}, _CONNECTION, "All connections")
        tools = _choice("Tool called", {tool for kind in kinds for tool in kind.tools}, _TOOL, "All tools")
        conversations = _choice(
            "Conversation", titles, _CONVERSATION, "All conversations", lambda one: titles.get(one, "deleted")
        )
        since = st.selectbox("Time", list(_RANGES), key=_SINCE, persist_state="session", on_change=brush.reset)
        dates: object = ()
        if since == _BY_DATE:
            dates = st.date_input(
                "From and to", value=[], key=_DATES, format="YYYY-MM-DD", persist_state="session", on_change=brush.reset
            )
    brush.shown(zone)
    span = brush.steps()[-1] if brush.steps() else _span(since or "All time", dates, zone)
    offset = datetime.now(zone).utcoffset() or timedelta()
    shift = round(offset / timedelta(hours=1))
    return Picked(tuple(models), tuple(connections), tuple(tools), tuple(conversations), span, shift)


def clear() -> None:
    """For a callback."""
    for key in (_MODEL, _CONNECTION, _TOOL, _CONVERSATION, _SINCE, _DATES):
        st.session_state.pop(key, None)
    brush.reset()


def only(conversations: Collection[str]) -> None:
    """Choose these conversations and no others. For a callback."""
    st.session_state[_CONVERSATION] = list(conversations)


def _span(since: str, dates: object, zone: tzinfo) -> Span:
    if isinstance(dates, tuple) and len(dates) == 2:
        first, last = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in dates)
        return Span(first.timestamp(), (last + timedelta(days=1)).timestamp())
    length = _RANGES[since]
    return Span() if length is None else Span((datetime.now(UTC) - length).timestamp())


def _titles(store: Store, chosen: Collection[str]) -> dict[str, str]:
    """By id. Those that are titled alike are told apart by the begin of their ids."""
    found = {one: title or "untitled" for one, title in store.usage_conversations(_LAST, tuple(chosen))}
    alike = Counter(found.values())
    return {one: title if alike[title] == 1 else f"{title} ({one[:6]})" for one, title in found.items()}


def _choice(
    label: str, values: Collection[str], key: str, all_of_them: str, words: Callable[[str], str] = str
) -> list[str]:
    # What was chosen stays to be taken away, also where nothing has it any more.
    options = sorted({*values, *st.session_state.get(key, [])}, key=words)
    chosen: list[str] = st.multiselect(
        label, options, key=key, placeholder=all_of_them, persist_state="session", format_func=words
    )
    return chosen
