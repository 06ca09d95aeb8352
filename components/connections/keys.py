"""Keys of this browser session, and where any connection's key is at the moment.

A typed key lives in session state under ``key:{connection id}`` and nowhere else: no widget holds it
after it was taken, because a widget's value travels back to the page.
"""

from __future__ import annotations

import streamlit as st

from callsmith import settings
from callsmith.types.connection import Connection, KeyRef


def key_for(connection: Connection) -> str | None:
    """The key to send; None where it is missing or none is needed."""
    match connection.key:
        case KeyRef(source="environment", name=name):
            return settings.secret(name)
        case KeyRef(source="session"):
            return typed(connection.id)
        case _:
            return None


def typed(connection_id: str) -> str | None:
    key: str | None = st.session_state.get(_slot(connection_id))
    return key


def all_typed() -> dict[str, str]:
    """By connection id."""
    start = _slot("")
    return {str(name).removeprefix(start): key for name, key in st.session_state.items() if str(name).startswith(start)}


def keep(connection_id: str, key: str) -> None:
    st.session_state[_slot(connection_id)] = key


def forget(connection_id: str) -> None:
    st.session_state.pop(_slot(connection_id), None)


def whereabouts(connection: Connection) -> str:
    """Where the key comes from, in words that never hold the key."""
    match connection.key:
        case KeyRef(source="environment", name=name):
            return f"key from {name}" if settings.secret(name) else f"key from {name}, which is not set"
        case KeyRef(source="session"):
            return "key typed, this session only" if typed(connection.id) else "key to be typed, this session only"
        case _:
            return "no key needed"


def is_missing(connection: Connection) -> bool:
    return connection.key.source != "none" and not key_for(connection)


def _slot(connection_id: str) -> str:
    return f"key:{connection_id}"
