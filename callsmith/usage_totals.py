"""What many exchanges used together: sums that the database made, priced, and set side by side.

Prices are linear in tokens within a kind (``callsmith/store/usage_totals.py``), so a sum costs what its exchanges cost;
where the price depends on the length of the input, the average exchange is priced and counted. Unknown is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Any

from callsmith.prices import cost_of_sum
from callsmith.prices_own import OwnPrices
from callsmith.store import Store
from callsmith.store.session_rows import Used
from callsmith.store.usage_totals import DAY, HOUR, SUMS, TOKENS, Kind, Span, seconds_of
from callsmith.types.connection import Connection
from callsmith.types.usage import Usage

CONVERSATIONS = 50
_PLACES = {name: place for place, name in enumerate(SUMS)}
_HOURLY, _DAILY = 3 * DAY, 200 * DAY


@dataclass(frozen=True, slots=True)
class Picked:
    """Which exchanges count. Empty means every one. ``shift``: hours that the reader's clock is east of UTC."""

    models: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    span: Span = Span()
    shift: int = 0

    def fits(self, kind: Kind) -> bool:
        return (not self.models or kind.model in self.models) and (
            not self.connections or kind.connection in self.connections
        )


@dataclass(slots=True)
class Sum:
    """``usd`` adds what has a known price; ``unpriced`` counts the exchanges without one."""

    values: list[int] = field(default_factory=lambda: [0] * len(SUMS))
    cost: float = 0.0
    unpriced: int = 0

    @property
    def exchanges(self) -> int:
        return self.values[0]

    @property
    def usd(self) -> float | None:
        return None if self.unpriced == self.exchanges else self.cost

    def __getitem__(self, name: str) -> int:
        return self.values[_PLACES[name]]

    def tokens(self, name: str) -> int | None:
        """Of input, output or total; None where no exchange reported it."""
        return self[name] if self[f"with_{name}"] else None

    def add(self, more: Sequence[int], usd: float, unpriced: int) -> None:
        self.values = list(map(add, self.values, more))
        self.cost += usd
        self.unpriced += unpriced


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Seconds, None where no reply had begun or ended. To within 7 %, since times are kept in buckets."""

    first_p50: float | None
    first_p95: float | None
    total_p50: float | None
    total_p95: float | None


@dataclass(frozen=True, slots=True)
class Totals:
    """``step`` is the length of a place in seconds; ``series`` and ``times`` are by the Unix second a place begins."""

    whole: Sum
    played: Sum
    step: int
    series: Mapping[float, Sum]
    times: Mapping[float, Percentiles]
    time: Percentiles
    models: Mapping[str, Sum]
    connections: Mapping[str, Sum]
    tools: Mapping[str, Sum]

    @property
    def exchanges(self) -> int:
        return self.whole.exchanges


def totals(store: Store, picked: Picked, own: OwnPrices) -> Totals:
    kinds = {kind.id: kind for kind in store.usage_kinds() if picked.fits(kind)}
    step = _step(store, list(kinds), picked)
    series: dict[float, Sum] = {}
    by_kind: dict[int, Sum] = {}
    for row in store.usage_sums(list(kinds), picked.span, step=step, shift=picked.shift):
        number, place, sums = row[0], row[1], row[2:]
        begins = float((place * step - picked.shift) * HOUR)
        usd = _cost(kinds[number], sums, begins + step * HOUR / 2, own)
        unpriced = sums[0] if usd is None else 0
        series.setdefault(begins, Sum()).add(sums, usd or 0.0, unpriced)
        by_kind.setdefault(number, Sum()).add(sums, usd or 0.0, unpriced)
    whole, played = Sum(), Sum()
    models: dict[str, Sum] = {}
    connections: dict[str, Sum] = {}
    tools: dict[str, Sum] = {}
    for number, one in by_kind.items():
        kind = kinds[number]
        into = [whole, models.setdefault(kind.model, Sum()), connections.setdefault(kind.connection, Sum())]
        if kind.plays:
            into += [played, tools.setdefault(kind.plays, Sum())]
        for other in into:
            other.add(one.values, one.cost, one.unpriced)
    long = max(step, 24)
    times, time = _times(store.usage_times(list(kinds), picked.span, step=long, shift=picked.shift), long, picked.shift)
    return Totals(
        whole,
        played,
        step * HOUR,
        dict(sorted(series.items())),
        times,
        time,
        models,
        connections,
        tools,
    )


def _step(store: Store, kinds: Sequence[int], picked: Picked) -> int:
    """Hours of a place: few enough places to read, fine enough to see something."""
    bounds = store.usage_bounds(kinds)
    if bounds is None:
        return 24
    first = bounds[0] if picked.span.start is None else max(bounds[0], picked.span.start)
    last = bounds[1] if picked.span.end is None else min(bounds[1], picked.span.end)
    return 1 if last - first <= _HOURLY else 24 if last - first <= _DAILY else 168


def conversations(store: Store, picked: Picked, own: OwnPrices) -> list[tuple[str, str, Sum]]:
    """(id, title, sum) of those with the most tokens; the title of a deleted one is empty. By whole days of UTC."""
    kinds = {kind.id: kind for kind in store.usage_kinds() if picked.fits(kind)}
    found: dict[tuple[str, str], Sum] = {}
    for row in store.usage_sessions(list(kinds), picked.span, CONVERSATIONS):
        sums = row[4:]
        usd = _cost(kinds[row.kind], sums, float(row.day * DAY), own)
        one = found.setdefault((row.conversation_id, row.title), Sum())
        one.add(sums, usd or 0.0, sums[0] if usd is None else 0)
    made = [(conversation_id, title, one) for (conversation_id, title), one in found.items()]
    return sorted(made, key=lambda one: -one[2]["total"])


def of_used(used: Iterable[Used], own: OwnPrices) -> Sum:
    """All of it together."""
    one = Sum()
    for part in used:
        usd = _cost(part.kind, part.sums, float(part.day * DAY), own)
        one.add(part.sums, usd or 0.0, part.sums[0] if usd is None else 0)
    return one


def _cost(kind: Kind, sums: Sequence[int], at: float, own: OwnPrices) -> float | None:
    usage = None
    if kind.known:
        hour = sums[_PLACES["hour_write"]]
        raw = {"cache_creation": {"ephemeral_1h_input_tokens": hour}} if hour else {}
        usage = Usage(**{name: sums[_PLACES[name]] for name in TOKENS}, raw=raw)
    cost = cost_of_sum(usage, sums[0], Connection("", kind.connection, kind.url), kind.model, kind.wire, at, own)
    return None if cost is None else cost.usd


def _times(rows: Iterable[Any], step: int, shift: int) -> tuple[dict[float, Percentiles], Percentiles]:
    """By place and over all."""
    places: dict[float, dict[str, dict[int, int]]] = {}
    everything: dict[str, dict[int, int]] = {}
    for place, mark, bucket, number in rows:
        begins = float((place * step - shift) * HOUR)
        for counts in (places.setdefault(begins, {}), everything):
            buckets = counts.setdefault(mark, {})
            buckets[bucket] = buckets.get(bucket, 0) + int(number)
    return {begins: _percentiles(counts) for begins, counts in sorted(places.items())}, _percentiles(everything)


def _percentiles(counts: Mapping[str, Mapping[int, int]]) -> Percentiles:
    first, done = counts.get("first_token", {}), counts.get("done", {})
    return Percentiles(_at(first, 0.5), _at(first, 0.95), _at(done, 0.5), _at(done, 0.95))


def _at(buckets: Mapping[int, int], share: float) -> float | None:
    left = share * sum(buckets.values())
    for bucket, number in sorted(buckets.items()):
        left -= number
        if number and left <= 0:
            return seconds_of(bucket)
    return None
