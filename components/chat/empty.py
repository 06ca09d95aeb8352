"""The page before the first message: what this is, four examples, and a way to start with nothing."""

from __future__ import annotations

import streamlit as st

from callsmith.conversation import Conversation
from callsmith.starters import STARTERS
from components.chat import actions, saved, setup_file
from components.chat.pasted import paste_popover
from components.words import count


def empty_page(conversation: Conversation) -> None:
    if conversation.nodes:
        newest = list(conversation.nodes)[-1]
        st.button(
            "Back to the conversation",
            key="unclear",
            icon=":material/undo:",
            on_click=actions.switch_arm,
            args=(newest,),
            help="This conversation was cleared; everything in it is kept",
        )
    st.markdown(
        "See how a language model calls tools: it asks for a **tool call**, you answer with a made-up result, and "
        "it goes on. Start with an example:"
    )
    for first in range(0, len(STARTERS), 2):
        for column, starter in zip(st.columns(2), STARTERS[first : first + 2], strict=False):
            with column.container(border=True, height="stretch", gap="small", key=f"starter-{starter.id}"):
                st.button(
                    starter.title,
                    key=f"start-{starter.id}",
                    icon=":material/play_arrow:",
                    width="stretch",
                    help=starter.prompt,
                    on_click=actions.start,
                    args=(starter.id,),
                )
                st.caption(f"{starter.line} Brings {count(len(starter.tools), 'tool')}.")
    st.caption("Or start with nothing: write a message below, and add tools in the panel beside it.")
    saved.saved_list()
    with st.container(horizontal=True, key="other-beginnings"):
        paste_popover()
        setup_file.import_popover()
