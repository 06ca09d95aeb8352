"""Putting imported tools into the library, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from callsmith.types.tool import Tool
from callsmith.vendors.names import legal
from components import services
from components.words import count

_DONE = "import-done"


@dataclass(frozen=True, slots=True)
class _Done:
    """``before`` holds the tools that were updated as they were, by id."""

    added: tuple[str, ...]
    before: tuple[tuple[str, Tool], ...]


def clashes(tools: Sequence[Tool]) -> list[str]:
    """The names among these that the library has already."""
    names = {record.tool.name for record in services.store().tools()}
    return [tool.name for tool in tools if tool.name in names]


def apply(tools: Sequence[Tool], *, update: bool) -> list[str]:
    """Returns the ids, in order. ``update``: a tool of the library with the same name gets a new version."""
    store = services.store()
    known = {record.tool.name: record for record in store.tools()}
    taken = set(known)
    ids: list[str] = []
    added: list[str] = []
    before: list[tuple[str, Tool]] = []
    for tool in tools:
        record = known.get(tool.name)
        if record is not None and update:
            before.append((record.id, record.tool))
            ids.append(store.save_tool(tool, record.id, how="imported"))
            continue
        fresh = replace(tool, name=legal(tool.name, taken)) if tool.name in taken else tool
        taken.add(fresh.name)
        added.append(store.save_tool(fresh, how="imported"))
        ids.append(added[-1])
    st.session_state[_DONE] = _Done(tuple(added), tuple(before))
    return ids


def undo_line() -> None:
    """What was imported last, and the way back."""
    done: _Done | None = st.session_state.get(_DONE)
    if done is None:
        return
    said = [f"Imported {count(len(done.added), 'tool')}"] if done.added else []
    said += [f"updated {count(len(done.before), 'tool')}"] if done.before else []
    with st.container(horizontal=True, vertical_alignment="center", key="import-done-row"):
        st.caption(", ".join(said).capitalize(), width="stretch")
        st.button("Undo import", key="import-undo", icon=":material/undo:", on_click=_undo, args=(done,))


def _undo(done: _Done) -> None:
    store = services.store()
    for tool_id in done.added:
        store.delete_tool(tool_id)
    for tool_id, tool in done.before:
        store.save_tool(tool, tool_id, how="undone")
    st.session_state[_DONE] = None
