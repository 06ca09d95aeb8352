"""The popover of a row: what can be said of a schema besides its type and description, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from callsmith.schema.form import Row
from callsmith.schema.form_fields import CHOICES, Field, Rest, fields, other_text, rests
from callsmith.schema.form_keywords import FLAG, FORMATS, NUMBER, VALUES
from callsmith.schema.form_refs import twins
from callsmith.schema.form_types import Level, nullable, types, word
from components.tools import row_acts
from components.tools.desk import LIVE, Desk, choice, entry
from components.tools.row_words import complaint

_PLACEHOLDERS = {"enum": "Any value", "default": "No default", "const": "Any value", "examples": "No examples"}


def details(desk: Desk, row: Row, *, first: bool, last: bool) -> None:
    chain = row.levels
    _actions(desk, row, first=first, last=last)
    for number, level in enumerate(chain):
        if len(chain) > 1:
            st.markdown(f"**{_heading(chain, number)}**")
        _level(desk, row, number, level)


def _heading(chain: tuple[Level, ...], number: int) -> str:
    whole = "list" if number + 1 < len(chain) and chain[number + 1].held == "items" else "map"
    if number == 0:
        return f"The {whole} itself"
    what = "Each item" if chain[number].held == "items" else "Each value"
    return what if number == len(chain) - 1 else f"{what}, a {whole}"


def _level(desk: Desk, row: Row, number: int, level: Level) -> None:
    inputs = fields(level)
    small = [field for field in inputs if field.keyword.kind == NUMBER]
    for pair in zip(small[::2], [*small[1::2], None], strict=False):
        for column, field in zip(st.columns(2, gap="small"), pair, strict=True):
            if field is not None:
                with column:
                    _field(desk, row, number, field)
    for field in inputs:
        if field.keyword.kind not in (NUMBER, FLAG):
            _field(desk, row, number, field)
    for rest in rests(level):
        _rest(desk, row, number, rest)
    with st.container(horizontal=True, gap="medium"):
        if types(level.schema) not in ((), ("null",)) or nullable(level.schema) or word(level.schema).startswith("→"):
            key = row_acts.level_key("null", row, number)
            st.checkbox(
                "May be null",
                key=choice(desk, key, nullable(level.schema)),
                width="content",
                on_change=row_acts.set_nullable,
                args=(desk.tool_id, row.place, number, key),
            )
            complaint(desk, key)
        for field in inputs:
            if field.keyword.kind == FLAG:
                _field(desk, row, number, field)
    _other(desk, row, number, level)


def _field(desk: Desk, row: Row, number: int, field: Field) -> None:
    keyword = field.keyword
    key = row_acts.level_key(keyword.name, row, number)
    args = (desk.tool_id, row.place, number, keyword.name, key, field.quoted)
    if keyword.kind == FLAG:
        st.checkbox(
            keyword.label,
            key=choice(desk, key, field.shown),
            width="content",
            on_change=row_acts.set_keyword,
            args=args,
        )
    elif keyword.kind == VALUES:
        label = f"{keyword.label}, one JSON value a line" if field.quoted else f"{keyword.label}, one a line"
        hint = _PLACEHOLDERS.get(keyword.name)
        st.text_area(
            label,
            **entry(desk, key, field.shown),
            height=90,
            placeholder=hint,
            on_change=row_acts.set_keyword,
            args=args,
        )
    elif keyword.name == "format":
        shown = str(field.shown)
        st.selectbox(
            keyword.label,
            FORMATS if not shown or shown in FORMATS else (shown, *FORMATS),
            index=None,
            key=choice(desk, key, field.shown or None),
            placeholder="Any text",
            accept_new_options=True,
            on_change=row_acts.set_keyword,
            args=args,
        )
    elif "\n" in str(field.shown):
        st.text_area(keyword.label, **entry(desk, key, field.shown), on_change=row_acts.set_keyword, args=args)
    else:
        quoted = field.quoted and keyword.name in ("default", "const")
        st.text_input(
            f"{keyword.label}, as JSON" if quoted else keyword.label,
            **entry(desk, key, field.shown),
            placeholder=_PLACEHOLDERS.get(keyword.name),
            live=LIVE,
            on_change=row_acts.set_keyword,
            args=args,
        )
    complaint(desk, key)


def _rest(desk: Desk, row: Row, number: int, rest: Rest) -> None:
    key = row_acts.level_key(rest.keyword, row, number)
    st.selectbox(
        rest.label,
        CHOICES,
        key=choice(desk, key, rest.shown),
        on_change=row_acts.set_rest,
        args=(desk.tool_id, row.place, number, rest.keyword, key),
    )
    complaint(desk, key)


def _other(desk: Desk, row: Row, number: int, level: Level) -> None:
    key = row_acts.level_key("other", row, number)
    whole = not isinstance(level.schema, dict)
    shown = other_text(level)
    st.text_area(
        "The whole schema, as JSON" if whole else "Other keywords, as JSON",
        **entry(desk, key, shown),
        height=min(220, 68 + 22 * shown.count("\n")),
        placeholder='None, e.g. {"$comment": "..."}',
        on_change=row_acts.set_other,
        args=(desk.tool_id, row.place, number, key),
    )
    complaint(desk, key)


def _actions(desk: Desk, row: Row, *, first: bool, last: bool) -> None:
    place, tool_id = row.place, desk.tool_id
    with st.container(horizontal=True, gap="xsmall"):
        if row.named or row.listed:
            for label, icon, action, why_not in (
                ("Move up", "arrow_upward", row_acts.UP, "Already the first" if first else None),
                ("Move down", "arrow_downward", row_acts.DOWN, "Already the last" if last else None),
                ("Duplicate", "content_copy", row_acts.DUPLICATE, None),
            ):
                _button(desk, place, label, icon, action, why_not)
        if row.held:
            _button(desk, place, "Remove", "delete", row_acts.REMOVE, None)
        st.menu_button(
            "Make something else of it",
            _ways(desk, row),
            key=f"prop-menu-{place}",
            on_click=row_acts.reshape,
            args=(tool_id, place),
        )
    for action in (row_acts.REMOVE, row_acts.UP, row_acts.DOWN, row_acts.DUPLICATE, "reshape"):
        complaint(desk, f"prop-{action}-{place}")


def _button(desk: Desk, place: str, label: str, icon: str, action: str, why_not: str | None) -> None:
    st.button(
        label,
        key=f"prop-{action}-{place}",
        icon=f":material/{icon}:",
        disabled=why_not is not None,
        help=why_not,
        on_click=row_acts.act,
        args=(desk.tool_id, place, action),
    )


def _ways(desk: Desk, row: Row) -> list[str]:
    element = row.levels[-1].schema
    ways = [row_acts.LIST, row_acts.MAP] if row.held else []
    if len(row.levels) > 1:
        ways.append(row_acts.TAKE_OUT)
    if isinstance(element, dict):
        ways.append(row_acts.SEVERAL)
        if "object" in types(element):
            ways.append(row_acts.PATTERN)
        if "$ref" in element:
            ways.append(row_acts.INLINE)
        elif row.held and row.held not in ("$defs", "definitions"):
            ways.append(row_acts.EXTRACT)
            if twins(desk.parameters, row.element):
                ways.append(row_acts.EXTRACT_ALL)
        if not row.held:
            ways.append(row_acts.DEFINITION)
    return ways
