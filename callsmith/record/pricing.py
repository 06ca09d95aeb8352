"""What exchanges cost by the prices as they are now, for rows that leave the program."""

from __future__ import annotations

from collections.abc import Callable

from callsmith import prices_own
from callsmith.prices import cost_of
from callsmith.store import Store, UsageRow
from callsmith.types.connection import Connection


def price(store: Store) -> Callable[[UsageRow], float | None]:
    """The cost of an exchange in US dollars where it went, None where it is unknown."""
    own = prices_own.from_json(store.preference(prices_own.PREFERENCE))

    def of(row: UsageRow) -> float | None:
        where = Connection("", row.connection, row.url)
        cost = cost_of(row.usage, where, row.model, row.wire, row.marks.started, own)
        return None if cost is None else cost.usd

    return of
