"""The Tools page, composed: the library as a list with search, and the editor of one tool in its place.

One or the other, not side by side: beside the page list a 1280 px window has 820 px left, which form and
JSON need for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.schema.form import summary_of
from callsmith.store import ToolRecord
from components import loaded, services
from components.tools import findings, import_apply, import_dialog, library_bulk, library_filter, scope, sets
from components.tools.editor import editor
from components.tools.shelf import add_copy, add_new
from components.viewport import is_narrow
from components.words import plain

PARAM = "tool"
MOST = 100


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
    import_dialog.dialog()


def _empty() -> None:
    st.subheader("Tools", anchor=False)
    st.write("A tool is a function the model may ask for: a name, a description and the parameters it takes.")
    with st.container(horizontal=True):
        _add_button()
        import_dialog.open_button(_imported)
    import_apply.undo_line()
    library_bulk.undo_line()


def _all(records: Sequence[ToolRecord]) -> None:
    found = findings.of_records(records, together=False)
    with st.container(horizontal=True, vertical_alignment="center", key="tool-list-head"):
        library_filter.search(len(records))
        import_dialog.open_button(_imported)
        _add_button()
    import_apply.undo_line()
    wanted = library_filter.narrowed(records, found)
    library_bulk.undo_line()
    library_bulk.bar([record for record in records if library_bulk.is_chosen(record.id)], records)
    for record in wanted[:MOST]:
        _entry(record, findings.badge(found[record.id]))
    if not wanted:
        library_filter.nothing()
    elif len(wanted) > MOST:
        st.caption(f"{len(wanted) - MOST:,} more; search to find them.")


def _entry(record: ToolRecord, badge: str) -> None:
    tool = record.tool
    with (
        st.container(border=True, key=f"tool-{record.id}"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        library_bulk.choose(record)
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(tool.name) or '(no name)'}** {badge} {_filed(record)}")
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
            _filing(record, records)
            _menu(record)
    if record is not None:
        st.caption(scope.reach(tool_id) or "No conversation uses this tool yet.")
    editor(tool_id)


def _imported(tool_ids: list[str]) -> None:
    """One imported tool is opened; several are seen in the list."""
    if len(tool_ids) == 1:
        _show(tool_ids[0])


def _filed(record: ToolRecord) -> str:
    folder = f":gray-badge[:material/folder: {plain(record.folder)}]" if record.folder else ""
    return " ".join([folder, *(f":gray-badge[{plain(tag)}]" for tag in record.tags)])


def _filing(record: ToolRecord, records: Sequence[ToolRecord]) -> None:
    """Set and tags of the tool being edited."""
    folder, tags = f"tool-set-{record.id}", f"tool-tags-{record.id}"
    for key, value in ((folder, record.folder or None), (tags, list(record.tags))):
        loaded.choice(key, value)
    with st.popover("Set and tags", icon=":material/folder:", type="tertiary", key=f"tool-filing-{record.id}"):
        st.selectbox(
            "Set",
            sets.names(records),
            index=None,
            key=folder,
            accept_new_options=True,
            placeholder="None; type a name for a new one",
            help="Tools of one set are taken into a conversation together",
            on_change=_file,
            args=(record.id,),
        )
        st.multiselect(
            "Tags",
            sets.tags(records),
            key=tags,
            accept_new_options=True,
            placeholder="None; type a word for a new one",
            on_change=_tag,
            args=(record.id,),
        )


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


def _add_button() -> None:
    st.button("Add tool", key="tool-new", icon=":material/add:", on_click=_add)


def _show(tool_id: str | None) -> None:
    if tool_id is None:
        st.query_params.pop(PARAM, None)
    else:
        st.query_params[PARAM] = tool_id


def _add() -> None:
    library_bulk.forget()
    _show(add_new())


def _file(tool_id: str) -> None:
    services.store().put_into_folder([tool_id], st.session_state[f"tool-set-{tool_id}"] or "")


def _tag(tool_id: str) -> None:
    services.store().tag_tool(tool_id, st.session_state[f"tool-tags-{tool_id}"])


def _from_menu(record: ToolRecord) -> None:
    match st.session_state[f"tool-menu-{record.id}"]:
        case "Duplicate":
            _show(add_copy(record))
        case "Delete":
            library_bulk.delete([record])
            _show(None)
