"""Usage as pictures: tokens per exchange, their running total, and how long replies took.

The colours are Okabe and Ito's, told apart with any colour vision, and of those the ones that reach a
contrast of 3:1 on the light and on the dark background alike. An exchange without a report gets a
question mark in place of a bar, since an empty place would read as zero.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from callsmith import usage
from components.usage import brush
from components.usage.brush import Part
from components.words import count, money, seconds

LATEST, LATEST_NARROW = 60, 30
COLOURS = {"Uncached input": "#0072b2", "Cached input": "#009e73", "Output": "#d55e00", "Reasoning": "#cc79a7"}
_TIMES = {"first_token_s": "First token", "total_s": "Whole reply"}
_GREY = "#7d8894"
_HEIGHT = 320
# A few bars would each fill their share of the whole width.
_FEW, _SLIM = 8, 18
_ORDER = "Exchange, oldest first"


def tokens(frame: pd.DataFrame, *, key: str, narrow: bool = False, part: Part | None = None) -> None:
    """Stacked bars, one an exchange. ``part``: what is said of exchanges that were dragged over, by their numbers."""
    shown = frame.tail(LATEST_NARROW if narrow else LATEST)
    parts = usage.long(shown)
    if parts.empty:
        st.caption("No tokens were reported for these exchanges.")
        return
    bars = (
        alt.Chart(parts)
        .mark_bar(size=_SLIM if len(shown) <= _FEW else alt.Undefined)
        .encode(
            x=_exchanges(),
            y=alt.Y("tokens:Q", title="Tokens", axis=_whole_numbers(), stack="zero"),
            color=alt.Color("part:N", title=None, scale=_scale(COLOURS), legend=_legend(narrow=narrow)),
            order=alt.Order("order:Q"),
            tooltip=[*_who(), alt.Tooltip("part:N", title="Part"), alt.Tooltip("tokens:Q", title="Tokens", format=",")],
        )
    )
    silent = _silent(shown)
    marks = (
        alt.Chart(silent.assign(said="not reported")[["exchange", "model", "said"]])
        .mark_text(text="?", baseline="bottom", dy=-2, fontSize=13, color=_GREY)
        .encode(x=_exchanges(), y=alt.datum(0), tooltip=[*_who(), alt.Tooltip("said:N", title="Tokens")])
    )
    if part is not None:
        bars = bars.add_params(brush.param())
    chart = alt.layer(bars, marks) if len(silent) else bars
    if part is None:
        _draw(chart, key, _tokens_said(shown))
    else:
        brush.draw(chart.properties(height=_HEIGHT), key, _tokens_said(shown), "exchange", part)
    _notes(
        frame, shown, f"? marks an exchange whose usage was not reported ({len(silent)} here)." if len(silent) else ""
    )


def running_total(frame: pd.DataFrame, *, key: str, narrow: bool = False) -> None:
    """One line: all tokens up to and with each exchange."""
    sums = usage.cumulative(frame)
    if sums.empty:
        st.caption("No totals were reported for these exchanges, so there is nothing to add up.")
        return
    line = (
        alt.Chart(sums)
        .mark_line(point=len(sums) <= LATEST, color=COLOURS["Uncached input"])
        .encode(
            x=alt.X("exchange:Q", title=_ORDER, axis=_whole_numbers(), scale=alt.Scale(zero=False, nice=False)),
            y=alt.Y("tokens:Q", title="Tokens so far", axis=_whole_numbers()),
            tooltip=[*_who(), alt.Tooltip("tokens:Q", title="Tokens so far", format=",")],
        )
    )
    total = count(int(sums["tokens"].iloc[-1]), "token")
    _draw(line, key, f"Running total of tokens over {count(len(sums), 'exchange')}: {total}")
    missing = len(frame) - len(sums)
    if missing:
        st.caption(f"{count(missing, 'exchange')} without a reported total left out.")


def costs(frame: pd.DataFrame, *, key: str) -> None:
    """Bars of US dollars, one an exchange; none where no price is known."""
    shown = frame.tail(LATEST)
    known = shown.dropna(subset=["cost"])[["exchange", "model", "cost"]].astype({"cost": "float64"})
    if known.empty:
        st.caption("No price is known for these exchanges. Prices of your own are set at the end of the page.")
        return
    bars = (
        alt.Chart(known)
        .mark_bar(color=COLOURS["Uncached input"], size=_SLIM if len(known) <= _FEW else alt.Undefined)
        .encode(
            x=_exchanges(),
            y=alt.Y("cost:Q", title="US dollars", axis=alt.Axis(format="~g")),
            tooltip=[*_who(), alt.Tooltip("cost:Q", title="US dollars", format=".6f")],
        )
    )
    _draw(bars, key, f"Cost of {count(len(known), 'exchange')}: {money(float(known['cost'].sum()))}")
    silent = int((shown["cost"].isna() & (shown["state"] != "running")).sum())
    _notes(frame, shown, f"Left out: {count(silent, 'exchange')} without a known price." if silent else "")


def latency(frame: pd.DataFrame, *, key: str, narrow: bool = False) -> None:
    """For each exchange the time to the first token and to the end, joined by a line."""
    shown = frame.tail(LATEST_NARROW if narrow else LATEST)
    times = shown.melt(
        id_vars=["exchange", "model"], value_vars=list(_TIMES), var_name="mark", value_name="seconds"
    ).dropna(subset=["seconds"])
    if times.empty:
        st.caption("No reply has begun in these exchanges, so there are no times.")
        return
    times = times.assign(mark=times["mark"].map(_TIMES), seconds=times["seconds"].astype("float64"))
    colours = {"First token": COLOURS["Uncached input"], "Whole reply": COLOURS["Output"]}
    base = alt.Chart(times).encode(x=_exchanges(), y=alt.Y("seconds:Q", title="Time (s)"))
    points = base.mark_point(filled=True, size=55, opacity=1).encode(
        color=alt.Color("mark:N", title=None, scale=_scale(colours), legend=_legend(narrow=narrow)),
        shape=alt.Shape(
            "mark:N",
            title=None,
            scale=alt.Scale(domain=list(colours), range=["circle", "square"]),
            legend=_legend(narrow=narrow),
        ),
        tooltip=[
            *_who(),
            alt.Tooltip("mark:N", title="Until"),
            alt.Tooltip("seconds:Q", title="Time (s)", format=".2f"),
        ],
    )
    spans = base.mark_line(color=_GREY, strokeWidth=1.5).encode(detail="exchange:O")
    _draw(alt.layer(spans, points), key, _latency_said(shown))
    _notes(frame, shown, "")


def heading(words: str) -> DeltaGenerator:
    """Of one height, with or without a control, so that charts side by side begin level."""
    line = st.container(horizontal=True, vertical_alignment="center", height=48, border=False)
    line.markdown(f"**{words}**", width="content")
    return line


def switch(label: str, options: list[str], key: str) -> str:
    """What a chart shows, chosen beside its heading."""
    chosen = st.segmented_control(
        label,
        options,
        default=options[0],
        required=True,
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return chosen or options[0]


def _exchanges() -> alt.X:
    bands = alt.Scale(type="band", paddingInner=0.35, paddingOuter=0.2)
    return alt.X("exchange:O", title=_ORDER, axis=alt.Axis(labelAngle=0, labelOverlap=True), scale=bands)


def _whole_numbers() -> alt.Axis:
    return alt.Axis(format=",d", tickMinStep=1)


def _legend(*, narrow: bool) -> alt.Legend:
    return alt.Legend(orient="top", columns=1 if narrow else 2)


def _scale(colours: dict[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _who() -> list[alt.Tooltip]:
    return [alt.Tooltip("exchange:Q", title="Exchange"), alt.Tooltip("model:N", title="Model")]


def _silent(shown: pd.DataFrame) -> pd.DataFrame:
    """Ended, and neither input nor output reported."""
    return shown[shown["input"].isna() & shown["output_total"].isna() & (shown["state"] != "running")]


def _draw(chart: Any, key: str, said: str) -> None:
    # A chart's own key marks it in the page only when it takes selections.
    with st.container(key=key):
        st.altair_chart(chart.properties(height=_HEIGHT), alt=said)


def _notes(frame: pd.DataFrame, shown: pd.DataFrame, note: str) -> None:
    notes = [note] if note else []
    if len(shown) < len(frame):
        notes.append(f"The latest {len(shown):,} of {count(len(frame), 'exchange')}.")
    if notes:
        st.caption(" ".join(notes))


def _tokens_said(shown: pd.DataFrame) -> str:
    total = usage.totals(shown)["total"].value
    said = f"Tokens of {count(len(shown), 'exchange')}, stacked by uncached input, cached input, output and reasoning"
    return f"{said}: {count(total, 'token')} in all" if total is not None else f"{said}: not reported"


def _latency_said(shown: pd.DataFrame) -> str:
    first, whole = (shown[name].median() for name in _TIMES)
    said = [
        f"{name} after {seconds(float(value))} in the median"
        for name, value in (("first token", first), ("whole reply", whole))
        if not pd.isna(value)
    ]
    return f"Times of {count(len(shown), 'exchange')}: {', '.join(said) or 'unknown'}"
