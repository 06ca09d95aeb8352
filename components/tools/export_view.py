"""A tool taken along: in another format or language, to copy or download, with what that cannot say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from callsmith.exporting import TARGETS, Exported, export, export_all
from callsmith.schema.tool_document import tool_of
from callsmith.types.codec import to_json
from callsmith.types.tool import Tool
from components.tools import home
from components.tools.desk import Desk
from components.words import count, plain

_KEY = "export-target"
MOST_CHARACTERS = 40_000
MOST_NOTES = 40
_GROUPS = {
    "Tool JSON": ("openai-chat", "openai-responses", "anthropic", "gemini", "mcp", "json"),
    "Code": ("python", "pydantic", "zod"),
    "Documentation": ("markdown",),
}
_HINTS = {
    "openai-chat": "As this app sends it in `tools`",
    "openai-responses": "As this app sends it in `tools`",
    "anthropic": "As this app sends it in `tools`",
    "gemini": "As this app sends it in `functionDeclarations`",
    "mcp": "As a server lists it in `tools/list`",
    "json": "The document that this editor edits",
    "python": "A typed function with a docstring; its body is yours to write",
    "pydantic": "A Pydantic v2 model that checks arguments as the schema does",
    "zod": "A zod 4 schema and its type",
    "markdown": "What it asks for, a sample call and where it came from",
}
_MIME = {"json": "application/json", "markdown": "text/markdown"}


def render(here: Desk) -> None:
    """Draw the export of the tool on the desk."""
    tool = _tool(here)
    target = _chosen()
    made = _made(json.dumps(to_json(tool)), target, tool)
    st.caption(_HINTS[target])
    with st.container(horizontal=True, vertical_alignment="center", key=f"export-head-{here.tool_id}"):
        st.download_button(
            f"Download {made.filename}",
            made.text.encode("utf-8"),
            made.filename,
            mime=_MIME.get(made.language, "text/plain"),
            key=f"export-download-{here.tool_id}",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(f"{made.text.count(chr(10)):,} lines")
    short = made.text[:MOST_CHARACTERS]
    if len(short) < len(made.text):
        st.caption(f"The first {MOST_CHARACTERS:,} characters; the download has all {len(made.text):,}.")
    st.code(short.rstrip("\n") or " ", language=made.language, wrap_lines=made.language == "markdown", height=460)
    _notes(made)


def several(tools: Sequence[Tool]) -> None:
    """One file of several tools, made only while its popover is open."""
    menu = st.popover("Export", icon=":material/upload:", key="export-several", on_change="rerun")
    if not menu.open:
        return
    with menu:
        made = export_all(tools, _chosen())
        st.download_button(
            f"Download {made.filename}",
            made.text.encode("utf-8"),
            made.filename,
            mime=_MIME.get(made.language, "text/plain"),
            key="export-several-download",
            icon=":material/download:",
            on_click="ignore",
        )
        if made.notes:
            st.caption(f"{count(len(made.notes), 'thing')} it cannot say; the Export tab of each tool lists its own.")


def _tool(here: Desk) -> Tool:
    """The tool as it stands in the document, with where it came from."""
    kept = home.kept(here.tool_id)
    return replace(tool_of(here.editing.document), origin=kept.origin if kept else None)


def _chosen() -> str:
    """A selectbox has no groups, so each option says its own."""
    labels = {f"{group}: {TARGETS[target].label}": target for group, ids in _GROUPS.items() for target in ids}
    label = st.selectbox("Export as", list(labels), key=_KEY, persist_state="session")
    return labels[label]


def _notes(made: Exported) -> None:
    """In sight where they are few, folded where they are many."""
    if not made.notes:
        return
    lines = [f"- {plain(note)}" for note in made.notes[:MOST_NOTES]]
    if len(made.notes) > MOST_NOTES:
        lines.append(f"- and {len(made.notes) - MOST_NOTES:,} more")
    with st.expander(
        f"What this cannot say ({count(len(made.notes), 'note')})",
        expanded=len(made.notes) <= 3,
        icon=":material/info:",
    ):
        st.markdown("\n".join(lines))


@st.cache_data(max_entries=100, show_spinner=False)
def _made(document: str, target: str, _tool: Tool) -> Exported:
    """Kept by what the tool says, since the page is drawn again at every key."""
    return export(_tool, target)
