"""The setup file on the page: a conversation's setup taken away as a file, and a conversation begun from one."""

from __future__ import annotations

import re

import streamlit as st

from callsmith import setup_file
from callsmith.setup_file import SetupFileProblem
from components import services
from components.chat import session
from components.chat.session import Opened
from components.state import ui
from components.words import plain

_MENU, _OPEN = "conversation", "setup-open"
_TURN = "setup-import-turn"
_SHOWN = 8


def export_button(opened: Opened) -> None:
    """Into the conversation's menu: the file of this conversation, and the way to open another."""
    store = services.store()
    records = store.tools_with([use.tool_id for use in opened.setup.tools])
    file = setup_file.of_conversation(
        opened.conversation, opened.setup, session.target_of(opened.setup), records, services.connections()
    )
    written = services.engine().logs.redactor.text(setup_file.write(file))
    st.download_button(
        "Export setup",
        written.encode("utf-8", "replace"),
        file_name=_file_name(file.name),
        mime="application/json",
        key="setup-export",
        icon=":material/upload_file:",
        on_click="ignore",
        help="System prompt, tools with who answers them, options and limits as one JSON file, without keys. "
        "It can be run from the shell: python -m callsmith run FILE",
    )
    _import_field()


def import_popover() -> None:
    """For the page before the first message."""
    opened = st.popover("Open a setup file", key=_OPEN, icon=":material/file_open:", type="tertiary", on_change="rerun")
    if opened.open:
        with opened:
            _import_field()


def _import_field() -> None:
    key = f"setup-import-{st.session_state.get(_TURN, 0)}"
    st.file_uploader(
        "Import setup",
        type=["json"],
        key=key,
        on_change=_import,
        args=(key,),
        help="Begins a new conversation as the file says; nothing is sent",
    )


def _import(key: str) -> None:
    uploaded = st.session_state[key]
    if uploaded is None:
        return
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    try:
        file = setup_file.read(uploaded.getvalue().decode("utf-8"))
    except UnicodeDecodeError as error:
        ui().notice = f"{plain(uploaded.name)} is not UTF-8 text: byte {error.start + 1:,} cannot be read."
        return
    except SetupFileProblem as problem:
        ui().notice = _refused(uploaded.name, problem)
        return
    conversation_id, missing = setup_file.keep(services.store(), file, services.connections())
    for popover in (_MENU, _OPEN):
        if st.session_state.get(popover):
            st.session_state[popover] = False
    session.show(conversation_id)
    ui().notice = " ".join(plain(sentence) for sentence in missing)
    if file.prompt:
        st.session_state["composer"] = file.prompt


def _refused(name: str, problem: SetupFileProblem) -> str:
    shown = [f"- {plain(str(mistake))}" for mistake in problem.mistakes[:_SHOWN]]
    more = len(problem.mistakes) - len(shown)
    return "\n".join([f"{plain(name)} cannot be used:\n", *shown, *([f"- and {more} more"] if more else [])])


def _file_name(title: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
    return f"{words or 'setup'}.setup.json"
