"""A conversation begun from the body of a request that was sent somewhere else."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from callsmith.conversation import Conversation, append
from callsmith.pasting import Pasted, PasteProblem, read
from callsmith.types.setup import Setup, ToolUse
from callsmith.wire.registry import WIRES
from components import services
from components.chat import session
from components.live_text import live_text, typed
from components.state import ui
from components.words import plain

_OPEN, _TEXT, _KEPT, _PROBLEM, _FORMAT = "paste-open", "paste-text", "paste-kept", "paste-problem", "paste-format"
_TURN = "paste-turn"
_DETECT = "Find out"


def paste_popover() -> None:
    """For the page before the first message."""
    popover = st.popover(
        "Paste a conversation", key=_OPEN, icon=":material/content_paste:", type="tertiary", on_change="rerun"
    )
    if not popover.open:
        return
    with popover:
        st.caption(
            "The JSON body of a request, in any of the four formats, or only its messages. It is carried on here: its "
            "tools come along, and nothing is sent yet."
        )
        live_text(
            "Request body",
            st.session_state.get(_KEPT, ""),
            key=_TEXT,
            revision=_turn(),
            on_change=_heard,
            rows=10,
            placeholder='{"model": "...", "messages": [...], "tools": [...]}',
        )
        st.selectbox(
            "Format",
            [_DETECT, *WIRES],
            key=_FORMAT,
            format_func=lambda name: WIRES[name].label if name in WIRES else name,
        )
        if problem := st.session_state.get(_PROBLEM):
            st.markdown(f":red[:material/error: {plain(problem)}]")
        st.button("Begin", key="paste-go", type="primary", icon=":material/play_arrow:", on_click=_begin)


def _turn() -> int:
    """A new number empties the area once its text was taken."""
    return int(st.session_state.get(_TURN, 0))


def _label(name: str) -> str:
    return WIRES[name].label if name in WIRES else name


def _heard() -> None:
    """The area shows what is kept here, so that a click that draws the page anew does not empty it."""
    text = typed(_TEXT, _turn()) or ""
    if text != st.session_state.get(_KEPT, ""):
        st.session_state[_KEPT] = text
        st.session_state[_PROBLEM] = ""


def _begin() -> None:
    _heard()
    wire = st.session_state.get(_FORMAT, _DETECT)
    try:
        pasted = read(st.session_state.get(_KEPT, ""), "" if wire == _DETECT else wire)
    except PasteProblem as problem:
        st.session_state[_PROBLEM] = str(problem)
        return
    st.session_state[_OPEN] = False
    st.session_state[_KEPT], st.session_state[_TURN] = "", _turn() + 1
    conversation = keep(pasted, session.current().setup)
    session.show(conversation.id)
    ui().notice = " ".join([_where(pasted), *map(plain, pasted.notes)]).strip()


def keep(pasted: Pasted, setup: Setup) -> Conversation:
    """Everything of it in the store, asked with the connection and model that are chosen now."""
    store = services.store()
    library = store.tools()
    uses = []
    for tool in pasted.tools:
        bare = replace(tool, origin=None)
        same = next((record.id for record in library if replace(record.tool, origin=None) == bare), None)
        uses.append(ToolUse(same or store.save_tool(tool, how="imported")))
    connection = session.target_of(setup).connection
    wire = pasted.wire if pasted.wire in connection.wires else setup.wire
    begun = replace(setup, system=pasted.system, tools=tuple(uses), options=pasted.options, wire=wire)
    conversation = Conversation(store.create(begun))
    for message in pasted.messages:
        conversation = append(conversation, message)
    store.save_nodes(conversation.id, tuple(conversation.nodes.values()), conversation.head)
    return conversation


def _where(pasted: Pasted) -> str:
    target = session.target_of(session.current().setup)
    if not pasted.model or pasted.model == target.model:
        return ""
    return f"This was asked of {plain(pasted.model)}; here {plain(target.model or 'no model yet')} goes on with it."
