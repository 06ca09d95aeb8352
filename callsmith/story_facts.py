"""The figures of a story: tokens, time and money of its replies. What was not reported is never shown as 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from callsmith.spoken import count, money, seconds
from callsmith.store.records import ExchangeInfo

FactKind = Literal["model", "tokens", "seconds", "cost", "who", "size", "valid"]
Costs = Mapping[str, float | None]
NO_COSTS: Costs = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fact:
    kind: FactKind
    text: str


def totals(infos: Sequence[ExchangeInfo], costs: Costs) -> tuple[Fact, ...]:
    if not infos:
        return ()
    facts = [
        replace(fact, text=f"{fact.text} for the replies") if fact.kind == "seconds" else fact
        for fact in usage_facts(infos)
    ]
    known = [costs[info.id] for info in infos if info.id in costs]
    if known:
        unknown = any(usd is None for usd in known)
        facts.append(Fact("cost", money(None if unknown else sum(usd for usd in known if usd is not None))))
    return tuple(facts)


def usage_facts(infos: Sequence[ExchangeInfo]) -> list[Fact]:
    """Sums, where every reply reported them; a number that is not known is no 0."""
    facts = []
    for way in ("input", "output"):
        numbers = [getattr(info.usage, way) if info.usage is not None else None for info in infos]
        if None not in numbers:
            facts.append(Fact("tokens", f"{count(sum(n for n in numbers if n), 'token')} {way[: -len('put')]}"))
    if not facts:
        facts.append(Fact("tokens", "tokens not reported"))
    times = [info.marks.done for info in infos]
    if None not in times:
        facts.append(Fact("seconds", seconds(sum(time for time in times if time))))
    return facts


def cost_fact(exchange_id: str, costs: Costs) -> Fact | None:
    return Fact("cost", money(costs[exchange_id])) if exchange_id and exchange_id in costs else None
