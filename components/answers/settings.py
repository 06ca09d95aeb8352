"""Who answers a tool, under the hands of this browser session: kept in the store at every change, with the way back.

Widgets are loaded from what is kept by ``choice`` and ``entry`` and change it in callbacks. What was typed and could
not be taken over stays in its input, with the reason, until it is mended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from callsmith.types.answering import Answering
from callsmith.types.tool import Tool
from components import loaded, services
from components.words import plain

MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Settings:
    """What an editor of one way draws from. ``answering`` is as kept now; a callback reads it afresh by ``kept``."""

    tool_id: str
    tool: Tool
    answering: Answering

    def key(self, name: str) -> str:
        """The key of a widget: the same in every run, and no other tool's."""
        return key_of(self.tool_id, name)

    def save(self, answering: Answering, step: str = "", said: str = "") -> None:
        save(self.tool_id, answering, step, said)


@dataclass(frozen=True, slots=True)
class _Step:
    """One change; changes in a row under the same name are one. ``said`` is what was done, in words."""

    before: Answering
    after: Answering
    name: str
    said: str


@dataclass(slots=True)
class _Desk:
    """``refused`` is by widget key: what was typed, and why it was not taken over."""

    steps: list[_Step] = field(default_factory=list)
    refused: dict[str, tuple[Any, str]] = field(default_factory=dict)


def key_of(tool_id: str, name: str) -> str:
    return f"answers-{name}-{tool_id}"


def kept(tool_id: str) -> Answering:
    """As kept now; what a new tool has where the tool is not there any more."""
    record = services.store().tool(tool_id)
    return Answering() if record is None else record.answering


def save(tool_id: str, answering: Answering, step: str = "", said: str = "") -> None:
    """Keep it. ``step``: a name under which changes in a row, such as typing on in one field, are undone at once.
    ``said``: what was done, told beside Undo where it is not in view any more ("Deleted rule 2")."""
    before = kept(tool_id)
    if answering == before or services.store().tool(tool_id) is None:
        return
    steps = _desk(tool_id).steps
    services.store().save_answering(tool_id, answering)
    last = steps[-1] if steps else None
    if step and last is not None and last.name == step and last.after == before:
        before = last.before
        steps.pop()
    steps.append(_Step(before, answering, step, said))
    del steps[:-MOST_STEPS]


def change(tool_id: str, how: Callable[[Answering], Answering], step: str = "", said: str = "") -> None:
    save(tool_id, how(kept(tool_id)), step, said)


def can_undo(tool_id: str) -> bool:
    """False also where somebody else changed it since: their change is not ours to undo."""
    steps = _desk(tool_id).steps
    return bool(steps) and steps[-1].after == kept(tool_id)


def last_said(tool_id: str) -> str:
    """What the last change was, where that was told."""
    steps = _desk(tool_id).steps
    return steps[-1].said if steps else ""


def undo(tool_id: str) -> None:
    if can_undo(tool_id):
        desk = _desk(tool_id)
        services.store().save_answering(tool_id, desk.steps.pop().before)
        desk.refused.clear()


def choice(tool_id: str, key: str, value: Any) -> str:
    """Load what is chosen or ticked, or what was refused; returns the key."""
    return loaded.choice(key, _shown(tool_id, key, value))


def entry(tool_id: str, key: str, value: Any) -> dict[str, Any]:
    """Load what is typed, or what was refused: the key and the value that an input begins with."""
    return loaded.entry(key, _shown(tool_id, key, value))


def _shown(tool_id: str, key: str, value: Any) -> Any:
    refused = _desk(tool_id).refused.get(key)
    return value if refused is None else refused[0]


def refuse(tool_id: str, key: str, reason: str) -> None:
    """What stands in this input could not be taken over; it stays there, with the reason below it."""
    _desk(tool_id).refused[key] = (st.session_state.get(key), reason)


def accept(tool_id: str, key: str) -> None:
    _desk(tool_id).refused.pop(key, None)


def forget(tool_id: str) -> None:
    """After a change that puts other things at the places of the inputs: what was refused there is gone."""
    _desk(tool_id).refused.clear()


def refusal(tool_id: str, key: str) -> None:
    """Draw why what was typed was not taken over, where it was not."""
    refused = _desk(tool_id).refused.get(key)
    if refused is not None:
        st.markdown(f":small[:red[:material/error: {plain(refused[1])}. Not taken over.]]")


def _desk(tool_id: str) -> _Desk:
    found: _Desk = st.session_state.setdefault(f"answers-desk-{tool_id}", _Desk())
    return found
