"""A turn that runs by itself, set going and held from the page."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from callsmith.job import Job
from callsmith.loop.loop import Busy
from callsmith.loop.run import Run
from callsmith.loop.types import Ended, Plan, ToolPlan, Used
from callsmith.play import Ask
from components import services
from components.chat import session
from components.chat.session import Opened
from components.connections.keys import key_for
from components.reach import reach

STEPWISE = "run-step-by-step"


def active(conversation_id: str) -> Run | None:
    return services.loop().active(conversation_id) if conversation_id else None


def last_end(conversation_id: str) -> Ended | None:
    """How the newest run of this conversation ended; None while one goes on, and where nobody knows."""
    run = services.loop().get(conversation_id) if conversation_id else None
    return run.snapshot().ended if run is not None else None


def follow(opened: Opened, ask: Ask, job: Job) -> None:
    """Let the turn go on by itself behind an exchange that was asked for."""
    services.loop().begin(opened.conversation.id, job, _plan(opened, ask), one_step=stepwise())


def answer(opened: Opened, keys: Collection[str] | None, *, go_on: bool, one_step: bool = False) -> str:
    """Answer waiting calls now (those slots; None for all that are not answered by hand), and go on where nothing is
    left to wait for. What is used goes on counting from a pause. Returns why it cannot be done; else nothing."""
    ask = session.ask_of(opened.setup, opened.conversation)
    end = last_end(opened.conversation.id)
    used = _last_used(opened.conversation.id) if end is not None and end.reason == "paused" else None
    try:
        services.loop().answer(
            opened.conversation.id,
            _plan(opened, ask),
            keys,
            go_on=go_on,
            one_step=one_step or (go_on and stepwise()),
            used=used,
        )
    except Busy:
        return "This turn is running already."
    return ""


def stepwise() -> bool:
    return bool(st.session_state.get(STEPWISE))


def _last_used(conversation_id: str) -> Used | None:
    run = services.loop().get(conversation_id)
    return run.snapshot().used if run is not None else None


def plan_of(opened: Opened) -> Plan:
    """How this conversation asks and who answers, as it is now."""
    return _plan(opened, session.ask_of(opened.setup, opened.conversation))


def _plan(opened: Opened, ask: Ask) -> Plan:
    tools = session.tools_of(opened.setup)
    answering = session.answering_of(opened.setup)
    plans = {name: ToolPlan(tools[tool_id], kept) for name, (tool_id, kept) in answering.items() if tool_id in tools}
    return Plan(ask, key_for(ask.target.connection), reach(), plans, opened.setup.loop)
