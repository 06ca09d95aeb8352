"""What many exchanges used together: sums that the database made, priced, and set side by side.

Prices are linear in tokens within a kind (``callsmith/store/usage_totals.py``), so a sum costs what its exchanges cost;
where the price depends on the length of the input, the average exchange is priced and counted. Unknown is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callsmith.prices import cost_of_sum
from callsmith.prices_own import OwnPrices
from callsmith.store import Store
from callsmith.store.usage_totals import DAY, HOUR, SUMS, TOKENS, Kind, Span, seconds_of
from callsmith.types.connection import Connection
from callsmith.types.usage import Usage

CONVERSATIONS = 50
_HOURLY, _DAILY = 3 * DAY, 400 * DAY


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

    values: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMS, 0))
    cost: float = 0.0
    unpriced: int = 0

    @property
    def exchanges(self) -> int:
        return self.values["exchanges"]

    @property
    def usd(self) -> float | None:
        return None if self.unpriced == self.exchanges else self.cost

    def tokens(self, name: str, reported: str) -> int | None:
        """None where no exchange reported it."""
        return self.values[name] if self.values[reported] else None

    def add(self, more: Mapping[str, int], usd: float | None) -> None:
        for name in SUMS:
            self.values[name] += more[name]
        self.cost += usd or 0.0
        self.unpriced += more["exchanges"] if usd is None else 0


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Seconds, None where no reply had begun or ended. To within 7 %, since times are kept in buckets."""

    first_p50: float | None
    first_p95: float | None
    total_p50: float | None
    total_p95: float | None


@dataclass(frozen=True, slots=True)
class Totals:
    """``step`` is the length of a place in seconds; ``series`` and ``times`` are by the Unix second a place begins.
    ``conversations``: (id, title, sum) of those with the most tokens; the title of a deleted one is empty."""

    whole: Sum
    played: Sum
    step: int
    series: Mapping[float, Sum]
    times: Mapping[float, Percentiles]
    time: Percentiles
    models: Mapping[str, Sum]
    connections: Mapping[str, Sum]
    tools: Mapping[str, Sum]
    conversations: Sequence[tuple[str, str, Sum]]

    @property
    def exchanges(self) -> int:
        return self.whole.exchanges


def totals(store: Store, picked: Picked, own: OwnPrices) -> Totals:
    kinds = {kind.id: kind for kind in store.usage_kinds() if picked.fits(kind)}
    step = _step(store, list(kinds), picked)
    whole, played = Sum(), Sum()
    series: dict[float, Sum] = {}
    models: dict[str, Sum] = {}
    connections: dict[str, Sum] = {}
    tools: dict[str, Sum] = {}
    for row in store.usage_sums(list(kinds), picked.span, step=step, shift=picked.shift):
        kind = kinds[row.kind]
        sums: dict[str, int] = dict(zip(SUMS, row[2:], strict=True))
        begins = float((row.place * step - picked.shift) * HOUR)
        usd = _cost(kind, sums, begins + step * HOUR / 2, own)
        into = [whole, series.setdefault(begins, Sum()), models.setdefault(kind.model, Sum())]
        into.append(connections.setdefault(kind.connection, Sum()))
        if kind.plays:
            into += [played, tools.setdefault(kind.plays, Sum())]
        for one in into:
            one.add(sums, usd)
    times, time = _times(store.usage_times(list(kinds), picked.span), step, picked.shift)
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
        _conversations(store, kinds, picked.span, own),
    )


def _step(store: Store, kinds: Sequence[int], picked: Picked) -> int:
    """Hours of a place: few enough places to read, fine enough to see something."""
    bounds = store.usage_bounds(kinds)
    if bounds is None:
        return 24
    first = bounds[0] if picked.span.start is None else max(bounds[0], picked.span.start)
    last = bounds[1] if picked.span.end is None else min(bounds[1], picked.span.end)
    return 1 if last - first <= _HOURLY else 24 if last - first <= _DAILY else 168


def _cost(kind: Kind, sums: Mapping[str, int], at: float, own: OwnPrices) -> float | None:
    usage = None
    if kind.known:
        raw = {"cache_creation": {"ephemeral_1h_input_tokens": sums["hour_write"]}} if sums["hour_write"] else {}
        usage = Usage(**{name: sums[name] for name in TOKENS}, raw=raw)
    where = Connection("", kind.connection, kind.url)
    cost = cost_of_sum(usage, sums["exchanges"], where, kind.model, kind.wire, at, own)
    return None if cost is None else cost.usd


def _conversations(store: Store, kinds: Mapping[int, Kind], span: Span, own: OwnPrices) -> list[tuple[str, str, Sum]]:
    found: dict[tuple[str, str], Sum] = {}
    for row in store.usage_sessions(list(kinds), span, CONVERSATIONS):
        sums: dict[str, int] = dict(zip(SUMS, row[4:], strict=True))
        usd = _cost(kinds[row.kind], sums, float(row.day * DAY), own)
        found.setdefault((row.conversation_id, row.title), Sum()).add(sums, usd)
    made = [(conversation_id, title, one) for (conversation_id, title), one in found.items()]
    return sorted(made, key=lambda one: -one[2].values["total"])


def _times(rows: Iterable[Any], step: int, shift: int) -> tuple[dict[float, Percentiles], Percentiles]:
    """By place and over all."""
    places: dict[float, dict[str, dict[int, int]]] = {}
    everything: dict[str, dict[int, int]] = {}
    long = max(step, 24)
    for day, mark, bucket, number in rows:
        begins = float(((day * 24 + shift) // long * long - shift) * HOUR)
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
