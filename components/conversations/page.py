"""The Conversations page: search and filters, the list, what can be done with some of them, and files in and out."""

from __future__ import annotations

import streamlit as st

from callsmith.store import Found, Wanted
from components import services
from components.conversations import acts, filters, row, transfer
from components.state import ui
from components.usage import costs
from components.words import count, plain

_SIZE = 25
_EXPORTED = "sessions-exported"


def render() -> None:
    if st.session_state.pop("sessions-open", False):
        st.switch_page("pages/playground.py", query_params={"conversation": ui().conversation_id or ""})
    st.title("Conversations", anchor=False)
    wanted = filters.wanted()
    found = _found(wanted)
    _bar(wanted, found)
    if not found.rows:
        _nothing(wanted)
    own, tags = costs.own(), services.store().session_choices()[2]
    for one in found.rows:
        row.draw(one, own, tags)
    _pages(found)
    box = st.expander("Import conversations", icon=":material/upload:", key="sessions-import", on_change="rerun")
    if box.open:
        with box:
            transfer.import_panel()
    some: list[str] | None = st.session_state.get(_EXPORTED)
    if some is not None:
        _exporting(some)
    # One export at a time: both would have widgets of the same key.
    box = st.expander("Export all", icon=":material/download:", key="sessions-export", on_change="rerun")
    if box.open and some is None:
        with box:
            transfer.export_panel(None)
    _undo()


def _found(wanted: Wanted) -> Found:
    page = int(st.session_state.get(acts.PAGE, 0))
    found = services.store().find(wanted, _SIZE, page * _SIZE)
    if not found.rows and page:
        filters.first_page()
        found = services.store().find(wanted, _SIZE)
    return found


def _bar(wanted: Wanted, found: Found) -> None:
    """How many there are, and what can be done with those that are picked."""
    ids = [one.id for one in found.rows]
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
                    args=(wanted,),
                )
    if picked:
        _bulk(picked, found, archived=wanted.state == "archived")


def _bulk(picked: list[str], found: Found, *, archived: bool) -> None:
    """What is done with those that are picked, on other pages too. At the foot of the window as well, so that the list
    stays where it is and nobody has to look for it."""
    here = {one.id: one.pinned for one in found.rows if one.id in acts.picked()}
    elsewhere = len(picked) - len(here)
    what = count(len(picked), "conversation")
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="sessions-bulk"):
        hidden = f", {elsewhere:,} of them not in view" if elsewhere else ""
        st.markdown(f"**{what} picked**{hidden}", width="content")
        st.text_input(
            "Tag",
            key="sessions-bulk-tag",
            placeholder="Add tags, with commas",
            label_visibility="collapsed",
            width=200,
            on_change=acts.tag,
            args=(picked, "sessions-bulk-tag"),
        )
        for pinned, label in ((True, "Pin"), (False, "Unpin")):
            # Of those that are not in view it is not known here which are pinned.
            if elsewhere or (not pinned) in here.values():
                st.button(
                    label,
                    key=f"sessions-{label.lower()}",
                    icon=":material/keep:" if pinned else ":material/keep_off:",
                    on_click=acts.pin,
                    args=(picked,),
                    kwargs={"pinned": pinned},
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
        st.button("Export", key="sessions-export-some", icon=":material/download:", on_click=_export, args=(picked,))
        st.button("Pick none", key="sessions-none", type="tertiary", on_click=acts.clear_picked)


def _export(ids: list[str]) -> None:
    st.session_state[_EXPORTED] = ids


def _exported() -> None:
    st.session_state[_EXPORTED] = None


@st.dialog("Export", on_dismiss=_exported)
def _exporting(ids: list[str]) -> None:
    transfer.export_panel(ids)


def _undo() -> None:
    """At the foot of the window, so that it is in view wherever in the list something was done."""
    if not acts.done():
        return
    *before, last = acts.done()
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="sessions-undo-row"):
        st.button(
            f"Undo: {plain(_lower(last.said))}",
            key="sessions-undo-last",
            icon=":material/undo:",
            on_click=acts.undo,
            help=f"The last {acts.KEPT} acts of this page can be undone, the newest first, until it is loaded anew in "
            "the browser.",
        )
        if before:
            more = f", and {count(len(before) - 1, 'more act')}" if len(before) > 1 else ""
            st.caption(f"Before that: {plain(_lower(before[-1].said))}{more}", width="content")


def _lower(said: str) -> str:
    return said[:1].lower() + said[1:]


def _nothing(wanted: Wanted) -> None:
    if wanted != Wanted(order=wanted.order):
        st.info("No conversation fits. Take a word or a filter away.", icon=":material/search_off:")
        st.button("Clear search and filters", key="sessions-reset", on_click=filters.reset)
        return
    archived = services.store().find(Wanted(state="archived"), limit=1).total
    if archived:
        st.info(f"Nothing but what is archived: {count(archived, 'conversation')}.", icon=":material/archive:")
        st.button("Show the archived ones", key="sessions-show-archived", on_click=filters.only, args=("archived",))
        return
    st.info("No conversations yet. Begin one in the Playground, or import some below.", icon=":material/forum:")
    st.page_link("pages/playground.py", label="To the Playground", icon=":material/arrow_forward:")


def _pages(found: Found) -> None:
    pages = -(-found.total // _SIZE)
    if pages < 2:
        return
    page = int(st.session_state.get(acts.PAGE, 0))
    with st.container(horizontal=True, vertical_alignment="center", key="sessions-pages"):
        st.button("Previous page", key="sessions-back", disabled=page == 0, on_click=_turn, args=(page - 1,))
        st.caption(f"Page {page + 1:,} of {pages:,}", width="content")
        st.button("Next page", key="sessions-next", disabled=page >= pages - 1, on_click=_turn, args=(page + 1,))


def _turn(page: int) -> None:
    st.session_state[acts.PAGE] = page
