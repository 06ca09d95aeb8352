"""What models called: calls for each tool, and the share whose arguments fit the schema they were made for."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt
import pandas as pd
import streamlit as st

from callsmith.usage_totals import Called
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


def frame(called: Mapping[str, Called]) -> pd.DataFrame:
    """The most called first. ``rate`` is in percent of the calls that could be judged, unknown where none could."""
    rows = [
        {
            "tool": tool,
            "calls": made.calls,
            "rate": made.valid / judged * 100 if (judged := made.valid + made.invalid) else None,
            "valid": made.valid,
            "invalid": made.invalid,
            "unjudged": made.unjudged,
            "exchanges": made.exchanges,
        }
        for tool, made in called.items()
    ]
    found = pd.DataFrame(rows, columns=list(_HEADINGS))
    kinds = {name: "Int64" for name in _COUNTS} | {"tool": "str", "rate": "Float64"}
    return found.astype(kinds).sort_values(["calls", "tool"], ascending=[False, True], ignore_index=True)


def render(called: Mapping[str, Called], untold: int) -> None:
    """``untold`` calls were made in the same exchanges, but of which tools is not known."""
    st.markdown("**Calls per tool**")
    if not called:
        st.caption("No tool was called in these exchanges.")
        return
    found = frame(called)
    left_out = f" Of {count(untold, 'call')} more the messages are gone." if untold > 0 else ""
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
