"""Strict mode: does the schema fit it, what would have to change, and the way back."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import streamlit as st

from callsmith.schema import document, text
from callsmith.schema.changes import Change
from callsmith.schema.strict import Converted, Step, convert, fits, restore
from callsmith.types.codec import from_json, to_json
from components import services
from components.tools.desk import Desk, keep, listen
from components.words import count, plain

_DRAFT = "strict"
MOST = 12
# In the order in which they matter to whoever decides: what is lost first.
_GROUPS = {
    "loosened": (":orange-badge[:material/warning: not held any more]", "Rules that are told, but not held any more"),
    "closed": (":orange-badge[:material/lock: closed]", "Objects take no other properties than those they name"),
    "narrowed": (":orange-badge[:material/compress: narrowed]", "Values of other types are not accepted any more"),
    "note": (":blue-badge[:material/info: note]", "Worth knowing"),
    "nullable": (":gray-badge[:material/check: same values]", "Optional properties: null stands for left out"),
    "rewritten": (":gray-badge[:material/check: same values]", "Said in another way"),
    "moved": (":gray-badge[:material/check: same values]", "Moved into descriptions"),
    "dropped": (":gray-badge[:material/check: same values]", "Taken out, without effect on what is accepted"),
}


def render(here: Desk) -> None:
    parameters = here.parameters
    if here.editing.document.get("type") == "custom":
        st.caption("A free-text tool has no schema to be held to.")
        return
    if not isinstance(parameters, dict):
        parameters = {"type": "object", "properties": {}}
    steps = _kept(here.tool_id)
    fitting, done = _judged(parameters)
    if fitting:
        _fitting(here, steps)
        return
    st.markdown(
        "OpenAI's strict mode holds every call to the schema, but knows a part of JSON Schema only: closed objects, "
        "every property required, no lengths, no free maps. Callsmith can rewrite the schema for it, and back."
    )
    if done.schema is None:
        st.error("This schema cannot be made strict as it is:", icon=":material/block:")
        st.markdown(_lines(done.refused))
        return
    st.button(
        "Make it strict",
        key=f"strict-apply-{here.tool_id}",
        type="primary",
        icon=":material/lock:",
        disabled=here.locked,
        help="Mend the JSON first" if here.locked else "One step: Undo brings back what was",
        on_click=_apply,
        args=(here.tool_id,),
    )
    _explained(done.changes)
    _difference(parameters, done.schema)


def _judged(parameters: dict[str, Any]) -> tuple[bool, Converted]:
    """Kept until the schema changes."""
    kept: tuple[Any, bool, Converted] | None = st.session_state.get("strict-kept")
    if kept is None or kept[0] is not parameters:
        kept = (parameters, not fits(parameters), convert(parameters))
        st.session_state["strict-kept"] = kept
    return kept[1], kept[2]


def _fitting(here: Desk, steps: Sequence[Step]) -> None:
    strict = here.editing.document.get("strict") is True
    st.success(
        "This schema fits strict mode" + ("." if strict else ", and strict is off."), icon=":material/check_circle:"
    )
    if not strict:
        st.caption("Switch Strict on beside the name to have calls held to it.")
    if steps:
        st.button(
            "Back to the original",
            key=f"strict-back-{here.tool_id}",
            icon=":material/undo:",
            disabled=here.locked,
            help="Takes the conversion back; what you edited since stays",
            on_click=_restore,
            args=(here.tool_id,),
        )
        st.caption(f"It was converted in {count(len(steps), 'step')}:")
        _explained(steps)


def _explained(steps: Sequence[Step]) -> None:
    for kind, (badge, words) in _GROUPS.items():
        of_kind = [step for step in steps if step.kind == kind]
        if not of_kind:
            continue
        label = f"{badge} {words} ({len(of_kind)})"
        with st.expander(label, expanded=kind in ("loosened", "narrowed", "note"), type="compact"):
            st.markdown(_lines(of_kind))


def _lines(changes: Sequence[Change]) -> str:
    lines = [f"- {_where(change.path)}{plain(change.message)}" for change in changes[:MOST]]
    more = [f"- and {len(changes) - MOST:,} more"] if len(changes) > MOST else []
    return "\n".join(lines + more)


def _where(path: str) -> str:
    steps = [step for step in document.tokens(path) if step not in ("properties", "items")] if path else []
    return f"**{plain(' › '.join(steps))}**: " if steps else ""


def _difference(before: object, after: object) -> None:
    with st.expander("Before and after, as text", type="compact"):
        old, new = (text.write(value).splitlines() for value in (before, after))
        st.code("\n".join(list(difflib.unified_diff(old, new, "now", "strict", lineterm="", n=2))[2:]), language="diff")


def _apply(tool_id: str) -> None:
    here: Desk = st.session_state[f"desk-{tool_id}"]
    listen(here)
    done = convert(here.parameters if isinstance(here.parameters, dict) else {"type": "object", "properties": {}})
    if done.schema is None:
        return
    services.store().save_draft(f"tool:{tool_id}", _DRAFT, [to_json(step) for step in done.changes])
    _keep(here, done.schema, strict=True)


def _restore(tool_id: str) -> None:
    here: Desk = st.session_state[f"desk-{tool_id}"]
    listen(here)
    original, stuck = restore(here.parameters, _kept(tool_id))
    services.store().clear_draft(f"tool:{tool_id}", _DRAFT)
    _keep(here, original, strict=None)
    if stuck:
        st.toast(f"{count(len(stuck), 'change')} stayed, since you edited there: {_where(stuck[0].path)}")


def _keep(here: Desk, parameters: object, *, strict: bool | None) -> None:
    changed = document.put(here.editing.document, "/parameters", parameters, after=("name", "description"))
    if strict:
        changed = document.put(changed, "/strict", True)
    elif "strict" in changed:
        changed = document.remove(changed, "/strict")
    keep(here, here.editing.edited(changed), "strict")


def _kept(tool_id: str) -> tuple[Step, ...]:
    """The steps of the last conversion, with which it can be taken back."""
    kept = services.store().draft(f"tool:{tool_id}", _DRAFT) or []
    return tuple(from_json(Step, row) for row in kept)
