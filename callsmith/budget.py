"""The budget of a conversation: what it may cost in US dollars before nothing more is asked without a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from callsmith.spoken import count, money
from callsmith.store.records import UsageRow
from callsmith.types.connection import Connection, Target
from callsmith.types.usage import Usage

Price = Callable[[Usage, Target, float], float | None]
WARNS_AT = 0.8


@dataclass(frozen=True, slots=True)
class Spending:
    """What a conversation has cost, models that played tools included. ``unpriced``: exchanges that ended and whose
    price is not known; they count for nothing."""

    usd: float = 0.0
    unpriced: int = 0

    def share(self, budget: float) -> float:
        """Of the budget, 1 for all of it."""
        return self.usd / budget if budget > 0 else 1.0


def spending(rows: Iterable[UsageRow], price: Price) -> Spending:
    usd, unpriced = 0.0, 0
    for row in rows:
        if row.state == "running":
            continue
        target = Target(Connection("", row.connection, row.url), row.wire, row.model)
        cost = price(row.usage or Usage(), target, row.marks.started)
        usd += cost or 0.0
        unpriced += cost is None
    return Spending(usd, unpriced)


def over(budget: float | None, spent: Spending) -> str:
    """Why nothing more is asked without a person; empty where it may be."""
    if budget is None or spent.share(budget) < 1:
        return ""
    return f"{_of(budget, spent)}, so nothing more is asked by itself"


def words(budget: float, spent: Spending) -> str:
    unknown = f", not counted: {count(spent.unpriced, 'exchange')} without a known price" if spent.unpriced else ""
    return f"{_of(budget, spent)}{unknown}"


def _of(budget: float, spent: Spending) -> str:
    return f"{money(spent.usd)} of this conversation's budget of {money(budget)} is spent"
