"""Putting imported tools into the library, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from callsmith.types.answering import Mcp
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


def apply(tools: Sequence[Tool], *, update: bool, server: Mcp | None = None) -> list[str]:
    """Returns the ids, in order. ``update``: a tool of the library with the same name gets a new version. ``server`` is
    where they live, so that choosing it as who answers is all that is left to do."""
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
    if server is not None:
        for tool, tool_id in zip(tools, ids, strict=True):
            _answered_there(tool, tool_id, server)
    st.session_state[_DONE] = _Done(tuple(added), tuple(before))
    return ids


def _answered_there(tool: Tool, tool_id: str, server: Mcp) -> None:
    """Prepare the server; who answers stays as it is, and so does a server that was set before."""
    record = services.store().tool(tool_id)
    if record is None or record.answering.mcp is not None:
        return
    there = tool.origin.name if tool.origin is not None and tool.origin.name else tool.name
    mcp = replace(server, name="" if there == record.tool.name else there)
    services.store().save_answering(tool_id, replace(record.answering, mcp=mcp))


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
