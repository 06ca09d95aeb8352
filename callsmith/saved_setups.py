"""Setups saved under a name, to begin new conversations with: kept as one preference, newest first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callsmith.store import Store
from callsmith.types.codec import from_json, to_json
from callsmith.types.setup import Setup

_PREFERENCE = "saved_setups"
MOST = 200


@dataclass(frozen=True, slots=True)
class SavedSetup:
    """``prompt`` is put into the message box, not sent."""

    id: str
    name: str
    setup: Setup
    prompt: str = ""


def every(store: Store) -> list[SavedSetup]:
    kept: Any = store.preference(_PREFERENCE, [])
    return [from_json(SavedSetup, one) for one in kept]


def save(store: Store, name: str, setup: Setup, prompt: str = "") -> SavedSetup:
    """Under a name that is not empty; one of that name is replaced."""
    name = " ".join(name.split())
    if not name:
        raise ValueError("Give it a name")
    before = every(store)
    known = next((one for one in before if one.name == name), None)
    saved = SavedSetup(known.id if known is not None else uuid.uuid4().hex, name, setup, prompt)
    _keep(store, [saved, *(one for one in before if one.id != saved.id)][:MOST])
    return saved


def delete(store: Store, setup_id: str) -> SavedSetup | None:
    """What was deleted, so that it can be put back."""
    before = every(store)
    _keep(store, [one for one in before if one.id != setup_id])
    return next((one for one in before if one.id == setup_id), None)


def put_back(store: Store, saved: SavedSetup) -> None:
    _keep(store, [saved, *(one for one in every(store) if one.id != saved.id)])


def _keep(store: Store, setups: Sequence[SavedSetup]) -> None:
    store.set_preference(_PREFERENCE, [to_json(one) for one in setups])
