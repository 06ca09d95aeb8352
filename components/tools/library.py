"""The Tools page, composed: the library as a list with search, and the editor of one tool in its place.

One or the other, not side by side: beside the page list a 1280 px window has 820 px left, which form and
JSON need for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.schema.form import summary_of
from callsmith.store import ToolRecord
from components import services
from components.tools import findings
from components.tools.editor import editor
from components.tools.shelf import add_copy, add_new
from components.viewport import is_narrow
from components.words import count, plain

PARAM = "tool"
MOST = 100
_DELETED = "library-deleted"


def render() -> None:
    is_narrow()
    records = services.store().tools()
    chosen = st.query_params.get(PARAM)
    if chosen:
        _one(chosen, records)
    elif records:
        _all(records)
    else:
        _empty()


def _empty() -> None:
    st.subheader("Tools", anchor=False)
    st.write("A tool is a function the model may ask for: a name, a description and the parameters it takes.")
    _add_button()
    _undo_line()


def _all(records: Sequence[ToolRecord]) -> None:
    found = findings.of_records(records, together=False)
    with st.container(horizontal=True, vertical_alignment="center", key="tool-list-head"):
        wanted = st.text_input(
            "Search tools",
            key="tool-search",
            type="search",
            live=True,
            label_visibility="collapsed",
            placeholder=f"Search {count(len(records), 'tool')}",
        )
        _add_button()
    _undo_line()
    matching = [record for record in records if _matches(record, wanted or "")]
    for record in matching[:MOST]:
        _entry(record, findings.badge(found[record.id]))
    if not matching:
        st.caption(f'No tool matches "{plain(wanted or "")}".')
    elif len(matching) > MOST:
        st.caption(f"{len(matching) - MOST:,} more; search to find them.")


def _entry(record: ToolRecord, badge: str) -> None:
    tool = record.tool
    with (
        st.container(border=True, key=f"tool-{record.id}"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(tool.name) or '(no name)'}** {badge}")
            described = f"{plain(_short(tool.description))}  \n" if tool.description else ""
            st.caption(described + plain(summary_of(tool)))
        st.button(
            "Edit",
            key=f"tool-edit-{record.id}",
            type="tertiary",
            icon=":material/edit:",
            on_click=_show,
            args=(record.id,),
        )
        _menu(record)


def _one(tool_id: str, records: Sequence[ToolRecord]) -> None:
    """The editor, and the way back to the list."""
    record = next((record for record in records if record.id == tool_id), None)
    with st.container(horizontal=True, vertical_alignment="center", key="tool-head"):
        st.button("All tools", key="tool-list", icon=":material/arrow_back:", on_click=_show, args=(None,))
        if record is not None:
            badge = findings.badge(findings.of_records([record], together=False)[tool_id])
            st.markdown(f"**{plain(record.tool.name) or '(no name)'}** {badge}", width="stretch")
            _menu(record)
    editor(tool_id)


def _menu(record: ToolRecord) -> None:
    st.menu_button(
        "More",
        ("Duplicate", "Delete"),
        key=f"tool-menu-{record.id}",
        type="tertiary",
        on_click=_from_menu,
        args=(record,),
    )


def _short(words: str) -> str:
    line = words.partition("\n")[0]
    return line if len(line) <= 160 else f"{line[:157]}..."


def _matches(record: ToolRecord, wanted: str) -> bool:
    text = f"{record.tool.name} {record.tool.description}".lower()
    return all(word in text for word in wanted.lower().split())


def _add_button() -> None:
    st.button("Add tool", key="tool-new", icon=":material/add:", on_click=_add)


def _undo_line() -> None:
    deleted: tuple[str, str] | None = st.session_state.get(_DELETED)
    if deleted is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="tool-deleted"):
            st.caption(f"Deleted {plain(deleted[1])}", width="stretch")
            st.button("Undo", key="tool-undelete", icon=":material/undo:", on_click=_undelete, args=(deleted[0],))


def _show(tool_id: str | None) -> None:
    if tool_id is None:
        st.query_params.pop(PARAM, None)
    else:
        st.query_params[PARAM] = tool_id


def _add() -> None:
    st.session_state[_DELETED] = None
    _show(add_new())


def _from_menu(record: ToolRecord) -> None:
    match st.session_state[f"tool-menu-{record.id}"]:
        case "Duplicate":
            _show(add_copy(record))
        case "Delete":
            _delete(record)


def _delete(record: ToolRecord) -> None:
    services.store().delete_tool(record.id)
    st.session_state[_DELETED] = (record.id, record.tool.name)
    _show(None)


def _undelete(tool_id: str) -> None:
    services.store().restore_tool(tool_id)
    st.session_state[_DELETED] = None
    _show(tool_id)
