"""The Connections page: add, test, edit, duplicate and delete ways to a provider."""

from __future__ import annotations

import streamlit as st

from callsmith import settings
from callsmith.connections import DEMO, PRESETS
from components import services
from components.connections import actions
from components.connections.card import card
from components.connections.form import connection_form
from components.connections.state import NEW, panel
from components.words import plain

_LABELS = {preset.id: preset.label for preset in PRESETS}


def render() -> None:
    st.title("Connections", anchor=False)
    st.caption(
        "A connection says where requests go and where their key comes from. Keys are never stored: they come from the "
        "environment, .env or secrets.toml, or are typed for this session."
    )
    for problem in settings.load().problems:
        st.warning(plain(problem), icon=":material/warning:")
    st.menu_button(
        "Add connection",
        list(_LABELS),
        key=actions.ADD,
        icon=":material/add:",
        type="primary",
        format_func=_LABELS.__getitem__,
        on_click=actions.add,
    )
    state = panel()
    if state.deleted is not None:
        _undo(state.deleted[1])
    if state.editing == NEW:
        connection_form()
    shown = services.connections()
    for connection in shown:
        if state.editing == connection.id:
            connection_form()
        else:
            card(connection)
    if all(connection.id == DEMO.id for connection in shown):
        st.caption(
            "Only the demo model is here so far. Add a connection, or set CALLSMITH_BASE_URL, CALLSMITH_API_KEY and "
            "CALLSMITH_MODEL, to use a real model."
        )


def _undo(name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="connection-deleted"):
        st.markdown(f":material/delete: Deleted **{plain(name)}**.", width="content")
        st.button("Undo", key="connection-undo", icon=":material/undo:", on_click=actions.undo_delete)
