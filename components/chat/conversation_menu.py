"""The menu of one conversation: its title, what can be taken away of it, and its end."""

from __future__ import annotations

import streamlit as st

from components.chat import actions, saved, setup_file
from components.chat.code_export import code_button
from components.chat.page_export import page_button
from components.chat.session import Opened
from components.conversations.transfer import export_button
from components.present import place


def menu(opened: Opened) -> None:
    folded = st.popover(
        "Conversation", icon=":material/more_horiz:", key="conversation", on_change="rerun", type="tertiary"
    )
    if not folded.open:
        return
    with folded:
        title = opened.conversation.title
        st.text_input("Title", value=title, key="title", on_change=actions.rename, args=("title",))
        with st.container(horizontal=True):
            st.button(
                "Clear",
                key="clear",
                icon=":material/restart_alt:",
                on_click=actions.clear,
                help="Back to the empty beginning; every arm is kept",
            )
            st.button(
                "Delete conversation",
                key="delete-conversation",
                icon=":material/delete:",
                on_click=actions.delete_conversation,
                help="It can be undone from the sidebar",
            )
        if opened.conversation.head is not None:
            st.button(
                "Present",
                key="present",
                icon=":material/slideshow:",
                on_click=place.begin,
                args=(opened.conversation.id,),
                help="Step by step in large type, driven by the keyboard, for people who never saw a tool call",
            )
        st.markdown("**Take it along**")
        page_button(opened)
        code_button(opened)
        export_button(opened)
        setup_file.export_button(opened)
        st.markdown("**Begin others so**")
        saved.save_field(opened)
