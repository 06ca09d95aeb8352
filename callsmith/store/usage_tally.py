"""Counting exchanges into the sums, as they end. Every writer of exchanges calls ``count`` in its own transaction, once
the calls in them are judged. An exchange that runs is not counted."""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from callsmith.store import rows
from callsmith.store.base import add_to, insert_new
from callsmith.store.call_verdicts import CallVerdict, by_tool, verdicts
from callsmith.store.rows import AnyRow
from callsmith.store.schema import exchanges
from callsmith.store.usage_tables import (
    CALLED,
    HOUR,
    KIND,
    SUMS,
    TOKENS,
    Kind,
    usage_days,
    usage_hours,
    usage_kinds,
    usage_sessions,
    usage_times,
    usage_tools,
)
from callsmith.types.usage import Usage, written_for_an_hour

# Lengths of an input, in tokens, from which some model of the price list costs more (genai-prices 0.2.3).
STEPS = (32_000, 100_000, 128_000, 199_999, 200_000, 256_000, 272_000, 512_000, 524_288)
# A time is known to within half of this: 7 %.
RATIO = 1.15
_SHORTEST = 0.001
_BATCH = 20_000
MARKS = ("first_token", "done")

Sums = dict[tuple[Any, ...], list[int]]


Called = Mapping[str, Sequence[CallVerdict]]


def count(connection: sa.Connection, owner: str, ids: Collection[str], called: Called) -> None:
    """Add the ended exchanges ``ids`` to the sums. ``called``: the calls in those that called any tool."""
    _count(connection, owner, ids, called, 1)


def take_out(connection: sa.Connection, owner: str, ids: Collection[str]) -> None:
    """Take ended exchanges out of the sums, before their rows or their verdicts change."""
    _count(connection, owner, ids, verdicts(connection, list(ids)), -1)


def _count(connection: sa.Connection, owner: str, ids: Collection[str], called: Called, sign: int) -> None:
    query = sa.select(*rows.COST).where(
        exchanges.c.owner == owner, exchanges.c.id.in_(list(ids)), exchanges.c.state != "running"
    )
    tally = Tally(owner)
    tally.add(connection.execute(query), called, sign)
    tally.write(connection)


def count_all(connection: sa.Connection) -> None:
    """Sum everything there is, in a database that has no sums yet."""
    for owner in connection.execute(sa.select(exchanges.c.owner).distinct()).scalars().all():
        query = sa.select(*rows.COST).where(exchanges.c.owner == owner, exchanges.c.state != "running")
        for some in connection.execute(query.execution_options(yield_per=_BATCH)).partitions():
            tally = Tally(owner)
            tally.add(some, verdicts(connection, [row.id for row in some if row.calls]))
            tally.write(connection)


def bucket_of(seconds: float) -> int:
    return max(0, round(math.log(max(seconds, _SHORTEST) / _SHORTEST) / math.log(RATIO)))


def seconds_of(bucket: int) -> float:
    return float(_SHORTEST * RATIO**bucket)


class Tally:
    """Sums in memory."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self.kinds: dict[tuple[Any, ...], Kind] = {}
        self.hours: Sums = {}
        self.sessions: Sums = {}
        self.times: Sums = {}
        self.tools: Sums = {}

    def add(self, found: Iterable[AnyRow], called: Called, sign: int = 1) -> None:
        for row in found:
            usage = rows.to_usage(row) or Usage()
            marks: Mapping[str, Any] = row.marks
            hour = int(marks["started"] // HOUR)
            sums = [sign * value for value in _of(row.calls, usage, row.wire)]
            calls = called.get(row.id, ())
            sets = [(), tuple(sorted({call.tool for call in calls}))] if calls else [()]
            for tools in sets:
                kind = self._kind(row, usage, tools)
                plus(self.hours, (kind.id, hour), sums)
                plus(self.sessions, (row.conversation_id, kind.id, hour // 24), sums)
                for mark in MARKS:
                    if (seconds := marks.get(mark)) is not None:
                        plus(self.times, (kind.who, hour // 24, mark, bucket_of(seconds)), [sign])
            who = self._kind(row, usage, ()).who
            for tool, made in by_tool(calls).items():
                plus(self.tools, (who, hour // 24, tool), [sign * value for value in made])

    def days(self) -> Sums:
        by_day: Sums = {}
        for (kind, hour), sums in self.hours.items():
            plus(by_day, (kind, hour // 24), sums)
        return by_day

    def write(self, connection: sa.Connection) -> None:
        kinds = [
            {"id": kind.id, "owner": self._owner, **{name: getattr(kind, name) for name in KIND}}
            for kind in self.kinds.values()
        ]
        insert_new(connection, usage_kinds, kinds)
        for table, keys, values, kept in (
            (usage_hours, ("kind", "hour"), SUMS, self.hours),
            (usage_days, ("kind", "day"), SUMS, self.days()),
            (usage_sessions, ("conversation_id", "kind", "day"), SUMS, self.sessions),
            (usage_times, ("who", "day", "mark", "bucket"), ("exchanges",), self.times),
            (usage_tools, ("who", "day", "tool"), CALLED, self.tools),
        ):
            names = ("owner", *keys, *values)
            found = [dict(zip(names, (self._owner, *key, *sums), strict=True)) for key, sums in kept.items()]
            add_to(connection, table, values, found)

    def _kind(self, row: AnyRow, usage: Usage, tools: tuple[str, ...]) -> Kind:
        known = usage.input is not None and usage.output is not None
        size = bisect_left(STEPS, usage.input or 0)
        key = (row.connection, row.request_url, row.model, row.wire, row.plays, row.state, known, size, tools)
        kind = self.kinds.get(key)
        if kind is None:
            own, base = _hashed(self._owner, *key), _hashed(self._owner, *key[:-1], ())
            who = _hashed(self._owner, row.connection, row.model, tools)
            kind = self.kinds[key] = Kind(own, *key, base, who)
        return kind


def _hashed(*said: Any) -> int:
    digest = hashlib.blake2b(json.dumps(said).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _of(calls: int, usage: Usage, wire: str) -> list[int]:
    total = usage.total
    if total is None and usage.input is not None and usage.output is not None:
        total = usage.input + usage.output
    tokens = [getattr(usage, name) or 0 for name in TOKENS[:-1]]
    hour = written_for_an_hour(usage.raw) if wire == "anthropic" else None
    counted = (usage.input, usage.output, usage.cache_read, usage.reasoning, total)
    return [1, calls, *tokens, total or 0, hour or 0, *(number is not None for number in counted)]


def plus(sums: Sums, key: tuple[Any, ...], more: list[int]) -> None:
    """Add ``more`` to what stands under ``key``."""
    there = sums.get(key)
    sums[key] = more if there is None else [one + other for one, other in zip(there, more, strict=True)]
