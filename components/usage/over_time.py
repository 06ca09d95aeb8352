"""Usage summed by the database: by day, model, connection, played tool and conversation, however many exchanges."""

from __future__ import annotations

from datetime import UTC, tzinfo
from itertools import accumulate
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from callsmith.store.usage_tables import DAY, Span
from callsmith.usage_totals import Picked, Sum, Totals, totals
from components import services
from components.usage import breakdown, brush, charts, costs, tool_calls
from components.usage.breakdown import at_time
from components.usage.charts import COLOURS
from components.usage.figures import Figure, figures, short
from components.usage.table import NOT_REPORTED
from components.words import count, money, plain, seconds

_HEIGHT = 320
_TOKENS, _COST = "Tokens", "Cost"
_TIMES = {
    "first_p50": "First token, p50",
    "first_p95": "First token, p95",
    "total_p50": "Whole, p50",
    "total_p95": "Whole, p95",
}
_STEPS = {3_600: "hour", 86_400: "day"}


def render(picked: Picked, zone: tzinfo) -> bool:
    """False, and nothing drawn, where no exchange passes."""
    found = totals(services.store(), picked, costs.own())
    if not found.exchanges:
        return False
    # Weeks are those of UTC's clock.
    zone = zone if found.step in _STEPS else UTC
    figures(_figures(found), columns=5, narrowest=150, key="usage-figures")
    st.caption(_remarks(found, picked))
    with st.grid(2, min_column_width=360, gap="medium", key="usage-charts") as grid:
        with grid.cell():
            _spent(found, zone)
        with grid.cell():
            charts.heading("Time to the first token and to the end")
            _latency(found, zone)
    told = sum(made.calls for made in found.called.values())
    tool_calls.render(found.called, 0 if picked.tools else found.whole["calls"] - told)
    breakdown.render(found, picked, zone)
    return True


def _figures(found: Totals) -> list[Figure]:
    whole = found.whole
    unknown = whole.exchanges == whole.unpriced
    partly = f" Partly unknown: {count(whole.unpriced, 'exchange')} without a known price." if whole.unpriced else ""
    why = (
        "No price is known for these exchanges."
        if unknown
        else f"US dollars, from list prices or your own; not a bill.{partly}"
    )
    return [
        Figure(
            "Exchanges",
            short(whole.exchanges),
            f"{whole.exchanges:,} that ended. Their replies held {count(whole['calls'], 'tool call')}.",
        ),
        _whole("Input tokens", whole, "input", "cache_read", "cached"),
        _whole("Output tokens", whole, "output", "reasoning", "reasoning"),
        Figure("Cost", money(whole.usd), plain(why)),
        Figure(
            "First token, median",
            seconds(found.time.first_p50),
            _within(found),
        ),
    ]


def _within(found: Totals) -> str:
    at = found.time
    first = f"first token: half within {seconds(at.first_p50)}, 95 % within {seconds(at.first_p95)}"
    return f"{first}; whole reply: half within {seconds(at.total_p50)}, 95 % within {seconds(at.total_p95)}"


def _whole(label: str, whole: Sum, name: str, part: str, part_name: str) -> Figure:
    tokens = whole.tokens(name)
    if tokens is None:
        return Figure(label, NOT_REPORTED, "No provider said how many tokens these were.")
    silent = whole.exchanges - whole[f"with_{name}"]
    said = f" Not counted: {count(silent, 'exchange')} without a report." if silent else ""
    of_it = whole.tokens(part)
    inside = f"{part_name} not reported" if of_it is None else f"{of_it:,} {part_name}"
    return Figure(label, short(tokens), f"{count(tokens, 'token')}, {inside}.{said}")


def _remarks(found: Totals, picked: Picked) -> str:
    said = []
    if found.whole.unpriced and found.whole.usd is not None:
        said.append(f"The cost is partly unknown: {count(found.whole.unpriced, 'exchange')} without a known price.")
    if found.played.exchanges:
        tokens = found.played.tokens("total")
        used = "tokens not reported" if tokens is None else count(tokens, "token")
        said.append(f"Of this {money(found.played.usd)} and {used} by models playing tools.")
    said.append("Times are known to within 7 %.")
    if not found.exact and picked.span != Span():
        what = "Times and calls per tool" if found.step in _STEPS else "All figures"
        said.append(f"{what} are those of whole days of UTC.")
    return plain(" ".join(said))


@st.fragment
def _spent(found: Totals, zone: tzinfo) -> None:
    with charts.heading(f"By {_STEPS.get(found.step, 'week (UTC)')}"):
        shown = charts.switch("Tokens or cost", [_TOKENS, _COST], "usage-spent")
    if shown == _COST and found.whole.usd is None:
        st.caption("No price is known for these exchanges. Prices of your own are set at the end of the page.")
        return
    bars, said = _costs(found, zone) if shown == _COST else _tokens(found, zone)
    chart = bars.add_params(brush.param()).properties(height=_HEIGHT)
    brush.draw(chart, "usage-tokens-chart", said, "begins", lambda ends: _part(found, ends, zone))


def _costs(found: Totals, zone: tzinfo) -> tuple[alt.Chart, str]:
    rows = [
        {**_place(begins, found.step, zone), "usd": one.usd, "from": 0}
        for begins, one in found.series.items()
        if one.usd is not None
    ]
    bars = (
        alt.Chart(pd.DataFrame(rows))
        .mark_rect(color=COLOURS["Uncached input"])
        .encode(
            x=_time(),
            x2="ends:T",
            y=alt.Y("from:Q", title="US dollars", axis=alt.Axis(format="~g")),
            y2="usd:Q",
            tooltip=[
                alt.Tooltip("said:N", title="From"),
                alt.Tooltip("usd:Q", title="US dollars", format=",.4f"),
            ],
        )
    )
    return bars, f"Cost of {count(found.exchanges, 'exchange')} over time: {money(found.whole.usd)}"


def _tokens(found: Totals, zone: tzinfo) -> tuple[alt.Chart, str]:
    rows = []
    for begins, one in found.series.items():
        cached, reasoning = one["cache_read"], one["reasoning"]
        parts = (max(one["input"] - cached, 0), cached, max(one["output"] - reasoning, 0), reasoning)
        place = _place(begins, found.step, zone)
        for part, tokens, above in zip(COLOURS, parts, accumulate(parts), strict=True):
            rows.append({**place, "part": part, "tokens": tokens, "from": above - tokens, "to": above})
    scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    bars = (
        alt.Chart(pd.DataFrame(rows))
        .mark_rect()
        .encode(
            x=_time(),
            x2="ends:T",
            y=alt.Y("from:Q", title="Tokens", axis=alt.Axis(format="~s")),
            y2="to:Q",
            color=alt.Color("part:N", title=None, scale=scale, legend=alt.Legend(orient="top", columns=2)),
            tooltip=[
                alt.Tooltip("said:N", title="From"),
                alt.Tooltip("part:N", title="Part"),
                alt.Tooltip("tokens:Q", title="Tokens", format=","),
            ],
        )
    )
    total = found.whole.tokens("total")
    said = f"Tokens of {count(found.exchanges, 'exchange')} over time, stacked by part"
    return bars, f"{said}: {count(total, 'token') if total is not None else NOT_REPORTED}"


def _part(found: Totals, ends: list[float], zone: tzinfo) -> tuple[Span, str] | None:
    """Whole places, as far as they are touched."""
    first, last = min(ends) / 1000, max(ends) / 1000
    touched = {begins: one for begins, one in found.series.items() if begins + found.step > first and begins < last}
    if not touched:
        return None
    whole = Sum()
    for one in touched.values():
        whole.add(one.values, one.cost, one.unpriced)
    span = Span(min(touched), max(touched) + found.step)
    tokens = whole.tokens("total")
    used = "tokens not reported" if tokens is None else count(tokens, "token")
    return span, f"{brush.said(span, zone)}: {count(whole.exchanges, 'exchange')}, {used}, {money(whole.usd)}"


def _latency(found: Totals, zone: tzinfo) -> None:
    # Times are kept by the day.
    step = max(found.step, DAY)
    rows = [
        {**_place(begins, step, zone), "which": said, "seconds": value}
        for begins, at in found.times.items()
        for name, said in _TIMES.items()
        if (value := getattr(at, name)) is not None
    ]
    if not rows:
        st.caption("No reply has begun in these exchanges, so there are no times.")
        return
    blue, orange = COLOURS["Uncached input"], COLOURS["Output"]
    chart = (
        alt.Chart(pd.DataFrame(rows))
        .mark_line(point=len(found.times) <= 3)
        .encode(
            x=_time(),
            y=alt.Y("seconds:Q", title="Time (s)"),
            color=alt.Color(
                "which:N",
                title=None,
                scale=alt.Scale(domain=list(_TIMES.values()), range=[blue, blue, orange, orange]),
                legend=alt.Legend(orient="top", columns=2),
            ),
            strokeDash=alt.StrokeDash(
                "which:N",
                title=None,
                scale=alt.Scale(domain=list(_TIMES.values()), range=[[1, 0], [4, 3], [1, 0], [4, 3]]),
            ),
            tooltip=[
                alt.Tooltip("said:N", title="From"),
                alt.Tooltip("which:N", title="Until"),
                alt.Tooltip("seconds:Q", title="Time (s)", format=".2f"),
            ],
        )
        .properties(height=_HEIGHT)
    )
    with st.container(key="usage-times-chart"):
        st.altair_chart(chart, alt=f"Times of {count(found.exchanges, 'exchange')}: {_within(found)}")


def _time() -> alt.X:
    return alt.X("begins:T", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))


def _place(begins: float, step: int, zone: tzinfo) -> dict[str, Any]:
    """In milliseconds since 1970, which a browser shows on its own clock, with a gap to the next."""
    return {"begins": begins * 1000, "ends": (begins + step * 0.9) * 1000, "said": at_time(begins, zone)}
