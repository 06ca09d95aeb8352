"""The values of ``{{name}}`` in prompts: in sight where a prompt has one, and kept with the conversation."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from callsmith.types.message import Thread
from callsmith.variables import of_thread
from components.chat import session
from components.chat.session import Opened
from components.words import count, joined


def variables_popover(opened: Opened) -> None:
    """Nothing where no prompt asks for a value. A label that never changes keeps its place."""
    asked = _asked(opened)
    if not asked:
        return
    popover = st.popover("Variables", key="variables", icon=":material/data_object:", on_change="rerun")
    if popover.open:
        with popover:
            st.caption("Filled into the system prompt and your messages when they are sent; the template is kept.")
            for name in asked:
                # Of this conversation: a value typed into another one would else stay in the field.
                key = f"variable-{opened.conversation.id}-{name}"
                st.text_input(
                    name, value=opened.setup.variables.get(name, ""), key=key, on_change=_set, args=(name, key)
                )
    missing = [name for name in asked if name not in opened.setup.variables]
    if missing:
        words = f"No value yet for {joined([f'`{name}`' for name in missing[:4]])}"
        st.caption(f":orange[:material/warning:] {words}: sent as it stands", width="content")
    else:
        st.caption(f"{count(len(asked), 'variable')} filled", width="content")


def _asked(opened: Opened) -> tuple[str, ...]:
    messages = tuple(node.message for node in opened.conversation.path())
    return of_thread(Thread(opened.setup.system, messages))


def _set(name: str, key: str) -> None:
    setup = session.current().setup
    values = dict(setup.variables)
    value = st.session_state[key]
    if value:
        values[name] = value
    else:
        values.pop(name, None)
    session.save_setup(replace(setup, variables=values))
