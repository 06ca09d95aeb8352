"""What the inputs of a row do when they report: each finds its row by place and changes that one field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from callsmith.schema import form_edit, form_refs, form_rename, form_retype
from callsmith.schema.document import EditError, get
from callsmith.schema.form import DEFINITIONS, Row, definitions
from callsmith.schema.form_fields import field_of, other, read_other
from callsmith.schema.form_keywords import BY_NAME
from callsmith.schema.form_types import ARRAY_OF, MAP_OF, Level
from components.tools.desk import change_parameters, change_row, move_row

Change = Callable[[Any, Row], Any]

UP, DOWN, DUPLICATE, REMOVE = "up", "down", "duplicate", "remove"
LIST, MAP, TAKE_OUT, SEVERAL = "Make a list of it", "Make a map of it", "Take out what it holds", "Add alternatives"
EXTRACT, EXTRACT_ALL, INLINE = "Extract as a definition", "Extract, wherever it stands", "Write the reference out"
PATTERN, DEFINITION = "Add properties by pattern", "Add a definition"


def level_key(keyword: str, row: Row, number: int) -> str:
    """The key of an input of one level of a row. A list's own values and its items' never share an input."""
    plain = len(row.levels) - 1 if keyword == "enum" else 0
    return f"prop-{keyword}-{row.place}" + ("" if number == plain else f"-level{number}")


def set_name(tool_id: str, place: str) -> None:
    key = f"prop-name-{place}"
    change_row(tool_id, place, key, lambda p, row: form_rename.set_name(p, row.pointer, st.session_state[key]))


def set_type(tool_id: str, place: str) -> None:
    key = f"prop-type-{place}"
    change_row(tool_id, place, key, lambda p, row: form_retype.set_type(p, row.pointer, st.session_state[key]))


def set_required(tool_id: str, place: str) -> None:
    key = f"prop-required-{place}"
    change_row(tool_id, place, key, lambda p, row: form_edit.set_required(p, row.pointer, st.session_state[key]))


def set_description(tool_id: str, place: str) -> None:
    key = f"prop-description-{place}"
    change_row(tool_id, place, key, lambda p, row: form_edit.set_description(p, row.pointer, st.session_state[key]))


def set_keyword(tool_id: str, place: str, number: int, keyword: str, key: str, quoted: bool) -> None:
    """``quoted`` as the input was drawn: another input of the row may have changed the type in the same go."""

    def change(parameters: Any, row: Row) -> Any:
        level = _level(row, number)
        field = replace(field_of(level, BY_NAME[keyword]), quoted=quoted)
        value = field.read(st.session_state[key] or "")
        # No allowed value at all would allow nothing; the keyword goes instead.
        return form_edit.set_keyword(parameters, level.pointer, keyword, () if value == ([],) else value)

    change_row(tool_id, place, key, change)


def set_nullable(tool_id: str, place: str, number: int, key: str) -> None:
    def change(parameters: Any, row: Row) -> Any:
        return form_edit.set_nullable(parameters, _level(row, number).pointer, st.session_state[key])

    change_row(tool_id, place, key, change)


def set_rest(tool_id: str, place: str, number: int, keyword: str, key: str) -> None:
    def change(parameters: Any, row: Row) -> Any:
        return form_edit.set_rest(parameters, _level(row, number).pointer, keyword, st.session_state[key])

    change_row(tool_id, place, key, change)


def set_other(tool_id: str, place: str, number: int, key: str) -> None:
    def change(parameters: Any, row: Row) -> Any:
        level = _level(row, number)
        typed = read_other(level, st.session_state[key])
        return form_edit.set_other(parameters, level.pointer, other(level), typed)

    change_row(tool_id, place, key, change)


def act(tool_id: str, place: str, action: str) -> None:
    """Move, copy or remove. The popover closes: another row stands under it now."""
    acts: dict[str, Change] = {
        UP: lambda p, row: form_edit.move(p, row.pointer, -1),
        DOWN: lambda p, row: form_edit.move(p, row.pointer, 1),
        DUPLICATE: lambda p, row: form_edit.duplicate(p, row.pointer),
        REMOVE: lambda p, row: form_edit.remove(p, row.pointer),
    }
    if move_row(tool_id, place, f"prop-{action}-{place}", acts[action]):
        st.session_state[f"prop-more-{place}"] = False


def reshape(tool_id: str, place: str) -> None:
    """One of the menu's ways to make something else of a row."""
    chosen = st.session_state[f"prop-menu-{place}"]
    acts: dict[str, Change] = {
        LIST: lambda p, row: form_retype.wrap(p, row.pointer, ARRAY_OF),
        MAP: lambda p, row: form_retype.wrap(p, row.pointer, MAP_OF),
        TAKE_OUT: lambda p, row: form_retype.unwrap(p, row.pointer),
        SEVERAL: lambda p, row: form_edit.add_listed(p, row.element, "anyOf"),
        EXTRACT: lambda p, row: _extracted(p, row, everywhere=False),
        EXTRACT_ALL: lambda p, row: _extracted(p, row, everywhere=True),
        INLINE: lambda p, row: form_refs.inline(p, row.element),
        PATTERN: lambda p, row: form_edit.add_named(p, row.element, "patternProperties", "^x-"),
        DEFINITION: lambda p, row: _defined(p, row),
    }
    # Not the menu's own key: what two choices of it did would be one step to undo.
    if chosen in acts and move_row(tool_id, place, f"prop-reshape-{place}", acts[chosen]):
        st.session_state[f"prop-more-{place}"] = False


def add_property(tool_id: str, owner: str, keyword: str, key: str) -> None:
    name = st.session_state[f"{key}-name"].strip()

    def change(parameters: Any) -> Any:
        if keyword == "properties":
            return form_edit.add_property(parameters, owner, name)
        return form_edit.add_named(parameters, owner, keyword, name)

    if change_parameters(tool_id, key, change):
        st.session_state[f"{key}-name"] = ""


def add_listed(tool_id: str, owner: str, keyword: str, key: str) -> None:
    change_parameters(tool_id, key, lambda parameters: form_edit.add_listed(parameters, owner, keyword))


def _level(row: Row, number: int) -> Level:
    if number >= len(row.levels):
        raise EditError("This is not there any more")
    return row.levels[number]


def _extracted(parameters: Any, row: Row, *, everywhere: bool) -> Any:
    taken = dict(definitions(parameters))
    return form_refs.extract(
        parameters, row.element, form_edit.fresh(row.name or "shared", taken), everywhere=everywhere
    )


def _defined(parameters: Any, row: Row) -> Any:
    schema = get(parameters, row.pointer)
    home = next((keyword for keyword in DEFINITIONS if keyword in schema), "$defs")
    return form_edit.add_named(parameters, row.pointer, home, form_edit.fresh("definition", schema.get(home, {})))
