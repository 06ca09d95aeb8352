"""The turns of one conversation, a row each; the last one in words. What is not known is never counted as nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from callsmith.turn_totals import Price, Sum, Turn, total
from components.usage.table import NOT_REPORTED
from components.words import plain

_ASKED = 60


def turn_table(turns: Sequence[Turn], elsewhere: Turn, price: Price, *, key: str) -> None:
    sums = [(turn, total(turn.asked, price), total(turn.played, price)) for turn in turns]
    if sums:
        _, own, played = sums[-1]
        st.caption(plain(f"The last turn: {own.words}.{_played(played)}"))
    if len(sums) + bool(elsewhere.asked or elsewhere.played) < 2:
        return
    rows = [
        _row(number, turn.said.strip()[:_ASKED] or "(no words)", own, played)
        for number, (turn, own, played) in enumerate(sums, start=1)
    ]
    if elsewhere.asked or elsewhere.played:
        rows.append(_row(None, "On other arms", total(elsewhere.asked, price), total(elsewhere.played, price)))
    st.dataframe(
        rows[::-1],
        hide_index=True,
        key=key,
        placeholder=NOT_REPORTED,
        column_config={
            "Turn": st.column_config.NumberColumn(
                width=50, help="From a message of yours to the next, retries included"
            ),
            "Cost": st.column_config.TextColumn(width=75, help="Without the models that played tools"),
            "Tokens in": st.column_config.NumberColumn(format="localized", width=75),
            "Tokens out": st.column_config.NumberColumn(format="localized", width=75),
            "Exchanges": st.column_config.NumberColumn(format="localized", width=75),
            "Played tools": st.column_config.TextColumn(help="What models that played tools used, apart from the rest"),
        },
    )


def _row(number: int | None, said: str, own: Sum, played: Sum) -> dict[str, Any]:
    return {
        "Turn": number,
        "Cost": own.cost if own.exchanges else "",
        "Exchanges": own.exchanges,
        "Tokens in": own.input,
        "Tokens out": own.output,
        "Played tools": played.words if played.exchanges else "",
        "Message": said,
    }


def _played(played: Sum) -> str:
    return f" Beside it, models that played tools: {played.words}." if played.exchanges else ""
