"""What each vendor gets of a tool, and what it makes of every keyword: the wire JSON with the verdicts beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from callsmith.schema.document import tokens
from callsmith.schema.text import write
from callsmith.schema.tool_document import tool_of
from callsmith.vendors import VENDORS, Compilation, Verdict, compile_all, compile_tool, summary
from callsmith.vendors.rules import WORDS
from components.state import ui
from components.tools.desk import Desk
from components.words import count, plain

MOST_ROWS = 60
LONGEST_JSON = 60_000
FORMATS = {
    "openai-chat": "Chat",
    "openai-responses": "Responses",
    "anthropic": "Messages",
    "gemini": "Gemini",
    "mcp": "MCP",
}
_BADGES = {
    "refused": ":red-badge[:material/block: refused]",
    "dropped": ":orange-badge[:material/remove: dropped]",
    "ignored": ":orange-badge[:material/visibility_off: ignored]",
    "described": ":blue-badge[:material/notes: described]",
    "rewritten": ":blue-badge[:material/edit: rewritten]",
    "kept": ":green-badge[:material/check: kept]",
}
_COLOURS = {"refused": "red", "dropped": "orange", "ignored": "orange", "described": "blue", "rewritten": "blue"}
_OF_THE_TOOL = ("name", "description", "strict", "output_schema", "(custom tool)", "(grammar)")
_OF_ALL = tuple({limit.keyword for table in VENDORS.values() for limit in table.limits} | {"(size)"})
_UNVERIFIED = ":gray-badge[unverified]"
_ISSUE = re.compile(r"(?<![\w/.-])([\w.-]+/[\w.-]+)#(\d+)")
_LEGEND = (
    "Described means moved into the description; ignored means sent and passed over; dropped means taken out. "
    "Notes are Callsmith's collection of the vendors' documents; what is unverified was not read there, but "
    "recalled, inferred or met in an issue."
)


def render(here: Desk) -> None:
    done = _compiled(here)
    tool_id = here.tool_id
    by_vendor = {each.vendor: each for each in done}
    vendor = st.radio(
        "Vendor",
        list(by_vendor),
        key=f"compile-vendor-{tool_id}",
        format_func=lambda vendor: overview(by_vendor[vendor]),
        help="What becomes of this tool at each of them; choose one for the details",
    )
    chosen = by_vendor[vendor]
    wires = VENDORS[vendor].wires
    if len(wires) > 1:
        wire = st.segmented_control(
            "Format",
            wires,
            key=f"compile-format-{tool_id}",
            format_func=FORMATS.__getitem__,
            default=wires[0],
            required=True,
        )
        if wire != wires[0]:
            chosen = compile_tool(tool_of(here.editing.document), vendor, wire or "")
    if chosen.refused:
        st.error(f"{chosen.label} does not take this tool. {plain(chosen.refused)}", icon=":material/block:")
    if ui().narrow:
        _verdicts(chosen, tool_id)
        _json(chosen, tool_id)
        return
    left, right = st.columns([0.38, 0.62], gap="medium")
    with left:
        _json(chosen, tool_id)
    with right:
        _verdicts(chosen, tool_id)


def overview(done: Compilation) -> str:
    """One vendor in a line of markdown: how much of the tool arrives as it was meant."""
    # That the result's schema is not sent is the same everywhere, and says nothing about a vendor.
    counts = summary([verdict for verdict in done.verdicts if verdict.keyword != "output_schema" or verdict.path])
    badges = [f":{_COLOURS[word]}-badge[{counts[word]:,} {word}]" for word in WORDS if word != "kept" and counts[word]]
    return f"**{done.label}** {' '.join(badges) or ':green-badge[all kept]'}"


def _compiled(here: Desk) -> Sequence[Compilation]:
    """Kept until the document changes: drawing again costs nothing, however large the tool."""
    kept: tuple[Any, Sequence[Compilation]] | None = st.session_state.get("compile-kept")
    if kept is None or kept[0] is not here.editing.document:
        kept = (here.editing.document, compile_all(tool_of(here.editing.document)))
        st.session_state["compile-kept"] = kept
    return kept[1]


def _json(done: Compilation, tool_id: str) -> None:
    st.markdown("**What is sent**")
    if done.wire is None:
        st.caption("Nothing: the tool has no form that this vendor takes.")
        return
    text = write(done.wire)
    if len(text) <= LONGEST_JSON:
        st.code(text, language="json", height=520 if text.count("\n") > 24 else "content")
        return
    st.code(f"{text[:LONGEST_JSON]}\n...", language="json", height=520)
    st.download_button(
        f"Download all {len(text):,} characters",
        text,
        f"{done.vendor}.json",
        "application/json",
        key=f"compile-download-{tool_id}",
        icon=":material/download:",
    )


def _verdicts(done: Compilation, tool_id: str) -> None:
    st.markdown("**What becomes of it**")
    counts = summary(done.verdicts)
    by_word = {word: [each for each in done.verdicts if each.verdict == word] for word in WORDS}
    if counts["kept"] == len(done.verdicts):
        st.caption("Every keyword arrives as it stands.")
    told = [each for word in WORDS if word != "kept" for each in by_word[word]]
    if told:
        st.markdown(_table(told))
    if by_word["kept"]:
        title = f"{counts['kept']:,} kept as {'it stands' if counts['kept'] == 1 else 'they stand'}"
        with st.expander(title, icon=":material/check:", key=f"compile-kept-{tool_id}"):
            st.markdown(_table(by_word["kept"]))
    st.caption(_LEGEND)


def _table(verdicts: Sequence[Verdict]) -> str:
    lines = ["| Keyword | Verdict | Why |", "| --- | --- | --- |"]
    lines += [_row(verdict) for verdict in verdicts[:MOST_ROWS]]
    more = len(verdicts) - MOST_ROWS
    return "\n".join(lines) + (f"\n\nand {count(more, 'more verdict')}" if more > 0 else "")


def _row(verdict: Verdict) -> str:
    mark = "" if verdict.verified else f" {_UNVERIFIED}"
    why = f"{plain(verdict.reason)} :small[:gray[{source(verdict.source)}]]{mark}"
    keyword = plain(verdict.keyword.strip("()")[:60])
    cells = (f"**{keyword}** {place(verdict)}", _BADGES[verdict.verdict], why)
    return f"| {' | '.join(cell.replace(chr(10), ' ') for cell in cells)} |"


def place(verdict: Verdict) -> str:
    """Where in the tool, in words that follow the keyword: ``of city``, ``of stops › items``, ``at the top``."""
    if not verdict.path and verdict.keyword in _OF_THE_TOOL:
        return "of the tool"
    if not verdict.path and verdict.keyword in _OF_ALL:
        return "of all parameters"
    steps = tokens(verdict.path)
    if not verdict.keyword.startswith("("):
        steps = steps[:-1]
    found = list(_named(iter(steps)))
    shown = found if len(found) <= 4 else [found[0], "...", *found[-2:]]
    return f"of {' › '.join(plain(step[:40]) for step in shown)}" if shown else "at the top"


def _named(steps: Iterable[str]) -> Iterable[str]:
    for step in (left := iter(steps)):
        if step == "properties":
            yield next(left, step)
        elif step in ("$defs", "definitions"):
            yield f"definition {next(left, '')}"
        elif step in ("anyOf", "oneOf", "allOf", "prefixItems"):
            number = next(left, "")
            yield f"{step} {int(number) + 1}" if number.isdecimal() else step
        else:
            yield step


def source(text: str) -> str:
    """Issues as links; the rest of a source as it is."""
    return _ISSUE.sub(
        lambda found: f"[{plain(found[0])}](https://github.com/{found[1]}/issues/{found[2]})", text.replace("|", "\\|")
    )
