"""What the Connections page is doing in this session: which form is open, what was tested or deleted."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from callsmith.connection_form import Finding
from callsmith.probe import Verdict

NEW = ""


@dataclass(slots=True)
class Panel:
    """``editing`` is a connection's id, ``NEW`` for one not saved yet, None while no form is open.
    ``deleted`` is the id and name of the last deletion, as long as it can be undone."""

    editing: str | None = None
    preset: str = ""
    findings: tuple[Finding, ...] = ()
    testing: str | None = None
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    deleted: tuple[str, str] | None = None


def panel() -> Panel:
    state: Panel = st.session_state.setdefault("connections-panel", Panel())
    return state
