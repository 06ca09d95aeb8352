"""The Timeline tab: where the time of one turn went, bar by bar, and the same in words.

Colours are the theme's own categorical ones, in a fixed order, so that both modes keep their contrast. A click on a bar
opens its exchange in the Request tab; the choice below the chart does the same from the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from callsmith.conversation import Conversation
from callsmith.store import ExchangeInfo
from callsmith.timeline import Bar, BarKind, Summary, TurnPath, bars, summary, turns
from components import services
from components.state import ui
from components.words import count, joined, plain, seconds

REQUEST_TAB, TABS, REQUEST = "Request", "panel-tabs", "request-shown"
_TURN, _OPEN = "timeline-turn", "timeline-open"
_LAST = 0
_KINDS: dict[BarKind, str] = {
    "waiting for the first token": "until the first token",
    "streaming": "streaming",
    "tool": "tool",
    "person": "waiting for you",
    "retry wait": "before a retry",
}
_PICKED = "bar"
_ROW, _AXES, _LEGEND_ROW = 30, 96, 22
_LABEL, _LABEL_NARROW = 20, 9
_MOST_ROWS = 60


def render(conversation: Conversation, infos: Sequence[ExchangeInfo]) -> None:
    """``infos``: the exchanges of the conversation, oldest first."""
    found = turns(conversation.path())
    if not found:
        st.caption("Nothing was sent yet. After the first reply its times appear here, bar by bar.")
        return
    turn = _picked(found)
    asked = {info.id: info for info in infos}
    drawn = bars(turn.nodes, asked, services.store().played_info(conversation.id))
    if not drawn:
        st.caption("No times are kept of this turn: nothing was sent in it, or it began in another conversation.")
        return
    st.caption(in_words(summary(drawn)))
    rows = _rows(drawn)
    shown = rows[-_MOST_ROWS:]
    if len(shown) < len(rows):
        st.caption(f"The last {len(shown)} of {count(len(rows), 'row')}.")
    _chart([bar for row in shown for bar in row], asked, f"{conversation.id}-{turn.nodes[0].id[:12]}")
    _ways_in(shown, asked)
    with st.expander("The same in words", key="timeline-words"):
        st.markdown("\n".join(f"{row[0].row + 1}. {plain(told(row))}" for row in shown))


def in_words(of: Summary) -> str:
    """The turn in one sentence."""
    spent = [
        f"{seconds(value)} {what}"
        for value, what in (
            (of.model, "with the model"),
            (of.retries, "waiting to try again"),
            (of.tools, "in tools"),
            (of.person, "waiting for you"),
        )
        if value > 0
    ]
    where = f": {joined(spent)}" if spent else ""
    silent = f", without {count(of.silent, 'exchange')} that reported none" if of.silent else ""
    return f"{seconds(of.total)} in all{where}. {_tokens(of.tokens_in, of.tokens_out)}{silent}."


def told(row: Sequence[Bar]) -> str:
    """One row as a sentence without its number."""
    first, last = row[0], row[-1]
    times = joined([f"{_KINDS[bar.kind]} {seconds(bar.seconds)}" for bar in row]) if first.kind != "person" else ""
    facts = [
        f"{first.label}: {times}" if times else f"{first.label} {seconds(first.seconds)}",
        f"begins after {seconds(first.start)}",
        *([_tokens(first.tokens_in, first.tokens_out)] if first.exchange_id else []),
        *([first.detail] if first.detail else []),
        *(["its end is not known"] if last.open_end else []),
    ]
    return ", ".join(facts)


def _picked(found: Sequence[TurnPath]) -> TurnPath:
    """The last turn, also when another one came, until a person picks one by its number."""
    by_number = {turn.number: turn for turn in found}
    chosen = st.selectbox(
        "Turn",
        [_LAST, *sorted(by_number, reverse=True)],
        key=_TURN,
        format_func=lambda number: "Last turn" if number == _LAST else _named(by_number[number]),
        label_visibility="collapsed",
        persist_state="session",
    )
    return by_number.get(chosen or _LAST, found[-1])


def _named(turn: TurnPath) -> str:
    said = " ".join(turn.said.split())
    return f"Turn {turn.number}: {said[:60] or 'without words'}"


def _rows(drawn: Sequence[Bar]) -> list[list[Bar]]:
    found: dict[int, list[Bar]] = {}
    for bar in drawn:
        found.setdefault(bar.row, []).append(bar)
    return list(found.values())


def _chart(drawn: Sequence[Bar], asked: Collection[str], place: str) -> None:
    narrow = ui().narrow
    frame = pd.DataFrame.from_records([_record(bar, asked, _LABEL_NARROW if narrow else _LABEL) for bar in drawn])
    names = list(dict.fromkeys(frame["name"]))
    kinds = [kind for kind in _KINDS.values() if kind in set(frame["kind"])]
    picked = alt.selection_point(name=_PICKED, fields=["exchange"], on="click", clear=False)
    chart = (
        alt.Chart(frame)
        .mark_bar(height={"band": 0.7}, cornerRadius=2, cursor="pointer", minBandSize=3)
        .encode(
            x=alt.X(
                "start:Q",
                title="Seconds" if narrow else "Seconds since the turn began",
                axis=alt.Axis(format="~g", tickCount=5),
            ),
            x2="end:Q",
            y=alt.Y(
                "name:N",
                title=None,
                sort=names,
                axis=alt.Axis(labelLimit=118 if narrow else 185, labelOverlap=False, labelFlush=False),
            ),
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=list(_KINDS.values())),
                legend=alt.Legend(orient="top", columns=1, values=kinds, labelLimit=220),
            ),
            tooltip=[
                alt.Tooltip("name:N", title="Row"),
                alt.Tooltip("kind:N", title="What"),
                alt.Tooltip("took:N", title="Took"),
                alt.Tooltip("begins:N", title="Begins after"),
                alt.Tooltip("tokens:N", title="Tokens"),
                alt.Tooltip("detail:N", title="Detail"),
            ],
        )
        .add_params(picked)
        .properties(height=_ROW * len(names) + _AXES + _LEGEND_ROW * len(kinds))
    )
    key = f"timeline-chart-{place}"
    said = f"Timeline of the turn, {count(len(names), 'row')}; the same in words is below the chart"
    st.altair_chart(chart, key=key, on_select=_clicked(key), selection_mode=_PICKED, alt=said)


def _record(bar: Bar, asked: Collection[str], longest: int) -> dict[str, Any]:
    marks = [word for word, holds in (("error", bar.is_error), ("end unknown", bar.open_end)) if holds]
    label = bar.label
    if bar.kind == "tool" and len(label) > longest:
        label = f"{label[: longest - 1]}…"
    return {
        "name": f"{bar.row + 1}. {label}{f' ({joined(marks)})' if marks else ''}",
        "kind": _KINDS[bar.kind],
        "start": round(bar.start, 4),
        "end": round(bar.end, 4),
        "exchange": bar.exchange_id if bar.exchange_id in asked else "",
        "took": "not known" if bar.open_end and bar.seconds == 0 else seconds(bar.seconds),
        "begins": seconds(bar.start),
        "tokens": _tokens(bar.tokens_in, bar.tokens_out) if bar.exchange_id else "none",
        "detail": bar.detail or "nothing more",
    }


def _clicked(key: str) -> Callable[[], None]:
    def opened() -> None:
        chosen = st.session_state[key]["selection"].get(_PICKED) or []
        if chosen and chosen[0].get("exchange"):
            open_exchange(str(chosen[0]["exchange"]))

    return opened


def open_exchange(exchange_id: str) -> None:
    """Show an exchange in the Request tab. For a callback."""
    st.session_state[REQUEST] = exchange_id
    st.session_state[TABS] = REQUEST_TAB


def _ways_in(rows: Sequence[Sequence[Bar]], asked: Collection[str]) -> None:
    named = {row[0].exchange_id: f"{row[0].row + 1}. {row[0].label}" for row in rows if row[0].exchange_id in asked}
    if not named:
        return

    def opened() -> None:
        if st.session_state[_OPEN]:
            open_exchange(st.session_state[_OPEN])

    st.selectbox(
        "Open an exchange",
        list(named),
        index=None,
        key=_OPEN,
        format_func=lambda item: named.get(item, item),
        placeholder="Open an exchange in the Request tab",
        label_visibility="collapsed",
        on_change=opened,
    )


def _tokens(tokens_in: int | None, tokens_out: int | None) -> str:
    if tokens_in is None and tokens_out is None:
        return "Tokens not reported"
    return ", ".join(
        f"tokens {way} not reported" if value is None else f"{count(value, 'token')} {way}"
        for value, way in ((tokens_in, "in"), (tokens_out, "out"))
    )
