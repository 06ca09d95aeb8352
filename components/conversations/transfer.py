"""Conversations taken away as files, and brought in from files or from the clipboard, with a way back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

import streamlit as st

from callsmith.record import document, lines
from callsmith.record.calls import CallRow, rows
from callsmith.record.frame import SNIPPET, to_csv, to_parquet
from callsmith.record.pricing import price
from callsmith.record.report import Report
from callsmith.record.take import take
from callsmith.redaction import Redactor
from callsmith.spoken import size_words
from callsmith.store import NotFound, Store
from components import services
from components.chat.session import Opened
from components.conversations.making import Begun, Making, Write
from components.usage import clock
from components.words import count, plain

_FILES = {
    "Everything (JSON)": ("json", "application/json", "Messages with all arms, exchanges, tools: to be imported again"),
    "Exchanges (JSON lines)": ("jsonl", "application/jsonl", "Requests and answers in the format of recordings"),
    "Calls (CSV)": ("csv", "text/csv", "One row for each call, with tokens, cost and times"),
    "Calls (Parquet)": ("parquet", "application/vnd.apache.parquet", "The same for notebooks"),
}
_TURN, _REPORT, _UNDONE = "import-turn", "import-report", "import-undone"
_MAKING = "export-making"
_SHOWN = 20
# A file of so many is made at the click, in a moment.
_AT_ONCE = 50


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
    # The snippet for a notebook reads it under this name.
    name = f"calls.{kind}" if kind in ("csv", "parquet") else f"callsmith-conversations.{kind}"
    number = len(services.store().kept_ids() if ids is None else ids)
    if number > _AT_ONCE:
        _prepared(kind, ids, number, name, mime)
    else:
        _download("Download", lambda: _content(_writer(kind, ids)), name, mime, off=not number and ids is not None)
    st.caption("No keys are in any of these files. From the command line: python -m callsmith export OUT")
    if kind in ("csv", "parquet"):
        with st.expander("In a notebook", key="export-snippet"):
            st.code(SNIPPET, language="python", wrap_lines=True)


def _prepared(kind: str, ids: Sequence[str] | None, number: int, name: str, mime: str) -> None:
    """A file of many conversations takes its time: it is made first, in sight, and downloaded then."""
    what = kind, None if ids is None else tuple(ids)
    making: Making | None = st.session_state.get(_MAKING)
    if making is not None and making.what != what:
        making.stop()
        making = st.session_state[_MAKING] = None
    if making is not None and making.running:
        _progress(making)
        return
    if making is not None and making.problem:
        st.error(f"The file could not be made. {plain(making.problem)}", icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if making is not None and not making.problem:
            _download(f"Download ({size_words(making.size)})", making.content, name, mime)
        st.button(
            "Prepare the file" if making is None else "Prepare it anew",
            key="export-prepare",
            icon=":material/hourglass_top:" if making is None else ":material/refresh:",
            type="secondary" if making is None else "tertiary",
            on_click=_prepare,
            args=(what, number, _writer(kind, ids)),
        )
    if making is None:
        st.caption("This takes a moment, and goes on while you work on other pages.")
    elif making.at is not None and not making.problem:
        st.caption(f"{count(making.of, 'conversation')} as of {making.at.astimezone(clock.zone()):%H:%M}.")


@st.fragment(run_every=0.5)
def _progress(making: Making) -> None:
    if not making.running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            min(making.done / making.of, 1.0), f"Preparing: {making.done:,} of {count(making.of, 'conversation')} done"
        )
        st.button("Cancel", key="export-cancel", icon=":material/close:", on_click=_cancel, args=(making,))


def _prepare(what: Hashable, number: int, write: Write) -> None:
    st.session_state[_MAKING] = Making(what, number, write)


def _cancel(making: Making) -> None:
    making.stop()
    st.session_state[_MAKING] = None


def _download(label: str, data: Callable[[], bytes], name: str, mime: str, *, off: bool = False) -> None:
    st.download_button(
        label,
        data,
        file_name=name,
        mime=mime,
        key="export-download",
        on_click="ignore",
        disabled=off,
        icon=":material/download:",
    )


def export_button(opened: Opened) -> None:
    """Into the conversation's menu: the whole conversation as JSON."""
    conversation = opened.conversation
    words = re.sub(r"[^a-z0-9]+", "-", conversation.title.lower()).strip("-")[:40].strip("-")
    st.download_button(
        "Export conversation",
        lambda: _content(_writer("json", [conversation.id])),
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
    st.caption(
        "A file that was exported here as JSON, or recorded exchanges as JSON lines. What is here already stays as it "
        "is, and a damaged file is read around its damage. A larger file: python -m callsmith import FILE"
    )
    st.file_uploader(
        "Files",
        type=["json", "jsonl"],
        accept_multiple_files=True,
        key=uploaded,
        on_change=_upload,
        args=(uploaded,),
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
    if report.skipped and not (report.conversations or report.tools or report.there):
        st.error(f"{plain(name)}: nothing came in, {first}")
    else:
        (st.warning if report.skipped else st.success)(f"{plain(name)}: {first}")
    with st.container(gap="xxsmall"):
        for line in others[:_SHOWN]:
            st.caption(line)
    if len(others) > _SHOWN:
        with st.expander(f"{len(others) - _SHOWN:,} more", key=f"import-more-{name}"):
            st.text("\n".join(list(report.lines())[1 + _SHOWN :]))


def _content(write: Write) -> bytes:
    out = io.BytesIO()
    write(out, document.unheard)
    return out.getvalue()


def _writer(kind: str, ids: Sequence[str] | None) -> Write:
    store, redactor = services.store(), services.engine().logs.redactor

    def write(out: BinaryIO, begun: Begun) -> None:
        if kind in ("json", "jsonl"):
            export = document.export if kind == "json" else lines.export
            out.writelines(redactor.clean(piece) for piece in export(store, ids, begun))
            return
        found = (_without_keys(row, redactor) for row in _heard(rows(store, ids, price(store)), store, ids, begun))
        if kind == "csv":
            out.writelines(to_csv(found))
        else:
            to_parquet(found, out)

    return write


def _heard(found: Iterable[CallRow], store: Store, ids: Sequence[str] | None, begun: Begun) -> Iterator[CallRow]:
    places = {one: at for at, one in enumerate(store.kept_ids() if ids is None else ids)}
    for row in found:
        if row.conversation_id in places:
            begun(places[row.conversation_id])
        yield row


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
