"""What lint says about a tool: a word for lists, the findings for the editor."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.schema.document import tokens
from callsmith.schema.lint import Finding, lint, verdict
from callsmith.store import ToolRecord
from callsmith.types.tool import Tool
from components.words import count, plain

MOST = 8
_ICONS = {
    "error": ":red[:material/error: Error]",
    "warning": ":orange[:material/warning: Warning]",
    "info": ":blue[:material/lightbulb: Hint]",
}
_SKIPPED = ("parameters", "properties", "items")


def of_records(records: Sequence[ToolRecord], *, together: bool) -> dict[str, tuple[Finding, ...]]:
    """The findings by id. ``together``: the tools are offered in one request, so their names must differ; in the
    library they need not."""
    names = [record.tool.name for record in records] if together else []
    return {
        record.id: _linted(record.id, record.updated_at.isoformat(), names.count(record.tool.name) > 1, record.tool)
        for record in records
    }


def badge(findings: Sequence[Finding]) -> str:
    """The verdict as a coloured word of markdown; empty where all is well."""
    word = verdict(findings)
    colour = {"e": "red", "w": "orange", "h": "blue"}.get(word.partition(" ")[2][:1])
    return f":{colour}-badge[{word}]" if colour else ""


def findings_list(findings: Sequence[Finding], key: str) -> None:
    """Errors and warnings in sight; hints folded, since a tool that is being written always has some."""
    grave = [finding for finding in findings if finding.severity != "info"]
    hints = [finding for finding in findings if finding.severity == "info"]
    if grave:
        st.markdown(_lines(grave))
    if hints:
        with st.expander(count(len(hints), "hint"), key=f"hints-{key}", icon=":material/lightbulb:", type="compact"):
            st.markdown(_lines(hints))


def _lines(findings: Sequence[Finding]) -> str:
    lines = [
        f"{_ICONS[finding.severity]} {_where(finding.path)}{plain(finding.message)}" for finding in findings[:MOST]
    ]
    more = [f"and {len(findings) - MOST:,} more"] if len(findings) > MOST else []
    return "  \n".join(lines + more)


def _where(path: str) -> str:
    steps = [step for step in tokens(path)[1:] if step not in _SKIPPED]
    return f"**{plain(' › '.join(steps))}**: " if steps else ""


@st.cache_data(max_entries=1000, show_spinner=False)
def _linted(tool_id: str, changed: str, doubled: bool, _tool: Tool) -> tuple[Finding, ...]:
    return lint(_tool, (_tool.name,) if doubled else ())
