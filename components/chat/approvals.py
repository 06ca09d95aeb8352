"""Leave for calls of a remote server: the provider made the call ready and waits for a yes or a no."""

from __future__ import annotations

import streamlit as st

from callsmith.conversation import Approval
from callsmith.jsontext import indented
from callsmith.types.parts import Parsed, ToolCall
from components.chat import drafts
from components.chat.drafts import ALLOW, REFUSE, Leave
from components.words import plain

_BADGES = {
    "": ":orange-badge[:material/hourglass_empty: waiting for your leave]",
    ALLOW: ":green-badge[:material/check: allowed]",
    REFUSE: ":red-badge[:material/block: refused]",
    "unanswered": ":gray-badge[:material/remove: not answered]",
}


def approval_card(asked: Approval, *, key: str, leave: Leave | None, allowed: bool | None) -> None:
    """``leave``: it still waits, and can be chosen here. ``allowed``: what was answered, where it was."""
    chosen = leave.choice if leave is not None else "unanswered" if allowed is None else ALLOW if allowed else REFUSE
    server = plain(asked.server or "a remote server")
    with st.container(border=True, key=key):
        st.markdown(f":material/cloud: **{plain(asked.name or 'no name')}** on {server} {_BADGES[chosen]}")
        if leave is not None:
            st.markdown(
                f"The provider wants to call **{plain(asked.name)}** on the remote server {server} with the arguments "
                "below. Nothing is called before you allow it."
            )
        parsed = ToolCall("", "", asked.arguments).parsed()
        shown = indented(asked.arguments) if isinstance(parsed, Parsed) else asked.arguments
        st.code(shown or "{}", language="json" if isinstance(parsed, Parsed) else None, wrap_lines=True)
        if leave is not None:
            st.segmented_control(
                "Leave",
                [ALLOW, REFUSE],
                default=leave.choice or None,
                format_func=str.capitalize,
                key=f"leave-{leave.key}",
                label_visibility="collapsed",
                on_change=_chosen,
                args=(leave,),
            )


def _chosen(leave: Leave) -> None:
    drafts.choose(leave, st.session_state[f"leave-{leave.key}"] or "")
