"""The versions of a tool: every change is one. Name it, compare any two, bring one back.

Bringing back is a change like any other: a new version, and one step of undo.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from callsmith.schema.diff import differences, place_in_words
from callsmith.schema.text import same, write
from callsmith.schema.tool_document import FIELDS, document_of
from callsmith.store import ToolVersion
from callsmith.types.tool import Tool
from components import services
from components.tools.desk import Desk, keep, listen
from components.tools.versions_diff import compared
from components.usage.clock import zone
from components.words import joined, plain

SHOWN, MOST_WORDS = 15, 4
_LARGE = 20_000
_NAMING = "version-naming"
_HOW = {
    "created": "Created",
    "edited": "Edited",
    "undone": "Undo or redo",
    "imported": "Imported",
    "restored": "Restored",
    "strict": "Made strict",
}
_FIELDS = {"type": "how it is called", "output_schema": "schema of its results"}


def render(here: Desk) -> None:
    found = services.store().versions(here.tool_id)
    if len(found) == 1:
        st.caption("One version so far. Every change makes another; the ones with a name are kept for good.")
    shown = int(st.session_state.get(f"versions-shown-{here.tool_id}", SHOWN))
    with st.container(gap="xsmall"):
        for place, version in enumerate(found[:shown]):
            _version(here, version, found[place + 1] if place + 1 < len(found) else None, now=place == 0)
    if len(found) > shown:
        st.button(
            f"Show {min(SHOWN, len(found) - shown)} more of {len(found):,} versions",
            key=f"versions-more-{here.tool_id}",
            on_click=_show_more,
            args=(here.tool_id, shown),
        )
    if len(found) > 1:
        _compare(here.tool_id, found)


def _version(here: Desk, version: ToolVersion, before: ToolVersion | None, *, now: bool) -> None:
    key = f"{here.tool_id}-{version.number}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"version-{key}"):
        name = f" · **{plain(version.name)}**" if version.name else ""
        changed = "" if before is None else f" · {plain(_changed(before.tool, version.tool))}"
        current = " :green-badge[now]" if now else ""
        st.markdown(
            f"**{version.number}**{name} · {_HOW[version.how]} {_when(version)}{changed}{current}", width="stretch"
        )
        if st.session_state.get(_NAMING) == key:
            st.text_input(
                "Name of this version",
                value=version.name,
                key=f"version-name-{key}",
                label_visibility="collapsed",
                placeholder="Such as: before the review",
                max_chars=80,
                width=240,
                on_change=_name,
                args=(here.tool_id, version.number),
            )
        else:
            st.button(
                "Name",
                key=f"version-rename-{key}",
                type="tertiary",
                icon=":material/label:",
                on_click=_start_naming,
                args=(key,),
            )
        st.button(
            "Restore",
            key=f"version-restore-{key}",
            type="tertiary",
            icon=":material/history:",
            disabled=now or here.locked,
            help="This is the tool as it is"
            if now
            else "Mend the JSON first"
            if here.locked
            else "The tool becomes what it was here; that is a new version, and can be undone",
            on_click=_restore,
            args=(here, version),
        )


def _compare(tool_id: str, found: Sequence[ToolVersion]) -> None:
    labels = {_label(version, now=version is found[0]): version for version in found}
    names = list(labels)
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"version-compare-{tool_id}"):
        old = st.selectbox("Compare", names, index=1, key=f"version-old-{tool_id}")
        new = st.selectbox("with", names, index=0, key=f"version-new-{tool_id}")
    compared(labels[old].tool, labels[new].tool, f"version-diff-{tool_id}")


def _changed(old: Tool, new: Tool) -> str:
    """Which parts of the tool differ, in words."""
    if old.name != new.name:
        return f"renamed from {old.name or '(no name)'} to {new.name or '(no name)'}"
    before, after = document_of(old), document_of(new)
    fields = [name for name in FIELDS if not same(before.get(name), after.get(name))]
    had, has = _properties(old), _properties(new)
    words = [
        f"{name} {said}" for names, said in ((has - had, "added"), (had - has, "removed")) for name in sorted(names)
    ]
    words = words[:MOST_WORDS] if words else _places(old, new) if "parameters" in fields else []
    words += [_FIELDS.get(name, name) for name in fields if name != "parameters"]
    return joined(words) if words else "nothing changed" if old.origin == new.origin else "where it came from"


def _places(old: Tool, new: Tool) -> list[str]:
    """Which properties differ, of a schema that is small enough to compare in every line of the list."""
    if len(write(document_of(old))) > _LARGE:
        return ["parameters"]
    found = dict.fromkeys(
        place_in_words(one.path) for one in differences(old, new) if one.path.startswith("/parameters/")
    )
    names = [name for name in found if name]
    more = [f"{len(names) - MOST_WORDS} more"] if len(names) > MOST_WORDS else []
    return [*names[:MOST_WORDS], *more] or ["parameters"]


def _properties(tool: Tool) -> set[str]:
    properties = (tool.parameters or {}).get("properties")
    return set(properties) if isinstance(properties, dict) else set()


def _when(version: ToolVersion) -> str:
    return f"{version.created_at.astimezone(zone()):%d %b %Y, %H:%M}"


def _label(version: ToolVersion, *, now: bool) -> str:
    name = f" · {version.name}" if version.name else ""
    return f"{version.number}{name}{' (now)' if now else f' · {_when(version)}'}"


def _show_more(tool_id: str, shown: int) -> None:
    st.session_state[f"versions-shown-{tool_id}"] = shown + SHOWN


def _start_naming(key: str) -> None:
    st.session_state[_NAMING] = key


def _name(tool_id: str, number: int) -> None:
    services.store().name_version(tool_id, number, st.session_state[f"version-name-{tool_id}-{number}"])
    st.session_state[_NAMING] = None


def _restore(here: Desk, version: ToolVersion) -> None:
    listen(here)
    here.refused.clear()
    keep(here, here.editing.edited(document_of(version.tool)), "restored")
