"""How far an edit reaches: a tool that other conversations use too is changed for all of them, or copied for this one.

Asked once for a tool in a conversation, when it is opened for editing there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from callsmith.store import ToolRecord
from callsmith.types.setup import Setup
from components import services
from components.chat import session
from components.tools import home
from components.words import count, plain

ONLY_HERE = ":violet-badge[this conversation only]"
_ASKING = "tools-scope-asking"


def opening(tool_id: str) -> None:
    """For a callback: a tool is about to be opened for editing."""
    st.session_state[_ASKING] = 0 if _settled(tool_id) else others(tool_id)


def others(tool_id: str) -> int:
    """How many conversations use this tool besides the one in view."""
    return services.store().conversations_with(tool_id, besides=_here())


def asked(tool_id: str, setup: Setup, on_change: Callable[[Setup], None], reopen: Callable[[str], None]) -> bool:
    """Draw the question where it is open; ``reopen`` gets the id of the copy. Returns whether it is open."""
    number: int = st.session_state.get(_ASKING, 0)
    record = services.store().tool(tool_id) if number else None
    if record is None:
        return False
    st.write(
        f"**{plain(record.tool.name) or '(no name)'}** is used in {count(number, 'other conversation')} too. "
        "What should your changes reach?"
    )
    with st.container(horizontal=True, key="tool-scope"):
        st.button(
            "This conversation only",
            key="tool-scope-here",
            type="primary",
            help="Makes a copy for this conversation; the library and the other conversations keep the tool as it is",
            on_click=_only_here,
            args=(record, setup, on_change, reopen),
        )
        st.button(
            "Everywhere",
            key="tool-scope-everywhere",
            help="Changes the tool of the library, for every conversation that uses it",
            on_click=_everywhere,
            args=(tool_id,),
        )
    st.caption("Every change is a version that can be brought back.")
    return True


def is_only_here(record: ToolRecord) -> bool:
    """Whether a tool is a copy that no other conversation and no library knows."""
    return record.conversation_id is not None and record.conversation_id == _here()


def reach(tool_id: str) -> str:
    """What a change on the Tools page changes, in words; empty where no conversation uses the tool."""
    number = services.store().conversations_with(tool_id)
    return f"Used in {count(number, 'conversation')}: a change here changes it there too." if number else ""


def _only_here(
    record: ToolRecord, setup: Setup, on_change: Callable[[Setup], None], reopen: Callable[[str], None]
) -> None:
    st.session_state[_ASKING] = 0
    copy = services.store().copy_for(session.open_or_create().conversation.id, record.id)
    uses = [replace(use, tool_id=copy) if use.tool_id == record.id else use for use in setup.tools]
    on_change(replace(setup, tools=tuple(uses)))
    reopen(copy)


def _everywhere(tool_id: str) -> None:
    st.session_state[_ASKING] = 0
    if _here():
        services.store().save_draft(_scope(), tool_id, True)


def _settled(tool_id: str) -> bool:
    return home.is_response(tool_id) or services.store().draft(_scope(), tool_id) is not None


def _scope() -> str:
    return f"edits-everywhere:{_here()}"


def _here() -> str:
    return session.current().conversation.id
