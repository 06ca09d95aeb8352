"""What exchanges used together: read from the sums, so that a million of them are told in under a second."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from callsmith.store import rows
from callsmith.store.base import Base
from callsmith.store.call_verdicts import CallVerdict, verdicts
from callsmith.store.records import UsageRow
from callsmith.store.rows import AnyRow
from callsmith.store.schema import conversations, exchanges
from callsmith.store.usage_exact import ExactSums
from callsmith.store.usage_tables import (
    CALLED,
    DAY,
    HOUR,
    KIND,
    SUMS,
    WEEK,
    Kind,
    Span,
    counts_all,
    to_kind,
    usage_days,
    usage_hours,
    usage_kinds,
    usage_sessions,
    usage_times,
    usage_tools,
)
from callsmith.store.usage_tally import Tally

_EVERYTHING = Span()


class SumsRead(Protocol):
    """Where sums are read. ``kinds`` and ``who`` are the numbers of kinds; a ``place`` counts steps of ``step`` hours
    since 1970, on a clock ``shift`` hours east of UTC."""

    def usage_kinds(self, *, by_tools: bool = True) -> list[Kind]:
        """``by_tools``: those with a set of tools, too, which may be many."""

    def usage_sums(self, kinds: Collection[int], span: Span, *, step: int, shift: int = 0) -> Sequence[Sequence[Any]]:
        """Rows of (base, place, *SUMS): kinds that differ in the tools alone are one."""

    def usage_bounds(self, kinds: Collection[int]) -> tuple[float, float] | None:
        """From when to when, in Unix seconds, there is anything of these kinds; to the hour."""

    def usage_times(self, who: Collection[int], span: Span, *, step: int, shift: int = 0) -> Sequence[Sequence[Any]]:
        """Rows of (place, mark, bucket, exchanges), by whole days of UTC."""

    def usage_tools(self, who: Collection[int], span: Span) -> Sequence[Sequence[Any]]:
        """Rows of (tool, *CALLED), by whole days of UTC; ``who`` counts whatever was called."""

    def usage_sessions(self, kinds: Collection[int], span: Span, most: int) -> Sequence[Sequence[Any]]:
        """Rows of (conversation_id, title, base, day, *SUMS) of the ``most`` conversations with the most tokens. The
        title of a deleted one is empty."""


class UsageTotals(Base):
    def usage_is_many(self, than: int, span: Span = _EVERYTHING, ids: Sequence[str] = ()) -> bool:
        """Whether there are more exchanges than ``than``, in the conversations ``ids`` where any are named."""
        query = sa.select(exchanges.c.started_at).where(*self._used_in(span, ids)).limit(1).offset(than)
        with self._read() as connection:
            return connection.execute(query).first() is not None

    def usage_exact(self, span: Span, ids: Sequence[str] = ()) -> ExactSums:
        """The exchanges that ended in ``span``, to the second, and of the conversations ``ids`` where any are named,
        summed one by one: for some thousands of them."""
        query = (
            sa.select(*rows.COST, _title())
            .join(conversations, conversations.c.id == exchanges.c.conversation_id)
            .where(*self._used_in(span, ids), exchanges.c.state != "running")
        )
        tally = Tally(self.owner)
        with self._read() as connection:
            found = connection.execute(query).all()
            tally.add(found, verdicts(connection, [row.id for row in found if row.calls]))
        return ExactSums(tally, {row.conversation_id: row.title for row in found})

    def usage_each(self, span: Span, ids: Sequence[str] = ()) -> tuple[list[UsageRow], dict[str, list[CallVerdict]]]:
        """The exchanges that began in ``span``, oldest first, and what was called in each that called any tool."""
        query = (
            sa.select(*rows.COST, _title())
            .join(conversations, conversations.c.id == exchanges.c.conversation_id)
            .where(*self._used_in(span, ids))
            .order_by(exchanges.c.started_at, exchanges.c.id)
        )
        with self._read() as connection:
            found = connection.execute(query).all()
            called = verdicts(connection, [row.id for row in found if row.calls])
        return [rows.to_usage_row(row) for row in found], called

    def usage_conversations(self, most: int, ids: Sequence[str] = ()) -> list[tuple[str, str]]:
        """(id, title) of the ``most`` that changed last, and of ``ids``, without deleted and hidden ones."""
        kept = (
            sa.select(conversations.c.id, conversations.c.title)
            .where(conversations.c.owner == self.owner, conversations.c.deleted_at.is_(None))
            .order_by(conversations.c.updated_at.desc())
        )
        with self._read() as connection:
            last = connection.execute(kept.where(conversations.c.hidden.is_(False)).limit(most)).all()
            named = connection.execute(kept.where(conversations.c.id.in_(ids))).all() if ids else []
        return list({row.id: row.title for row in [*last, *named]}.items())

    def usage_kinds(self, *, by_tools: bool = True) -> list[Kind]:
        query = sa.select(usage_kinds.c.id, *(usage_kinds.c[name] for name in KIND))
        query = query.where(usage_kinds.c.owner == self.owner)
        with self._read() as connection:
            return [to_kind(row) for row in connection.execute(query if by_tools else query.where(counts_all()))]

    def usage_sums(self, kinds: Collection[int], span: Span, *, step: int, shift: int = 0) -> Sequence[AnyRow]:
        """See ``SumsRead``. To the hour; by whole days of UTC where a place is a week or longer, since hours of such
        long spans would be very many."""
        by_day = step >= WEEK and step % 24 == shift % 24 == 0
        table = usage_days if by_day else usage_hours
        place = (table.c.day + shift // 24) // (step // 24) if by_day else (table.c.hour + shift) // step
        within = _within(table.c.day, span, DAY) if by_day else _within(table.c.hour, span, HOUR)
        query = (
            sa.select(usage_kinds.c.base, place.label("place"), *_summed(table, SUMS))
            .join(usage_kinds, usage_kinds.c.id == table.c.kind)
            .where(table.c.kind.in_(list(kinds)), *within)
            .group_by(usage_kinds.c.base, "place")
        )
        with self._read() as connection:
            return connection.execute(query).all()

    def usage_bounds(self, kinds: Collection[int]) -> tuple[float, float] | None:
        """See ``SumsRead``; to the day."""
        days = sa.select(sa.func.min(usage_days.c.day), sa.func.max(usage_days.c.day))
        with self._read() as connection:
            first, last = connection.execute(days.where(usage_days.c.kind.in_(list(kinds)))).one()
        return None if first is None else (float(first * DAY), float((last + 1) * DAY))

    def usage_times(self, who: Collection[int], span: Span, *, step: int, shift: int = 0) -> Sequence[AnyRow]:
        place = ((usage_times.c.day * 24 + shift) // step).label("place")
        columns = (place, usage_times.c.mark, usage_times.c.bucket)
        query = (
            sa.select(*columns, *_summed(usage_times, ("exchanges",)))
            .where(usage_times.c.who.in_(list(who)), *_within(usage_times.c.day, span, DAY))
            .group_by("place", usage_times.c.mark, usage_times.c.bucket)
        )
        with self._read() as connection:
            return connection.execute(query).all()

    def usage_tools(self, who: Collection[int], span: Span) -> Sequence[AnyRow]:
        query = (
            sa.select(usage_tools.c.tool, *_summed(usage_tools, CALLED))
            .where(usage_tools.c.who.in_(list(who)), *_within(usage_tools.c.day, span, DAY))
            .group_by(usage_tools.c.tool)
        )
        with self._read() as connection:
            return connection.execute(query).all()

    def usage_sessions(self, kinds: Collection[int], span: Span, most: int) -> Sequence[AnyRow]:
        theirs = (usage_sessions.c.kind.in_(list(kinds)), *_within(usage_sessions.c.day, span, DAY))
        largest = (
            sa.select(usage_sessions.c.conversation_id)
            .where(*theirs)
            .group_by(usage_sessions.c.conversation_id)
            .order_by(sa.func.sum(usage_sessions.c.total).desc())
            .limit(most)
        )
        columns = usage_sessions.c.conversation_id, _title(), usage_kinds.c.base, usage_sessions.c.day
        with self._read() as connection:
            ids = list(connection.execute(largest).scalars())
            query = (
                sa.select(*columns, *(usage_sessions.c[name] for name in SUMS))
                .join(conversations, conversations.c.id == usage_sessions.c.conversation_id)
                .join(usage_kinds, usage_kinds.c.id == usage_sessions.c.kind)
                .where(usage_sessions.c.conversation_id.in_(ids), *theirs)
            )
            return connection.execute(query).all()

    def _used_in(self, span: Span, ids: Sequence[str]) -> list[sa.ColumnElement[bool]]:
        # SQLite would take the index by owner; an owner in an expression leaves it the index by conversation.
        owner = exchanges.c.owner.concat("") if ids else exchanges.c.owner
        bounds: list[sa.ColumnElement[bool]] = [owner == self.owner]
        if ids:
            bounds.append(exchanges.c.conversation_id.in_(ids))
        if span.start is not None:
            bounds.append(exchanges.c.started_at >= span.start)
        if span.end is not None:
            bounds.append(exchanges.c.started_at < span.end)
        return bounds


def _title() -> sa.Label[str]:
    """A deleted conversation has none any more."""
    return sa.case((conversations.c.deleted_at.is_(None), conversations.c.title), else_="").label("title")


def _summed(table: sa.Table, names: Sequence[str]) -> list[sa.Label[Any]]:
    return [sa.cast(sa.func.sum(table.c[name]), sa.BigInteger).label(name) for name in names]


def _within(column: sa.Column[Any], span: Span, seconds: int) -> list[sa.ColumnElement[bool]]:
    bounds: list[sa.ColumnElement[bool]] = []
    if span.start is not None:
        bounds.append(column >= int(span.start // seconds))
    if span.end is not None:
        bounds.append(column < math.ceil(span.end / seconds))
    return bounds
