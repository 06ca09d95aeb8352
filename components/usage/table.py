"""Every exchange with its numbers, units in the column names, and the same as a file."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from callsmith.spreadsheet import cell
from components.words import count

NOT_REPORTED = "not reported"
_HEADINGS = {
    "exchange": "Exchange",
    "time": "Time",
    "conversation": "Conversation",
    "model": "Model",
    "connection": "Connection",
    "wire": "Wire format",
    "state": "State",
    "calls": "Tool calls",
    "uncached_input": "Uncached input (tokens)",
    "cached_input": "Cached input (tokens)",
    "output": "Output (tokens)",
    "reasoning": "Reasoning (tokens)",
    "cache_written": "Written to cache (tokens)",
    "input": "Input, all (tokens)",
    "output_total": "Output, all (tokens)",
    "total": "Total (tokens)",
    "cost": "Cost (US dollars)",
    "plays": "Played the tool",
    "first_token_s": "First token (s)",
    "total_s": "Whole reply (s)",
    "tokens_per_s": "Speed (tokens/s)",
}
_WHOLE = (
    "calls",
    "uncached_input",
    "cached_input",
    "output",
    "reasoning",
    "cache_written",
    "input",
    "output_total",
    "total",
)
_FORMATS = {"first_token_s": "%.2f", "total_s": "%.2f", "tokens_per_s": "%,.0f", "cost": "%.6f"} | dict.fromkeys(
    _WHOLE, "%,d"
)
_PARTS = ("uncached_input", "cached_input", "output", "reasoning", "total")
_TIMES = ("first_token_s", "total_s", "tokens_per_s")
_REST = ("calls", "cache_written", "input", "output_total", "connection", "wire")
_OVER_ALL = ["exchange", "time", "conversation", "model", "state", "plays", *_PARTS, "cost", *_TIMES, *_REST]
_ONE_CONVERSATION = [
    "exchange",
    "input",
    "output_total",
    "cached_input",
    "cache_written",
    "reasoning",
    "cost",
    *_TIMES,
    "calls",
    "plays",
    "state",
    "model",
    "time",
]


def table(frame: pd.DataFrame, *, key: str, one_conversation: bool = False) -> None:
    """Newest first. ``one_conversation`` leaves out what repeats there; the file has every column."""
    shown = frame.iloc[::-1][_ONE_CONVERSATION if one_conversation else _OVER_ALL]
    st.dataframe(
        shown,
        key=key,
        hide_index=True,
        height="content" if len(shown) <= 8 else 318,
        placeholder=NOT_REPORTED,
        column_config=_columns(),
        alt=f"Tokens and times of {count(len(shown), 'exchange')}, newest first",
    )
    st.download_button(
        "Download CSV",
        lambda: to_csv(frame),
        file_name="callsmith-usage.csv",
        mime="text/csv",
        key=f"{key}-csv",
        icon=":material/download:",
        on_click="ignore",
        help="All columns of the exchanges above, oldest first. A value that was not reported is left empty.",
    )


def to_csv(frame: pd.DataFrame) -> str:
    """Column names as in the frame, times in ISO 8601 with their offset, unknown values empty."""
    timed = frame.assign(time=frame["time"].map(lambda at: at.isoformat(timespec="seconds")))
    return csv_text(timed)


def csv_text(frame: pd.DataFrame) -> str:
    """Text is no formula for a spreadsheet; numbers are as they are."""
    frame = frame.copy()
    for name in frame.select_dtypes(["object", "string", "category"]):
        frame[name] = frame[name].astype(object).map(cell)
    text: str = frame.to_csv(index=False, lineterminator="\r\n")
    return text


def _columns() -> dict[str, Any]:
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(_HEADINGS[name], format=form) for name, form in _FORMATS.items()
    }
    columns["time"] = st.column_config.DatetimeColumn(_HEADINGS["time"], format="YYYY-MM-DD HH:mm:ss")
    columns["exchange"] = st.column_config.NumberColumn(_HEADINGS["exchange"], format="%d", pinned=True)
    return {name: columns.get(name, heading) for name, heading in _HEADINGS.items()}
