"""What was used, summed by time, model, connection, played tool or conversation: a table, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import Any

import pandas as pd
import streamlit as st

from callsmith.usage_totals import Picked, Sum, Totals, conversations
from components import services
from components.usage import costs, filters
from components.usage.table import NOT_REPORTED, csv_text
from components.words import count

_BY = ("Time", "Model", "Connection", "Played tool", "Conversation")


def render(found: Totals, picked: Picked, zone: tzinfo) -> None:
    by = st.segmented_control("By", _BY, default="Model", required=True, key="usage-by", persist_state="session")
    sums: Iterable[tuple[str, Sum]]
    ids: list[str] = []
    match by:
        case "Time":
            sums = [(at_time(begins, zone), one) for begins, one in reversed(list(found.series.items()))]
        case "Connection":
            sums = _largest(found.connections.items())
        case "Played tool":
            sums = _largest(found.players.items())
        case "Conversation":
            theirs = conversations(services.store(), picked, costs.own())
            sums = [(title or "deleted or without a title", one) for _, title, one in theirs]
            ids = [conversation_id for conversation_id, _, _ in theirs]
        case _:
            sums = _largest(found.models.items())
    frame = pd.DataFrame([_row(str(by), name, one) for name, one in sums])
    if frame.empty:
        st.caption("Models played no tools in these exchanges.")
        return
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(format="%.6f" if "dollars" in name else "localized")
        for name in frame.columns[1:]
    }
    shown: dict[str, Any] = {"hide_index": True, "column_config": columns, "placeholder": NOT_REPORTED}
    if ids:
        st.caption(f"{count(len(frame), 'conversation')} with the most tokens. Rows can be chosen to be shown alone.")
        _narrowed(
            st.dataframe(frame, **shown, key="usage-sessions", on_select="rerun", selection_mode="multi-row"), ids
        )
    else:
        st.dataframe(frame, **shown, key="usage-table")
    st.download_button(
        "Download CSV",
        lambda: csv_text(frame),
        file_name="callsmith-usage.csv",
        mime="text/csv",
        key="usage-table-csv",
        icon=":material/download:",
        on_click="ignore",
        help="The rows above. A value that is not known is left empty.",
    )


def _narrowed(event: Any, ids: list[str]) -> None:
    chosen = [ids[row] for row in event["selection"]["rows"] if row < len(ids)]
    if chosen:
        st.button(
            f"Show only {count(len(chosen), 'conversation')}",
            key="usage-sessions-only",
            icon=":material/filter_alt:",
            on_click=filters.only,
            args=(chosen,),
        )


def _row(by: str, name: str, one: Sum) -> dict[str, Any]:
    return {
        by: name,
        "Exchanges": one.exchanges,
        "Tool calls": one["calls"],
        "Input (tokens)": one.tokens("input"),
        "Cached input (tokens)": one.tokens("cache_read"),
        "Output (tokens)": one.tokens("output"),
        "Reasoning (tokens)": one.tokens("reasoning"),
        "Total (tokens)": one.tokens("total"),
        "Cost (US dollars)": one.usd,
        "Price unknown (exchanges)": one.unpriced,
    }


def _largest(sums: Iterable[tuple[str, Sum]]) -> list[tuple[str, Sum]]:
    return sorted(sums, key=lambda one: -one[1]["total"])


def at_time(begins: float, zone: tzinfo) -> str:
    """The Unix second at which a place of time begins."""
    at = datetime.fromtimestamp(begins, zone)
    return at.strftime("%Y-%m-%d" if at.hour == 0 else "%Y-%m-%d %H:%M")
