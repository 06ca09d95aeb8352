"""The tool under the hands of this browser session: its editing state, kept in the store at every step.

The document is the one truth. Widgets are loaded from it by ``choice`` and ``entry`` and change it in callbacks, so
form and JSON cannot drift apart; only what was refused stays in its input, with the reason, until it is mended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from callsmith.schema import document
from callsmith.schema.document import EditError
from callsmith.schema.editing import Editing, opened
from callsmith.schema.form import Row, row_at
from callsmith.schema.text import same
from callsmith.schema.tool_document import document_of, tool_of
from callsmith.store import ToolChange
from components import loaded, services
from components.live_text import typed
from components.tools import home

ROWS = 40
LIVE = "600ms"
_ABOVE = ("name", "description")
_DRAFT = "json"


@dataclass(frozen=True, slots=True)
class Refused:
    """What was typed and could not be taken over, and why."""

    typed: Any
    reason: str


@dataclass(slots=True)
class Desk:
    """``refused`` is by widget key. ``shown`` is how many rows are drawn, ``unfolded`` which are open."""

    tool_id: str
    editing: Editing
    refused: dict[str, Refused] = field(default_factory=dict)
    shown: int = ROWS
    unfolded: set[str] = field(default_factory=set)

    @property
    def locked(self) -> bool:
        return self.editing.now.error is not None

    @property
    def parameters(self) -> Any:
        return self.editing.document.get("parameters")


def desk(tool_id: str) -> Desk | None:
    """The desk with this tool on it, as it was left; None where the tool is not in the library."""
    tool = home.kept(tool_id)
    if tool is None:
        return None
    kept = document_of(tool)
    found: Desk | None = st.session_state.get(_key(tool_id))
    if found is None:
        found = Desk(tool_id, opened(kept, services.store().draft(_scope(tool_id), _DRAFT)))
        st.session_state[_key(tool_id)] = found
    _follow(found, kept)
    return found


def _follow(found: Desk, kept: dict[str, Any]) -> None:
    """Take over what was changed elsewhere, in another tab say: an edit here must not undo it."""
    if not same(found.editing.document, kept):
        found.editing = found.editing.edited(kept)


def json_key(tool_id: str) -> str:
    return f"tool-json-{tool_id}"


def listen(found: Desk) -> None:
    """Take in what was typed into the JSON. Before every other change, since leaving the text and the click
    that left it can arrive together."""
    text = typed(json_key(found.tool_id), found.editing.revision)
    if text is not None:
        keep(found, found.editing.typed(text))


def keep(found: Desk, editing: Editing, how: ToolChange = "edited") -> None:
    """Go on with a new state, and save it as a version of the tool; ``how`` it came about stands with it."""
    before, found.editing = found.editing, editing
    store = services.store()
    if not same(editing.document, before.document):
        # Typing on keeps the steps before it. Undoing in a row is one version too, the one it ends at.
        typing_on = editing.past is before.past and before.now.error is None
        home.keep(found.tool_id, tool_of(editing.document), how, same_step=typing_on or how == "undone")
    if editing.now.error is not None:
        store.save_draft(_scope(found.tool_id), _DRAFT, editing.now.text)
    elif before.now.error is not None:
        store.clear_draft(_scope(found.tool_id), _DRAFT)


def step(tool_id: str, way: Callable[[Editing], Editing]) -> None:
    """Undo or redo."""
    found = _on_desk(tool_id)
    listen(found)
    found.refused.clear()
    keep(found, way(found.editing), "undone")


def set_field(tool_id: str, name: str, value: Any) -> None:
    """Set a field of the tool itself; None takes it away."""
    found = _on_desk(tool_id)
    listen(found)
    current = found.editing.document
    if value is not None:
        put = document.put(current, f"/{name}", value, after=_ABOVE)
        keep(found, found.editing.edited(put, field=name if isinstance(value, str) else ""))
    elif name in current:
        taken = document.remove(current, f"/{name}")
        if name == "type" and "grammar" in taken:
            taken = document.remove(taken, "/grammar")
        keep(found, found.editing.edited(taken))


def change_parameters(tool_id: str, key: str, change: Callable[[Any], Any]) -> bool:
    """Change the parameters; where that cannot be, the input ``key`` gets the reason. Returns whether it was done."""
    found = _on_desk(tool_id)
    listen(found)
    try:
        parameters = change(found.parameters)
    except EditError as error:
        found.refused[key] = Refused(st.session_state.get(key), str(error))
        return False
    found.refused.pop(key, None)
    current = found.editing.document
    put = document.put(current, "/parameters", parameters, after=_ABOVE)
    keep(found, found.editing.edited(put, field=key if isinstance(st.session_state.get(key), str) else ""))
    return True


def change_row(tool_id: str, place: str, key: str, change: Callable[[Any, Row], Any]) -> bool:
    """Change the property at a place. By place, not by name: two inputs of a row can change in one go."""

    def at_place(parameters: Any) -> Any:
        row = row_at(parameters, place)
        if row is None:
            raise EditError("This is not there any more")
        return change(parameters, row)

    return change_parameters(tool_id, key, at_place)


def choice(found: Desk, key: str, value: Any) -> str:
    """Load what is chosen or ticked from the document, or what was refused; returns the key."""
    return loaded.choice(key, _shown(found, key, value))


def entry(found: Desk, key: str, value: Any) -> dict[str, Any]:
    """Load what is typed, or what was refused: the key and the value that an input begins with."""
    return loaded.entry(key, _shown(found, key, value))


def _shown(found: Desk, key: str, value: Any) -> Any:
    return found.refused[key].typed if key in found.refused else value


def move_row(tool_id: str, place: str, key: str, change: Callable[[Any, Row], Any]) -> bool:
    """A change after which other properties stand at the places: what was refused there is forgotten."""
    done = change_row(tool_id, place, key, change)
    if done:
        _on_desk(tool_id).refused.clear()
    return done


def _on_desk(tool_id: str) -> Desk:
    found: Desk = st.session_state[_key(tool_id)]
    tool = home.kept(tool_id)
    if tool is not None:
        _follow(found, document_of(tool))
    return found


def _key(tool_id: str) -> str:
    return f"desk-{tool_id}"


def _scope(tool_id: str) -> str:
    return f"tool:{tool_id}"
