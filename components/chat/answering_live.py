"""The tools while they run: one line in each waiting call, rewritten as it goes on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from callsmith.loop.run import Run
from callsmith.loop.types import CallRun
from components import services
from components.answers.words import maker
from components.chat import actions
from components.chat.loop_panel import progress
from components.words import plain, seconds

_IDLE = 0.2


def call_line(run: CallRun) -> str:
    took = seconds(run.seconds if run.seconds is not None else max(time.time() - run.started, 0.0))
    said = f" · {plain(run.said)}" if run.said else ""
    who = maker(run.by)
    match run.state:
        case "running":
            return f":material/more_horiz: {plain(who)}, running for {took}{said}"
        case "answered":
            return f":material/{'error' if run.is_error else 'check'}: {plain(who)}, answered in {took}{said}"
        case _:
            return f":material/help: {plain(who)}, no answer after {took}{said}"


class Places:
    """The lines of the calls that are being answered, by call id; a card draws its own through ``draw``."""

    def __init__(self, conversation_id: str) -> None:
        self._conversation_id = conversation_id
        self._lines: dict[str, Any] = {}
        self._shown: dict[str, str] = {}

    def draw(self, call_id: str, slot_key: str) -> None:
        """The first place is the slot's, which would stay in view while the script runs if nothing else took it."""
        st.empty()
        with st.container(horizontal=True, vertical_alignment="center", key=f"running-{slot_key}"):
            self._lines[call_id] = st.empty()
            st.button(
                "Give up this call",
                key=f"give-up-{slot_key}",
                type="tertiary",
                icon=":material/close:",
                help="It waits for a person then; the others go on",
                on_click=actions.give_up,
                args=(self._conversation_id, slot_key),
            )

    def show(self, calls: Mapping[str, CallRun]) -> None:
        for call_id, line in self._lines.items():
            run = calls.get(call_id)
            text = call_line(run) if run is not None else ":material/hourglass_empty: waits for you"
            if self._shown.get(call_id) != text:
                self._shown[call_id] = text
                line.caption(text)


def watch(run: Run, places: Places, status: Any) -> None:
    """Draw until the tools have run. Every draw is a yield point, so Stop and other clicks get through."""
    shown = ""
    while True:
        snapshot = run.snapshot()
        places.show({call.call_id: call for call in snapshot.calls})
        if (line := progress(snapshot)) != shown:
            shown = line
            status.caption(line)
        if snapshot.ended is not None:
            return
        job = services.jobs().get(snapshot.exchange_id) if snapshot.phase == "asking" else None
        if job is not None and not job.done:
            return
        run.wait_change(snapshot.version, _IDLE)
        st.session_state.get("ui")
