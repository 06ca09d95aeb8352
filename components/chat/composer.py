"""What may be done next: write, continue with results, stop, or retry; and why not, where it may not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from callsmith.conversation import Conversation
from callsmith.job import Job
from callsmith.loop.run import Run
from callsmith.media import MAX_FILE
from callsmith.slots import Slot
from components.chat import actions, attachments, drafts, session, slot_actions
from components.chat.drafts import Leave
from components.words import count, joined


def continue_button(slots: Sequence[Slot], conversation: Conversation | None = None) -> None:
    """Under what waits: calls, remote calls that need leave, or a reply that paused; else nothing. Disabled while
    something is missing, and then it says what."""
    leaves = drafts.leaves(conversation) if conversation is not None else []
    paused = conversation is not None and actions.is_paused(conversation)
    if not (slots or leaves or paused):
        return
    reason = drafts.waiting_for(slots, leaves)
    run = slot_actions.to_run(slots) if all(leave.choice for leave in leaves) else 0
    with st.container(horizontal=True, vertical_alignment="center", key="continue-row"):
        st.button(
            f"Run {count(run, 'tool')} and continue" if run else _continue_label(slots, leaves),
            key="continue",
            type="primary",
            shortcut="Mod+Enter",
            disabled=bool(reason) and not run,
            help=_run_help(slots, run) if run else reason or _continue_help(slots, leaves),
            on_click=slot_actions.go_on,
        )
        if run:
            st.caption("Or run or answer each of them above first, and look at the results.")
        elif reason:
            st.caption(reason)
        elif paused:
            st.caption(":material/pause_circle: The model paused in the middle of a server tool.")


def _continue_label(slots: Sequence[Slot], leaves: Sequence[Leave]) -> str:
    given = [count(len(slots), "result")] if slots else []
    given += [count(len(leaves), "decision")] if leaves else []
    return f"Continue with {joined(given)}" if given else "Continue"


def _run_help(slots: Sequence[Slot], run: int) -> str:
    kept = len(slots) - run
    others = f"; {count(kept, 'result')} that {'is' if kept == 1 else 'are'} there stay{'s' if kept == 1 else ''}"
    return f"Answers {count(run, 'call')} in the chosen ways and sends all results{others if kept else ''}"


def _continue_help(slots: Sequence[Slot], leaves: Sequence[Leave]) -> str:
    if slots:
        return "Sends the results of all calls, in call order"
    return "Sends what you decided" if leaves else "Sends the reply back as it is, so that the model goes on from there"


def composer(job: Job | None, slots: Sequence[Slot], run: Run | None = None) -> Any:
    """The message box at the bottom, and Stop beside it while the turn goes on. Returns the place of the line that
    says how far a turn is that runs by itself."""
    going = job is not None or run is not None
    status = None
    if going:
        with st.bottom, st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
            if run is not None and (job is None or run.runs_alone):
                status = st.empty()
                st.button(
                    "Pause",
                    key="pause",
                    icon=":material/pause_circle:",
                    on_click=actions.pause_turn,
                    help="Stops at the next boundary: after this exchange, or after these tools",
                )
            st.button("Stop", key="stop", icon=":material/stop_circle:", shortcut="Esc", on_click=actions.stop_turn)
    elif attachments.held():
        with st.bottom:
            attachments.draw_held()
    placeholder = "Message"
    if going:
        placeholder = "A reply is arriving" if job is not None else "The tools are running"
    elif slots:
        missing = sum(1 for slot in slots if slot.problem)
        first = f"Give {count(missing, 'result')} above" if missing else "Continue above"
        calls = "the call is" if len(slots) == 1 else "the calls are"
        placeholder = f"{first}, or write on: {calls} then answered as cancelled"
    elif drafts.leaves(session.current().conversation):
        placeholder = "Allow or refuse above, or write on: what asks for leave is then refused"
    st.chat_input(
        placeholder,
        key="composer",
        accept_file="multiple",
        max_upload_size=MAX_FILE // 10**6,
        disabled=going,
        on_submit=actions.send_typed,
        args=("composer",),
    )
    return status
