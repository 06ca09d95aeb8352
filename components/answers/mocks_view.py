"""Answered by hand: results saved under a name, to pick from when a call waits."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from callsmith.schema.errors import SchemaError
from callsmith.schema.sample import CannotSample, sample
from callsmith.types.answering import Mock
from callsmith.types.tool import Tool
from components.answers import settings
from components.answers.area import area
from components.answers.content import short, told
from components.answers.items import Items
from components.answers.settings import Settings
from components.tools.desk import LIVE
from components.words import count, plain

NOT_FOUND = Mock("Not found", "Not found", True)


def render(here: Settings) -> None:
    mocks = here.answering.mocks
    items = Items(here.tool_id, "mocks")
    order = items.order()
    if mocks:
        st.markdown(f"**{count(len(mocks), 'saved result')}** to pick from when a call waits")
    else:
        st.caption(
            "When a call waits, you type its result. Results saved here under a name can be picked instead: "
            '"Paris, sunny", "not found".'
        )
    names = [mock.name for mock in mocks]
    for item_id, mock in zip(order.ids, mocks, strict=True):
        with st.container(border=True, key=here.key(f"mock-{item_id}"), gap="small"):
            _head(here, items, item_id, mock)
            if item_id in order.opened:
                _body(here, items, item_id, mock, names)
    with st.container(horizontal=True):
        st.button(
            "Add a result",
            key=here.key("mock-add"),
            icon=":material/add:",
            help="Begins with a sample of the output schema" if here.tool.output_schema is not None else None,
            on_click=items.add,
            args=([_first(here.tool, names)],),
        )
        st.button(
            "Add an error",
            key=here.key("mock-add-error"),
            icon=":material/add:",
            on_click=items.add,
            args=([replace(NOT_FOUND, name=_fresh(NOT_FOUND.name, names))],),
        )


def _head(here: Settings, items: Items, item_id: str, mock: Mock) -> None:
    is_open = item_id in items.order().opened
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        error = " :red-badge[error]" if mock.is_error else ""
        shown = "" if is_open else f"  \n:small[:gray[{plain(short(mock.content))}]]"
        st.markdown(f"**{plain(mock.name) or '(no name)'}**{error}{shown}", width="stretch")
        st.button(
            "Close" if is_open else "Edit",
            key=here.key(f"mock-open-{item_id}"),
            type="tertiary",
            on_click=items.fold,
            args=(item_id,),
        )
        st.button(
            "Delete",
            key=here.key(f"mock-delete-{item_id}"),
            type="tertiary",
            on_click=items.delete,
            args=(item_id, f"Deleted {mock.name or 'a result without a name'}"),
        )


def _body(here: Settings, items: Items, item_id: str, mock: Mock, names: list[str]) -> None:
    key = here.key(f"mock-name-{item_id}")
    st.text_input(
        "Name",
        **settings.entry(here.tool_id, key, mock.name),
        live=LIVE,
        on_change=_rename,
        args=(items, item_id, key),
    )
    with st.container():
        if not mock.name.strip():
            st.caption(":orange[:material/warning: Without a name it is hard to pick.]")
        elif names.count(mock.name) > 1:
            st.caption(":orange[:material/warning: Another result has this name too.]")
    area(
        "Result",
        mock.content,
        key=here.key(f"mock-content-{item_id}"),
        keep=lambda text: items.change(item_id, lambda one: replace(one, content=text), "content"),
        placeholder="What the tool says, as JSON or text",
    )
    with st.container(gap="xsmall"):
        told(here.tool, mock.content, is_error=mock.is_error)
    error = here.key(f"mock-error-{item_id}")
    st.checkbox(
        "Return as error",
        key=settings.choice(here.tool_id, error, mock.is_error),
        on_change=_set_error,
        args=(items, item_id, error),
    )


def _first(tool: Tool, names: list[str]) -> Mock:
    content = ""
    if tool.output_schema is not None:
        try:
            content = json.dumps(sample(tool.output_schema, len(names)), indent=2, ensure_ascii=False)
        except (CannotSample, SchemaError):
            content = ""
    return Mock(_fresh("Result", names), content)


def _fresh(name: str, names: list[str]) -> str:
    return next(one for one in (name, *(f"{name} {n}" for n in range(2, len(names) + 3))) if one not in names)


def _rename(items: Items, item_id: str, key: str) -> None:
    items.change(item_id, lambda one: replace(one, name=st.session_state[key]), "name")


def _set_error(items: Items, item_id: str, key: str) -> None:
    items.change(item_id, lambda one: replace(one, is_error=st.session_state[key]), "error")
