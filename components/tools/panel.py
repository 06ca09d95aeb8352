"""The tools of one conversation, beside it: on or off for the next turn, edit, add, copy, remove with undo.

Removing takes a tool out of the conversation; it stays in the library until it is deleted on the Tools page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from callsmith.schema.form import summary_of
from callsmith.schema.lint import of_number
from callsmith.store import ToolRecord
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import ToolChoice
from components import layout, loaded, services
from components.answers.line import line
from components.tools import findings, home, import_dialog, scope, sets
from components.tools.choice import settle, with_choice
from components.tools.editor import editor
from components.tools.panels import ANSWERS, PANELS
from components.tools.shelf import add_copy, add_new
from components.words import plain

Change = Callable[[Setup], None]

_BESIDE = "tools-beside"
_AT_HAND = "tools-at-hand"
_EDITING = "tools-editing"
_FORCED = "tools-forced"
_REMOVED = "tools-removed"
_SAID = "tools-said"


@dataclass(frozen=True, slots=True)
class _Removed:
    use: ToolUse
    place: int
    name: str
    choice: ToolChoice


def render(conversation_setup: Setup, on_change: Change) -> None:
    """Draw the list. ``on_change`` keeps a changed setup."""
    store = services.store()
    library = {record.id: record for record in store.tools_with([use.tool_id for use in conversation_setup.tools])}
    st.session_state[_AT_HAND] = (conversation_setup, on_change)
    settled = settle(
        conversation_setup,
        {record.id: record.tool.name for record in library.values()},
        st.session_state.get(_FORCED),
    )
    st.session_state[_FORCED] = settled.forced
    if settled.setup != conversation_setup:
        st.session_state[_SAID] = settled.said
        on_change(settled.setup)
        st.rerun()
    uses = [use for use in conversation_setup.tools if use.tool_id in library]
    st.session_state[_BESIDE] = [use.tool_id for use in uses]
    found = findings.of_records([library[use.tool_id] for use in uses], together=True)
    with st.container():
        if not uses:
            st.caption("No tools in this conversation yet. The model can only answer in text.")
        for use in uses:
            _tool(conversation_setup, on_change, use, library[use.tool_id], badge=findings.badge(found[use.tool_id]))
        _many(sum(use.on for use in uses))
        _missing(conversation_setup, on_change, library)
        _undo_line(conversation_setup, on_change)
        if st.session_state.get(_SAID):
            st.info(plain(st.session_state[_SAID]), icon=":material/info:")
    _add(conversation_setup, on_change, store.tools())


def dialogs() -> None:
    """The import, or the editor while a tool is open in it, over the page. Once a run, in the main body."""
    tool_id = st.session_state.get(_EDITING)
    if import_dialog.is_open():
        import_dialog.dialog()
    elif tool_id:
        title = "Edit reply schema" if home.is_response(tool_id) else "Edit tool"
        st.dialog(title, width="large", on_dismiss=_close)(_edit_dialog)(tool_id)


def open_editor(tool_id: str) -> None:
    """For a callback: the editor of this tool opens over the page in the run that follows."""
    layout.fold_popovers()
    scope.opening(tool_id)
    st.session_state[_EDITING] = tool_id


def open_answers(tool_id: str) -> None:
    """For a callback: the editor opens at who answers the tool."""
    st.session_state[PANELS] = ANSWERS
    open_editor(tool_id)


def _edit_dialog(tool_id: str) -> None:
    if st.session_state.get(_EDITING) != tool_id:
        # A field that is left by closing the dialog reports in the same moment, and then only the dialog runs again.
        st.rerun()
    setup, on_change = st.session_state.get(_AT_HAND, (Setup(), _nowhere))
    if scope.asked(tool_id, _now(setup), on_change, _reopen):
        return
    editor(tool_id, beside=st.session_state.get(_BESIDE, ()))
    if st.button("Done", key="tool-done", type="primary", help="Every change is saved as you make it"):
        _close()
        st.rerun()


def _reopen(tool_id: str) -> None:
    st.session_state[_EDITING] = tool_id


def _nowhere(_setup: Setup) -> None:
    """The panel was not drawn yet, so there is no setup to change either."""


def _close() -> None:
    st.session_state[_EDITING] = None


def _tool(setup: Setup, on_change: Change, use: ToolUse, record: ToolRecord, *, badge: str) -> None:
    switch = f"tool-on-{record.id}"
    with st.container(key=f"tool-{record.id}", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.toggle(
                plain(record.tool.name) or "(no name)",
                key=loaded.choice(switch, use.on),
                width="stretch",
                help=None if use.on else "Off: the next turn does not offer it",
                on_change=_switch,
                args=(setup, on_change),
            )
            st.button(
                "Edit",
                key=f"tool-edit-{record.id}",
                type="tertiary",
                icon=":material/edit:",
                on_click=open_editor,
                args=(record.id,),
            )
            st.menu_button(
                "More",
                ("Duplicate", *(("Put into the library",) if scope.is_only_here(record) else ()), "Remove"),
                key=f"tool-menu-{record.id}",
                type="tertiary",
                on_click=_from_menu,
                args=(setup, on_change, record),
            )
        off = "" if use.on else " · off for the next turn"
        only_here = f" {scope.ONLY_HERE}" if scope.is_only_here(record) else ""
        st.caption(f"{plain(summary_of(record.tool))}{off} {badge}{only_here}")
        line(record, open_answers)


def _many(offered: int) -> None:
    finding = of_number(offered)
    if finding is not None:
        st.caption(f":material/warning: {plain(finding.message)}")


def _missing(setup: Setup, on_change: Change, library: Mapping[str, ToolRecord]) -> None:
    for use in setup.tools:
        if use.tool_id not in library:
            with st.container(horizontal=True, vertical_alignment="center", key=f"tool-{use.tool_id}"):
                st.caption("A tool of this conversation was deleted from the library.", width="stretch")
                st.button("Restore", key=f"tool-restore-{use.tool_id}", on_click=_restore, args=(use.tool_id,))
                st.button(
                    "Remove",
                    key=f"tool-forget-{use.tool_id}",
                    on_click=_remove,
                    args=(setup, on_change, use.tool_id, "a deleted tool"),
                )


def _undo_line(setup: Setup, on_change: Change) -> None:
    removed: _Removed | None = st.session_state.get(_REMOVED)
    if removed is None or any(use.tool_id == removed.use.tool_id for use in setup.tools):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="tool-removed"):
        st.caption(f"Removed {plain(removed.name)}", width="stretch")
        st.button(
            "Undo",
            key="tool-undo-remove",
            icon=":material/undo:",
            help="Back into this conversation",
            on_click=_put_back,
            args=(setup, on_change),
        )


def _add(setup: Setup, on_change: Change, library: Sequence[ToolRecord]) -> None:
    used = {use.tool_id for use in setup.tools}
    others = sets.choices([record for record in library if record.id not in used])
    with st.container(horizontal=True, vertical_alignment="center", key="tool-add"):
        st.button("Add tool", key="tool-new", icon=":material/add:", on_click=_new, args=(setup, on_change))
        import_dialog.open_button(_imported)
        if others:
            st.selectbox(
                "Add from the library",
                list(others),
                index=None,
                key="tool-pick",
                placeholder=f"From the library ({sum(record.id not in used for record in library):,})",
                label_visibility="collapsed",
                on_change=_pick,
                args=(setup, on_change, others),
            )


def _now(setup: Setup) -> Setup:
    """The setup with every toggle as it stands in the browser: two can be switched before the page draws again."""
    return replace(
        setup,
        tools=tuple(
            replace(use, on=bool(st.session_state.get(f"tool-on-{use.tool_id}", use.on))) for use in setup.tools
        ),
    )


def _switch(setup: Setup, on_change: Change) -> None:
    st.session_state[_SAID] = ""
    on_change(_now(setup))


def _from_menu(setup: Setup, on_change: Change, record: ToolRecord) -> None:
    match st.session_state[f"tool-menu-{record.id}"]:
        case "Duplicate":
            _duplicate(setup, on_change, record)
        case "Put into the library":
            services.store().put_into_library(record.id)
        case "Remove":
            _remove(setup, on_change, record.id, record.tool.name)


def _duplicate(setup: Setup, on_change: Change, record: ToolRecord) -> None:
    copy = ToolUse(add_copy(record))
    place = next(number for number, use in enumerate(setup.tools) if use.tool_id == record.id)
    _insert(_now(setup), on_change, copy, place + 1)


def _remove(setup: Setup, on_change: Change, tool_id: str, name: str) -> None:
    now = _now(setup)
    place = next(number for number, use in enumerate(now.tools) if use.tool_id == tool_id)
    st.session_state[_REMOVED] = _Removed(now.tools[place], place, name, now.options.tool_choice)
    st.session_state[_SAID] = ""
    on_change(replace(now, tools=now.tools[:place] + now.tools[place + 1 :]))


def _put_back(setup: Setup, on_change: Change) -> None:
    removed: _Removed = st.session_state.pop(_REMOVED)
    choice = removed.choice if removed.choice.name == removed.name else setup.options.tool_choice
    _insert(with_choice(_now(setup), choice), on_change, removed.use, removed.place)


def _new(setup: Setup, on_change: Change) -> None:
    tool_id = add_new()
    _insert(_now(setup), on_change, ToolUse(tool_id), len(setup.tools))
    open_editor(tool_id)


def _imported(tool_ids: list[str]) -> None:
    """Imported tools are offered at once; one that was updated may be among them already."""
    setup, on_change = st.session_state.get(_AT_HAND, (Setup(), _nowhere))
    setup = _now(setup)
    used = {use.tool_id for use in setup.tools}
    added = tuple(ToolUse(tool_id) for tool_id in tool_ids if tool_id not in used)
    st.session_state[_SAID] = ""
    on_change(replace(setup, tools=(*setup.tools, *added)))


def _pick(setup: Setup, on_change: Change, others: Mapping[str, tuple[str, ...]]) -> None:
    label = st.session_state["tool-pick"]
    st.session_state["tool-pick"] = None
    for place, tool_id in enumerate(others.get(label, ()), start=len(setup.tools)):
        setup = _with(_now(setup), ToolUse(tool_id), place)
    st.session_state[_SAID] = ""
    on_change(setup)


def _insert(setup: Setup, on_change: Change, use: ToolUse, place: int) -> None:
    st.session_state[_SAID] = ""
    on_change(_with(setup, use, place))


def _with(setup: Setup, use: ToolUse, place: int) -> Setup:
    return replace(setup, tools=(*setup.tools[:place], use, *setup.tools[place:]))


def _restore(tool_id: str) -> None:
    services.store().restore_tool(tool_id)
