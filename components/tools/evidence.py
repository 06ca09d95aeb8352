"""What models have really asked of a tool: its recorded calls against the schema as it stands in the editor.

Nothing is sent. Every edit of the schema is answered at once: which calls it would refuse, and what no call uses.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from callsmith.calls import schema_of
from callsmith.evidence.calls import RecordedCall
from callsmith.evidence.coverage import Coverage, Use, UseKind, coverage
from callsmith.evidence.replay import Dated, Failing, Replay, replayed
from callsmith.schema.document import tokens
from callsmith.schema.tool_document import tool_of
from callsmith.schema.validate import SchemaError
from callsmith.schema.walk import SCHEMA_MAP
from components import services
from components.tools.desk import Desk
from components.words import count, plain

FAILING, UNUSED = 8, 12
_NEVER: dict[UseKind, str] = {
    "property": "Properties no call has given",
    "value": "Allowed values no call has chosen",
    "alternative": "Alternatives no call has taken",
    "type": "Types no call has used",
    "items": "Lists that were always empty",
    "left out": "Optional properties that every call has given",
}


@dataclass(slots=True)
class _Seen:
    """What was worked out last, and for which history, tool and versions."""

    stamp: str
    calls: tuple[RecordedCall, ...]
    judged: str = ""
    replay: Replay | None = None
    coverage: Coverage | None = None


def render(here: Desk) -> None:
    seen = _seen(here.tool_id)
    if not seen.calls:
        st.caption(
            "No model has called this tool yet. Once one has, in any conversation, every edit of the schema is checked "
            "against those calls here: which it would refuse, and which properties and values no call has ever used."
        )
        return
    tool = tool_of(here.editing.document)
    if tool.type == "custom":
        called = count(len(seen.calls), "recorded call")
        st.caption(f"{called}. A free-text tool has no schema that calls could be checked against.")
        return
    try:
        replay, covered = _judged(here, seen)
    except SchemaError as error:
        st.warning(f"The calls cannot be checked: the schema is broken ({plain(str(error))}).", icon=":material/error:")
        return
    _figures(replay)
    _failing(here.tool_id, replay)
    _unused(covered)
    _counts(here.tool_id, covered)


def _seen(tool_id: str) -> _Seen:
    store = services.store()
    stamp = f"{store.history_stamp()} {sorted(store.names_of(tool_id))}"
    key = f"evidence-{tool_id}"
    found: _Seen | None = st.session_state.get(key)
    if found is None or found.stamp != stamp:
        found = _Seen(stamp, tuple(store.calls_of(tool_id)))
        st.session_state[key] = found
    return found


def _judged(here: Desk, seen: _Seen) -> tuple[Replay, Coverage]:
    schema = schema_of(tool_of(here.editing.document))
    judged = json.dumps(schema)
    if seen.replay is None or seen.coverage is None or seen.judged != judged:
        versions = [
            Dated(version.created_at.timestamp(), schema_of(version.tool))
            for version in reversed(services.store().versions(here.tool_id))
        ]
        seen.replay = replayed(schema, (call for call in seen.calls if call.type == "function"), versions)
        seen.coverage = coverage(schema, seen.replay.values)
        seen.judged = judged
    return seen.replay, seen.coverage


def _figures(replay: Replay) -> None:
    with st.container(horizontal=True, gap="large", key="evidence-figures"):
        st.metric("Recorded calls", f"{replay.total:,}", width="content")
        st.metric("Would be accepted", f"{replay.valid:,}", width="content")
        st.metric("Would now fail", f"{len(replay.would_now_fail):,}", width="content")
        already = replay.total - replay.valid - len(replay.would_now_fail)
        if already:
            st.metric("Failed already", f"{already:,}", width="content")


def _failing(tool_id: str, replay: Replay) -> None:
    now = set(map(id, replay.would_now_fail))
    listed = [*replay.would_now_fail, *(failing for failing in replay.failing if id(failing) not in now)]
    most = int(st.session_state.get(f"evidence-shown-{tool_id}", FAILING))
    for failing in listed[:most]:
        _failure(failing, now=id(failing) in now)
    if len(listed) > most:
        st.button(
            f"Show {min(FAILING, len(listed) - most)} more of {count(len(listed), 'failing call')}",
            key=f"evidence-more-{tool_id}",
            on_click=_show_more,
            args=(tool_id, most),
        )
    for broken in replay.malformed[:FAILING]:
        where = f"line {broken.why.line}, column {broken.why.column}"
        _line(broken.call, f":gray-badge[not JSON] {plain(broken.why.message)}, {where}")


def _failure(failing: Failing, *, now: bool) -> None:
    said = []
    for reason in failing.reasons:
        where = plain(reason.path.removeprefix("/"))
        said.append(f"{f'**{where}**: ' if where else ''}{plain(reason.message)}")
    badge = ":red-badge[would now fail]" if now else ":gray-badge[failed already]"
    _line(failing.call, f"{badge} {'; '.join(said)}")


def _line(call: RecordedCall, said: str) -> None:
    # The link opens a tab of its own, so that what is being edited stays in view.
    title = plain(call.title or "Untitled").replace("\n", " ")
    shown = call.arguments if len(call.arguments) <= 300 else f"{call.arguments[:297]}..."
    with st.container(gap=None):
        st.markdown(f"{said}  \n:small[[{title}](./?conversation={call.conversation_id}) · {plain(call.model)}]")
        st.code(shown, language="json", wrap_lines=True)


def _unused(covered: Coverage) -> None:
    unused = covered.unused
    if not unused:
        st.caption("Every property, allowed value and alternative was used by some call.")
    for kind, words in _NEVER.items():
        found = [use for use in unused if use.kind == kind]
        if found:
            more = f" and {len(found) - UNUSED:,} more" if len(found) > UNUSED else ""
            st.markdown(f"**{words}**: {', '.join(_named(use) for use in found[:UNUSED])}{more}")


def _counts(tool_id: str, covered: Coverage) -> None:
    properties = [use for use in covered.uses if use.kind == "property"]
    with st.expander(
        "How often each property was given", key=f"evidence-counts-{tool_id}", type="compact", on_change="rerun"
    ) as opened:
        if opened.open:
            rows = [
                {"Property": " › ".join(_steps(use.path)), "Given": use.times, "Of objects": use.chances}
                for use in properties
            ]
            st.dataframe(rows, hide_index=True, alt="How often each property was given")


def _named(use: Use) -> str:
    """The place in words, and what was not used there."""
    steps = _steps(use.path)
    if use.kind in ("property", "left out"):
        return plain(" › ".join(steps))
    if use.kind == "items":
        return plain(" › ".join(steps) or "the arguments")
    return plain(f"{' › '.join(steps) or 'the arguments'}: {use.name}")


def _steps(path: str) -> Sequence[str]:
    """A pointer into a schema as the names on the way: without keywords and the numbers of lists."""
    steps: list[str] = []
    rest = list(tokens(path))
    while rest:
        keyword = rest.pop(0)
        if keyword in SCHEMA_MAP and rest:
            steps.append(rest.pop(0))
        elif rest and rest[0].isdecimal():
            rest.pop(0)
    return steps


def _show_more(tool_id: str, most: int) -> None:
    st.session_state[f"evidence-shown-{tool_id}"] = most + FAILING
