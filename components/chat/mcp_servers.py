"""Remote MCP servers of a conversation: a row each, and one form to add or edit one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from callsmith import mcp_form, offer
from callsmith.mcp_form import Field, McpForm
from callsmith.types.connection import Target
from callsmith.types.features import McpServer
from callsmith.wire.registry import WIRES
from components.chat import option_fields as fields
from components.chat import session
from components.words import plain

_PARTS = ("label", "url", "authorization", "allowed_tools", "headers", "approval", "description")
_APPROVAL = {"always": "ask me before each call", "never": "call without asking"}
_STATE = "mcp-form"
_REMOVED = "mcp-removed"


@dataclass(slots=True)
class _Open:
    """``label``: of the server that is edited; None for a new one."""

    label: str | None
    findings: Mapping[Field, str]


def mcp_servers(servers: tuple[McpServer, ...], target: Target) -> None:
    label = WIRES[target.wire].label
    if not offer.has(target, "mcp"):
        st.caption(f"{label} has no remote MCP servers; Responses and Messages have them.")
    elif not servers:
        st.caption("A remote MCP server: the provider connects to it and calls its tools by itself.")
    for server in servers:
        _row(server, locked=not offer.has(target, "mcp"))
    removed: McpServer | None = st.session_state.get(_REMOVED)
    if removed is not None and all(server.label != removed.label for server in servers):
        with st.container(horizontal=True, vertical_alignment="center", key="mcp-undo-row"):
            st.caption(f"Removed {plain(removed.label)}", width="stretch")
            st.button("Undo", key="mcp-undo", icon=":material/undo:", on_click=_put_back)
    if not offer.has(target, "mcp"):
        return
    state: _Open | None = st.session_state.get(_STATE)
    if state is None:
        st.button("Add server", key="mcp-add", icon=":material/add:", on_click=_begin, args=(None,))
    else:
        _form(state, target)


def _row(server: McpServer, *, locked: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"mcp-server-{server.label}"):
        fields.toggle(
            plain(server.label),
            f"mcp-on-{server.label}",
            server.on,
            lambda options, on: replace(
                options,
                mcp=tuple(replace(item, on=on) if item.label == server.label else item for item in options.mcp),
            ),
            help=server.url,
        )
        if not locked:
            st.button(
                "Edit",
                key=f"mcp-edit-{server.label}",
                type="tertiary",
                icon=":material/edit:",
                on_click=_begin,
                args=(server.label,),
            )
        st.button(
            "Remove",
            key=f"mcp-remove-{server.label}",
            type="tertiary",
            icon=":material/delete:",
            on_click=_remove,
            args=(server.label,),
        )


def _form(state: _Open, target: Target) -> None:
    with st.container(border=True, key="mcp-form-box"):
        _box(state, "label", "Label", "tickets")
        _box(state, "url", "URL", "https://mcp.example.com/mcp")
        _box(
            state,
            "authorization",
            "Authorization",
            "{{TICKETS_TOKEN}}",
            help="Empty where the server wants none. Else {{NAME}}: the token is read from that variable in the "
            "environment, .env or secrets.toml when a request is sent, and is never stored.",
        )
        _box(state, "allowed_tools", "Tools it may use", "All", help="Names with commas between them")
        if offer.has(target, "mcp.description"):
            _box(state, "description", "What it is for", "Told to the model")
        if offer.has(target, "mcp.headers"):
            _box(state, "headers", "Extra headers", "X-Org: {{ORG_ID}}", help="One a line, as Name: value")
        if offer.has(target, "mcp.approval"):
            st.selectbox(
                "Calls",
                list(_APPROVAL),
                key=_key("approval"),
                format_func=_APPROVAL.__getitem__,
                on_change="ignore",
                persist_state="session",
            )
        else:
            st.caption(f"In {WIRES[target.wire].label} the provider calls without asking.")
        with st.container(horizontal=True):
            st.button("Save server", key="mcp-save", type="primary", icon=":material/check:", on_click=_save)
            st.button("Cancel", key="mcp-cancel", on_click=_close)


def _box(state: _Open, part: str, label: str, example: str, *, help: str | None = None) -> None:
    """Typed text survives a popover that closes, and rides along with the next click."""
    box = st.text_area if part == "headers" else st.text_input
    box(label, key=_key(part), placeholder=example, help=help, on_change="ignore", persist_state="session")
    for field, why in state.findings.items():
        if field == part:
            st.markdown(f":red[:material/error: {plain(why)}]")


def _key(part: str) -> str:
    return f"mcp-field-{part}"


def _begin(label: str | None) -> None:
    kept = next((server for server in session.current().setup.options.mcp if server.label == label), None)
    form = mcp_form.from_server(kept) if kept is not None else McpForm()
    for part in _PARTS:
        st.session_state[_key(part)] = getattr(form, part)
    st.session_state[_STATE] = _Open(label, {})


def _close() -> None:
    st.session_state.pop(_STATE, None)


def _save() -> None:
    state: _Open | None = st.session_state.get(_STATE)
    if state is None:
        return
    setup = session.current().setup
    servers = setup.options.mcp
    typed: dict[str, Any] = {part: st.session_state.get(_key(part)) or "" for part in _PARTS}
    form = McpForm(**typed)
    state.findings = mcp_form.check(form, [server.label for server in servers if server.label != state.label])
    if state.findings:
        return
    built = mcp_form.build(form)
    changed = tuple(replace(built, on=server.on) if server.label == state.label else server for server in servers)
    if all(server.label != state.label for server in servers):
        changed = (*servers, built)
    session.save_setup(replace(setup, options=replace(setup.options, mcp=changed)))
    _close()


def _remove(label: str) -> None:
    setup = session.current().setup
    servers = setup.options.mcp
    st.session_state[_REMOVED] = next((server for server in servers if server.label == label), None)
    left = tuple(server for server in servers if server.label != label)
    session.save_setup(replace(setup, options=replace(setup.options, mcp=left)))
    _close()


def _put_back() -> None:
    removed: McpServer | None = st.session_state.pop(_REMOVED, None)
    setup = session.current().setup
    if removed is not None:
        servers = (*setup.options.mcp, removed)
        session.save_setup(replace(setup, options=replace(setup.options, mcp=servers)))
