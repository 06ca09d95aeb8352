"""What models called: calls for each tool, and the share whose arguments fit the schema they were made for."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd
import streamlit as st

from callsmith.record.calls import rows
from callsmith.store import Store
from components.usage.charts import COLOURS
from components.usage.table import csv_text
from components.words import count

MOST_DRAWN = 12
_PARTS = {"valid": "Valid", "invalid": "Invalid", "unjudged": "Not judged"}
_COLOURS = {"Valid": COLOURS["Cached input"], "Invalid": COLOURS["Output"], "Not judged": "#7d8894"}
_HEADINGS = {
    "tool": "Tool",
    "calls": "Calls",
    "rate": "Valid rate (%)",
    **_PARTS,
    "exchanges": "Exchanges",
}
_COUNTS = ("exchanges", "calls", *_PARTS)


def read(store: Store, numbers: Mapping[str, int]) -> pd.DataFrame:
    """Every call that is still told, with the number of its exchange: ``exchange``, ``tool``, ``valid`` (None: not
    judged). ``numbers`` are those of the exchanges by their ids."""
    calls = [
        (numbers[row.exchange_id], row.tool, row.valid)
        for row in rows(store)
        if row.tool is not None and row.exchange_id in numbers
    ]
    return pd.DataFrame(calls, columns=["exchange", "tool", "valid"]).astype({"tool": "str", "valid": "boolean"})


def per_tool(calls: pd.DataFrame) -> pd.DataFrame:
    """The most called first. ``rate`` is in percent of the calls that could be judged, unknown where none could."""
    made = calls.assign(
        invalid=(~calls["valid"]).fillna(False), unjudged=calls["valid"].isna(), valid=calls["valid"].fillna(False)
    )
    found = made.groupby("tool", as_index=False).agg(
        exchanges=("exchange", "nunique"),
        calls=("tool", "size"),
        **{part: (part, "sum") for part in _PARTS},
    )
    found = found.astype(dict.fromkeys(_COUNTS, "Int64"))
    judged = found["valid"] + found["invalid"]
    found["rate"] = (found["valid"] / judged.where(judged > 0) * 100).astype("Float64")
    found = found[list(_HEADINGS)]
    return found.sort_values(["calls", "tool"], ascending=[False, True], ignore_index=True)


def render(calls: pd.DataFrame, told: int) -> None:
    """``told`` is how many calls the exchanges count, with those whose messages are gone."""
    st.markdown("**Calls per tool**")
    if calls.empty:
        st.caption("No tool was called in these exchanges.")
        return
    found = per_tool(calls)
    gone = told - len(calls)
    left_out = f" {count(gone, 'call')} more went with deleted conversations or messages." if gone > 0 else ""
    st.caption(
        "Arguments are held against the schema the tool had when the model was asked. Free text and unknown tools "
        f"cannot be judged and are not in the rate. An exchange that called two tools stands in two rows.{left_out}"
    )
    _chart(found)
    st.dataframe(
        found,
        key="usage-tools-table",
        hide_index=True,
        height="content" if len(found) <= 8 else 318,
        placeholder="not judged",
        column_config={
            **{name: st.column_config.Column(heading) for name, heading in _HEADINGS.items()},
            **{name: st.column_config.NumberColumn(_HEADINGS[name], format="%,d") for name in _COUNTS},
            "rate": st.column_config.NumberColumn(_HEADINGS["rate"], format="%.1f"),
        },
    )
    st.download_button(
        "Download CSV of tools",
        lambda: csv_text(found),
        file_name="callsmith-tools.csv",
        mime="text/csv",
        key="usage-tools-csv",
        icon=":material/download:",
        on_click="ignore",
    )


def _chart(found: pd.DataFrame) -> None:
    shown = found.head(MOST_DRAWN)
    parts = shown[["tool", *_PARTS]].melt(id_vars=["tool"], var_name="part", value_name="calls")
    parts["order"] = parts["part"].map({name: place for place, name in enumerate(_PARTS)})
    parts["part"] = parts["part"].map(_PARTS)
    bars = (
        alt.Chart(parts.astype({"calls": "int64"}))
        .mark_bar()
        .encode(
            y=alt.Y("tool:N", title=None, sort=list(shown["tool"]), axis=alt.Axis(labelLimit=220)),
            x=alt.X("calls:Q", title="Calls", axis=alt.Axis(format=",d", tickMinStep=1), stack="zero"),
            color=alt.Color(
                "part:N",
                title=None,
                scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("order:Q"),
            tooltip=["tool:N", alt.Tooltip("part:N", title="Arguments"), alt.Tooltip("calls:Q", title="Calls")],
        )
        .properties(height=alt.Step(26))
    )
    each = zip(shown["tool"], shown["calls"], shown["valid"], strict=True)
    said = "; ".join(f"{tool} {count(int(calls), 'call')}, {valid} valid" for tool, calls, valid in each)
    st.altair_chart(bars, key="usage-tools-chart", alt=f"Calls per tool: {said}")
    if len(found) > len(shown):
        st.caption(f"The {len(shown)} most called of {len(found)} tools; the table has all.")
