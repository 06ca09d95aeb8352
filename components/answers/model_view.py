"""The model that plays a tool: which one, in which format, and how it is to play."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from callsmith import formats
from callsmith.connections import DEMO
from callsmith.models import ModelList
from callsmith.types.answering import Player
from callsmith.types.connection import Connection
from callsmith.wire.registry import WIRES
from components import services
from components.answers import settings
from components.answers.area import area
from components.answers.settings import Settings
from components.connections import check, keys, last_models
from components.words import plain

_DEFAULT = ""


def render(here: Settings) -> None:
    player = here.answering.model or Player()
    connection = _connection(player)
    with st.container(horizontal=True, vertical_alignment="bottom", key=here.key("player")):
        _connections(here, player)
        if connection is not None:
            _models(here, player, connection)
            _formats(here, player, connection)
    if connection is None:
        st.warning("This connection is gone. Choose another one.", icon=":material/warning:")
        return
    st.caption(_bill(player, connection))
    area(
        "Instructions",
        player.instructions,
        key=here.key("player-instructions"),
        keep=lambda text: _change(here.tool_id, lambda now: replace(now, instructions=text), "instructions"),
        placeholder="None. For example: the shop is closed on Sundays; orders above 500 euros fail.",
    )
    st.caption(_material(here))


def _connection(player: Player) -> Connection | None:
    """None where it is gone."""
    return services.connection(player.connection_id) if player.connection_id else services.connections()[0]


def _connections(here: Settings, player: Player) -> None:
    every = services.connections()
    names = {_DEFAULT: f"Default ({every[0].name})", **{one.id: one.name for one in every}}
    if player.connection_id not in names:
        names[player.connection_id] = "a connection that is gone"
    key = here.key("player-connection")
    st.selectbox(
        "Connection",
        list(names),
        key=settings.choice(here.tool_id, key, player.connection_id),
        format_func=lambda one: names.get(one, one),
        on_change=_choose_connection,
        args=(here.tool_id, key),
    )


def _models(here: Settings, player: Player, connection: Connection) -> None:
    known = check.known_models(connection)
    if known is None and connection.id == DEMO.id:
        known = check.load_models(connection)
    last = last_models.of(connection)
    ids = [model.id for model in known.models] if isinstance(known, ModelList) else []
    key = here.key("player-model")
    st.selectbox(
        "Model",
        list(dict.fromkeys(([player.model] if player.model else []) + ids)),
        key=settings.choice(here.tool_id, key, player.model or None),
        index=None,
        accept_new_options=True,
        placeholder=f"{last} (used last)" if last else "Choose or type a model",
        help="Any id may be typed. Empty: the model used last with this connection.",
        on_change=_choose_model,
        args=(here.tool_id, key),
    )


def _formats(here: Settings, player: Player, connection: Connection) -> None:
    model = player.model or last_models.of(connection)
    proposed = formats.proposed(connection, model, check.endpoint_types(connection, model))
    names = {_DEFAULT: f"{WIRES[proposed].label} (proposed)"}
    names |= {wire: WIRES[wire].label for wire in connection.wires}
    key = here.key("player-wire")
    st.selectbox(
        "Format",
        list(names),
        key=settings.choice(here.tool_id, key, player.wire if player.wire in names else _DEFAULT),
        format_func=lambda wire: names.get(wire, wire),
        on_change=_choose_format,
        args=(here.tool_id, key),
    )


def _bill(player: Player, connection: Connection) -> str:
    """What each call costs, or why none can be made."""
    if not (player.model or last_models.of(connection)):
        return (
            f":material/warning: {plain(connection.name)} has no model used last; name one, or each call waits for you."
        )
    if keys.is_missing(connection):
        return f":material/warning: {plain(connection.name)}: {plain(keys.whereabouts(connection))}."
    if connection.id == DEMO.id:
        return "Each call is an exchange with the demo model: scripted, not an LLM, and free."
    return (
        f"Each call is an exchange with {plain(connection.name)} and costs tokens there, also when it runs by itself. "
        "Usage counts them apart, and the loop's limits include them."
    )


def _material(here: Settings) -> str:
    schema = "its output schema" if here.tool.output_schema is not None else "no output schema (the tool has none)"
    return (
        f"The model plays from the tool's name, description and parameters, {schema}, the call's arguments and these "
        "instructions. It sees nothing of the conversation, and is told that the arguments are data."
    )


def _choose_connection(tool_id: str, key: str) -> None:
    """A label of before, such as one of a connection that was renamed since, is no choice."""
    chosen = st.session_state[key]
    if chosen != _DEFAULT and services.connection(chosen) is None:
        return
    _change(tool_id, lambda now: replace(now, connection_id=chosen, model="", wire=""))


def _choose_model(tool_id: str, key: str) -> None:
    model = (st.session_state[key] or "").strip()
    _change(tool_id, lambda now: replace(now, model=model))


def _choose_format(tool_id: str, key: str) -> None:
    """The label of the proposed format changes with the model; the one of before is no choice."""
    wire = st.session_state[key]
    connection = _connection(settings.kept(tool_id).model or Player())
    if connection is None or wire not in (_DEFAULT, *connection.wires):
        return
    _change(tool_id, lambda now: replace(now, wire=wire))


def _change(tool_id: str, how: Callable[[Player], Player], step: str = "") -> None:
    settings.change(tool_id, lambda now: replace(now, model=how(now.model or Player())), step)
