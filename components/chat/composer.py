"""What may be done next: write, continue with results, stop, or retry; and why not, where it may not."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.job import Job
from components.chat import actions, drafts
from components.chat.drafts import Slot
from components.words import count


def continue_button(slots: Sequence[Slot]) -> None:
    """Under the waiting calls. Disabled while a result is missing, and then it says which."""
    reason = drafts.waiting_for(slots)
    names = count(len(slots), "result")
    with st.container(horizontal=True, vertical_alignment="center", key="continue-row"):
        st.button(
            f"Continue with {names}",
            key="continue",
            type="primary",
            shortcut="Mod+Enter",
            disabled=bool(reason),
            help=reason or "Sends the results of all calls, in call order",
            on_click=actions.continue_turn,
        )
        if reason:
            st.caption(reason)


def composer(job: Job | None, slots: Sequence[Slot]) -> None:
    """The message box at the bottom, and Stop beside it while a reply arrives."""
    if job is not None:
        with st.bottom, st.container(horizontal=True, horizontal_alignment="center"):
            st.button(
                "Stop",
                key="stop",
                icon=":material/stop_circle:",
                shortcut="Esc",
                on_click=actions.stop,
                args=(job.exchange_id,),
            )
    placeholder = "Message"
    if job is not None:
        placeholder = "A reply is arriving"
    elif slots:
        missing = sum(1 for slot in slots if slot.problem)
        first = f"Give {count(missing, 'result')} above" if missing else "Continue above"
        calls = "the call is" if len(slots) == 1 else "the calls are"
        placeholder = f"{first}, or write on: {calls} then answered as cancelled"
    st.chat_input(
        placeholder,
        key="composer",
        disabled=job is not None,
        on_submit=actions.send_typed,
        args=("composer",),
    )
