"""A fault instead of a result: which one, and how it looks to the model."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from callsmith.answering.faults import FAULTS, MAX_SECONDS, make
from callsmith.types.answering import FaultKind
from components.answers import settings
from components.answers.area import area
from components.answers.content import not_json
from components.answers.settings import Settings
from components.answers.trial import call_of, sampled
from components.words import plain

MOST_SHOWN = 2_000
WITH_TEXT: tuple[FaultKind, ...] = ("error", "timeout")


def render(here: Settings) -> None:
    fault = here.answering.fault
    key = here.key("fault-kind")
    st.selectbox(
        "Fault",
        list(FAULTS),
        key=settings.choice(here.tool_id, key, fault.fault),
        format_func=lambda kind: FAULTS[kind][0],
        on_change=_kind,
        args=(here.tool_id, key),
    )
    st.caption(plain(FAULTS[fault.fault][1]))
    if fault.fault == "timeout":
        seconds = here.key("fault-seconds")
        st.number_input(
            "Seconds until the error",
            min_value=0.0,
            max_value=MAX_SECONDS,
            step=0.5,
            **settings.entry(here.tool_id, seconds, float(fault.seconds)),
            width=200,
            on_change=_seconds,
            args=(here.tool_id, seconds),
        )
    if fault.fault in WITH_TEXT:
        area(
            "Text",
            fault.text,
            key=here.key("fault-text"),
            keep=lambda typed: _text(here.tool_id, typed),
            least=2,
            placeholder="Left empty: a usual one",
        )
    _preview(here)


def _preview(here: Settings) -> None:
    faulty = make(here.answering.fault, here.tool, call_of(here.tool, sampled(here.tool)), 1)
    error = " :red-badge[error]" if faulty.is_error else ""
    st.markdown(f"**What the model gets**{error}")
    shown = faulty.content[:MOST_SHOWN]
    st.code(shown or " ", language=None if not_json(faulty.content) else "json", wrap_lines=True)
    left = len(faulty.content) - len(shown)
    more = f" {left:,} more characters are not shown here." if left else ""
    st.caption(f"{plain(faulty.words)}{more}")


def _kind(tool_id: str, key: str) -> None:
    kind: FaultKind = st.session_state[key]
    settings.change(tool_id, lambda now: replace(now, fault=replace(now.fault, fault=kind)))


def _seconds(tool_id: str, key: str) -> None:
    seconds = float(st.session_state[key] or 0)
    settings.change(tool_id, lambda now: replace(now, fault=replace(now.fault, seconds=seconds)), "fault-seconds")


def _text(tool_id: str, typed: str) -> None:
    settings.change(tool_id, lambda now: replace(now, fault=replace(now.fault, text=typed)), "fault-text")
