"""What many exchanges used together: sums that the database made, priced, and set side by side.

Prices are linear in tokens within a kind (``callsmith/store/usage_tables.py``), so a sum costs what its exchanges cost;
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
from callsmith.store.call_verdicts import CallVerdict, by_tool
from callsmith.store.session_rows import Used
from callsmith.store.usage_tables import DAY, HOUR, SUMS, TOKENS, WEEK, Kind, Span
from callsmith.store.usage_tally import seconds_of
from callsmith.store.usage_totals import SumsRead
from callsmith.types.connection import Connection
from callsmith.types.usage import Usage

CONVERSATIONS = 50
# So many exchanges are summed one by one, within half a second.
EXACT = 5_000
_PLACES = {name: place for place, name in enumerate(SUMS)}
_HOURLY, _DAILY = 3 * DAY, 120 * DAY
_FROM_MONDAY = 72


@dataclass(frozen=True, slots=True)
class Picked:
    """Which exchanges count. Empty means every one; of ``tools``, which were called, any. ``conversations`` are ids.
    ``shift``: hours that the reader's clock is east of UTC."""

    models: tuple[str, ...] = ()
    connections: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    conversations: tuple[str, ...] = ()
    span: Span = Span()
    shift: int = 0

    def fits(self, kind: Kind) -> bool:
        if bool(self.tools) != bool(kind.tools):
            return False
        return self.asks(kind.model, kind.connection) and (not self.tools or not set(self.tools).isdisjoint(kind.tools))

    def asks(self, model: str, connection: str) -> bool:
        """Whether the model and the connection fit."""
        return (not self.models or model in self.models) and (not self.connections or connection in self.connections)

    def of_tools(self, called: Mapping[str, Called]) -> dict[str, Called]:
        """What was called, of the tools that count."""
        return {tool: counts for tool, counts in called.items() if not self.tools or tool in self.tools}


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
        """Of input, output, cache_read, reasoning or total; None where no exchange reported it."""
        return self[name] if self[f"with_{name}"] else None

    def add(self, more: Sequence[int], usd: float, unpriced: int) -> None:
        self.values = list(map(add, self.values, more))
        self.cost += usd
        self.unpriced += unpriced


@dataclass(frozen=True, slots=True)
class Called:
    """Calls of one tool, in so many exchanges. The arguments of the others could not be judged."""

    exchanges: int
    calls: int
    valid: int
    invalid: int

    @property
    def unjudged(self) -> int:
        return self.calls - self.valid - self.invalid


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
    ``exact``: to the second. Where it is not, times and calls of tools are those of whole days of UTC. An exchange that
    called two tools counts for both in ``called``. Weeks begin on Monday, on UTC's clock."""

    whole: Sum
    played: Sum
    step: int
    exact: bool
    series: Mapping[float, Sum]
    times: Mapping[float, Percentiles]
    time: Percentiles
    models: Mapping[str, Sum]
    connections: Mapping[str, Sum]
    players: Mapping[str, Sum]
    called: Mapping[str, Called]

    @property
    def exchanges(self) -> int:
        return self.whole.exchanges


def totals(store: Store, picked: Picked, own: OwnPrices) -> Totals:
    read, exact = _read(store, picked)
    known = read.usage_kinds(by_tools=bool(picked.tools))
    fitting = [kind for kind in known if picked.fits(kind)]
    ids, kinds = _told(fitting)
    step = _step(read, ids, picked.span)
    shift = _FROM_MONDAY if step == WEEK else picked.shift
    series: dict[float, Sum] = {}
    by_kind: dict[int, Sum] = {}
    for row in read.usage_sums(ids, picked.span, step=step, shift=shift):
        number, place, sums = row[0], row[1], row[2:]
        begins = float((place * step - shift) * HOUR)
        usd = _cost(kinds[number], sums, begins + step * HOUR / 2, own)
        unpriced = sums[0] if usd is None else 0
        series.setdefault(begins, Sum()).add(sums, usd or 0.0, unpriced)
        by_kind.setdefault(number, Sum()).add(sums, usd or 0.0, unpriced)
    whole, played = Sum(), Sum()
    models: dict[str, Sum] = {}
    connections: dict[str, Sum] = {}
    players: dict[str, Sum] = {}
    for number, one in by_kind.items():
        kind = kinds[number]
        into = [whole, models.setdefault(kind.model, Sum()), connections.setdefault(kind.connection, Sum())]
        if kind.plays:
            into += [played, players.setdefault(kind.plays, Sum())]
        for other in into:
            other.add(one.values, one.cost, one.unpriced)
    long = max(step, 24)
    who = {kind.who for kind in fitting}
    times, time = _times(read.usage_times(who, picked.span, step=long, shift=shift), long, shift)
    asked = {kind.who for kind in known if picked.asks(kind.model, kind.connection) and not kind.tools}
    called = {tool: Called(*counts) for tool, *counts in read.usage_tools(asked, picked.span)}
    return Totals(
        whole,
        played,
        step * HOUR,
        exact,
        dict(sorted(series.items())),
        times,
        time,
        models,
        connections,
        players,
        picked.of_tools(called),
    )


def called_in(exchanges: Iterable[Sequence[CallVerdict]]) -> dict[str, Called]:
    """By tool, of the calls of some exchanges."""
    found: dict[str, list[int]] = {}
    for calls in exchanges:
        for tool, counts in by_tool(calls).items():
            found[tool] = list(map(add, found.get(tool, (0, 0, 0, 0)), counts))
    return {tool: Called(*counts) for tool, counts in found.items()}


def _read(store: Store, picked: Picked) -> tuple[SumsRead, bool]:
    exact = bool(picked.conversations) or not store.usage_is_many(EXACT, picked.span)
    return (store.usage_exact(picked.span, picked.conversations) if exact else store), exact


def _told(kinds: Sequence[Kind]) -> tuple[list[int], dict[int, Kind]]:
    """Their numbers, and one kind for each base, which says all but the tools."""
    return [kind.id for kind in kinds], {kind.base: kind for kind in kinds}


def _step(read: SumsRead, kinds: Sequence[int], span: Span) -> int:
    """Hours of a place: few enough places to read, fine enough to see something."""
    bounds = read.usage_bounds(kinds)
    if bounds is None:
        return 24
    first = bounds[0] if span.start is None else max(bounds[0], span.start)
    last = bounds[1] if span.end is None else min(bounds[1], span.end)
    return 1 if last - first <= _HOURLY else 24 if last - first <= _DAILY else WEEK


def conversations(store: Store, picked: Picked, own: OwnPrices) -> list[tuple[str, str, Sum]]:
    """(id, title, sum) of those with the most tokens; the title of a deleted one is empty. By whole days of UTC where
    the totals are not exact."""
    read, _ = _read(store, picked)
    ids, kinds = _told([kind for kind in read.usage_kinds(by_tools=bool(picked.tools)) if picked.fits(kind)])
    found: dict[tuple[str, str], Sum] = {}
    for conversation_id, title, kind, day, *sums in read.usage_sessions(ids, picked.span, CONVERSATIONS):
        usd = _cost(kinds[kind], sums, float(day * DAY), own)
        one = found.setdefault((conversation_id, title), Sum())
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
