"""The sidebar under the page list: a new conversation, and the recent ones to reopen."""

from __future__ import annotations

import streamlit as st

from components import keyboard, nav, services
from components.chat import actions
from components.state import ui
from components.words import plain

_STATES = {
    "running": ":blue-badge[running]",
    "waiting": ":orange-badge[waiting]",
    "interrupted": ":gray-badge[interrupted]",
    "failed": ":red-badge[error]",
}
# Streamlit darkens the label of a quiet button whose popover is open, on dark until nobody can read it.
_STYLE = """<style>
button[kind="tertiary"][aria-expanded="true"] { color: inherit; }
</style>"""
RECENT = 20
# About as many letters of a title are in view.
_FITS = 22


def render(*, here: bool = False, all_here: bool = False) -> None:
    """``here``: the page is the Playground itself, where opening a conversation needs no change of page. ``all_here``:
    it is the one of all conversations."""
    st.html(_STYLE)
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
            st.caption("Your conversations appear here, the newest first. A message in the Playground begins one.")
        opened = False
        for item in recent:
            pin = ":material/keep: " if item.pinned else ""
            title = plain(item.title or "Untitled")
            opened |= st.button(
                " ".join(filter(None, [_STATES.get(item.state, ""), f"{pin}{title}"])),
                key=f"open-{item.id}",
                type="secondary" if here and item.id == ui().conversation_id else "tertiary",
                on_click=actions.open_conversation,
                args=(item.id,),
                # One line each, so that many are in view; the state stands first, where nothing cuts it off.
                wrap=False,
                help=title if len(item.title) > _FITS else None,
            )
        if nav.listed() and not all_here:
            st.page_link(
                "pages/conversations.py",
                label="All conversations",
                icon=":material/inventory_2:",
                help="Search them, put them in order, export and import. Archived ones are there too.",
            )
        keyboard.keep_on_escape()
    if not here and (opened or st.session_state.get("new-conversation")):
        st.switch_page("pages/playground.py", query_params={"conversation": ui().conversation_id or ""})
