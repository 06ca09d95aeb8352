"""A text of several lines that is kept while one types, and shows what it was changed to elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from components.live_text import live_text, typed


@dataclass(slots=True)
class _Shown:
    text: str
    revision: int = 0


def area(
    label: str,
    value: str,
    *,
    key: str,
    keep: Callable[[str], None],
    least: int = 4,
    placeholder: str = "",
    invalid: bool = False,
) -> None:
    """Draw it. ``keep`` is called with what was typed, at each pause."""
    shown: _Shown = st.session_state.setdefault(f"{key}-shown", _Shown(value))
    if _heard(key, keep):
        st.rerun()
    if shown.text != value:
        shown.text = value
        shown.revision += 1
    live_text(
        label,
        value,
        key=key,
        revision=shown.revision,
        on_change=lambda: _take(key, keep),
        rows=max(least, min(14, value.count("\n") + 1)),
        placeholder=placeholder,
        invalid=invalid,
    )


def _heard(key: str, keep: Callable[[str], None]) -> bool:
    """Take in what was typed last. Returns whether it was new."""
    shown: _Shown = st.session_state[f"{key}-shown"]
    text = typed(key, shown.revision)
    if text is None or text == shown.text:
        return False
    shown.text = text
    keep(text)
    return True


def _take(key: str, keep: Callable[[str], None]) -> None:
    _heard(key, keep)
