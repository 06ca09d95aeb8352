"""The places of the results that the calls at the head wait for, and what is prepared in each: kept as drafts, so that
whoever fills one (a person, the loop) loses nothing when a page or a process ends."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from callsmith.conversation import Conversation, pending_calls
from callsmith.media import size
from callsmith.results import Attached, Draft
from callsmith.store import Store
from callsmith.types.answering import Answer
from callsmith.types.codec import from_json, to_json
from callsmith.types.parts import Made, Malformed, Media, ToolCall


@dataclass(frozen=True, slots=True)
class Slot:
    """``key`` is stable for one call of one message and unique in its conversation."""

    key: str
    call: ToolCall
    draft: Draft

    @property
    def problem(self) -> str:
        return self.draft.problem()


def slots(store: Store, conversation: Conversation) -> list[Slot]:
    """One for each waiting call, in call order."""
    waiting = pending_calls(conversation)
    if not waiting or conversation.head is None:
        return []
    known = store.drafts(conversation.id)
    keys = [f"{conversation.head[:12]}-{number}" for number in range(len(waiting))]
    return [
        Slot(key, call, from_json(Draft, known[key]) if key in known else Draft())
        for key, call in zip(keys, waiting, strict=True)
    ]


def kept(store: Store, conversation_id: str, key: str) -> Draft:
    found = store.draft(conversation_id, key)
    return Draft() if found is None else from_json(Draft, found)


def keep(store: Store, conversation_id: str, key: str, draft: Draft) -> None:
    store.save_draft(conversation_id, key, to_json(draft))


def put(store: Store, conversation_id: str, key: str, answer: Answer) -> Draft:
    """Put an answer into a slot, in place of what was there. Returns the new draft."""
    before = kept(store, conversation_id, key)
    is_json = not isinstance(ToolCall("", "", answer.content).parsed(), Malformed)
    draft = replace(
        before,
        text=answer.content,
        format="JSON" if is_json else "Text",
        is_error=answer.is_error,
        media=(),
        revision=before.revision + 1,
        made=answer.made,
        note=" ".join(answer.notes),
    )
    draft = replace(draft, media=_held(store, conversation_id, draft, answer.media))
    keep(store, conversation_id, key, draft)
    return draft


def by_hand(store: Store, conversation: Conversation) -> Made:
    """Who makes a result that is typed: a person, who had since the calls arrived."""
    head = conversation.nodes[conversation.head].message if conversation.head is not None else None
    origin = head.origin if head is not None else None
    info = store.exchange_turn_info(conversation.id).get(origin.exchange_id) if origin is not None else None
    if info is None or info.marks.done is None:
        return Made("hand")
    asked = info.marks.started + info.marks.done
    return Made("hand", started=asked, seconds=max(time.time() - asked, 0.0))


def attach(store: Store, conversation_id: str, key: str, files: Sequence[Media]) -> None:
    """Keep files beside a result: their bytes once, under what they are."""
    draft = kept(store, conversation_id, key)
    keep(store, conversation_id, key, replace(draft, media=_held(store, conversation_id, draft, files)))


def files_of(store: Store, conversation_id: str, draft: Draft) -> list[Media]:
    found = [store.draft(_files(conversation_id), one.id) for one in draft.media]
    return [from_json(Media, value) for value in found if value is not None]


def clear(store: Store, conversation_id: str, used: Sequence[Slot]) -> None:
    for slot in used:
        store.clear_draft(conversation_id, slot.key)
        for one in slot.draft.media:
            store.clear_draft(_files(conversation_id), one.id)


def _held(store: Store, conversation_id: str, draft: Draft, files: Sequence[Media]) -> tuple[Attached, ...]:
    held = draft.media
    for media in files:
        name = hashlib.sha256(f"{media.name}\n{media.media_type}\n{media.data}".encode()).hexdigest()[:24]
        store.save_draft(_files(conversation_id), name, to_json(media))
        if name not in [one.id for one in held]:
            held = (*held, Attached(name, media.name, media.media_type, size(media)))
    return held


def _files(conversation_id: str) -> str:
    return f"{conversation_id}/files"
