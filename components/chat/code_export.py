"""The current turn as code to take along: pick a language, copy or download, see what to install and what to set."""

from __future__ import annotations

import streamlit as st

from callsmith.takeaway import Code, code, offered
from components import layout, services
from components.chat import session
from components.chat.session import Opened
from components.words import plain

_OPEN, _TARGET = "code-open", "code-target"
MOST_CHARACTERS = 60_000
_MIME = {"bash": "application/x-sh", "python": "text/x-python", "javascript": "text/javascript"}


def code_button(opened: Opened, place: str = "menu") -> None:
    """Wherever it stands (``place`` tells two of them apart), ``code_dialog`` is drawn once, at the page's end."""
    st.button(
        "Code",
        key=f"code-{place}",
        icon=":material/code:",
        on_click=_open,
        disabled=opened.conversation.head is None,
        help="This turn as curl, Python or JavaScript, with the tools as stubs and the loop; keys stay out",
    )


def code_dialog(opened: Opened) -> None:
    if st.session_state.get(_OPEN):
        st.dialog("This turn as code", width="large", on_dismiss=_close)(_body)(opened)


def _open() -> None:
    layout.fold_popovers()
    st.session_state[_OPEN] = True


def _close() -> None:
    st.session_state[_OPEN] = False


def _body(opened: Opened) -> None:
    ask = session.ask_of(opened.setup, opened.conversation)
    labels = {target.label: target.id for target in offered(ask)}
    label = st.selectbox("Write it in", list(labels), key=_TARGET, persist_state="session")
    answers = {name: answering for name, (_, answering) in session.answering_of(opened.setup).items()}
    made = code(ask, opened.conversation, labels[label], answers)
    text = services.engine().logs.redactor.text(made.text)
    st.code("\n".join(filter(None, (made.install, made.run))), language="bash")
    st.download_button(
        f"Download {made.filename}",
        text.encode("utf-8"),
        made.filename,
        mime=_MIME[made.language],
        key="code-download",
        icon=":material/download:",
        on_click="ignore",
    )
    _notes(made)
    short = text[:MOST_CHARACTERS]
    if len(short) < len(text):
        st.caption(f"The first {MOST_CHARACTERS:,} characters; the download has all {len(text):,}.")
    st.code(short.rstrip("\n"), language=made.language, height=460)


def _notes(made: Code) -> None:
    if made.notes:
        st.caption("\n".join(f"- {plain(note)}" for note in made.notes))
