"""Several tools of the library at once: into a set, into a new conversation, away with undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from callsmith.store import ToolRecord
from callsmith.types.setup import ToolUse
from components import services
from components.chat import session
from components.tools import export_view, sets
from components.words import count, plain

_DELETED = "library-deleted"
_CHOSEN = "tool-chosen-"
_SET = "tool-bulk-set"
_BEGUN = "tool-bulk-begun"
_OUT = "No set"


def choose(record: ToolRecord) -> None:
    name = record.tool.name or "(no name)"
    st.checkbox(f"Choose {plain(name)}", key=_CHOSEN + record.id, label_visibility="collapsed")


def is_chosen(tool_id: str) -> bool:
    return bool(st.session_state.get(_CHOSEN + tool_id))


def bar(chosen: Sequence[ToolRecord], records: Sequence[ToolRecord]) -> None:
    """What can be done with the chosen tools; always there, so that nothing below jumps out of its place."""
    if st.session_state.pop(_BEGUN, False):
        begun = session.current().conversation.id
        st.switch_page("pages/playground.py", query_params={session.PARAM: begun})
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tool-bulk"):
        if not chosen:
            return
        ids = [record.id for record in chosen]
        st.markdown(f"**{count(len(chosen), 'tool')} chosen**")
        st.selectbox(
            "Put into a set",
            [*sets.names(records), *([_OUT] if any(record.folder for record in chosen) else [])],
            index=None,
            key=_SET,
            accept_new_options=True,
            placeholder="Put into a set",
            label_visibility="collapsed",
            width=200,
            on_change=_put,
            args=(ids,),
        )
        st.button(
            "Use in a new conversation", key="tool-bulk-use", icon=":material/add_comment:", on_click=_use, args=(ids,)
        )
        export_view.several([record.tool for record in chosen])
        st.button(
            f"Delete {count(len(chosen), 'tool')}",
            key="tool-bulk-delete",
            icon=":material/delete:",
            on_click=delete,
            args=(chosen,),
        )
        st.button("Clear choice", key="tool-bulk-none", type="tertiary", on_click=_let_go, args=(ids,))


def delete(records: Sequence[ToolRecord]) -> None:
    for record in records:
        services.store().delete_tool(record.id)
    _let_go([record.id for record in records])
    st.session_state[_DELETED] = tuple((record.id, record.tool.name) for record in records)


def undo_line() -> None:
    deleted: tuple[tuple[str, str], ...] = st.session_state.get(_DELETED) or ()
    if not deleted:
        return
    what = plain(deleted[0][1]) if len(deleted) == 1 else count(len(deleted), "tool")
    with st.container(horizontal=True, vertical_alignment="center", key="tool-deleted"):
        st.caption(f"Deleted {what}", width="stretch")
        st.button("Undo", key="tool-undelete", icon=":material/undo:", on_click=_undelete, args=(deleted,))


def forget() -> None:
    """The last deletion is not offered for undo any more."""
    st.session_state[_DELETED] = ()


def _put(ids: Sequence[str]) -> None:
    folder = st.session_state[_SET]
    st.session_state[_SET] = None
    if folder:
        services.store().put_into_folder(ids, "" if folder == _OUT else folder)


def _use(ids: Sequence[str]) -> None:
    """A new conversation that asks like the last one, with these tools."""
    session.show(None)
    setup = replace(session.current().setup, tools=tuple(ToolUse(tool_id) for tool_id in ids))
    session.save_setup(setup)
    session.open_or_create()
    st.session_state[_BEGUN] = True
    _let_go(ids)


def _let_go(ids: Sequence[str]) -> None:
    for tool_id in ids:
        st.session_state[_CHOSEN + tool_id] = False


def _undelete(deleted: Sequence[tuple[str, str]]) -> None:
    for tool_id, _ in deleted:
        services.store().restore_tool(tool_id)
    forget()
