"""What a result is read as: JSON, or the text that it is; and whether it fits the tool's output schema."""

from __future__ import annotations

import json
import re

import streamlit as st

from callsmith.results import Draft, output_warnings
from callsmith.schema import text
from callsmith.schema.text import TextError
from callsmith.types.tool import Tool
from components.words import plain

MOST = 4
_QUOTE = re.compile(r"\{\{[^{}\n]{1,300}\}\}")


def told(tool: Tool, content: str, *, is_error: bool) -> None:
    """Draw what is to be known of a result before it is sent."""
    if not content.strip():
        st.caption("Empty: the model gets an empty result.")
        return
    trouble = not_json(content)
    if trouble:
        mistaken = content.lstrip()[:1] in ("{", "[", '"')
        st.caption(f":orange[:material/warning: Not JSON: {plain(trouble)}.] Sent as text, as it stands." if mistaken
                   else "Text, sent as it stands.")  # fmt: skip
        if tool.output_schema is not None and not is_error and not mistaken:
            st.caption(":material/warning: The output schema of this tool wants JSON.")
        return
    warnings = output_warnings(tool, Draft(content, "JSON", is_error))
    if not warnings:
        fits = " It fits the output schema." if tool.output_schema is not None and not is_error else ""
        st.caption(f"JSON.{fits}")
    for warning in warnings[:MOST]:
        st.caption(f":material/warning: Not as its output schema says: {plain(warning)}")


def not_json(content: str) -> str:
    """Why a text is not JSON; empty where it is."""
    try:
        text.read(content)
    except TextError as error:
        return str(error)
    return ""


def not_json_filled(content: str) -> str:
    """Why a reply is not JSON once its quotes are filled in, inside of strings or beside them."""
    return not_json(_QUOTE.sub("0", content))


def short(content: str, most: int = 70) -> str:
    """A result on one line."""
    try:
        line = json.dumps(text.read(content), ensure_ascii=False)
    except TextError:
        line = " ".join(content.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
