"""What is to be known of a rule's reply before any call comes: its quotes, and what it is read as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from callsmith.answering import template
from callsmith.types.answering import Reply
from callsmith.types.tool import Tool
from components.answers.content import not_json_filled, told
from components.words import joined, plain

MOST = 4
_BEGINS_JSON = re.compile(r"\s*(\[|\{(?!\{))")


def reply_notes(tool: Tool, reply: Reply, paths: Mapping[str, Any]) -> None:
    quotes = template.quoted(reply.content)
    broken = template.check(reply.content)
    if broken:
        st.caption(f":red[:material/error: {plain(broken)}] It would be left as it stands.")
    strange = [path for path in quotes if not broken and not _known(path, paths)]
    if strange:
        names = joined([plain(f"{{{{{path}}}}}") for path in strange[:MOST]])
        st.caption(f":orange[:material/warning: {names}:] the tool has no such argument. It is left as it stands.")
    if not quotes:
        told(tool, reply.content, is_error=reply.is_error)
    elif not (trouble := not_json_filled(reply.content)):
        st.caption("JSON, with the quoted arguments filled in.")
    elif _BEGINS_JSON.match(reply.content):
        st.caption(f":orange[:material/warning: Not JSON: {plain(trouble)}.] Sent as text.")
    else:
        st.caption("Text, with the quoted arguments filled in.")


def _known(path: str, paths: Mapping[str, Any]) -> bool:
    """Only plain names can be told to be wrong: what else a path finds depends on the call."""
    whole = path if path.startswith("$") else f"$.{path}"
    return not paths or "[" in whole or ".." in whole or "*" in whole or whole in paths
