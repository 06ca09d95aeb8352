"""A problem as a card: what happened, what it probably means, what to do, and the raw answer folded."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.advice import advise
from callsmith.advice.types import ACTION_LABELS, Context
from callsmith.notes import Fix
from callsmith.types.exchange import Attempt
from callsmith.types.problem import Problem
from components.chat import actions
from components.words import count, plain, seconds


def error_card(
    problem: Problem, context: Context, *, attempts: tuple[Attempt, ...], key: str, fixes: Sequence[Fix] = ()
) -> None:
    """Draw it with its ways out and Retry. The prompt and whatever arrived stay above it."""
    if problem.kind == "stopped":
        with st.container(key=key, horizontal=True, vertical_alignment="center"):
            st.caption(":material/stop_circle: Stopped by you. What arrived is kept.")
            _retry(key)
        return
    advice = advise(problem, context)
    with st.container(border=True, key=key):
        st.markdown(f":red[:material/error: **{plain(advice.title)}**]")
        if problem.message and not _repeats(problem.message, advice.title):
            st.markdown("> " + plain(problem.message).replace("\n", "\n> "))
        st.markdown(plain(advice.cause))
        if advice.steps:
            st.markdown("\n".join(f"- {plain(step)}" for step in advice.steps))
        facts = [f"status {problem.status}" if problem.status else "", f"code {problem.code}" if problem.code else ""]
        facts.append(f"request id {problem.request_id}" if problem.request_id else "")
        facts.append(count(len(attempts), "attempt") if len(attempts) > 1 else "")
        shown = [fact for fact in facts if fact]
        if shown:
            st.caption(" · ".join(plain(fact) for fact in shown))
        waits = [
            f"{_short(attempt.problem)} at {seconds(attempt.at)}, waited {seconds(attempt.wait)}"
            for attempt in attempts[:-1]
            if attempt.problem is not None and attempt.wait is not None
        ]
        if waits:
            st.caption("Before: " + plain("; ".join(waits)))
        with st.container(horizontal=True, vertical_alignment="center"):
            for number, fix in enumerate(fixes):
                st.button(
                    fix.label,
                    key=f"{key}-fix-{number}",
                    type="primary" if number == 0 else "secondary",
                    icon=":material/build:",
                    help="Changes the settings of this conversation and asks again",
                    on_click=actions.way_out,
                    args=(fix.change,),
                )
            _retry(key)
            if "connections" in advice.actions:
                st.page_link("pages/connections.py", label=ACTION_LABELS["connections"], icon=":material/cable:")
        if problem.raw:
            with st.expander("Answer as received"):
                st.code(problem.raw, language=None, wrap_lines=True)


def _retry(key: str) -> None:
    st.button("Retry", key=f"{key}-retry", icon=":material/refresh:", on_click=actions.retry)


def _repeats(message: str, title: str) -> bool:
    """Our own words for the same thing ("The answer broke off", "The reply broke off") need not stand twice."""
    return message.removeprefix("The answer ") == title.removeprefix("The reply ")


def _short(problem: Problem) -> str:
    return f"status {problem.status}" if problem.status else problem.message[:80]
