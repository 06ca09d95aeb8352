"""The page before the first message: what this is, four examples, and a way to start with nothing."""

from __future__ import annotations

import streamlit as st

from callsmith.conversation import Conversation
from callsmith.starters import STARTERS
from components.chat import actions
from components.words import count


def empty_page(conversation: Conversation) -> None:
    if conversation.nodes:
        newest = next(reversed(conversation.nodes))
        st.button(
            "Back to the conversation",
            key="unclear",
            icon=":material/undo:",
            on_click=actions.switch_arm,
            args=(newest,),
            help="This conversation was cleared; everything in it is kept",
        )
    st.markdown(
        "Design tools for language models and see exactly how they are called: pick a model, shape a tool, "
        "send a prompt, answer the tool call with a made-up result, and see what it cost."
    )
    st.markdown("**Start with an example**")
    for first in range(0, len(STARTERS), 2):
        for column, starter in zip(st.columns(2), STARTERS[first : first + 2], strict=False):
            with column.container(border=True, height="stretch", key=f"starter-{starter.id}"):
                names = ", ".join(f"`{tool.name}`" for tool in starter.tools)
                st.markdown(f"**{starter.title}**  \n{starter.line}")
                st.caption(f'"{starter.prompt}"  \nBrings {count(len(starter.tools), "tool")}: {names}')
                st.button(
                    "Try it",
                    key=f"start-{starter.id}",
                    icon=":material/play_arrow:",
                    on_click=actions.start,
                    args=(starter.id,),
                )
    st.caption("Or start with nothing: write a message below, and add tools in the panel on the right.")
