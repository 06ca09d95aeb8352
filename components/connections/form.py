"""The form of one connection. Its texts ride along with the next click, so typing causes no reruns."""

from __future__ import annotations

import streamlit as st

from callsmith.connection_form import Field
from callsmith.connections import Preset, preset
from callsmith.types.connection import KeyRef
from callsmith.wire.registry import WIRES
from components import services
from components.connections import actions, keys
from components.connections.state import NEW, panel
from components.words import plain

_SOURCES = {
    "environment": "From a variable or secret",
    "session": "Typed, for this session only",
    "none": "No key",
}


def connection_form() -> None:
    """Draw the open form. What was typed stays through a refusal."""
    state = panel()
    chosen = preset(state.preset)
    with st.container(border=True, key="connection-form"):
        st.subheader("Add a connection" if state.editing == NEW else "Edit the connection", anchor=False)
        if chosen is not None and chosen.note:
            st.caption(plain(chosen.note))
        left, right = st.columns(2)
        with left:
            st.text_input("Name", key=actions.NAME, on_change="ignore")
            _findings("name")
        with right:
            st.text_input(
                "Base URL", key=actions.BASE_URL, on_change="ignore", placeholder="https://api.example.com/v1"
            )
            _findings("base_url")
        _formats()
        st.radio(
            "Key",
            list(_SOURCES),
            key=actions.KEY_SOURCE,
            format_func=_SOURCES.__getitem__,
            horizontal=True,
        )
        _key(chosen)
        with st.expander("Extra headers and body", expanded=_has_extras()):
            _extras()
        with st.container(horizontal=True):
            st.button(
                "Save connection", key="connection-save", type="primary", icon=":material/check:", on_click=actions.save
            )
            st.button("Cancel", key="connection-cancel", on_click=actions.cancel)


def _formats() -> None:
    kept = [wire for wire in st.session_state[actions.FORMATS] if wire not in WIRES]
    st.multiselect(
        "Wire formats",
        [*WIRES, *kept],
        key=actions.FORMATS,
        format_func=lambda wire: WIRES[wire].label if wire in WIRES else wire,
        on_change="ignore",
        placeholder="Choose at least one",
        help="Those this server speaks. The Playground proposes one of them for each model; any of them can be chosen "
        "there by hand.",
    )
    _findings("wires")


def _key(chosen: Preset | None) -> None:
    match st.session_state[actions.KEY_SOURCE]:
        case "environment":
            st.text_input(
                "Variable that holds the key",
                key=actions.KEY_NAME,
                on_change="ignore",
                persist_state="session",
                help="The name only. Its value is read from the environment, .env or .streamlit/secrets.toml when a "
                "request is sent, and is never stored.",
            )
            _findings("key_name")
            if chosen is not None and len(chosen.key_names) > 1:
                st.caption(f"Usual names: {', '.join(chosen.key_names)}")
        case "session":
            there = _key_is_typed()
            st.text_input(
                "Key",
                key=actions.NEW_KEY,
                type="password",
                autocomplete="off",
                on_change="ignore",
                placeholder="Leave empty to keep the key typed before" if there else "",
                help="Kept in this browser session's memory only, and gone when the page is reloaded.",
            )
        case _:
            st.caption("For a server that wants no key, such as one on this computer.")


def _key_is_typed() -> bool:
    connection = services.connection(panel().editing or "")
    return connection is not None and connection.key == KeyRef("session") and keys.typed(connection.id) is not None


def _extras() -> None:
    st.text_area(
        "Extra headers",
        key=actions.HEADERS,
        on_change="ignore",
        height=100,
        placeholder="X-Title: Callsmith\nX-Org: {{ORG_ID}}",
        help="One a line, as Name: value. {{NAME}} is filled from the environment, .env or secrets.toml when a request "
        "is sent; secrets must be written that way.",
    )
    _findings("headers")
    st.text_area(
        "Extra body",
        key=actions.EXTRA_BODY,
        on_change="ignore",
        height=100,
        placeholder='{"reasoning_effort": "low"}',
        help="A JSON object, merged into the body of every request of this connection.",
    )
    _findings("extra_body")


def _has_extras() -> bool:
    written = any(str(st.session_state.get(key) or "").strip() for key in (actions.HEADERS, actions.EXTRA_BODY))
    return written or any(finding.field in ("headers", "extra_body") for finding in panel().findings)


def _findings(field: Field) -> None:
    for finding in panel().findings:
        if finding.field == field:
            look = ":orange[:material/info: {}]" if finding.hint else ":red[:material/error: {}]"
            st.markdown(look.format(plain(finding.message)))
