"""What is being prepared for the next request: a result for each waiting call, leave for each remote call. Kept
in the store with every pause in typing, so a rerun, a reload or a killed process loses none."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from callsmith.conversation import Approval, Conversation, pending_approvals, pending_calls
from callsmith.media import size
from callsmith.results import Attached, Draft
from callsmith.types.codec import from_json, to_json
from callsmith.types.parts import Media, ToolCall
from components import services
from components.live_text import typed

ALLOW, REFUSE = "allow", "refuse"


@dataclass(frozen=True, slots=True)
class Slot:
    """``key`` is stable for one call of one message and unique on the page."""

    key: str
    call: ToolCall
    draft: Draft

    @property
    def problem(self) -> str:
        return self.draft.problem()


@dataclass(frozen=True, slots=True)
class Leave:
    """``choice`` is empty until the user chose."""

    conversation_id: str
    key: str
    approval: Approval
    choice: str


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
    services.store().save_draft(conversation_id, key, to_json(replace(kept(conversation_id, key), **to)))


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
        change(conversation_id, slot_key, text=text)


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
    found = services.store().draft(conversation_id, key)
    return Draft() if found is None else from_json(Draft, found)


def attach(conversation_id: str, key: str, files: Sequence[Media]) -> None:
    """Keep files beside a result: their bytes once, under what they are."""
    held = kept(conversation_id, key).media
    for media in files:
        name = hashlib.sha256(f"{media.name}\n{media.media_type}\n{media.data}".encode()).hexdigest()[:24]
        services.store().save_draft(_files(conversation_id), name, to_json(media))
        if name not in [one.id for one in held]:
            held = (*held, Attached(name, media.name, media.media_type, size(media)))
    change(conversation_id, key, media=held)


def detach(conversation_id: str, key: str, file_id: str) -> None:
    held = kept(conversation_id, key).media
    change(conversation_id, key, media=tuple(one for one in held if one.id != file_id))


def files_of(conversation_id: str, draft: Draft) -> list[Media]:
    found = [services.store().draft(_files(conversation_id), one.id) for one in draft.media]
    return [from_json(Media, value) for value in found if value is not None]


def clear(conversation_id: str, used: Sequence[Slot], given: Sequence[Leave] = ()) -> None:
    for slot in used:
        services.store().clear_draft(conversation_id, slot.key)
        for one in slot.draft.media:
            services.store().clear_draft(_files(conversation_id), one.id)
    for leave in given:
        services.store().clear_draft(conversation_id, leave.key)


def waiting_for(found: Sequence[Slot], asked: Sequence[Leave] = ()) -> str:
    """Empty when everything can be sent, else what Continue waits for."""
    missing = [f"{slot.call.name or 'a call without a name'} ({slot.problem})" for slot in found if slot.problem]
    missing += [f"{leave.approval.name or 'a remote call'} (allow or refuse it)" for leave in asked if not leave.choice]
    return "Waiting for: " + "; ".join(missing) if missing else ""


def _files(conversation_id: str) -> str:
    return f"{conversation_id}/files"
