"""The parameters of a tool as rows of inputs: one row a schema, its parts in a frame below it.

What comes and goes stands in a container that is always there: Streamlit tells elements apart by position,
so a line that appears above an input would make a new input of it, without focus and half-typed text.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from callsmith.schema.form import ROOT, Group, Row, flat, root, row_at
from callsmith.schema.form_retype import type_options
from callsmith.schema.walk import SCHEMA_LIST, SCHEMA_MAP
from components.tools import row_acts
from components.tools.desk import LIVE, ROWS, Desk, choice, entry
from components.tools.home import is_response
from components.tools.row_details import details
from components.tools.row_words import complaint, heading, show_facts
from components.words import plain

LOCKED = "Locked while the JSON has an error"
TYPE_WIDTH = 170
MOST_FRAMES = 3

# In a narrow frame a name keeps room to be read, and the type goes below it.
_STYLE = """<style>
div[class*="st-key-prop-name-"], div[class*="st-key-prop-label-"] { min-width: 5rem; flex-grow: 1; }
div[class*="st-key-prop-description-"] { min-width: 9rem; }
</style>"""

_ADD = {"prefixItems": "Add item", "items": "Add item", "allOf": "Add part"}
_NEW = {"patternProperties": "pattern", "$defs": "definition", "definitions": "definition"}


@dataclass(slots=True)
class _Drawing:
    """How many rows may still be drawn, the depth they are counted from, and the types on offer."""

    left: int
    base: int
    types: tuple[str, ...]


def parameter_rows(desk: Desk) -> None:
    st.html(_STYLE)
    top = root(desk.parameters)
    chosen = _inside(desk)
    drawing = _Drawing(desk.shown, chosen.depth, type_options(desk.parameters))
    with st.container():
        if chosen.place != ROOT:
            _way_back(desk, chosen)
    if not desk.parameters:
        with st.container(gap="small"):
            nothing = "No parameters: the model calls this tool without arguments."
            if is_response(desk.tool_id):
                nothing = "No fields yet: any object fits."
            st.caption(f"{nothing} Add the first one here.")
        _add_named(desk, "", "properties", "top", "")
    else:
        _groups(desk, chosen, drawing)
    _show_more(desk, top)
    if chosen.place == ROOT and isinstance(desk.parameters, dict):
        _whole(desk, top, drawing)


def _inside(desk: Desk) -> Row:
    """The row whose parts are drawn: the whole, or one deep inside that was opened."""
    place = st.session_state.get(f"form-inside-{desk.tool_id}", ROOT)
    return row_at(desk.parameters, place) or root(desk.parameters)


def _way_back(desk: Desk, row: Row) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Back to the whole",
            key=f"form-out-{desk.tool_id}",
            icon=":material/arrow_back:",
            on_click=_go_inside,
            args=(desk, ROOT),
        )
        st.caption(plain(f"Inside {row.label}, at {row.pointer}"))


def _go_inside(desk: Desk, place: str) -> None:
    st.session_state[f"form-inside-{desk.tool_id}"] = place


def _show_more(desk: Desk, top: Row) -> None:
    total = sum(1 for _ in flat([top])) - 1
    if total > desk.shown:
        st.button(
            f"Show {min(ROWS, total - desk.shown)} more of {total:,} properties",
            key=f"props-more-{desk.tool_id}",
            on_click=_more,
            args=(desk,),
        )


def _more(desk: Desk) -> None:
    desk.shown += ROWS


def _whole(desk: Desk, top: Row, drawing: _Drawing) -> None:
    """What is said of the parameters as a whole."""
    show_facts(desk, top)
    menu = st.popover(
        "The schema as a whole", key=f"prop-more-{ROOT}", type="tertiary", on_change="rerun", disabled=desk.locked
    )
    if menu.open or ROOT in desk.unfolded:
        with menu:
            _type_box(desk, top, drawing, "Type")
            _description(desk, top)
            details(desk, top, first=True, last=True)
    (desk.unfolded.add if menu.open else desk.unfolded.discard)(ROOT)


def _groups(desk: Desk, row: Row, drawing: _Drawing) -> None:
    """The parts of one schema, and the ways to add to them."""
    for group in row.groups():
        title = heading(group)
        with st.container(gap="small"):
            if title:
                st.caption(f"**{title}**")
            if not group.count and group.keyword == "properties" and row.place == ROOT:
                nothing = "No parameters: the model calls this tool without arguments."
                if is_response(desk.tool_id):
                    nothing = "No fields yet: any object fits."
                st.caption(f"{nothing} Add the first one here.")
            for number, part in enumerate(group.rows()):
                if drawing.left <= 0:
                    break
                drawing.left -= 1
                with st.container(key=f"prop-{part.place}", gap="xsmall"):
                    _row(desk, part, drawing, first=number == 0, last=number == group.count - 1)
        _add(desk, row, group)


def _row(desk: Desk, row: Row, drawing: _Drawing, *, first: bool, last: bool) -> None:
    place, tool_id, locked = row.place, desk.tool_id, desk.locked
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if row.named:
            st.text_input(
                f"Name of {row.name}",
                **entry(desk, f"prop-name-{place}", row.name),
                label_visibility="collapsed",
                placeholder="Name",
                live=LIVE,
                disabled=locked,
                on_change=row_acts.set_name,
                args=(tool_id, place),
            )
        else:
            with st.container(key=f"prop-label-{place}"):
                st.markdown(plain(row.label))
        _type_box(desk, row, drawing)
        menu = st.popover(
            "More", key=f"prop-more-{place}", type="tertiary", width=84, on_change="rerun", disabled=locked
        )
    if menu.open or place in desk.unfolded:
        with menu:
            details(desk, row, first=first, last=last)
    # Once more after it was closed: an input left by closing it reports later than the closing.
    (desk.unfolded.add if menu.open else desk.unfolded.discard)(place)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _description(desk, row)
        if row.held == "properties":
            st.checkbox(
                "required",
                key=choice(desk, f"prop-required-{place}", row.required),
                width="content",
                disabled=locked,
                on_change=row_acts.set_required,
                args=(tool_id, place),
            )
    with st.container(gap="xsmall"):
        for field in ("name", "type", "required", "description"):
            complaint(desk, f"prop-{field}-{place}")
        show_facts(desk, row)
    if any(True for _ in row.groups()):
        if row.depth - drawing.base > MOST_FRAMES:
            st.button(
                "Show what is inside",
                key=f"prop-inside-{place}",
                icon=":material/subdirectory_arrow_right:",
                on_click=_go_inside,
                args=(desk, place),
            )
            return
        with st.container(border=True, key=f"props-of-{place}"):
            _groups(desk, row, drawing)


def _type_box(desk: Desk, row: Row, drawing: _Drawing, label: str = "") -> None:
    st.selectbox(
        label or f"Type of {row.label}",
        drawing.types if row.type in drawing.types else (row.type, *drawing.types),
        key=choice(desk, f"prop-type-{row.place}", row.type),
        label_visibility="visible" if label else "collapsed",
        width="stretch" if label else TYPE_WIDTH,
        disabled=desk.locked,
        on_change=row_acts.set_type,
        args=(desk.tool_id, row.place),
    )


def _description(desk: Desk, row: Row) -> None:
    shown = entry(desk, f"prop-description-{row.place}", row.description)
    label, hint = f"Description of {row.label}", "Description: what the model should put here"
    disabled, args = desk.locked or not isinstance(row.schema, dict), (desk.tool_id, row.place)
    if "\n" in row.description:
        st.text_area(
            label,
            **shown,
            height=96,
            label_visibility="collapsed",
            disabled=disabled,
            on_change=row_acts.set_description,
            args=args,
        )
        return
    st.text_input(
        label,
        **shown,
        label_visibility="collapsed",
        placeholder=hint,
        live=LIVE,
        disabled=disabled,
        on_change=row_acts.set_description,
        args=args,
    )


def _add(desk: Desk, row: Row, group: Group) -> None:
    place = "top" if row.place == ROOT else row.place
    if group.keyword in SCHEMA_MAP:
        place = place if group.keyword == "properties" else f"{place}-{group.keyword.strip('$')}"
        _add_named(desk, group.pointer, group.keyword, place, "" if row.place == ROOT else row.label)
    elif group.keyword in SCHEMA_LIST and isinstance(group.value, list):
        key = f"prop-add-{place}-{group.keyword}"
        st.button(
            _ADD.get(group.keyword, "Add alternative"),
            key=key,
            icon=":material/add:",
            disabled=desk.locked,
            help=LOCKED if desk.locked else None,
            on_click=row_acts.add_listed,
            args=(desk.tool_id, group.pointer, group.keyword, key),
        )
        complaint(desk, key)


def _add_named(desk: Desk, owner: str, keyword: str, place: str, inside: str) -> None:
    """Type a name and press Enter, again and again: a form, so that Enter adds and the focus stays."""
    key, noun = f"prop-add-{place}", _NEW.get(keyword, "property")
    with (
        st.form(f"{key}-form", border=False, enter_to_submit=True),
        st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False),
    ):
        st.text_input(
            f"Name of a new {noun} in {inside}" if inside else f"Name of a new {noun}",
            key=f"{key}-name",
            label_visibility="collapsed",
            placeholder=f"New {noun} in {inside}" if inside else f"New {noun}",
            disabled=desk.locked,
        )
        st.form_submit_button(
            f"Add {noun}",
            key=key,
            icon=":material/add:",
            disabled=desk.locked,
            help=LOCKED if desk.locked else None,
            on_click=row_acts.add_property,
            args=(desk.tool_id, owner, keyword, key),
        )
    complaint(desk, key)
