"""What the provider did by itself, as rows: its words, its state, and the block as it came, one click away."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import streamlit as st

from callsmith.folding import folded
from callsmith.types.parts import Opaque
from callsmith.wire.steps import Step, step
from components.chat.media import draw_media
from components.words import count, plain

_STATES = {
    "running": ":blue-badge[:material/more_horiz: running]",
    "done": ":green-badge[:material/check: done]",
    "error": ":red-badge[:material/error: failed]",
}
# Thinking that travels sealed: shown as thinking, not as something the provider did.
_THOUGHTS = ("redacted_thinking", "reasoning")
_LONGEST = 20_000
_IN_LABEL = 90


def caption(part: Opaque) -> str:
    """One line of markdown, for a reply that still arrives."""
    said = step(part)
    if part.type in _THOUGHTS:
        return f":material/psychology: {_thought(said)}"
    return f":material/dns: {_label(said, part.type)}"


def draw_step(part: Opaque, key: str) -> None:
    said = step(part)
    if part.type in _THOUGHTS:
        draw_hidden(_thought(said), part.data, key)
        return
    with _row(_label(said, part.type), ":material/dns:", f"{part.type} as received", key) as is_open:
        if is_open:
            if len(said.detail) > _IN_LABEL or "\n" in said.detail:
                st.code(said.detail, language=None, wrap_lines=True)
            _raw(part.data)
    for number, media in enumerate(said.media):
        draw_media(media, f"{key}-media-{number}")


def draw_hidden(title: str, data: Any, key: str) -> None:
    """Thinking without words: what travels in its place, one click away."""
    with _row(title, ":material/psychology:", "As received; it goes back to the model unread", key) as is_open:
        if is_open:
            _raw(data)


def draw_extra(extra: Mapping[str, Any], key: str) -> None:
    """Fields of the reply that no part stands for, under their own names."""
    names = ", ".join(extra)
    label = f"Also in the reply: {plain(names[:_IN_LABEL])}"
    with _row(label, ":material/data_object:", "As received", key) as is_open:
        if is_open:
            _raw(dict(extra))


@contextmanager
def _row(label: str, icon: str, inside: str, key: str) -> Iterator[bool]:
    """Whether it is open: only then is its body built, for a search result may hold some hundred KB. ``inside``
    always stands in it, since Streamlit opens no step that is empty."""
    row = st.expander(label, icon=icon, type="step", key=key, on_change="rerun")
    with row:
        st.caption(plain(inside))
        yield bool(row.open)


def _raw(data: Any) -> None:
    """A provider's own object, laid out; long base64 is cut and says how long it was."""
    text, _ = folded(json.dumps(data, indent=2, ensure_ascii=False, default=dict))
    st.code(text[:_LONGEST], language="json", wrap_lines=True)
    if len(text) > _LONGEST:
        st.caption(f"The first {count(_LONGEST, 'character')} of {len(text):,}; the Request tab has the whole.")


def _thought(said: Step) -> str:
    if "not shown" in said.title:
        return "Thinking, not shown by the provider"
    return "Thinking, kept encrypted by the provider"


def _label(said: Step, type_: str) -> str:
    title = f"**{plain(said.title)}**" + ("" if said.title != type_ else " · not known to Callsmith, shown as received")
    lines = said.detail.splitlines() or [""]
    first = lines[0].replace("https://", "").replace("http://", "")
    shown = first if len(first) <= _IN_LABEL else first[: _IN_LABEL - 3] + "..."
    more = f" and {count(len(lines) - 1, 'more line')}" if len(lines) > 1 else ""
    detail = f" · {plain(shown)}{more}" if shown else ""
    return f"{title}{detail} {_STATES.get(said.state, '')}".rstrip()
