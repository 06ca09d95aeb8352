"""Setups saved under a name: saved from a conversation, applied to a new one."""

from __future__ import annotations

import streamlit as st

from callsmith import saved_setups
from callsmith.saved_setups import SavedSetup
from components import services
from components.chat import session
from components.chat.session import Opened
from components.state import ui
from components.words import count, plain

_DELETED = "saved-setup-deleted"


def save_field(opened: Opened) -> None:
    """Into the conversation's menu."""
    st.text_input("Save as a setup", key="setup-save-name", placeholder="A name", on_change="ignore")
    st.button(
        "Save setup",
        key="setup-save",
        icon=":material/bookmark_add:",
        on_click=_save,
        help="System prompt, tools, options, limits and variables, to begin new conversations with. The first message "
        "is put into the message box then",
    )


def saved_list() -> None:
    """For the page before the first message; nothing where none was saved."""
    found = saved_setups.every(services.store())
    if found:
        st.markdown("**Saved setups**")
    for one in found:
        _row(one)
    gone: SavedSetup | None = st.session_state.get(_DELETED)
    if gone is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="saved-undo-row"):
            st.caption(f"Deleted {plain(gone.name)}", width="content")
            st.button("Undo", key="saved-undo", type="tertiary", icon=":material/undo:", on_click=_put_back)


def _row(one: SavedSetup) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"saved-{one.id[:12]}"):
        st.button(
            plain(one.name),
            key=f"apply-{one.id}",
            icon=":material/bookmark:",
            on_click=_apply,
            args=(one.id,),
            help="Begins a new conversation so; nothing is sent",
        )
        on = len(services.store().tools_with({use.tool_id for use in one.setup.tools if use.on}))
        model = f"{plain(one.setup.model)}, " if one.setup.model else ""
        st.caption(f"{model}{count(on, 'tool')}", width="stretch")
        st.button("Delete", key=f"forget-{one.id}", type="tertiary", on_click=_delete, args=(one.id,))


def _save() -> None:
    opened = session.current()
    first = next((node.message.text for node in opened.conversation.path() if node.message.role == "user"), "")
    try:
        saved = saved_setups.save(services.store(), st.session_state["setup-save-name"] or "", opened.setup, first)
    except ValueError as error:
        ui().notice = f"{error} to save the setup."
        return
    st.session_state["setup-save-name"] = ""
    st.session_state["conversation"] = False
    st.toast(f"Saved the setup {plain(saved.name)}")


def _apply(setup_id: str) -> None:
    one = next((one for one in saved_setups.every(services.store()) if one.id == setup_id), None)
    if one is None:
        ui().notice = "This setup was deleted in another tab."
        return
    session.show(None)
    session.save_setup(one.setup)
    wanted = {use.tool_id for use in one.setup.tools}
    gone = len(wanted) - len(services.store().tools_with(wanted))
    if gone:
        ui().notice = (
            f"{count(gone, 'tool')} of this setup {'was' if gone == 1 else 'were'} deleted since it was saved."
        )
    if one.prompt:
        st.session_state["composer"] = one.prompt


def _delete(setup_id: str) -> None:
    st.session_state[_DELETED] = saved_setups.delete(services.store(), setup_id)


def _put_back() -> None:
    gone: SavedSetup | None = st.session_state.pop(_DELETED, None)
    if gone is not None:
        saved_setups.put_back(services.store(), gone)
