"""Results being typed, one slot for each waiting call. Kept in the store with every pause in typing, so a
rerun, a reload or a killed process loses none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from callsmith.conversation import Conversation, pending_calls
from callsmith.results import Draft
from callsmith.types.codec import from_json, to_json
from callsmith.types.parts import ToolCall
from components import services
from components.live_text import typed


@dataclass(frozen=True, slots=True)
class Slot:
    """``key`` is stable for one call of one message and unique on the page."""

    key: str
    call: ToolCall
    draft: Draft

    @property
    def problem(self) -> str:
        return self.draft.problem()


def slots(conversation: Conversation) -> list[Slot]:
    waiting = pending_calls(conversation)
    if not waiting or conversation.head is None:
        return []
    known = services.store().drafts(conversation.id)
    found = []
    for number, call in enumerate(waiting):
        key = f"{conversation.head[:12]}-{number}"
        found.append(Slot(key, call, from_json(Draft, known[key]) if key in known else Draft()))
    return found


def change(conversation_id: str, key: str, **to: Any) -> None:
    """Change fields of a draft as it is kept now: callbacks may run with values drawn a moment ago."""
    services.store().save_draft(conversation_id, key, to_json(replace(kept(conversation_id, key), **to)))


def area(slot_key: str) -> str:
    """The key of the text area of a slot."""
    return f"result-{slot_key}"


def take_typed(conversation_id: str, slot_key: str) -> None:
    """Keep what the text area holds. Continue does this too: pressed right after a key, it is told first."""
    key = area(slot_key)
    text = typed(key, st.session_state.get(f"{key}-revision", 0))
    if text is not None:
        change(conversation_id, slot_key, text=text)


def kept(conversation_id: str, key: str) -> Draft:
    found = services.store().draft(conversation_id, key)
    return Draft() if found is None else from_json(Draft, found)


def clear(conversation_id: str, used: Sequence[Slot]) -> None:
    for slot in used:
        services.store().clear_draft(conversation_id, slot.key)


def waiting_for(found: Sequence[Slot]) -> str:
    """Empty when every slot can be sent, else what Continue waits for."""
    missing = [f"{slot.call.name or 'a call without a name'} ({slot.problem})" for slot in found if slot.problem]
    return "Waiting for: " + "; ".join(missing) if missing else ""
