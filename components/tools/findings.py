"""What lint says about a tool: a word for lists, the findings for the editor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from callsmith.schema.document import EditError, tokens
from callsmith.schema.lint import Finding, Fix, beside, lint, mended, verdict
from callsmith.store import ToolRecord
from callsmith.types.tool import Tool
from components.tools.desk import Desk, desk, keep, listen
from components.words import count, plain

MOST = 8
_ICONS = {
    "error": ":red[:material/error: Error]",
    "warning": ":orange[:material/warning: Warning]",
    "info": ":blue[:material/lightbulb: Hint]",
}
_ORDER = list(_ICONS)
_LOCKED = "Mend the JSON first: it has an error"
_SKIPPED = ("parameters", "properties", "items")


def of_records(records: Sequence[ToolRecord], *, together: bool) -> dict[str, tuple[Finding, ...]]:
    """The findings by id. ``together``: the tools are offered in one request, so their names must differ; in the
    library they need not."""
    names = [record.tool.name for record in records] if together else []
    found = {
        record.id: _linted(record.id, record.updated_at.isoformat(), names.count(record.tool.name) > 1, record.tool)
        for record in records
    }
    alike = beside([record.tool for record in records]) if together else {}
    for number, more in alike.items():
        ordered = sorted([*found[records[number].id], *more], key=lambda finding: _ORDER.index(finding.severity))
        found[records[number].id] = tuple(ordered)
    return found


def badge(findings: Sequence[Finding]) -> str:
    """The verdict as a coloured word of markdown; empty where all is well."""
    word = verdict(findings)
    colour = {"e": "red", "w": "orange", "h": "blue"}.get(word.partition(" ")[2][:1])
    return f":{colour}-badge[{word}]" if colour else ""


def findings_list(findings: Sequence[Finding], key: str, here: Desk | None = None) -> None:
    """Errors and warnings in sight; hints folded, since a tool that is being written always has some. With the
    tool's desk each finding that can be mended has a button for it."""
    grave = [finding for finding in findings if finding.severity != "info"]
    hints = [finding for finding in findings if finding.severity == "info"]
    _all_at_once(findings, here)
    _listed(grave, f"grave-{key}", here)
    if hints:
        with st.expander(count(len(hints), "hint"), key=f"hints-{key}", icon=":material/lightbulb:", type="compact"):
            _listed(hints, f"hint-{key}", here)


def _all_at_once(findings: Sequence[Finding], here: Desk | None) -> None:
    fixable = [finding for finding in findings if finding.fix is not None]
    if here is None or len(fixable) < 2:
        return
    st.button(
        f"Fix all {len(fixable):,}",
        key=f"findings-fix-all-{here.tool_id}",
        icon=":material/build:",
        disabled=here.locked,
        help=_LOCKED if here.locked else "Everything that has a button below, in one step that Undo takes back",
        on_click=_fix_all,
        args=(here.tool_id, tuple(fixable)),
    )


def _listed(findings: Sequence[Finding], key: str, here: Desk | None) -> None:
    for number, finding in enumerate(findings[:MOST]):
        line = f"{_ICONS[finding.severity]} {_where(finding.path)}{plain(finding.message)}"
        if here is None or finding.fix is None:
            st.markdown(line)
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"findings-{key}-{number}"):
            st.markdown(line, width="content")
            st.button(
                plain(finding.fix.label),
                key=f"findings-fix-{key}-{number}",
                type="tertiary",
                icon=":material/build:",
                disabled=here.locked,
                help=_LOCKED if here.locked else None,
                on_click=_fix,
                args=(here.tool_id, finding.fix),
            )
    if len(findings) > MOST:
        st.caption(f"and {len(findings) - MOST:,} more")


def _fix(tool_id: str, fix: Fix) -> None:
    _change(tool_id, fix.change)


def _fix_all(tool_id: str, found: tuple[Finding, ...]) -> None:
    _change(tool_id, lambda document: mended(document, found))


def _change(tool_id: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """One step of undo. Inputs that held something refused are forgotten: what they were about may have gone."""
    here = desk(tool_id)
    if here is None:
        return
    listen(here)
    try:
        changed = change(here.editing.document)
    except EditError as error:
        st.toast(f"Nothing was changed: {plain(str(error))}", icon=":material/info:")
        return
    here.refused.clear()
    keep(here, here.editing.edited(changed))


def _where(path: str) -> str:
    steps = [step for step in tokens(path)[1:] if step not in _SKIPPED]
    return f"**{plain(' › '.join(steps))}**: " if steps else ""


@st.cache_data(max_entries=1000, show_spinner=False)
def _linted(tool_id: str, changed: str, doubled: bool, _tool: Tool) -> tuple[Finding, ...]:
    return lint(_tool, (_tool.name,) if doubled else ())
