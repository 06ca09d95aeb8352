"""Structured output: the switch, what the schema holds in a word, and the way to its editor, which is that of tools.

Switched off, the schema stays as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import streamlit as st

from callsmith import offer
from callsmith.schema.form import summary
from callsmith.types.connection import Target
from callsmith.types.features import ResponseSchema
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from callsmith.wire.registry import WIRES
from components.chat import option_fields as fields
from components.tools import home
from components.tools.panel import open_editor
from components.words import joined, plain

_STARTER: Mapping[str, Any] = MappingProxyType(
    {
        "type": "object",
        "properties": {"answer": {"type": "string"}},
        "required": ["answer"],
        "additionalProperties": False,
    }
)
_BESIDE = {"name": "its name", "description": "its description", "strict": "strict mode"}


def response_editor(setup: Setup, target: Target) -> None:
    response = setup.options.response
    on = response is not None and response.on
    with st.container(horizontal=True, vertical_alignment="center", key="response-row"):
        fields.toggle(
            "Reply as data",
            "option-response",
            on,
            _switch,
            help="Structured output: the reply is JSON that fits a schema, and is shown as data",
        )
        if on:
            st.button(
                "Edit schema", key="response-edit", type="tertiary", icon=":material/edit:", on_click=_open_editor
            )
    if response is None or not on:
        return
    strict = {None: "strict not set", True: "strict", False: "not strict"}[response.strict]
    st.caption(f"{plain(response.name)}: {plain(summary(response.schema))}, {strict}")
    unsaid = [words for part, words in _BESIDE.items() if not offer.has(target, f"response.{part}")]
    if unsaid:
        st.caption(f"{WIRES[target.wire].label} is sent the schema without {joined(unsaid)}.")


def _switch(options: Options, on: bool) -> Options:
    return replace(options, response=replace(options.response or ResponseSchema(_STARTER), on=on))


def _open_editor() -> None:
    open_editor(home.response_id())
