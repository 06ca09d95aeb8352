"""Large figures over a set of exchanges. What nobody reported says so."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from callsmith import usage
from components.usage.table import NOT_REPORTED
from components.words import count, money, plain, seconds

# A metric cuts a value that is too wide; a character of it takes about this many pixels.
_DIGIT = 18


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    help: str


def over_all(frame: pd.DataFrame) -> list[Figure]:
    """Exchanges, input, output, cost, and the median time to the first token."""
    sums = usage.totals(frame)
    calls = sums["calls"].value or 0
    return [
        Figure("Exchanges", f"{len(frame):,}", f"Requests sent. Their replies held {count(calls, 'tool call')}."),
        _tokens("Input tokens", sums["input"], "cached", sums["cached_input"]),
        _tokens("Output tokens", sums["output_total"], "reasoning", sums["reasoning"]),
        _cost("Cost", frame),
        Figure(
            "First token, median", _median(frame["first_token_s"]), f"Whole reply, median: {_median(frame['total_s'])}"
        ),
    ]


def of_conversation(frame: pd.DataFrame, last_turn: pd.DataFrame) -> list[Figure]:
    """Input, output and cost of the whole conversation, and of its last turn."""
    sums, last = usage.totals(frame), usage.totals(last_turn)
    return [
        _tokens("Input tokens", sums["input"], "cached", sums["cached_input"]),
        _tokens("Output tokens", sums["output_total"], "reasoning", sums["reasoning"]),
        _tokens("Last turn, input", last["input"], "cached", last["cached_input"]),
        _tokens("Last turn, output", last["output_total"], "reasoning", last["reasoning"]),
        _cost("Cost", frame),
        _cost("Last turn, cost", last_turn),
    ]


def remarks(frame: pd.DataFrame) -> str:
    """What the figures cannot say: how much of the cost is unknown, and what models that play tools used of it all.
    Markdown; empty where there is nothing to say."""
    spent, played = usage.spent(frame), usage.played(frame)
    said = []
    if spent.usd is not None and spent.missing:
        said.append(f"The cost is partly unknown: {count(spent.missing, 'exchange')} without a known price.")
    if len(played):
        theirs, tokens = usage.spent(played), usage.totals(played)["total"].value
        partly = " (partly unknown)" if theirs.usd is not None and theirs.missing else ""
        used = "tokens not reported" if tokens is None else count(tokens, "token")
        said.append(f"Of this {money(theirs.usd)}{partly} and {used} by models playing tools.")
    return plain(" ".join(said))


def figures(shown: list[Figure], *, columns: int, narrowest: int, key: str) -> None:
    """At most ``columns`` side by side, fewer where one would be narrower than ``narrowest`` pixels or its value."""
    longest = max(len(figure.value) for figure in shown)
    with st.grid(columns, min_column_width=max(narrowest, longest * _DIGIT), key=key):
        for figure in shown:
            st.metric(figure.label, figure.value, help=figure.help)


def _tokens(label: str, whole: usage.Total, part_name: str, part: usage.Total) -> Figure:
    if whole.value is None:
        return Figure(label, NOT_REPORTED, "No provider said how many tokens these were.")
    said = [
        count(whole.value, "token"),
        f"{part_name} not reported" if part.value is None else f"{part.value:,} {part_name}",
    ]
    silent = f" Not counted: {count(whole.missing, 'exchange')} without a report." if whole.missing else ""
    return Figure(label, short(whole.value), f"{', '.join(said)}.{silent}")


def _cost(label: str, frame: pd.DataFrame) -> Figure:
    spent = usage.spent(frame)
    if spent.usd is None:
        why = "No price is known for these exchanges. Prices of your own are set on the Usage page."
        return Figure(label, money(None), why)
    partly = f" Partly unknown: {count(spent.missing, 'exchange')} without a known price." if spent.missing else ""
    return Figure(label, money(spent.usd), plain(f"US dollars, from list prices or your own; not a bill.{partly}"))


def short(number: int) -> str:
    """As many digits as fit a figure; the help has them all."""
    if number < 100_000:
        return f"{number:,}"
    if number < 999_500:
        return f"{number / 1e3:,.0f}k"
    return f"{number / 1e6:,.2f}M" if number < 999_995_000 else f"{number / 1e9:,.2f}B"


def _median(column: pd.Series[float]) -> str:
    middle = column.median()
    return "unknown" if pd.isna(middle) else seconds(float(middle))
