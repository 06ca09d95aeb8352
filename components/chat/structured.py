"""A reply that was asked for as data, shown as data: laid out, with whether it fits its schema."""

from __future__ import annotations

import streamlit as st

from callsmith.asked import Asked, Fit, asked, fit
from callsmith.jsontext import indented
from callsmith.types.features import ResponseSchema
from callsmith.types.message import Message
from components import services
from components.chat.endings import is_declined
from components.words import plain

_TITLE = ":material/data_object: **Reply as data**"
_VALID = ":green-badge[:material/rule: fits its schema]"
_INVALID = ":red-badge[:material/rule: does not fit its schema]"
_JSON = ":green-badge[:material/rule: valid JSON]"
_NOT_JSON = ":red-badge[:material/rule: not JSON]"
_CUT = ":gray-badge[:material/content_cut: cut off, not checked]"
_UNKNOWN = ":gray-badge[:material/help: not checked]"
_MOST_NOTES = 8


@st.cache_data(max_entries=512, show_spinner=False)
def asked_in(exchange_id: str) -> Asked:
    """What a kept request asked for. A request never changes, so it is read once."""
    exchange = services.store().exchange(exchange_id)
    return Asked() if exchange is None else asked(exchange.request.body)


def looks_like_data(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[")


def is_data(message: Message, response: ResponseSchema | None) -> bool:
    """Whether this reply was asked for as data. ``response`` is the schema of now: it only says where to look."""
    text = message.text
    if not text.strip() or message.origin is None or is_declined(message.finish):
        return False
    if not looks_like_data(text) and response is None:
        return False
    return asked_in(message.origin.exchange_id).schema is not None


def draw_data(message: Message, response: ResponseSchema | None) -> None:
    """The message's text, whole or as far as it came. A vendor that was asked for JSON of any kind is judged by
    the schema of now."""
    text = message.text
    if message.cut:
        st.markdown(f"{_TITLE} {_CUT}")
        st.code(text, language="json", wrap_lines=True)
        return
    schema = asked_in(message.origin.exchange_id).schema if message.origin is not None else None
    schema = schema or (response.schema if response is not None else {})
    found = fit(text, schema)
    lines = [f"{_TITLE} {_badge(found, has_schema=bool(schema))}"]
    lines += [f":material/error: {plain(note)}" for note in found.notes[:_MOST_NOTES]]
    if len(found.notes) > _MOST_NOTES:
        lines.append(f"and {len(found.notes) - _MOST_NOTES} more")
    st.markdown("\n\n".join(lines))
    if found.is_json:
        st.code(indented(text), language="json", wrap_lines=True)
    else:
        st.code(text, language=None, wrap_lines=True)


def _badge(found: Fit, *, has_schema: bool) -> str:
    if found.fits:
        return _VALID if has_schema else _JSON
    if found.fits is None:
        return _UNKNOWN
    return _INVALID if found.is_json else _NOT_JSON
