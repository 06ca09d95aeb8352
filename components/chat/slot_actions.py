"""What the buttons of a result's slot do. Callbacks: each takes the draft as it is kept now. What replaces a text keeps
the one before, so that it can be undone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from callsmith import slots as engine
from callsmith.answering.samples import answer_of
from callsmith.conversation import REFUSED
from callsmith.execute import mcp_sessions
from callsmith.execute.occasion import CannotAnswer
from callsmith.jsontext import indented
from callsmith.results import Draft
from callsmith.slots import Slot
from callsmith.types.answering import Answer, Answering, By, Mock
from callsmith.types.parts import Made
from components import services
from components.answers import settings
from components.answers.words import WAYS
from components.chat import actions, drafts, session
from components.chat.slot_ways import Answerer, answerers
from components.reach import reach


@dataclass(frozen=True, slots=True)
class _Undo:
    """``revision`` is the one that took the place of ``before``; ``again``: it did so by an undo."""

    before: Draft
    revision: int
    again: bool = False


# Answering


def run_one(slot_key: str) -> None:
    """Answer this call now, in the way that is chosen for it, and leave the result in its slot."""
    conversation_id = session.current().conversation.id
    drafts.take_typed(conversation_id, slot_key)
    _remember(conversation_id, slot_key)
    actions.run_tools(keys=frozenset((slot_key,)), go_on=False)


def run_all() -> None:
    """Answer every call that can be answered without a person, and send all results."""
    actions.run_tools(keys=None, go_on=True)


def go_on() -> None:
    """Send the results; answer first what is missing and can be answered without a person."""
    conversation = session.current().conversation
    for slot in drafts.slots(conversation):
        drafts.take_typed(conversation.id, slot.key)
    slots, leaves = drafts.slots(conversation), drafts.leaves(conversation)
    if all(leave.choice for leave in leaves) and to_run(slots):
        run_all()
    else:
        actions.continue_turn()


def to_run(slots: Sequence[Slot]) -> int:
    """How many results are missing, where each of them can come without a person; else 0."""
    missing = [slot for slot in slots if slot.problem]
    if not missing:
        return 0
    known = answerers(session.current().conversation, slots)
    if any(slot.draft.text.strip() or not known[slot.key].can_run(slot.draft) for slot in missing):
        return 0
    return len(missing)


def choose_way(conversation_id: str, slot_key: str, own: By, widget: str) -> None:
    """For this call only. A text that is there stays, in an area that stays as well. A label of before the tool was set
    up anew is no choice."""
    draft = drafts.kept(conversation_id, slot_key)
    chosen: By = st.session_state[widget]
    if chosen not in WAYS:
        return
    revision = draft.revision + (1 if draft.text else 0)
    drafts.change(conversation_id, slot_key, by="" if chosen == own else chosen, note="", revision=revision)


def sample(conversation_id: str, slot: Slot, answerer: Answerer, *, edge: bool) -> None:
    """Another value of the output schema, or one at its limits: the least and the most in turn."""
    if answerer.tool is None:
        return
    started, clock, turn = time.time(), time.perf_counter(), slot.draft.revision
    samples = replace(answerer.answering.samples, seed=answerer.answering.samples.seed + turn, edges=edge)
    try:
        content, notes = answer_of(answerer.tool, samples, slot.call, turn if edge else answerer.number)
    except ValueError as error:
        drafts.change(conversation_id, slot.key, note=str(error))
        return
    made = Made("schema", "edge case" if edge else f"seed {samples.seed}", started, time.perf_counter() - clock)
    _put(conversation_id, slot.key, Answer(content, made, notes=notes))


def restart(conversation_id: str, slot_key: str, answering: Answering) -> None:
    """Start the tool's MCP server again; where it does not start, the note says why."""

    if answering.mcp is None:
        return
    try:
        mcp_sessions.restart(answering.mcp, reach())
    except CannotAnswer as error:
        drafts.change(conversation_id, slot_key, note=str(error))
    else:
        drafts.change(conversation_id, slot_key, note="")


# Filling


def fill(conversation_id: str, slot_key: str, text: str, made: Made | None = None) -> None:
    """Put JSON text into the slot; the next sample differs."""
    _replace(conversation_id, slot_key, text=text, format="JSON", is_error=False, made=made, note="")


def pick(conversation_id: str, slot_key: str, content: str, detail: str, *, is_error: bool, popover: str) -> None:
    st.session_state[popover] = False
    _put(conversation_id, slot_key, Answer(content, Made("hand", detail), is_error=is_error))


def refuse(conversation_id: str, slot_key: str) -> None:
    _put(conversation_id, slot_key, Answer(REFUSED, Made("refused"), is_error=True))


def tidy(conversation_id: str, slot_key: str) -> None:
    draft = drafts.kept(conversation_id, slot_key)
    if not draft.problem():
        tidied = draft.typed(indented(draft.text))
        _replace(conversation_id, slot_key, text=tidied.text, made=tidied.made)


def set_error(conversation_id: str, slot_key: str, widget: str) -> None:
    made = drafts.kept(conversation_id, slot_key).made
    changed = None if made is None else replace(made, edited=True)
    drafts.change(conversation_id, slot_key, is_error=st.session_state[widget], made=changed)


def set_format(conversation_id: str, slot_key: str, widget: str) -> None:
    drafts.change(conversation_id, slot_key, format=st.session_state[widget])


# Undo


def undo_label(slot: Slot) -> str:
    """Of the button that brings back the text before; empty where nothing was replaced, or something else did since."""
    kept = _kept_undo(slot.key)
    if kept is None or kept.revision != slot.draft.revision or not (kept.before.text or kept.before.media):
        return ""
    return "Redo" if kept.again else "Undo"


def undo(conversation_id: str, slot_key: str) -> None:
    """Bring back what was there before the text was replaced; the same again brings back what is there now."""
    drafts.take_typed(conversation_id, slot_key)
    kept = _kept_undo(slot_key)
    draft = drafts.kept(conversation_id, slot_key)
    if kept is not None and kept.revision == draft.revision:
        _remember(conversation_id, slot_key, again=not kept.again)
        _bring_back(conversation_id, slot_key, kept.before)


def take_back(conversation_id: str, slot_key: str) -> None:
    """Not refused any more: what was there before, where that is still known."""
    kept = _kept_undo(slot_key)
    draft = drafts.kept(conversation_id, slot_key)
    known = kept is not None and kept.revision == draft.revision
    st.session_state[_undo_key(slot_key)] = None
    _bring_back(conversation_id, slot_key, kept.before if kept is not None and known else Draft())


def _bring_back(conversation_id: str, slot_key: str, before: Draft) -> None:
    now = drafts.kept(conversation_id, slot_key)
    engine.keep(services.store(), conversation_id, slot_key, replace(before, revision=now.revision + 1, by=now.by))


# Saved results


def save_mock(conversation_id: str, slot_key: str, tool_id: str, widget: str, popover: str) -> None:
    """Keep the text of the slot with the tool, under a name; one of that name is replaced."""
    name = " ".join(st.session_state[widget].split())
    draft = drafts.kept(conversation_id, slot_key)
    if not name:
        return
    mock = Mock(name, draft.text, draft.is_error)

    def saved(answering: Answering) -> Answering:
        others = tuple(one for one in answering.mocks if one.name != name)
        return replace(answering, mocks=(*others, mock))

    settings.change(tool_id, saved)
    st.session_state[widget] = ""
    st.session_state[popover] = False


def _put(conversation_id: str, slot_key: str, answer: Answer) -> None:
    drafts.take_typed(conversation_id, slot_key)
    _remember(conversation_id, slot_key)
    engine.put(services.store(), conversation_id, slot_key, answer)


def _replace(conversation_id: str, slot_key: str, **to: object) -> None:
    drafts.take_typed(conversation_id, slot_key)
    _remember(conversation_id, slot_key)
    drafts.change(conversation_id, slot_key, revision=drafts.kept(conversation_id, slot_key).revision + 1, **to)


def _remember(conversation_id: str, slot_key: str, *, again: bool = False) -> None:
    before = drafts.kept(conversation_id, slot_key)
    st.session_state[_undo_key(slot_key)] = _Undo(before, before.revision + 1, again)


def _kept_undo(slot_key: str) -> _Undo | None:
    found: _Undo | None = st.session_state.get(_undo_key(slot_key))
    return found


def _undo_key(slot_key: str) -> str:
    return f"slot-undo-{slot_key}"
