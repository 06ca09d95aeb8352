"""The sidebar under the page list: a new conversation, and the recent ones to reopen."""

from __future__ import annotations

import streamlit as st

from components import keyboard, services
from components.chat import actions
from components.state import ui
from components.words import plain

_STATES = {
    "running": ":blue-badge[running]",
    "waiting": ":orange-badge[waiting]",
    "interrupted": ":gray-badge[interrupted]",
}
RECENT = 20


def render(*, here: bool = False) -> None:
    """``here``: the page is the Playground itself, where opening a conversation needs no change of page."""
    with st.sidebar:
        st.button(
            "New conversation",
            key="new-conversation",
            icon=":material/add_comment:",
            width="stretch",
            on_click=actions.new_conversation,
        )
        deleted = ui().deleted_conversation
        if deleted is not None:
            st.caption(f"Deleted: {plain(deleted[1])}")
            st.button("Undo", key="undo-delete", on_click=actions.restore_conversation, args=(deleted[0],))
        recent = services.store().recent(RECENT)
        if not recent:
            st.caption("Your conversations appear here.")
        opened = False
        for item in recent:
            label = f"{plain(item.title or 'Untitled')} {_STATES.get(item.state, '')}"
            opened |= st.button(
                label,
                key=f"open-{item.id}",
                type="secondary" if here and item.id == ui().conversation_id else "tertiary",
                on_click=actions.open_conversation,
                args=(item.id,),
            )
        keyboard.keep_on_escape()
    if not here and (opened or st.session_state.get("new-conversation")):
        st.switch_page("pages/playground.py", query_params={"conversation": ui().conversation_id or ""})
