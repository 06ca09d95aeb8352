"""The headers of a request, one a line; lines that hold a secret are refused and stay as they were typed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from components.answers.area import area
from components.answers.settings import Settings
from components.words import plain

Refused = dict[str, tuple[str, str]]
"""Under an empty key, the lines that were typed last and why they were not taken over."""


def headers_area(here: Settings, name: str, lines: str, keep: Callable[[str, Refused], None]) -> None:
    """``lines`` are those that are kept; ``keep`` takes them over, or notes why not."""
    key = here.key(name)
    refused: Refused = st.session_state.setdefault(f"{key}-refused", {})
    typed, why = refused.get("", (lines, ""))
    area(
        "Headers, one a line",
        typed,
        key=key,
        keep=lambda text: keep(text, refused),
        least=2,
        placeholder="Authorization: Bearer {{MY_TOKEN}}",
        invalid=bool(why),
    )
    if why:
        st.markdown(f":small[:red[:material/error: {plain(why)}. Not taken over.]]")
