"""The wire format of the next request: proposed for the model, and changed by hand at any time."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from callsmith.formats import offered
from callsmith.types.connection import Target
from callsmith.types.setup import Setup
from callsmith.wire.registry import WIRES
from components import loaded
from components.chat import session
from components.connections import check
from components.state import ui
from components.words import joined, plain

KEY = "format"


def format_switch(setup: Setup, target: Target) -> None:
    """Only the formats that the connection speaks. Where it is one, there is nothing to switch."""
    wires = target.connection.wires
    if len(wires) < 2:
        st.caption(
            f"{WIRES[target.wire].label} format",
            width="content",
            help="The only format of this connection; others are added on the Connections page.",
        )
        return
    proposed = session.proposed_format(target.connection, target.model)
    st.segmented_control(
        "Format",
        [wire for wire in WIRES if wire in wires],
        key=loaded.choice(KEY, target.wire),
        required=True,
        format_func=lambda wire: _label(wire, proposed),
        label_visibility="collapsed",
        on_change=_choose,
    )
    missing = [wire.label for name, wire in WIRES.items() if name not in wires]
    if missing:
        st.caption(
            "other formats",
            width="content",
            help=f"{joined(missing)}: added to this connection on the Connections page, if its server speaks them.",
        )
    said = offered(target.connection, target.model, check.endpoint_types(target.connection, target.model))
    if said and target.wire not in said:
        names = joined([WIRES[wire].label for wire in said])
        st.caption(f":material/info: {plain(target.model)} is listed for {names} alone.", width="content")


def _label(wire: str, proposed: str) -> str:
    label = WIRES[wire].label
    return f"{label} :small[(proposed)]" if wire == proposed else label


def _choose() -> None:
    """A click on the proposed format gives up the choice by hand."""
    setup = session.current().setup
    target = session.target_of(setup)
    chosen = st.session_state[KEY]
    proposed = session.proposed_format(target.connection, target.model)
    ui().notice = ""
    session.save_setup(replace(setup, wire="" if chosen == proposed else chosen))
