"""What exchanges used, summed as they end, so that a million of them are told in under a second.

A kind is all that a filter or a price asks about: where, which model, in which format, which tool was played, how it
ended, whether its tokens are known, and between which of the list's length steps its input lies. Sums are kept by kind
and hour, and by conversation, kind and day; times as counts in buckets of equal ratio. Every writer of exchanges calls
``count`` in its own transaction. Hours and days are those of UTC since 1970. An exchange that runs is not in here.
"""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from callsmith.store import rows
from callsmith.store.base import Base, add_to, insert_new
from callsmith.store.rows import AnyRow
from callsmith.store.schema import AnyText, conversations, exchanges, metadata
from callsmith.types.usage import Usage, written_for_an_hour

HOUR, DAY = 3_600, 86_400
# Lengths of an input, in tokens, from which some model of the price list costs more (genai-prices 0.2.3).
STEPS = (32_000, 100_000, 128_000, 199_999, 200_000, 256_000, 272_000, 512_000, 524_288)
# A time is known to within half of this: 7 %.
RATIO = 1.15
_SHORTEST = 0.001
_BATCH = 50_000
TOKENS = ("input", "output", "cache_read", "cache_write", "reasoning", "audio_in", "audio_out", "total")
SUMS = ("exchanges", "calls", *TOKENS, "hour_write", "with_input", "with_output", "with_total")
KIND = ("connection", "url", "model", "wire", "plays", "state", "known", "size")
MARKS = ("first_token", "done")


def _sums() -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in SUMS]


usage_kinds = sa.Table(
    "usage_kinds",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Text, nullable=False),
    *(sa.Column(name, AnyText, nullable=False) for name in ("connection", "url", "model", "wire", "plays")),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("known", sa.Boolean, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
)
usage_hours = sa.Table(
    "usage_hours",
    metadata,
    sa.Column("kind", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Text, nullable=False),
    *_sums(),
)
usage_sessions = sa.Table(
    "usage_sessions",
    metadata,
    sa.Column("conversation_id", AnyText, primary_key=True),
    sa.Column("kind", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Text, nullable=False),
    *_sums(),
)
usage_times = sa.Table(
    "usage_times",
    metadata,
    sa.Column("kind", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", sa.Text, primary_key=True),
    sa.Column("bucket", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("exchanges", sa.BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same in every exchange of a sum. ``known``: input and output were reported. ``size``: how many of
    ``STEPS`` its input is longer than."""

    id: int
    connection: str
    url: str
    model: str
    wire: str
    plays: str
    state: str
    known: bool
    size: int


@dataclass(frozen=True, slots=True)
class Span:
    """Unix seconds from ``start``, which counts, to ``end``, which does not; None: as far as there is anything."""

    start: float | None = None
    end: float | None = None


def count(connection: sa.Connection, owner: str, ids: Collection[str], *, sign: int = 1) -> None:
    """Add the ended exchanges ``ids`` to the sums; ``sign`` -1 takes them out, before a row changes."""
    query = sa.select(*rows.COST).where(
        exchanges.c.owner == owner, exchanges.c.id.in_(list(ids)), exchanges.c.state != "running"
    )
    tally = _Tally(owner)
    tally.add(connection.execute(query), sign)
    tally.write(connection)


def count_all(connection: sa.Connection) -> None:
    """Sum everything there is, in a database that has no sums yet."""
    for owner in connection.execute(sa.select(exchanges.c.owner).distinct()).scalars().all():
        query = sa.select(*rows.COST).where(exchanges.c.owner == owner, exchanges.c.state != "running")
        for some in connection.execute(query.execution_options(yield_per=_BATCH)).partitions():
            tally = _Tally(owner)
            tally.add(some, 1)
            tally.write(connection)


def bucket_of(seconds: float) -> int:
    return max(0, round(math.log(max(seconds, _SHORTEST) / _SHORTEST) / math.log(RATIO)))


def seconds_of(bucket: int) -> float:
    return float(_SHORTEST * RATIO**bucket)


class UsageTotals(Base):
    def usage_is_many(self, than: int) -> bool:
        """Whether there are more exchanges than ``than``."""
        query = sa.select(exchanges.c.started_at).where(exchanges.c.owner == self.owner).limit(1).offset(than)
        with self._read() as connection:
            return connection.execute(query).first() is not None

    def usage_kinds(self) -> list[Kind]:
        query = sa.select(usage_kinds.c.id, *(usage_kinds.c[name] for name in KIND))
        with self._read() as connection:
            return [Kind(*row) for row in connection.execute(query.where(usage_kinds.c.owner == self.owner))]

    def usage_sums(self, kinds: Collection[int], span: Span, *, step: int, shift: int = 0) -> list[AnyRow]:
        """Rows of (kind, place, *SUMS): ``place`` counts steps of ``step`` hours since 1970, ``shift`` hours east."""
        place = (usage_hours.c.hour + shift) // step
        query = (
            sa.select(usage_hours.c.kind, place.label("place"), *_summed(usage_hours))
            .where(usage_hours.c.kind.in_(list(kinds)), *_within(usage_hours.c.hour, span, HOUR))
            .group_by(usage_hours.c.kind, "place")
        )
        with self._read() as connection:
            return list(connection.execute(query))

    def usage_bounds(self, kinds: Collection[int]) -> tuple[float, float] | None:
        """From when to when, in Unix seconds, there is anything of these kinds; to the hour."""
        hours = sa.select(sa.func.min(usage_hours.c.hour), sa.func.max(usage_hours.c.hour))
        with self._read() as connection:
            first, last = connection.execute(hours.where(usage_hours.c.kind.in_(list(kinds)))).one()
        return None if first is None else (float(first * HOUR), float((last + 1) * HOUR))

    def usage_times(self, kinds: Collection[int], span: Span, *, step: int = 24, shift: int = 0) -> list[AnyRow]:
        """Rows of (place, mark, bucket, exchanges), by whole days of UTC."""
        place = ((usage_times.c.day * 24 + shift) // step).label("place")
        columns = (place, usage_times.c.mark, usage_times.c.bucket)
        query = (
            sa.select(*columns, sa.func.sum(usage_times.c.exchanges))
            .where(usage_times.c.kind.in_(list(kinds)), *_within(usage_times.c.day, span, DAY))
            .group_by("place", usage_times.c.mark, usage_times.c.bucket)
        )
        with self._read() as connection:
            return list(connection.execute(query))

    def usage_sessions(self, kinds: Collection[int], span: Span, most: int) -> list[AnyRow]:
        """Rows of (conversation_id, title, kind, day, *SUMS) of the ``most`` conversations with the most tokens."""
        theirs = (usage_sessions.c.kind.in_(list(kinds)), *_within(usage_sessions.c.day, span, DAY))
        largest = (
            sa.select(usage_sessions.c.conversation_id)
            .where(*theirs)
            .group_by(usage_sessions.c.conversation_id)
            .order_by(sa.func.sum(usage_sessions.c.total).desc())
            .limit(most)
        )
        title = sa.case((conversations.c.deleted_at.is_(None), conversations.c.title), else_="")
        with self._read() as connection:
            ids = list(connection.execute(largest).scalars())
            query = (
                sa.select(
                    usage_sessions.c.conversation_id,
                    title.label("title"),
                    usage_sessions.c.kind,
                    usage_sessions.c.day,
                    *(usage_sessions.c[name] for name in SUMS),
                )
                .join(conversations, conversations.c.id == usage_sessions.c.conversation_id)
                .where(usage_sessions.c.conversation_id.in_(ids), *theirs)
            )
            return list(connection.execute(query))


class _Tally:
    """Sums in memory, to be added to the tables at once."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._kinds: dict[tuple[Any, ...], int] = {}
        self._hours: dict[tuple[Any, ...], list[int]] = {}
        self._sessions: dict[tuple[Any, ...], list[int]] = {}
        self._times: dict[tuple[Any, ...], list[int]] = {}

    def add(self, found: Iterable[AnyRow], sign: int) -> None:
        for row in found:
            usage = rows.to_usage(row) or Usage()
            marks: Mapping[str, Any] = row.marks
            hour = int(marks["started"] // HOUR)
            kind = self._kind(row, usage)
            sums = [sign * value for value in _of(row.calls, usage, row.wire)]
            _plus(self._hours, (kind, hour), sums)
            _plus(self._sessions, (row.conversation_id, kind, hour // 24), sums)
            for mark in MARKS:
                if (seconds := marks.get(mark)) is not None:
                    _plus(self._times, (kind, hour // 24, mark, bucket_of(seconds)), [sign])

    def write(self, connection: sa.Connection) -> None:
        kinds = [
            {"id": number, "owner": self._owner, **dict(zip(KIND, key, strict=True))}
            for key, number in self._kinds.items()
        ]
        insert_new(connection, usage_kinds, kinds)
        for table, keys, values, kept in (
            (usage_hours, ("kind", "hour"), SUMS, self._hours),
            (usage_sessions, ("conversation_id", "kind", "day"), SUMS, self._sessions),
            (usage_times, ("kind", "day", "mark", "bucket"), ("exchanges",), self._times),
        ):
            names = ("owner", *keys, *values)
            found = [dict(zip(names, (self._owner, *key, *sums), strict=True)) for key, sums in kept.items()]
            add_to(connection, table, values, found)

    def _kind(self, row: AnyRow, usage: Usage) -> int:
        known = usage.input is not None and usage.output is not None
        size = bisect_left(STEPS, usage.input or 0)
        key = (row.connection, row.request_url, row.model, row.wire, row.plays, row.state, known, size)
        number = self._kinds.get(key)
        if number is None:
            said = json.dumps([self._owner, *key]).encode()
            number = int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big", signed=True)
            self._kinds[key] = number
        return number


def _of(calls: int, usage: Usage, wire: str) -> list[int]:
    total = usage.total
    if total is None and usage.input is not None and usage.output is not None:
        total = usage.input + usage.output
    tokens = [getattr(usage, name) or 0 for name in TOKENS[:-1]]
    hour = written_for_an_hour(usage.raw) if wire == "anthropic" else None
    reported = [number is not None for number in (usage.input, usage.output, total)]
    return [1, calls, *tokens, total or 0, hour or 0, *reported]


def _plus(sums: dict[tuple[Any, ...], list[int]], key: tuple[Any, ...], more: list[int]) -> None:
    there = sums.get(key)
    sums[key] = more if there is None else [one + other for one, other in zip(there, more, strict=True)]


def _summed(table: sa.Table) -> list[sa.Label[Any]]:
    return [sa.cast(sa.func.sum(table.c[name]), sa.BigInteger).label(name) for name in SUMS]


def _within(column: sa.Column[Any], span: Span, seconds: int) -> list[sa.ColumnElement[bool]]:
    bounds: list[sa.ColumnElement[bool]] = []
    if span.start is not None:
        bounds.append(column >= int(span.start // seconds))
    if span.end is not None:
        bounds.append(column < math.ceil(span.end / seconds))
    return bounds
