"""One quiet line: about how many tokens the next request has, and how full the context window is then."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from callsmith import context_window
from callsmith.store import ExchangeInfo
from components import services
from components.chat import session
from components.chat.session import Opened
from components.words import plain

_REPORTED = "What the provider counted last time, and an estimate of what came since. It counts for itself."
_ESTIMATED = "An estimate of the whole request, without pictures and files. The provider counts for itself."


def next_tokens(opened: Opened, infos: Mapping[str, ExchangeInfo] | None = None) -> None:
    """``infos`` are the conversation's exchanges, where the page has read them already."""
    if infos is None:
        infos = services.store().exchange_turn_info(opened.conversation.id) if opened.exists else {}
    found = context_window.next_request(session.ask_of(opened.setup, opened.conversation), opened.conversation, infos)
    said = plain(found.words())
    full = found.share is not None and found.share >= context_window.WARNS_AT
    st.caption(f":orange[{said}]" if full else said, width="content", help=_REPORTED if found.reported else _ESTIMATED)
