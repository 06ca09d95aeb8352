"""The Conversations page: search and filters, the list, what can be done with some of them, and files in and out."""

from __future__ import annotations

from datetime import datetime
from typing import get_args

import streamlit as st

from callsmith.store import Found, SessionRow, Wanted
from callsmith.store.sessions import Order, State
from components import services
from components.conversations import acts, transfer
from components.state import ui
from components.usage import clock
from components.words import count, plain

_SEARCH = "sessions-search"
_SIZE = 25
_STATES: dict[State, str] = {"all": "All", "waiting": "Waiting for results", "archived": "Archived"}
_ORDERS: dict[Order, str] = {"newest": "Newest", "oldest": "Oldest", "title": "Title", "tokens": "Most tokens"}


def render() -> None:
    if st.session_state.pop("sessions-open", False):
        st.switch_page("pages/playground.py", query_params={"conversation": ui().conversation_id or ""})
    st.title("Conversations", anchor=False)
    wanted = _wanted()
    found = _found(wanted)
    _bar(wanted, found)
    if not found.rows:
        _nothing(wanted)
    for row in found.rows:
        _row(row)
    _pages(found)
    box = st.expander("Import conversations", icon=":material/upload:", key="sessions-import", on_change="rerun")
    if box.open:
        with box:
            transfer.import_panel()
    # One export at a time: both would have widgets of the same key.
    box = st.expander("Export all", icon=":material/download:", key="sessions-export", on_change="rerun")
    if box.open and not st.session_state.get("sessions-export-some"):
        with box:
            transfer.export_panel(None)


def _wanted() -> Wanted:
    st.text_input(
        "Search",
        key=_SEARCH,
        type="search",
        live=True,
        label_visibility="collapsed",
        placeholder="Search titles, messages, tool names and arguments",
        on_change=_first_page,
    )
    models, tools, tags = services.store().session_choices()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sessions-filters"):
        chosen = {
            name: _several(name, list(options), label)
            for name, options, label in (
                ("models", models, "Any model"),
                ("tools", tools, "Any tool"),
                ("tags", tags, "Any tag"),
            )
        }
        state = st.selectbox(
            "State",
            get_args(State),
            key="sessions-state",
            format_func=_STATES.__getitem__,
            label_visibility="collapsed",
            width=150,
            on_change=_first_page,
        )
        order = st.selectbox(
            "Order",
            get_args(Order),
            key="sessions-order",
            format_func=_ORDERS.__getitem__,
            label_visibility="collapsed",
            width=130,
        )
    return Wanted(str(st.session_state.get(_SEARCH) or ""), **chosen, state=state, order=order)


def _several(name: str, options: list[str], label: str) -> tuple[str, ...]:
    if not options:
        return ()
    found = st.multiselect(
        name.capitalize(),
        options,
        key=f"sessions-{name}",
        placeholder=label,
        label_visibility="collapsed",
        width=155,
        on_change=_first_page,
    )
    return tuple(found)


def _found(wanted: Wanted) -> Found:
    page = int(st.session_state.get(acts.PAGE, 0))
    found = services.store().find(wanted, _SIZE, page * _SIZE)
    if not found.rows and page:
        _first_page()
        found = services.store().find(wanted, _SIZE)
    return found


def _bar(wanted: Wanted, found: Found) -> None:
    """How many there are, and what can be done with those that are picked."""
    ids = [row.id for row in found.rows]
    picked = sorted(acts.picked())
    with st.container(horizontal=True, vertical_alignment="center", key="sessions-bar"):
        st.caption(f"{count(found.total, 'conversation')}", width="content")
        if ids:
            all_here = set(ids) <= set(picked)
            st.button(
                "Pick none of these" if all_here else "Pick all of these",
                key="sessions-all",
                type="tertiary",
                on_click=acts.pick_all,
                args=(ids,),
            )
            if found.total > len(ids):
                st.button(
                    f"Pick all {found.total:,}",
                    key="sessions-every",
                    type="tertiary",
                    on_click=acts.pick_found,
                    args=(wanted, found.total),
                )
    if picked:
        _bulk(picked, archived=wanted.state == "archived")
    last: acts.Undo | None = st.session_state.get(acts.UNDO)
    if last is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="sessions-undo-row"):
            st.caption(last.said, width="content")
            st.button("Undo", key="sessions-undo-last", type="tertiary", icon=":material/undo:", on_click=acts.undo)


def _bulk(picked: list[str], *, archived: bool) -> None:
    what = count(len(picked), "conversation")
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="sessions-bulk"):
        st.markdown(f"**{what} picked**", width="content")
        st.text_input(
            "Tag",
            key="sessions-bulk-tag",
            placeholder="Add tags, with commas",
            label_visibility="collapsed",
            width=200,
            on_change=acts.tag,
            args=(picked, "sessions-bulk-tag"),
        )
        st.button(
            "Bring back" if archived else "Archive",
            key="sessions-archive",
            icon=":material/archive:",
            on_click=acts.archive,
            args=(picked,),
            kwargs={"archived": not archived},
        )
        st.button(
            f"Delete {what}", key="sessions-delete", icon=":material/delete:", on_click=acts.delete, args=(picked,)
        )
        export = st.popover("Export", icon=":material/download:", key="sessions-export-some", on_change="rerun")
        if export.open:
            with export:
                transfer.export_panel(picked)
        st.button("Pick none", key="sessions-none", type="tertiary", on_click=acts.clear_picked)


def _row(row: SessionRow) -> None:
    key = row.id[:16]
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"session-{key}"):
        st.checkbox(
            f"Pick {row.title or 'Untitled'}",
            value=row.id in acts.picked(),
            key=f"pick-{key}-{row.id in acts.picked()}",
            label_visibility="collapsed",
            width="content",
            on_change=acts.pick,
            args=(row.id, f"pick-{key}-{row.id in acts.picked()}"),
        )
        with st.container(gap=None):
            pin = ":material/keep: " if row.pinned else ""
            st.button(
                " ".join([f"{pin}{plain(row.title or 'Untitled')}", *_badges(row)]),
                key=f"session-open-{key}",
                type="tertiary",
                on_click=acts.show,
                args=(row.id,),
                help="Open it in the Playground",
            )
            st.caption(_facts(row))
            if row.snippet:
                st.caption(f":material/search: {plain(row.snippet)}")
        _more(row, key)


def _badges(row: SessionRow) -> list[str]:
    """Beside the title: in the pale line below it they would be paler still."""
    waiting = [":orange-badge[waiting]"] if row.waiting else []
    return waiting + [f":gray-badge[{plain(tag)}]" for tag in row.tags]


def _facts(row: SessionRow) -> str:
    tokens = "tokens not reported" if row.tokens is None else count(row.tokens, "token")
    said = [plain(", ".join(row.models[-3:])) or "no model asked yet"]
    said += (
        [plain(", ".join(row.tools[:4])) + (f" and {len(row.tools) - 4} more" if len(row.tools) > 4 else "")]
        if row.tools
        else []
    )
    said += [count(row.calls, "call")] if row.calls else []
    said += [tokens] if row.exchanges else []
    said.append(_when(row.updated_at))
    return " · ".join(said)


def _when(at: datetime) -> str:
    return at.astimezone(clock.zone()).strftime("%d %b %Y, %H:%M")


def _more(row: SessionRow, key: str) -> None:
    popover = st.popover("More", key=f"session-more-{key}", type="tertiary", on_change="rerun")
    if not popover.open:
        return
    with popover:
        title = f"session-title-{key}"
        st.text_input("Title", value=row.title, key=title, on_change=acts.rename, args=(row.id, title))
        tags = f"session-tags-{key}"
        st.multiselect(
            "Tags",
            sorted({*services.store().session_choices()[2], *row.tags}),
            default=list(row.tags),
            key=tags,
            accept_new_options=True,
            placeholder="Type a tag",
            on_change=acts.set_tags,
            args=(row.id, tags, row.tags),
        )
        st.button(
            "Unpin" if row.pinned else "Pin",
            key=f"session-pin-{key}",
            icon=":material/keep:",
            on_click=acts.pin,
            args=(row.id,),
            kwargs={"pinned": not row.pinned},
        )
        st.button(
            "Duplicate",
            key=f"session-copy-{key}",
            icon=":material/content_copy:",
            on_click=acts.duplicate,
            args=(row.id,),
        )
        st.button(
            "Bring back" if row.archived else "Archive",
            key=f"session-archive-{key}",
            icon=":material/archive:",
            on_click=acts.archive,
            args=([row.id],),
            kwargs={"archived": not row.archived},
        )
        st.button(
            "Delete", key=f"session-delete-{key}", icon=":material/delete:", on_click=acts.delete, args=([row.id],)
        )


def _nothing(wanted: Wanted) -> None:
    if wanted == Wanted(order=wanted.order):
        st.info("No conversations yet. Begin one in the Playground, or import some below.", icon=":material/forum:")
        return
    st.info("None fits. Take a word or a filter away.", icon=":material/search_off:")
    st.button("Clear search and filters", key="sessions-reset", on_click=_reset)


def _pages(found: Found) -> None:
    pages = -(-found.total // _SIZE)
    if pages < 2:
        return
    page = int(st.session_state.get(acts.PAGE, 0))
    with st.container(horizontal=True, vertical_alignment="center", key="sessions-pages"):
        st.button("Earlier page", key="sessions-back", disabled=page == 0, on_click=_turn, args=(page - 1,))
        st.caption(f"Page {page + 1:,} of {pages:,}", width="content")
        st.button("Next page", key="sessions-next", disabled=page >= pages - 1, on_click=_turn, args=(page + 1,))


def _turn(page: int) -> None:
    st.session_state[acts.PAGE] = page


def _first_page() -> None:
    st.session_state[acts.PAGE] = 0


def _reset() -> None:
    st.session_state[_SEARCH] = ""
    for name in ("models", "tools", "tags"):
        st.session_state[f"sessions-{name}"] = []
    st.session_state["sessions-state"] = "all"
    _first_page()
