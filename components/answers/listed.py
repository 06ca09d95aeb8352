"""The items of a list on the page, each with a name that stays while items come, go and move.

A widget of an item is keyed by that name, so that what was typed into one item never lands in another.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st


@dataclass(slots=True)
class Listed:
    """``opened`` are the items that are unfolded."""

    ids: list[str] = field(default_factory=list)
    items: Sequence[Any] = ()
    opened: set[str] = field(default_factory=set)

    def follow(self, items: Sequence[Any]) -> None:
        """Take over a list that was changed: as many items are the same items, others keep the ends they share."""
        if len(items) != len(self.ids):
            first = _shared(self.items, items)
            last = min(_shared(self.items[::-1], items[::-1]), min(len(items), len(self.ids)) - first)
            middle = self.fresh(len(items) - first - last)
            self.ids = [*self.ids[:first], *middle, *self.ids[len(self.ids) - last :]]
        self.items = items

    def place(self, item_id: str) -> int | None:
        return self.ids.index(item_id) if item_id in self.ids else None

    def put(self, items: Sequence[Any], ids: list[str]) -> None:
        self.items, self.ids = items, ids

    def fresh(self, number: int) -> list[str]:
        return [uuid.uuid4().hex[:8] for _ in range(number)]


def listed(key: str, items: Sequence[Any]) -> Listed:
    found: Listed = st.session_state.setdefault(key, Listed())
    found.follow(items)
    return found


def _shared(one: Sequence[Any], other: Sequence[Any]) -> int:
    """How many items both begin with."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
