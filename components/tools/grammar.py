"""The grammar that a custom tool's free text must fit: none, a regular expression, or a Lark grammar."""

from __future__ import annotations

import streamlit as st

from components.tools.desk import Desk, choice, entry, set_field
from components.tools.rows import LOCKED

NONE, REGEX, LARK = "Any text", "Regular expression", "Lark grammar"
_SYNTAX = {REGEX: "regex", LARK: "lark"}
_PLACEHOLDER = {"regex": "[A-Z]{3}-[0-9]+", "lark": 'start: "SELECT" NAME'}


def grammar(here: Desk) -> None:
    now = here.editing.document.get("grammar")
    tool_id = here.tool_id
    label = next((name for name, syntax in _SYNTAX.items() if now and now["syntax"] == syntax), NONE)
    st.selectbox(
        "The text must fit",
        [NONE, *_SYNTAX],
        key=choice(here, f"tool-grammar-{tool_id}", label),
        disabled=here.locked,
        help=LOCKED if here.locked else "Held to by the provider; Callsmith checks a regular expression itself",
        on_change=_set_syntax,
        args=(tool_id, now),
    )
    if now:
        st.text_area(
            "Definition",
            **entry(here, f"tool-definition-{tool_id}", now["definition"]),
            placeholder=_PLACEHOLDER[now["syntax"]],
            disabled=here.locked,
            on_change=_set_definition,
            args=(tool_id, now["syntax"]),
        )


def _set_syntax(tool_id: str, now: dict[str, str] | None) -> None:
    syntax = _SYNTAX.get(st.session_state[f"tool-grammar-{tool_id}"])
    definition = now["definition"] if now else ""
    set_field(tool_id, "grammar", {"syntax": syntax, "definition": definition} if syntax else None)


def _set_definition(tool_id: str, syntax: str) -> None:
    definition = st.session_state[f"tool-definition-{tool_id}"]
    set_field(tool_id, "grammar", {"syntax": syntax, "definition": definition})
