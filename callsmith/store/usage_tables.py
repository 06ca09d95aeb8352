"""Where the sums of what exchanges used are kept.

A kind is all that a filter or a price asks about: where, which model, in which format, which tool was played, how it
ended, whether its tokens are known, between which of the list's length steps its input lies, and which tools were
called. Every exchange is counted in a kind without tools; one that called any, in a second kind with the set of them as
well, so that sums over all read few rows, and a filter by tools counts no exchange twice. Sums are kept by kind and
hour, by kind and day, and by conversation, kind and day. Times, as counts in buckets of equal ratio, and calls per tool
are kept by day for what is asked about them: connection, model and tools called. Hours and days are those of UTC since
1970.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from callsmith.store.schema import AnyText, metadata

HOUR, DAY = 3_600, 86_400
# In hours.
WEEK = 168
TOKENS = ("input", "output", "cache_read", "cache_write", "reasoning", "audio_in", "audio_out", "total")
# ``with_`` counts the exchanges that reported it.
_REPORTED = tuple(f"with_{name}" for name in ("input", "output", "cache_read", "reasoning", "total"))
SUMS = ("exchanges", "calls", *TOKENS, "hour_write", *_REPORTED)
CALLED = ("exchanges", "calls", "valid", "invalid")
KIND = ("connection", "url", "model", "wire", "plays", "state", "known", "size", "tools", "base", "who")


def _table(name: str, sums: tuple[str, ...], *keys: sa.Column[Any]) -> sa.Table:
    counts = (sa.Column(one, sa.BigInteger, nullable=False) for one in sums)
    owner = sa.Column("owner", sa.Text, nullable=False)
    return sa.Table(name, metadata, *keys, owner, *counts, sqlite_with_rowid=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _name(name: str) -> sa.Column[str]:
    return sa.Column(name, AnyText, primary_key=True)


usage_kinds = sa.Table(
    "usage_kinds",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Text, nullable=False),
    *(sa.Column(name, AnyText, nullable=False) for name in ("connection", "url", "model", "wire", "plays")),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("known", sa.Boolean, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    # Names in alphabetical order, as JSON; none where it counts whatever was called.
    sa.Column("tools", sa.JSON, nullable=False),
    # The kind that is the same but for the tools: what has one price.
    sa.Column("base", sa.BigInteger, nullable=False),
    sa.Column("who", sa.BigInteger, nullable=False),
)
usage_hours = _table("usage_hours", SUMS, _number("kind"), _number("hour"))
usage_days = _table("usage_days", SUMS, _number("kind"), _number("day"))
usage_sessions = _table("usage_sessions", SUMS, _name("conversation_id"), _number("kind"), _number("day"))
usage_times = _table("usage_times", ("exchanges",), _number("who"), _number("day"), _name("mark"), _number("bucket"))
usage_tools = _table("usage_tools", CALLED, _number("who"), _number("day"), _name("tool"))
TABLES = (usage_kinds, usage_hours, usage_days, usage_sessions, usage_times, usage_tools)


def counts_all() -> sa.ColumnElement[bool]:
    """Which kinds count whatever was called: all that was used, once."""
    return sa.cast(usage_kinds.c.tools, sa.Text) == "[]"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is the same in every exchange of a sum. ``known``: input and output were reported. ``size``: how many of the
    price list's length steps its input is longer than. ``tools``: the set that was called, empty where the sum counts
    whatever was called; ``base`` is the kind like it where they are. ``who`` is the same for all kinds of one
    connection, model and set of tools."""

    id: int
    connection: str
    url: str
    model: str
    wire: str
    plays: str
    state: str
    known: bool
    size: int
    tools: tuple[str, ...]
    base: int
    who: int


def to_kind(row: Sequence[Any]) -> Kind:
    """A row of (id, *KIND)."""
    *values, tools, base, who = row
    values += [tuple(tools), base, who]
    return Kind(*values)


@dataclass(frozen=True, slots=True)
class Span:
    """Unix seconds from ``start``, which counts, to ``end``, which does not; None: as far as there is anything."""

    start: float | None = None
    end: float | None = None
