"""What is being prepared for the next request: a result for each waiting call, leave for each remote call. Kept
in the store with every pause in typing, so a rerun, a reload or a killed process loses none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from callsmith import slots as engine
from callsmith.conversation import Approval, Conversation, pending_approvals
from callsmith.results import Draft
from callsmith.slots import Slot
from callsmith.types.parts import Media
from components import services
from components.live_text import typed

ALLOW, REFUSE = "allow", "refuse"


@dataclass(frozen=True, slots=True)
class Leave:
    """``choice`` is empty until the user chose."""

    conversation_id: str
    key: str
    approval: Approval
    choice: str


def slots(conversation: Conversation) -> list[Slot]:
    return engine.slots(services.store(), conversation)


def leaves(conversation: Conversation) -> list[Leave]:
    asked = pending_approvals(conversation)
    if not asked or conversation.head is None:
        return []
    known = services.store().drafts(conversation.id)
    keys = [f"{conversation.head[:12]}-leave-{number}" for number in range(len(asked))]
    return [Leave(conversation.id, key, one, str(known.get(key) or "")) for key, one in zip(keys, asked, strict=True)]


def choose(leave: Leave, choice: str) -> None:
    services.store().save_draft(leave.conversation_id, leave.key, choice)


def change(conversation_id: str, key: str, **to: Any) -> None:
    """Change fields of a draft as it is kept now: callbacks may run with values drawn a moment ago."""
    engine.keep(services.store(), conversation_id, key, replace(kept(conversation_id, key), **to))


def area(slot_key: str) -> str:
    """The key of the text area of a slot."""
    return f"result-{slot_key}"


def take_typed(conversation_id: str, slot_key: str) -> None:
    """Keep what the text area holds. Continue does this too: pressed right after a key, it is told first."""
    key = area(slot_key)
    draft = kept(conversation_id, slot_key)
    text = typed(key, draft.revision)
    if text is None:
        return
    st.session_state[f"{key}-heard"] = (draft.revision, text)
    if text != draft.text:
        engine.keep(services.store(), conversation_id, slot_key, draft.typed(text))


def take_unheard(conversation_id: str, slot: Slot) -> bool:
    """Keep what the area holds though no callback told: after a restart of the server the text comes with the
    first run, before this session knows whom to call. What was heard once is not taken again, since another tab
    may have changed the draft meanwhile. True when something was taken. Call it below the area."""
    key = area(slot.key)
    text = typed(key, slot.draft.revision)
    if text is None or st.session_state.get(f"{key}-heard") == (slot.draft.revision, text):
        return False
    take_typed(conversation_id, slot.key)
    return text != slot.draft.text


def kept(conversation_id: str, key: str) -> Draft:
    return engine.kept(services.store(), conversation_id, key)


def attach(conversation_id: str, key: str, files: Sequence[Media]) -> None:
    engine.attach(services.store(), conversation_id, key, files)


def detach(conversation_id: str, key: str, file_id: str) -> None:
    held = kept(conversation_id, key).media
    change(conversation_id, key, media=tuple(one for one in held if one.id != file_id))


def files_of(conversation_id: str, draft: Draft) -> list[Media]:
    return engine.files_of(services.store(), conversation_id, draft)


def clear(conversation_id: str, used: Sequence[Slot], given: Sequence[Leave] = ()) -> None:
    engine.clear(services.store(), conversation_id, used)
    for leave in given:
        services.store().clear_draft(leave.conversation_id, leave.key)


def waiting_for(found: Sequence[Slot], asked: Sequence[Leave] = ()) -> str:
    """Empty when everything can be sent, else what Continue waits for."""
    missing = [f"{slot.call.name or 'a call without a name'} ({slot.problem})" for slot in found if slot.problem]
    missing += [f"{leave.approval.name or 'a remote call'} (allow or refuse it)" for leave in asked if not leave.choice]
    return "Waiting for: " + "; ".join(missing) if missing else ""
