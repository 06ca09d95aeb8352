"""The Tools page, composed: the library's list with search on the left, the editor on the right."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.schema.lint import Finding
from callsmith.store import ToolRecord
from components import services
from components.tools import findings
from components.tools.editor import editor
from components.tools.shelf import add_copy, add_new
from components.viewport import is_narrow
from components.words import plain

PARAM = "tool"
MOST = 100
_DELETED = "library-deleted"


def render() -> None:
    narrow = is_narrow()
    records = services.store().tools()
    chosen = st.query_params.get(PARAM)
    if not records and not chosen:
        _empty()
        return
    if narrow:
        if chosen:
            st.button("All tools", key="tool-list", icon=":material/arrow_back:", on_click=_show, args=(None,))
            _edit(chosen, records)
        else:
            _list(records, None)
        return
    chosen = chosen or records[0].id
    left, right = st.columns([0.22, 0.78], gap="medium")
    with left:
        _list(records, chosen)
    with right:
        _edit(chosen, records)


def _empty() -> None:
    st.subheader("Tools", anchor=False)
    st.write("A tool is a function the model may ask for: a name, a description and the parameters it takes.")
    _add_button()
    _undo_line()


def _list(records: Sequence[ToolRecord], chosen: str | None) -> None:
    found = findings.of_records(records)
    wanted = (
        st.text_input(
            "Search tools",
            key="tool-search",
            type="search",
            live=True,
            label_visibility="collapsed",
            placeholder=f"Search {len(records):,} tools" if len(records) != 1 else "Search 1 tool",
        )
        or ""
    )
    _add_button()
    _undo_line()
    matching = [record for record in records if _matches(record, wanted)]
    with st.container(key="tool-library", gap="xxsmall"):
        for record in matching[:MOST]:
            _entry(record, found[record.id], chosen=record.id == chosen)
    if not matching:
        st.caption(f'No tool matches "{plain(wanted)}".')
    elif len(matching) > MOST:
        st.caption(f"{len(matching) - MOST:,} more; search to find them.")


def _entry(record: ToolRecord, found: Sequence[Finding], *, chosen: bool) -> None:
    st.button(
        f"{plain(record.tool.name) or '(no name)'} {findings.badge(found)}",
        key=f"tool-open-{record.id}",
        type="secondary" if chosen else "tertiary",
        width="stretch",
        on_click=_show,
        args=(record.id,),
    )


def _matches(record: ToolRecord, wanted: str) -> bool:
    text = f"{record.tool.name} {record.tool.description}".lower()
    return all(word in text for word in wanted.lower().split())


def _add_button() -> None:
    st.button("Add tool", key="tool-new", icon=":material/add:", width="stretch", on_click=_add)


def _undo_line() -> None:
    deleted: tuple[str, str] | None = st.session_state.get(_DELETED)
    if deleted is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="tool-deleted"):
            st.caption(f"Deleted {plain(deleted[1])}", width="stretch")
            st.button("Undo", key="tool-undelete", icon=":material/undo:", on_click=_undelete, args=(deleted[0],))


def _edit(tool_id: str, records: Sequence[ToolRecord]) -> None:
    record = next((record for record in records if record.id == tool_id), None)

    def actions() -> None:
        if record is not None:
            st.button(
                "Duplicate", key="tool-duplicate", icon=":material/content_copy:", on_click=_duplicate, args=(record,)
            )
            st.button("Delete", key="tool-delete", icon=":material/delete:", on_click=_delete, args=(record,))

    editor(tool_id, actions)


def _show(tool_id: str | None) -> None:
    if tool_id is None:
        st.query_params.pop(PARAM, None)
    else:
        st.query_params[PARAM] = tool_id


def _add() -> None:
    st.session_state[_DELETED] = None
    _show(add_new())


def _duplicate(record: ToolRecord) -> None:
    _show(add_copy(record))


def _delete(record: ToolRecord) -> None:
    services.store().delete_tool(record.id)
    st.session_state[_DELETED] = (record.id, record.tool.name)
    _show(None)


def _undelete(tool_id: str) -> None:
    services.store().restore_tool(tool_id)
    st.session_state[_DELETED] = None
    _show(tool_id)
