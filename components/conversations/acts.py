"""What the buttons of the Conversations page do, and the way back from the last ten of them. Callbacks.

The way back is kept for the session: loading the page anew in the browser forgets it, and leaves what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from callsmith.store import Wanted
from components import services
from components.chat import actions, session
from components.words import count

PICKED, UNDO, PAGE = "sessions-picked", "sessions-undo", "sessions-page"
KEPT = 10


@dataclass(frozen=True, slots=True)
class One:
    """The conversation whose menu was used."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Undo:
    """``said`` tells what was done; ``back`` takes it back."""

    said: str
    back: Callable[[], object]


def short(title: str, most: int = 120) -> str:
    if not title:
        return "Untitled"
    return title if len(title) <= most else title[: most - 1] + "…"


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


def pick_found(wanted: Wanted) -> None:
    """Everything that fits, on other pages too."""
    picked().update(services.store().find_ids(wanted))


def clear_picked() -> None:
    picked().clear()


def show(conversation_id: str) -> None:
    session.show(conversation_id)
    st.session_state["sessions-open"] = True


def pin(ids: Sequence[str], one: One | None = None, *, pinned: bool) -> None:
    """``one``, here and below: from its menu."""
    store, did = services.store(), _ready()
    changed = store.pin(ids, pinned=pinned)
    did("Pinned" if pinned else "Unpinned", one or changed, lambda: store.pin(changed, pinned=not pinned))


def rename(one: One, widget: str) -> None:
    title = st.session_state[widget] or ""
    store, did = services.store(), _ready()
    store.rename(one.id, title)
    did("Renamed", one, lambda: store.rename(one.id, one.title))


def duplicate(one: One) -> None:
    store, did = services.store(), _ready()
    copy = store.duplicate(one.id)
    did("Duplicated", one, lambda: store.delete_all([copy]))


def set_tags(one: One, widget: str, before: Sequence[str]) -> None:
    now = st.session_state[widget]
    store, did = services.store(), _ready()
    had = store.tag([one.id], now, [tag for tag in before if tag not in now])
    did("Changed the tags of", one, lambda: store.set_tags(had))


def tag(ids: Sequence[str], widget: str) -> None:
    tags = [word for word in (st.session_state[widget] or "").split(",") if word.strip()]
    if not tags:
        return
    st.session_state[widget] = ""
    store, did = services.store(), _ready()
    had = store.tag(ids, tags)
    did("Tagged", list(had), lambda: store.set_tags(had))


def archive(ids: Sequence[str], one: One | None = None, *, archived: bool = True) -> None:
    store, did = services.store(), _ready()
    changed = store.archive(ids, archived=archived)
    word = "Archived" if archived else "Brought back"
    did(word, one or changed, lambda: store.archive(changed, archived=not archived))


def delete(ids: Sequence[str], one: One | None = None) -> None:
    for conversation_id in ids:
        actions.stop_all(conversation_id)
    left = picked()
    store, did = services.store(), _ready()
    changed = store.delete_all(ids)
    left.difference_update(ids)
    did("Deleted", one or changed, lambda: store.restore_all(changed))


def done() -> list[Undo]:
    """What can be taken back, the last act last."""
    found: list[Undo] = st.session_state.setdefault(UNDO, [])
    return found


def undo() -> None:
    """Take the last act back; the one before it is the next."""
    acts = done()
    if acts:
        acts.pop().back()


def _ready() -> Callable[[str, One | Sequence[str], Callable[[], object]], None]:
    """To be asked for before an act, and told after it. A callback may end wherever it looks into the session, for the
    next click, and then something would be done without a way back; so from here on it does not look there."""
    acts, chosen = done(), picked()

    def did(word: str, what: One | Sequence[str], back: Callable[[], object]) -> None:
        # What was picked is done with; what is done in a menu leaves the picked ones picked.
        if not isinstance(what, One):
            chosen.clear()
            if not what:
                return
        said = f"“{short(what.title, 40)}”" if isinstance(what, One) else count(len(what), "conversation")
        acts.append(Undo(f"{word} {said}", back))
        del acts[:-KEPT]

    return did
