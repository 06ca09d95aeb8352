"""What runs by itself and how far: always in sight where a tool does, and changed in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from callsmith.loop.types import Ended, RunSnapshot, Used
from callsmith.types.answering import Answering
from callsmith.types.setup import LoopLimits, Setup
from components.answers.words import summary
from components.chat import actions, runs, session
from components.chat.budget import budget_row
from components.chat.session import Opened
from components.words import count, money, plain, seconds

_BOUNDS: Mapping[str, tuple[str, float, float, str]] = {
    "steps": ("Exchanges with the model", 1, 1_000, "How often the model is asked before a person is"),
    "seconds": ("Seconds", 1, 86_400, "Everything together: the model, the tools, retries"),
    "tokens": ("Tokens", 100, 100_000_000, "In and out, with those of models that play tools"),
    "cost": ("US dollars", 0.01, 10_000, "Counts what has a known price; the Usage page has the prices"),
}


def loop_popover(opened: Opened) -> None:
    """The limits, the budget, and whether to go step by step. A label that never changes keeps its place."""
    setup = opened.setup
    popover = st.popover("Auto-run", icon=":material/autoplay:", key="auto-run", type="tertiary", on_change="rerun")
    if not popover.open:
        return
    with popover:
        _who_runs(setup)
        st.markdown("**Limits without a person**")
        st.caption("Always on. What a person sends or continues starts the count anew.")
        columns = st.columns(2)
        for number, (name, (label, low, high, help)) in enumerate(_BOUNDS.items()):
            whole = name != "cost"
            key = f"limit-{name}"
            value = getattr(setup.loop, name)
            with columns[number % 2]:
                st.number_input(
                    label,
                    min_value=int(low) if whole else float(low),
                    max_value=int(high) if whole else float(high),
                    value=int(value) if whole else float(value),
                    step=1 if name == "steps" else 10 if name == "seconds" else 1_000 if name == "tokens" else 0.1,
                    format="%d" if whole else "%.2f",
                    key=key,
                    help=help,
                    on_change=_set_limit,
                    args=(name, key),
                )
        budget_row(opened)
        st.toggle(
            "Step by step",
            key=runs.STEPWISE,
            help="Pause after each exchange and after each round of tools",
            persist_state="session",
        )


def _who_runs(setup: Setup) -> None:
    answering, tools = session.answering_of(setup), session.tools_of(setup)
    alone = {name: kept for name, kept in answering.items() if kept[1].runs_alone}
    if not answering:
        st.caption("No tools yet. Tools that run by themselves let a turn go on without a person.")
    for name, (tool_id, kept) in alone.items():
        st.markdown(f"{plain(name)}: {plain(summary(tools[tool_id], kept))}")
    if len(alone) < len(answering):
        st.caption("The other tools ask each time. Who answers a tool is chosen beside it, under Tools.")


def limits_caption(setup: Setup, answering: Mapping[str, tuple[str, Answering]]) -> None:
    """One line where a tool runs by itself."""
    alone = [name for name, (_, kept) in answering.items() if kept.runs_alone]
    if alone:
        st.caption(
            f"{count(len(alone), 'tool')} run{'s' if len(alone) == 1 else ''} by "
            f"{'itself' if len(alone) == 1 else 'themselves'}, at most {limits_in_words(setup.loop)}",
            width="content",
            help=plain(", ".join(alone)),
        )


def limits_in_words(limits: LoopLimits) -> str:
    return (
        f"{count(limits.steps, 'exchange')}, {seconds(limits.seconds)}, {count(limits.tokens, 'token')}, "
        f"{money(limits.cost)}"
    )


def used_in_words(used: Used, limits: LoopLimits) -> str:
    """What was used of what is allowed."""
    cost = f"{money(used.cost)} of {money(limits.cost)}"
    if used.unpriced:
        cost = f"price unknown for {count(used.unpriced, 'exchange')}" if not used.cost else f"{cost}, partly unknown"
    return (
        f"{used.steps:,} of {count(limits.steps, 'exchange')} · {seconds(used.seconds)} of {seconds(limits.seconds)} · "
        f"{used.tokens:,} of {count(limits.tokens, 'token')} · {cost}"
    )


def progress(snapshot: RunSnapshot) -> str:
    """Where a run is, on one line."""
    now = "Running the tools" if snapshot.phase == "answering" else f"Exchange {snapshot.used.steps + 1}"
    return f"{now}{', then pausing' if snapshot.pausing else ''} · {used_in_words(snapshot.used, snapshot.limits)}"


def ended_card(end: Ended, snapshot: RunSnapshot, *, waiting: bool) -> None:
    """Why the turn stands still, where that is not plain from the page, and the way on. ``waiting``: Continue below
    goes on."""
    if end.reason not in ("limit", "paused"):
        return
    with st.container(border=True, key="run-ended"):
        if end.reason == "limit":
            st.markdown(f":orange-badge[:material/speed: limit] {plain(end.words)}.")
        else:
            st.markdown(f":blue-badge[:material/pause_circle: paused] {plain(end.words)}.")
        anew = "going on counts anew" if end.reason == "limit" else "going on counts on from here"
        if end.limit == "budget":
            anew = "raise the budget to go on"
        st.caption(f"{used_in_words(snapshot.used, snapshot.limits)}; {anew}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "One step",
                key="run-step",
                icon=":material/step:",
                on_click=actions.one_step,
                help="The next round of tools, or the next exchange, and then pause again",
            )
            if not waiting:
                st.button(
                    "Go on",
                    key="run-on",
                    icon=":material/play_arrow:",
                    type="primary",
                    on_click=actions.go_on_alone,
                )


def _set_limit(name: str, key: str) -> None:
    value: Any = st.session_state[key]
    if value is None:
        return
    setup = session.current().setup
    session.save_setup(replace(setup, loop=replace(setup.loop, **{name: value})))
