"""Conversations taken away as files, and brought in from files or from the clipboard, with a way back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from callsmith.record import document, lines
from callsmith.record.calls import CallRow, rows
from callsmith.record.frame import SNIPPET, to_csv, to_parquet
from callsmith.record.pricing import price
from callsmith.record.report import Report
from callsmith.record.take import take
from callsmith.redaction import Redactor
from callsmith.store import NotFound
from components import services
from components.chat.session import Opened
from components.words import plain

_FILES = {
    "Everything (JSON)": ("json", "application/json", "Messages with all arms, exchanges, tools: to be imported again"),
    "Exchanges (JSON lines)": ("jsonl", "application/jsonl", "Requests and answers in the format of recordings"),
    "Calls (CSV)": ("csv", "text/csv", "One row for each call, with tokens, cost and times"),
    "Calls (Parquet)": ("parquet", "application/vnd.apache.parquet", "The same for notebooks"),
}
_TURN, _REPORT, _UNDONE = "import-turn", "import-report", "import-undone"
_SHOWN = 20


def export_panel(ids: Sequence[str] | None) -> None:
    """Downloads of these conversations; None: all of them, with the whole library of tools."""
    what = "all conversations" if ids is None else f"{len(ids):,} conversation{'s' if len(ids) != 1 else ''}"
    chosen = st.radio(
        f"Export {what} as",
        list(_FILES),
        captions=[said for _, _, said in _FILES.values()],
        key="export-format",
    )
    kind, mime, _ = _FILES[chosen or "Everything (JSON)"]
    st.download_button(
        "Download",
        _content(kind, ids),
        file_name=f"callsmith-{'calls' if kind in ('csv', 'parquet') else 'conversations'}.{kind}",
        mime=mime,
        key="export-download",
        on_click="ignore",
        disabled=ids is not None and not ids,
        icon=":material/download:",
    )
    st.caption("No keys are in any of these files. For very many conversations: python -m callsmith export OUT")
    if kind in ("csv", "parquet"):
        with st.expander("In a notebook", key="export-snippet"):
            st.code(SNIPPET, language="python")


def export_button(opened: Opened) -> None:
    """Into the conversation's menu: the whole conversation as JSON."""
    conversation = opened.conversation
    words = re.sub(r"[^a-z0-9]+", "-", conversation.title.lower()).strip("-")[:40].strip("-")
    st.download_button(
        "Export conversation",
        _content("json", [conversation.id]),
        file_name=f"{words or 'conversation'}.conversation.json",
        mime="application/json",
        key="conversation-export",
        on_click="ignore",
        icon=":material/download:",
        help="Messages with all arms, exchanges and tools as one JSON file, without keys. "
        "It can be imported on the Conversations page.",
    )


def import_panel() -> None:
    """Takes files, or pasted text, and says what came of it."""
    turn = st.session_state.get(_TURN, 0)
    uploaded, pasted = f"import-files-{turn}", f"import-text-{turn}"
    st.file_uploader(
        "Import conversations",
        type=["json", "jsonl"],
        accept_multiple_files=True,
        key=uploaded,
        on_change=_upload,
        args=(uploaded,),
        help="A file exported here, or recorded exchanges. What is here already stays as it is.",
    )
    st.text_area("Or paste the text of such a file", key=pasted, height=100)
    st.button("Import the text", key="import-paste", on_click=_paste, args=(pasted,))
    report: list[tuple[str, Report]] = st.session_state.get(_REPORT, [])
    for name, one in report:
        _show(name, one)
    if any(one.conversations or one.tools for _, one in report):
        undone = bool(st.session_state.get(_UNDONE))
        label = "Import again" if undone else "Undo this import"
        st.button(label, key="import-undo", on_click=_redo if undone else _undo)
        if undone:
            st.caption("What came in with it was deleted again.")


def _upload(key: str) -> None:
    _took([(file.name, file) for file in st.session_state[key]])


def _paste(key: str) -> None:
    text = st.session_state[key]
    if text.strip():
        _took([("The text", io.BytesIO(text.encode("utf-8", "replace")))])


def _took(files: Sequence[tuple[str, io.BytesIO]]) -> None:
    if not files:
        return
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    st.session_state[_REPORT] = [(name, take(services.store(), file)) for name, file in files]
    st.session_state[_UNDONE] = False


def _undo() -> None:
    store = services.store()
    _each(store.delete, store.delete_tool)
    st.session_state[_UNDONE] = True


def _redo() -> None:
    store = services.store()
    _each(store.restore, store.restore_tool)
    st.session_state[_UNDONE] = False


def _each(conversation: Callable[[str], None], tool: Callable[[str], None]) -> None:
    for _, report in st.session_state.get(_REPORT, []):
        for ids, change in ((report.conversations, conversation), (report.tools, tool)):
            for one in ids:
                try:
                    change(one)
                except NotFound:
                    continue


def _show(name: str, report: Report) -> None:
    first, *others = (plain(line) for line in report.lines())
    said = f"{plain(name)}: {first}"
    (st.warning if report.skipped else st.success)(said)
    for line in others[:_SHOWN]:
        st.caption(line)
    if len(others) > _SHOWN:
        with st.expander(f"{len(others) - _SHOWN:,} more", key=f"import-more-{name}"):
            st.text("\n".join(list(report.lines())[1 + _SHOWN :]))


def _content(kind: str, ids: Sequence[str] | None) -> Callable[[], bytes]:
    """Made when it is asked for."""

    def made() -> bytes:
        store, redactor = services.store(), services.engine().logs.redactor
        if kind in ("json", "jsonl"):
            export = document.export if kind == "json" else lines.export
            return b"".join(redactor.clean(piece) for piece in export(store, ids))
        found = (_without_keys(row, redactor) for row in rows(store, ids, price(store)))
        if kind == "csv":
            return b"".join(to_csv(found))
        out = io.BytesIO()
        to_parquet(found, out)
        return out.getvalue()

    return made


def _without_keys(row: CallRow, redactor: Redactor) -> CallRow:
    """A key that a person typed into a conversation does not leave with it."""
    if not redactor:
        return row
    return replace(
        row,
        conversation=redactor.text(row.conversation),
        tool=None if row.tool is None else redactor.text(row.tool),
        arguments=None if row.arguments is None else redactor.text(row.arguments),
    )
