"""What differs between two tools: whether it breaks callers in words, each difference at its place, and the text."""

from __future__ import annotations

import difflib
import json
from typing import Any

import streamlit as st

from callsmith.schema.diff import Difference, differences, in_words, place_in_words
from callsmith.schema.text import write
from callsmith.schema.tool_document import document_of
from callsmith.types.tool import Tool
from components.words import plain

MOST = 40
_LONGEST = 48
# The time to find out which lines are which grows with the square of their number.
_MOST_LINES = 5_000
_BADGES = {
    True: ":red-badge[:material/error: breaking]",
    None: ":orange-badge[:material/help: cannot tell]",
    False: ":green-badge[:material/check: compatible]",
}
_ORDER = list(_BADGES)


def diff_view(old: Tool, new: Tool, key: str) -> None:
    found = sorted(differences(old, new), key=lambda difference: _ORDER.index(difference.breaking))
    with st.container(key=key, gap="small"):
        if not found:
            st.caption("No difference: the two are the same.")
            return
        st.markdown(f"**{in_words(found)}**")
        with st.container(gap="xsmall"):
            for difference in found[:MOST]:
                st.markdown(_line(difference))
        if len(found) > MOST:
            st.caption(f"and {len(found) - MOST:,} more")
        with st.expander("As text", key=f"{key}-text", icon=":material/difference:", type="compact"):
            _text(old, new)


def _line(difference: Difference) -> str:
    place = place_in_words(difference.path)
    where = f"**{plain(place)}** · " if place else ""
    return f"{_BADGES[difference.breaking]} {where}{plain(difference.message)}{_values(difference)}"


def _values(difference: Difference) -> str:
    """Before and after, where they are short enough to say something."""
    both = (difference.before, difference.after)
    before, after = (_short(value) for value in both)
    if all(
        value is None or shown in plain(difference.message) for value, shown in zip(both, (before, after), strict=True)
    ):
        return ""
    return f"  \n:small[:gray[{before} → {after}]]"


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)
    text = " ".join(text.split())
    return plain(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…") or "an empty text"


def _text(old: Tool, new: Tool) -> None:
    before, after = (write(document_of(tool)).splitlines() for tool in (old, new))
    if max(len(before), len(after)) > _MOST_LINES:
        st.caption(f"Too long to be compared as text: {max(len(before), len(after)):,} lines")
        return
    lines = list(difflib.unified_diff(before, after, "old", "new", lineterm="", n=2))[2:]
    st.code("\n".join(lines), language="diff")
