"""What the buttons of the Conversations page do, and the way back from the last of them. Callbacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from callsmith.store import Wanted
from components import services
from components.chat import actions, session
from components.words import count

PICKED, UNDO, PAGE = "sessions-picked", "sessions-undo", "sessions-page"


@dataclass(frozen=True, slots=True)
class Undo:
    """``said`` tells what was done; ``back`` takes it back."""

    said: str
    back: Callable[[], None]


def picked() -> set[str]:
    found: set[str] = st.session_state.setdefault(PICKED, set())
    return found


def pick(conversation_id: str, widget: str) -> None:
    (picked().add if st.session_state[widget] else picked().discard)(conversation_id)


def pick_all(ids: Sequence[str]) -> None:
    """All of these, or none where all are picked."""
    if set(ids) <= picked():
        picked().difference_update(ids)
    else:
        picked().update(ids)


def pick_found(wanted: Wanted, total: int) -> None:
    """Everything that fits, on other pages too."""
    picked().update(row.id for row in services.store().find(wanted, limit=total).rows)


def clear_picked() -> None:
    picked().clear()


def show(conversation_id: str) -> None:
    session.show(conversation_id)
    st.session_state["sessions-open"] = True


def pin(conversation_id: str, *, pinned: bool) -> None:
    services.store().pin([conversation_id], pinned=pinned)


def rename(conversation_id: str, widget: str) -> None:
    services.store().rename(conversation_id, st.session_state[widget])


def duplicate(conversation_id: str) -> None:
    copy = services.store().duplicate(conversation_id)
    _did("Duplicated 1 conversation", lambda: services.store().delete_all([copy]))


def set_tags(conversation_id: str, widget: str, before: Sequence[str]) -> None:
    store = services.store()
    now = st.session_state[widget]
    store.tag([conversation_id], now, [tag for tag in before if tag not in now])


def tag(ids: Sequence[str], widget: str) -> None:
    tags = [word for word in (st.session_state[widget] or "").split(",") if word.strip()]
    if not tags:
        return
    store = services.store()
    had = store.tag(ids, tags)
    st.session_state[widget] = ""
    names = [" ".join(word.split()) for word in tags]

    def back() -> None:
        for one in ids:
            store.tag([one], remove=[name for name in names if name not in had.get(one, ())])

    _did(f"Tagged {count(len(ids), 'conversation')}", back)


def archive(ids: Sequence[str], *, archived: bool = True) -> None:
    store = services.store()
    store.archive(ids, archived=archived)
    word = "Archived" if archived else "Brought back"
    _did(f"{word} {count(len(ids), 'conversation')}", lambda: store.archive(ids, archived=not archived))


def delete(ids: Sequence[str]) -> None:
    for one in ids:
        actions.stop_all(one)
    store = services.store()
    store.delete_all(ids)
    _did(f"Deleted {count(len(ids), 'conversation')}", lambda: store.restore_all(ids))


def undo() -> None:
    last: Undo | None = st.session_state.pop(UNDO, None)
    if last is not None:
        last.back()


def _did(said: str, back: Callable[[], None]) -> None:
    clear_picked()
    st.session_state[UNDO] = Undo(said, back)
