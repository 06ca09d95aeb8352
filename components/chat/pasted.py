"""A conversation begun from the body of a request that was sent somewhere else, or from a record of our own."""

from __future__ import annotations

import io
from dataclasses import replace

import streamlit as st

from callsmith.conversation import Conversation, append
from callsmith.pasting import Pasted, PasteProblem, read
from callsmith.record import written
from callsmith.record.take import take
from callsmith.schema import text as json_text
from callsmith.schema.text import TextError
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
            "The JSON body of a request, in any of the four formats, or only its messages; or a conversation that was "
            "exported here. It is carried on here: its tools come along, and nothing is sent yet."
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
    wire, text = st.session_state.get(_FORMAT, _DETECT), st.session_state.get(_KEPT, "")
    try:
        conversation_id, said = _record(text) if is_record(text) else _body(text, "" if wire == _DETECT else wire)
    except PasteProblem as problem:
        st.session_state[_PROBLEM] = str(problem)
        return
    st.session_state[_OPEN] = False
    st.session_state[_KEPT], st.session_state[_TURN] = "", _turn() + 1
    session.show(conversation_id)
    ui().notice = plain(said)


def _body(text: str, wire: str) -> tuple[str, str]:
    pasted = read(text, wire)
    conversation = keep(pasted, session.current().setup)
    return conversation.id, " ".join([_where(pasted), *pasted.notes]).strip()


def is_record(text: str) -> bool:
    return f'"{written.FORMAT}"' in text[:200]


def _record(text: str) -> tuple[str, str]:
    """The first conversation of a record that was exported, with all its arms; one that is here already is opened."""
    report = take(services.store(), io.BytesIO(text.encode("utf-8", "replace")))
    said = list(report.lines())
    if report.conversations:
        quiet = report.conversations[1:] or report.skipped or report.notes or report.copied
        return report.conversations[0], " ".join(said) if quiet else ""
    here = next((one for one in _ids(text) if services.store().stamp(one) is not None), None)
    if report.there and here is not None:
        return here, "This conversation was here already, as it is in the text."
    raise PasteProblem(" ".join(said[:4]))


def _ids(text: str) -> list[str]:
    try:
        document = json_text.read(text)
        return [str(one.get("id")) for one in document.get("conversations", ())]
    except (TextError, AttributeError, TypeError):
        return []


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
    return f"This was asked of {pasted.model}; here {target.model or 'no model yet'} goes on with it."
