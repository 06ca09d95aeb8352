"""A part of the time, chosen by dragging over a chart. What is chosen is told first, then shown alone on a click; each
step into the time can be gone back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, tzinfo
from typing import Any

import altair as alt
import streamlit as st

from callsmith.store.usage_tables import Span
from components.words import plain

# Makes of the values that were chosen a span and a sentence on what lies in it; None where nothing does.
Part = Callable[[list[float]], tuple[Span, str] | None]
NAME = "part"
_STEPS = "usage-parts"


def steps() -> list[Span]:
    """The parts that were gone into, the one shown last."""
    found: list[Span] = st.session_state.setdefault(_STEPS, [])
    return found


def reset() -> None:
    """All of the time again. For a callback."""
    st.session_state[_STEPS] = []


def param() -> alt.Parameter:
    return alt.selection_interval(name=NAME, encodings=["x"])


def draw(chart: Any, key: str, said: str, field: str, part: Part) -> None:
    """The chart, and below it what was dragged over. ``field`` is what stands on its x axis."""
    # A chart of another part of the time begins with nothing chosen.
    own = f"{key}-{len(steps())}"
    with st.container(key=key):
        event = st.altair_chart(chart, key=own, on_select="rerun", selection_mode=NAME, alt=said)
    values = event["selection"].get(NAME, {}).get(field)
    if not values:
        st.caption("Drag over the chart to choose a part of the time.")
        return
    found = part([float(value) for value in values])
    line = st.container(horizontal=True, vertical_alignment="center")
    if found is None:
        line.caption("Nothing was sent in the part that is chosen.")
        return
    span, words = found
    line.markdown(plain(words), width="content")
    if line.button("Show only this part", key=f"{key}-narrow", icon=":material/zoom_in:"):
        steps().append(span)
        st.rerun()


def shown(zone: tzinfo) -> None:
    """Which part is shown, and the ways back; nothing where all is."""
    if not steps():
        return
    line = st.container(horizontal=True, vertical_alignment="center", key="usage-part")
    line.markdown(f"Shown alone: **{said(steps()[-1], zone)}**", width="content")
    if len(steps()) > 1:
        line.button("One step back", key="usage-part-back", on_click=_back, icon=":material/undo:")
    line.button("All of the time again", key="usage-part-all", on_click=reset, icon=":material/zoom_out:")


def _back() -> None:
    steps().pop()


def said(span: Span, zone: tzinfo) -> str:
    """From when to when: whole days of the reader's clock, or of UTC's, else to the minute."""
    if span.start is None or span.end is None:
        return "all of the time"
    for clock, name in ((zone, ""), (UTC, " (UTC)")):
        first, end = (datetime.fromtimestamp(at, clock) for at in (span.start, span.end))
        if first.time() == end.time() == time():
            last = datetime.fromtimestamp(span.end - 1, clock).date()
            return f"{first.date()}{name}" if last == first.date() else f"{first.date()} to {last}{name}"
    first, end = (datetime.fromtimestamp(at, zone) for at in (span.start, span.end))
    return f"{first:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}"
