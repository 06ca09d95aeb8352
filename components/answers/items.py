"""The rules and the saved results of a tool as lists that are edited: change, add, copy, move, delete.

What calls these are callbacks: they read the list afresh and find their item by its name on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from components.answers import settings
from components.answers.listed import Listed, listed


@dataclass(frozen=True, slots=True)
class Items:
    tool_id: str
    field: Literal["mocks", "rules"]

    def order(self) -> Listed:
        return listed(settings.key_of(self.tool_id, f"{self.field}-order"), self._now())

    def change(self, item_id: str, how: Callable[[Any], Any], step: str) -> None:
        """``step``: changes of this name in a row, to the same item, are undone at once."""
        order, now = self.order(), self._now()
        place = order.place(item_id)
        if place is not None:
            self._keep(order, (*now[:place], how(now[place]), *now[place + 1 :]), order.ids, f"{item_id} {step}")

    def add(self, items: Sequence[Any], at: int | None = None, said: str = "") -> None:
        """Put items at a place, or at the end; a single one is unfolded."""
        order, now = self.order(), self._now()
        at = len(now) if at is None else at
        made = order.fresh(len(items))
        if len(made) == 1:
            order.opened.update(made)
        self._keep(order, (*now[:at], *items, *now[at:]), [*order.ids[:at], *made, *order.ids[at:]], said=said)

    def copy(self, item_id: str) -> None:
        order, now = self.order(), self._now()
        place = order.place(item_id)
        if place is not None:
            self.add([now[place]], place + 1)

    def move(self, item_id: str, by: int) -> None:
        order, now = self.order(), list(self._now())
        place, ids = order.place(item_id), list(order.ids)
        if place is not None and 0 <= place + by < len(now):
            now.insert(place + by, now.pop(place))
            ids.insert(place + by, ids.pop(place))
            self._keep(order, now, ids)

    def delete(self, item_id: str, said: str) -> None:
        order, now = self.order(), self._now()
        place = order.place(item_id)
        if place is not None:
            ids = [one for one in order.ids if one != item_id]
            self._keep(order, (*now[:place], *now[place + 1 :]), ids, said=said)

    def fold(self, item_id: str) -> None:
        """Open what is folded and the other way round."""
        self.order().opened ^= {item_id}

    def _now(self) -> tuple[Any, ...]:
        kept: tuple[Any, ...] = getattr(settings.kept(self.tool_id), self.field)
        return kept

    def _keep(self, order: Listed, items: Sequence[Any], ids: list[str], step: str = "", said: str = "") -> None:
        order.put(tuple(items), ids)
        now = settings.kept(self.tool_id)
        put = replace(now, mocks=tuple(items)) if self.field == "mocks" else replace(now, rules=tuple(items))
        settings.save(self.tool_id, put, step, said)
