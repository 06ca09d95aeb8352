"""Finding tools in the library: words, set, tag, state, and the order of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from callsmith.schema.lint import Finding
from callsmith.schema.walk import subschemas
from callsmith.store import ToolRecord
from components.tools import sets
from components.words import count, plain

BY_HAND, BY_NAME, BY_CHANGE = "Own order", "Name", "Last changed"
_SEARCH = "tool-search"
_NO_SET = "In no set"
_STATES = {"With errors": "error", "With warnings": "warning", "Without either": ""}


def search(total: int) -> None:
    st.text_input(
        "Search tools",
        key=_SEARCH,
        type="search",
        live=True,
        label_visibility="collapsed",
        placeholder=f"Search {count(total, 'tool')}",
    )


def narrowed(records: Sequence[ToolRecord], found: Mapping[str, Sequence[Finding]]) -> list[ToolRecord]:
    """Draw the filters, and return the tools they leave, in order. Filters that could not part the list stay away."""
    folders, tags = sets.names(records), sets.tags(records)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tool-filters"):
        folder = _one_of("Set", [*folders, _NO_SET] if folders else [], "tool-filter-set", "Any set")
        tag = _one_of("Tag", tags, "tool-filter-tag", "Any tag")
        states = {name for name, worst in _STATES.items() if any(_worst(found[r.id]) == worst for r in records)}
        some = [name for name in _STATES if name in states] if len(states) > 1 else []
        state = _one_of("State", some, "tool-filter-state", "Any state")
        orders = [BY_HAND, BY_NAME, BY_CHANGE] if len(records) > 1 else []
        order = _one_of("Order", orders, "tool-order", BY_HAND)
    words = str(st.session_state.get(_SEARCH) or "").lower().split()
    left = [
        record
        for record in records
        if (folder is None or record.folder == ("" if folder == _NO_SET else folder))
        and (tag is None or tag in record.tags)
        and (state is None or _worst(found[record.id]) == _STATES[state])
        and _matches(record, words)
    ]
    if order == BY_NAME:
        left.sort(key=lambda record: record.tool.name.casefold())
    elif order == BY_CHANGE:
        left.sort(key=lambda record: record.updated_at, reverse=True)
    return left


def nothing() -> None:
    wanted = str(st.session_state.get(_SEARCH) or "")
    st.caption(f'No tool matches "{plain(wanted)}".' if wanted else "No tool matches these filters.")


def _one_of(label: str, options: Sequence[str], key: str, nothing_chosen: str) -> str | None:
    if not options:
        return None
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    return st.selectbox(
        label,
        options,
        index=None,
        key=key,
        placeholder=nothing_chosen,
        label_visibility="collapsed",
        width=180,
    )


def _worst(findings: Sequence[Finding]) -> str:
    severities = {finding.severity for finding in findings}
    return "error" if "error" in severities else "warning" if "warning" in severities else ""


def _matches(record: ToolRecord, words: Sequence[str]) -> bool:
    """Each word in the name, the description, a parameter's name, a tag or the set."""
    if not words:
        return True
    tool = record.tool
    names = " ".join(_parameters(tool.parameters or {}))
    text = f"{tool.name} {tool.description} {names} {' '.join(record.tags)} {record.folder}".lower()
    return all(word in text for word in words)


def _parameters(schema: Mapping[str, Any]) -> list[str]:
    """The names of all properties, nested ones too."""
    named = [part.get("properties") for _, part in subschemas(schema)]
    return [name for properties in named if isinstance(properties, Mapping) for name in properties]
