"""Connection and model of the next request, chosen in the header of the Playground.

A normal rerun asks no network: the list of models is the one the process knows already. It is fetched
when a connection is chosen or the list is asked for, and any model id may be typed by hand meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from callsmith import formats
from callsmith.advice import Context, advise
from callsmith.connections import DEMO
from callsmith.models import ModelList
from callsmith.types.connection import Connection, Target
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from callsmith.wire.registry import WIRES
from components import loaded, services
from components.chat.session import target_of
from components.connections import check, last_models
from components.state import ui
from components.words import plain

CONNECTION = "picker-connection"
MODEL = "picker-model"
LOAD = "picker-load"
_WANTED = "picker-load-wanted"
WIDTH = 620
_SCRIPTED = "Scripted, not an LLM. "

OnChange = Callable[[Setup], None]


def render(setup: Setup, on_change: OnChange) -> None:
    """Two select boxes and a button, for a row. ``note`` draws the line that belongs below that row."""
    target = target_of(setup)
    known = _models(target.connection)
    with st.container(horizontal=True, vertical_alignment="bottom", width=WIDTH, key="picker"):
        _connection_box(target, setup, on_change)
        _model_box(target, known, setup, on_change)
        if target.connection.id != DEMO.id:
            st.button(
                "Load models" if known is None else "Refresh",
                key=LOAD,
                icon=":material/refresh:",
                type="tertiary",
                help="Ask the connection for its list of models",
                on_click=_want,
            )


def note(setup: Setup) -> None:
    """One line about the choice: what the demo model is, or why there is no list of models."""
    target = target_of(setup)
    known = check.known_models(target.connection)
    if isinstance(known, Problem):
        advice = advise(known, Context(target.connection))
        words = f"{advice.title}. {advice.steps[0]} A model id can be typed all the same."
        st.caption(f":material/warning: {plain(words)}", width="content")
    elif target.connection.id == DEMO.id and isinstance(known, ModelList):
        about = next((model.note for model in known.models if model.id == target.model), "")
        scripted = plain(_SCRIPTED + about.removeprefix(_SCRIPTED))
        st.caption(f":material/theater_comedy: {scripted}", width="content")


def _connection_box(target: Target, setup: Setup, on_change: OnChange) -> None:
    names = {item.id: item.name for item in services.connections()}
    st.selectbox(
        "Connection",
        list(names),
        key=loaded.choice(CONNECTION, target.connection.id),
        format_func=lambda item: names.get(item, item),
        on_change=_choose_connection,
        args=(setup, on_change),
    )


def _model_box(target: Target, known: ModelList | Problem | None, setup: Setup, on_change: OnChange) -> None:
    models = known.models if isinstance(known, ModelList) else ()
    ids = [model.id for model in models if formats.offered(target.connection, model.id, model.endpoint_types)]
    st.selectbox(
        "Model",
        ids if target.model in ids or not target.model else [target.model, *ids],
        index=0 if target.model else None,
        key=loaded.choice(MODEL, target.model or None),
        accept_new_options=True,
        placeholder="Choose or type a model",
        help=_help(known),
        on_change=_choose_model,
        args=(setup, on_change),
    )


def _models(connection: Connection) -> ModelList | Problem | None:
    """What is known; asked for now where that was wanted, or costs nothing."""
    known = check.known_models(connection)
    wanted = st.session_state.pop(_WANTED, None) == connection.id
    if connection.id == DEMO.id and known is None:
        return check.load_models(connection)
    if not wanted:
        return known
    with st.spinner(f"Asking {plain(connection.name)} for its models"):
        return check.load_models(connection)


def _help(known: ModelList | Problem | None) -> str:
    if isinstance(known, ModelList):
        return f"{len(known.models):,} models. Any other id may be typed."
    return "Any model id may be typed. Load models to choose from a list."


def _choose_connection(setup: Setup, on_change: OnChange) -> None:
    connection = services.connection(st.session_state[CONNECTION] or "")
    if connection is None:
        return
    if check.known_models(connection) is None:
        st.session_state[_WANTED] = connection.id
    _ask(setup, connection, last_models.of(connection), on_change)


def _choose_model(setup: Setup, on_change: OnChange) -> None:
    model = (st.session_state[MODEL] or "").strip()
    if model:
        connection = target_of(setup).connection
        last_models.remember(connection.id, model)
        _ask(setup, connection, model, on_change)


def _ask(setup: Setup, connection: Connection, model: str, on_change: OnChange) -> None:
    """A format chosen by hand stays where the provider says that it serves the other model too. Else the model brings
    its own proposal, and that is said."""
    said = check.endpoint_types(connection, model)
    kept = setup.wire if said and setup.wire in formats.offered(connection, model, said) else ""
    before, changed = target_of(setup), replace(setup, connection_id=connection.id, model=model, wire=kept)
    on_change(changed)
    after = target_of(changed)
    if setup.wire and after.wire != before.wire:
        label = WIRES[after.wire].label
        ui().notice = f"The format is {label} again, as proposed for {after.model or 'this connection'}."


def _want() -> None:
    st.session_state[_WANTED] = st.session_state[CONNECTION]
