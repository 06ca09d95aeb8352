"""What the buttons of the Connections page do. All are callbacks: they change state, the page draws it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import cast
from urllib.parse import urlsplit

import streamlit as st

from callsmith import connection_form, settings
from callsmith.connection_form import Form, KeySource
from callsmith.connections import preset
from callsmith.types.connection import Connection
from components import services
from components.connections import keys
from components.connections.state import NEW, panel

NAME, BASE_URL, FORMATS, KEY_SOURCE, KEY_NAME, NEW_KEY, HEADERS, EXTRA_BODY = (
    f"connection-{part}"
    for part in ("name", "base-url", "formats", "key-source", "key-name", "new-key", "headers", "extra-body")
)
ADD = "connection-add"


def add() -> None:
    """From the preset chosen in the menu."""
    chosen = preset(st.session_state[ADD] or "")
    if chosen is not None:
        known = [name for name in chosen.key_names if settings.secret(name)]
        _open(NEW, connection_form.from_preset(chosen, known))


def edit(connection_id: str) -> None:
    connection = services.connection(connection_id)
    if connection is not None:
        _open(connection_id, connection_form.from_connection(connection))


def duplicate(connection_id: str) -> None:
    """A form with the same content; nothing is kept before it is saved, and a typed key is not copied."""
    connection = services.connection(connection_id)
    if connection is not None:
        _open(NEW, replace(connection_form.from_connection(connection), name=_free_name(connection.name)))


def cancel() -> None:
    panel().editing = None
    panel().findings = ()


def save() -> None:
    """Keep the form's connection; with errors, keep the form as it is and show them."""
    state = panel()
    if state.editing is None:
        return
    form = _typed_form()
    others = [item.name for item in services.connections() if item.id != state.editing]
    state.findings = connection_form.check(form, others)
    if any(not finding.hint for finding in state.findings):
        return
    before = services.connection(state.editing) if state.editing != NEW else None
    connection = connection_form.build(form, state.editing or uuid.uuid4().hex[:12])
    services.store().save_connection(connection)
    _take_key(connection, before)
    state.verdicts.pop(connection.id, None)
    state.editing = None
    state.findings = ()


def delete(connection_id: str) -> None:
    connection = services.connection(connection_id)
    if connection is None:
        return
    services.store().delete_connection(connection_id)
    state = panel()
    state.deleted = (connection_id, connection.name)
    state.verdicts.pop(connection_id, None)
    if state.editing == connection_id:
        cancel()


def undo_delete() -> None:
    state = panel()
    if state.deleted is not None:
        services.store().restore_connection(state.deleted[0])
        state.deleted = None


def test(connection_id: str) -> None:
    state = panel()
    state.testing = connection_id
    state.verdicts.pop(connection_id, None)


def add_version(connection_id: str) -> None:
    """Put the missing /v1 at the end of the base URL, and see whether that was it."""
    connection = services.connection(connection_id)
    if connection is not None:
        services.store().save_connection(replace(connection, base_url=f"{connection.base_url}/v1"))
        test(connection_id)


def type_key(connection_id: str) -> None:
    key = (st.session_state.get(f"{NEW_KEY}-{connection_id}") or "").strip()
    if key:
        keys.keep(connection_id, key)
        panel().verdicts.pop(connection_id, None)


def forget_key(connection_id: str) -> None:
    keys.forget(connection_id)
    panel().verdicts.pop(connection_id, None)


def _open(editing: str, form: Form) -> None:
    state = panel()
    state.editing = editing
    state.preset = form.preset
    state.findings = ()
    st.session_state.update(
        {
            NAME: form.name,
            BASE_URL: form.base_url,
            FORMATS: list(form.wires),
            KEY_SOURCE: form.key_source,
            KEY_NAME: form.key_name,
            NEW_KEY: "",
            HEADERS: form.headers,
            EXTRA_BODY: form.extra_body,
        }
    )


def _typed_form() -> Form:
    def text(key: str) -> str:
        return str(st.session_state.get(key) or "")

    return Form(
        name=text(NAME),
        base_url=text(BASE_URL),
        key_source=cast(KeySource, text(KEY_SOURCE)),
        key_name=text(KEY_NAME),
        headers=text(HEADERS),
        extra_body=text(EXTRA_BODY),
        preset=panel().preset,
        wires=tuple(st.session_state.get(FORMATS) or ()),
    )


def _take_key(connection: Connection, before: Connection | None) -> None:
    """A key typed in the form. One typed for another host is forgotten rather than sent to a new one."""
    typed = (st.session_state.get(NEW_KEY) or "").strip()
    if connection.key.source != "session":
        keys.forget(connection.id)
    elif typed:
        keys.keep(connection.id, typed)
    elif before is not None and urlsplit(before.base_url).netloc != urlsplit(connection.base_url).netloc:
        keys.forget(connection.id)


def _free_name(name: str) -> str:
    taken = {item.name for item in services.connections()}
    return next(candidate for number in range(2, 1000) if (candidate := f"{name} {number}") not in taken)
