"""What each exchange cost, by the prices as they are now."""

from __future__ import annotations

from collections.abc import Callable

from callsmith import prices_own
from callsmith.prices import cost_of
from callsmith.prices_own import OwnPrices
from callsmith.store import UsageRow
from callsmith.types.connection import Connection
from components import services


def own() -> OwnPrices:
    return prices_own.from_json(services.store().preference(prices_own.PREFERENCE))


def by_exchange(conversation_id: str) -> dict[str, float | None]:
    """What each exchange of a conversation cost, by its id."""
    if not conversation_id:
        return {}
    of = price()
    return {row.exchange_id: of(row) for row in services.store().usage_rows(conversation_id) if row.state != "running"}


def price() -> Callable[[UsageRow], float | None]:
    """The cost of an exchange in US dollars, None where it is unknown. It is priced where it went: its connection may
    have been changed or deleted since."""
    table = own()

    def of(row: UsageRow) -> float | None:
        where = Connection("", row.connection, row.url)
        cost = cost_of(row.usage, where, row.model, row.wire, row.marks.started, table)
        return None if cost is None else cost.usd

    return of
