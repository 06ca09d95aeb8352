"""A request and JSON as the Request tab shows them: laid out or raw, long base64 folded, nothing left out unsaid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from callsmith.curl import curl
from callsmith.folding import folded
from callsmith.jsontext import indented
from callsmith.types.connection import KEY_PLACEHOLDER
from callsmith.types.exchange import Headers, HttpRequest
from components.words import count

_SHOWN = 200_000


def request(sent: HttpRequest, key_variable: str, beside: Callable[[], None] = lambda: None) -> None:
    """``key_variable`` names where the key is, for curl. ``beside`` draws what else stands in the row of Raw."""
    st.markdown(f"`{sent.method} {sent.url.replace('`', '%60')}`")
    with st.container(horizontal=True, vertical_alignment="center"):
        raw = st.toggle("Raw", key="request-raw", help="The bytes exactly as sent, instead of laid out for reading")
        beside()
    body = sent.body.decode("utf-8", "replace")
    st.caption(f"Body, {count(len(sent.body), 'byte')}")
    text(body if raw else indented(body), key="request-folded")
    with st.expander("Headers"):
        headers(sent.headers)
    with st.expander("As curl", on_change="rerun", key="request-curl") as as_curl:
        if as_curl.open:
            text(curl(sent, key_variable or "CALLSMITH_API_KEY"), "bash", key="curl-folded")


def headers(pairs: Headers) -> None:
    shown = "\n".join(f"{name}: {value.replace(KEY_PLACEHOLDER, '[key hidden]')}" for name, value in pairs)
    st.code(shown or "none", language=None, wrap_lines=True)


def text(content: str, language: Any = "json", *, key: str, height: int = 420) -> None:
    """Long base64 is folded until asked for; beyond ``_SHOWN`` characters the rest is named, not drawn."""
    short, runs = folded(content)
    if runs and st.toggle(f"Show {count(runs, 'long base64 text')} in full", key=key):
        short = content
    if len(short) > _SHOWN:
        st.caption(f"The first {count(_SHOWN, 'character')} of {len(short):,}; save it as a recording for the whole.")
        short = short[:_SHOWN]
    with st.container(height=height):
        st.code(short, language=language, wrap_lines=True)
