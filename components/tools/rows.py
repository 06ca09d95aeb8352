"""The parameters of a tool as rows of inputs: one row a property, nested ones in a frame below theirs.

What comes and goes stands in a container that is always there: Streamlit tells elements apart by position,
so a line that appears above an input would make a new input of it, without focus and half-typed text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import streamlit as st

from callsmith.schema import form_edit, text, values
from callsmith.schema.form import TYPES, Row, flat, rest_of_root, rows
from components.tools.desk import LIVE, ROWS, Desk, bind, change_parameters, change_row, move_row
from components.tools.home import is_response
from components.words import plain

LOCKED = "Locked while the JSON has an error"
TYPE_WIDTH = 170


@dataclass(slots=True)
class _Budget:
    left: int


def parameter_rows(desk: Desk) -> None:
    tree = rows(desk.parameters)
    total = sum(1 for _ in flat(tree))
    _group(desk, tree, None, _Budget(desk.shown))
    if total > desk.shown:
        st.button(
            f"Show {min(ROWS, total - desk.shown)} more of {total:,} properties",
            key=f"props-more-{desk.tool_id}",
            on_click=_show_more,
            args=(desk,),
        )
    _as_json(rest_of_root(desk.parameters), "Also in this schema, edited in the JSON")


def _show_more(desk: Desk) -> None:
    desk.shown += ROWS


def _group(desk: Desk, group: tuple[Row, ...], owner: Row | None, budget: _Budget) -> None:
    """The properties of one object (None: of the tool itself), and the way to add another."""
    with st.container(gap="small"):
        if not group and owner is None:
            nothing = "No parameters: the model calls this tool without arguments."
            if is_response(desk.tool_id):
                nothing = "No fields yet: any object fits."
            st.caption(f"{nothing} Add the first one here.")
        for number, row in enumerate(group):
            if budget.left <= 0:
                break
            budget.left -= 1
            with st.container(key=f"prop-{row.place}", gap="xsmall"):
                _row(desk, row, first=number == 0, last=number == len(group) - 1)
                if row.holds_properties:
                    with st.container(border=True, key=f"props-of-{row.place}"):
                        _group(desk, row.children, row, budget)
    if owner is None:
        _add(desk, "", "top", "")
    else:
        _add(desk, owner.element, owner.place, owner.name)


def _row(desk: Desk, row: Row, *, first: bool, last: bool) -> None:
    place, tool_id, locked = row.place, desk.tool_id, desk.locked
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.text_input(
            f"Name of {row.name}",
            key=bind(desk, f"prop-name-{place}", row.name),
            label_visibility="collapsed",
            placeholder="Name",
            live=LIVE,
            disabled=locked,
            on_change=_set_name,
            args=(tool_id, place),
        )
        st.selectbox(
            f"Type of {row.name}",
            TYPES if row.type in TYPES else (row.type, *TYPES),
            key=bind(desk, f"prop-type-{place}", row.type),
            label_visibility="collapsed",
            width=TYPE_WIDTH,
            disabled=locked or bool(row.type_locked),
            on_change=_set_type,
            args=(tool_id, place),
        )
        menu = st.popover(
            "More", key=f"prop-more-{place}", type="tertiary", width=84, on_change="rerun", disabled=locked
        )
    if menu.open or place in desk.unfolded:
        with menu:
            _details(desk, row, first=first, last=last)
    # Once more after it was closed: an input left by closing it reports later than the closing.
    (desk.unfolded.add if menu.open else desk.unfolded.discard)(place)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
        st.text_input(
            f"Description of {row.name}",
            key=bind(desk, f"prop-description-{place}", row.description),
            label_visibility="collapsed",
            placeholder="Description: what the model should put here",
            live=LIVE,
            disabled=locked or not row.plain_schema,
            on_change=_set_description,
            args=(tool_id, place),
        )
        st.checkbox(
            "required",
            key=bind(desk, f"prop-required-{place}", row.required),
            width="content",
            disabled=locked,
            on_change=_set_required,
            args=(tool_id, place),
        )
    with st.container(gap="xsmall"):
        for field in ("name", "type", "required", "description"):
            _complaint(desk, f"prop-{field}-{place}")
        _facts(row)


def _facts(row: Row) -> None:
    """What a row holds besides its four inputs, said small below them."""
    facts = []
    if row.enum:
        shown = [values.shown(value, not isinstance(value, str)) for value in row.enum[:8]]
        more = [f"{len(row.enum) - 8:,} more"] if len(row.enum) > 8 else []
        facts.append(f"one of: {', '.join(shown + more)}")
    if row.default:
        facts.append(f"default: {text.write(row.default[0])[:80]}")
    if row.type_locked:
        facts.append(row.type_locked)
    if facts:
        st.caption(plain(" · ".join(facts)))
    _as_json(row.rest, "")


def _as_json(rest: Any, label: str) -> None:
    """Keywords without an input, as they stand. Short ones on one line."""
    if not rest:
        return
    if label:
        st.caption(label)
    line = ", ".join(f"{text.write(key)}: {text.write(item)}" for key, item in rest.items())
    if "\n" in line or len(line) > text.LINE:
        st.code(text.write(dict(rest)), language="json", height=min(200, 40 + 22 * text.write(dict(rest)).count("\n")))
    else:
        st.caption(_code(line))


def _code(line: str) -> str:
    """A line of code in markdown, whatever backticks it holds."""
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}"


def _details(desk: Desk, row: Row, *, first: bool, last: bool) -> None:
    """The popover of a row: allowed values, default, and moving it about."""
    place, tool_id = row.place, desk.tool_id
    if row.plain_schema and not row.type_locked:
        quoted = not values.plain(row.element_type, row.enum)
        st.text_area(
            "Allowed values, one JSON value a line" if quoted else "Allowed values, one a line",
            key=bind(desk, f"prop-enum-{place}", values.lines(row.enum, quoted)),
            placeholder="Any value",
            on_change=_set_enum,
            args=(tool_id, place, quoted),
        )
        _complaint(desk, f"prop-enum-{place}")
    if row.plain_schema:
        quoted = not values.plain(row.type, row.default)
        st.text_input(
            "Default, as JSON" if quoted else "Default",
            key=bind(desk, f"prop-default-{place}", values.lines(row.default, quoted)),
            placeholder="No default",
            live=LIVE,
            on_change=_set_default,
            args=(tool_id, place, quoted),
        )
        _complaint(desk, f"prop-default-{place}")
    with st.container(horizontal=True, gap="xsmall"):
        for label, icon, action, why_not in (
            ("Move up", "arrow_upward", "up", "Already the first" if first else None),
            ("Move down", "arrow_downward", "down", "Already the last" if last else None),
            ("Duplicate", "content_copy", "duplicate", None),
            ("Remove", "delete", "remove", None),
        ):
            st.button(
                label,
                key=f"prop-{action}-{place}",
                icon=f":material/{icon}:",
                disabled=why_not is not None,
                help=why_not,
                on_click=_act,
                args=(tool_id, place, action),
            )


def _add(desk: Desk, owner: str, place: str, inside: str) -> None:
    """Type a name and press Enter, again and again: a form, so that Enter adds and the focus stays."""
    key = f"prop-add-{place}"
    with (
        st.form(f"{key}-form", border=False, enter_to_submit=True),
        st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False),
    ):
        st.text_input(
            f"Name of a new property in {inside}" if inside else "Name of a new property",
            key=f"{key}-name",
            label_visibility="collapsed",
            placeholder=f"New property in {inside}" if inside else "New property",
            disabled=desk.locked,
        )
        st.form_submit_button(
            "Add property",
            key=key,
            icon=":material/add:",
            disabled=desk.locked,
            help=LOCKED if desk.locked else None,
            on_click=_add_property,
            args=(desk.tool_id, owner, key),
        )
    _complaint(desk, key)


def _complaint(desk: Desk, key: str) -> None:
    if key in desk.refused:
        st.markdown(f":small[:red[:material/error: {plain(desk.refused[key].reason)}. Not taken over.]]")


def _set_name(tool_id: str, place: str) -> None:
    key = f"prop-name-{place}"
    change_row(tool_id, place, key, lambda p, row: form_edit.set_name(p, row.pointer, st.session_state[key]))


def _set_type(tool_id: str, place: str) -> None:
    key = f"prop-type-{place}"
    change_row(tool_id, place, key, lambda p, row: form_edit.set_type(p, row.pointer, st.session_state[key]))


def _set_required(tool_id: str, place: str) -> None:
    key = f"prop-required-{place}"
    change_row(tool_id, place, key, lambda p, row: form_edit.set_required(p, row.pointer, st.session_state[key]))


def _set_description(tool_id: str, place: str) -> None:
    key = f"prop-description-{place}"
    change_row(tool_id, place, key, lambda p, row: form_edit.set_description(p, row.pointer, st.session_state[key]))


def _set_enum(tool_id: str, place: str, quoted: bool) -> None:
    key = f"prop-enum-{place}"

    def change(parameters: Any, row: Row) -> Any:
        return form_edit.set_enum(parameters, row.element, values.read_lines(st.session_state[key], quoted))

    change_row(tool_id, place, key, change)


def _set_default(tool_id: str, place: str, quoted: bool) -> None:
    key = f"prop-default-{place}"

    def change(parameters: Any, row: Row) -> Any:
        typed = st.session_state[key].strip()
        default = (values.read_value(typed, quoted),) if typed else ()
        return form_edit.set_default(parameters, row.pointer, default)

    change_row(tool_id, place, key, change)


def _act(tool_id: str, place: str, action: str) -> None:
    """Move, copy or remove a property. The popover closes: another property stands under it now."""
    acts = {
        "up": lambda p, row: form_edit.move_property(p, row.pointer, -1),
        "down": lambda p, row: form_edit.move_property(p, row.pointer, 1),
        "duplicate": lambda p, row: form_edit.duplicate_property(p, row.pointer),
        "remove": lambda p, row: form_edit.remove_property(p, row.pointer),
    }
    if move_row(tool_id, place, f"prop-{action}-{place}", acts[action]):
        st.session_state[f"prop-more-{place}"] = False


def _add_property(tool_id: str, owner: str, key: str) -> None:
    name = st.session_state[f"{key}-name"].strip()
    if change_parameters(tool_id, key, lambda parameters: form_edit.add_property(parameters, owner, name)):
        st.session_state[f"{key}-name"] = ""
