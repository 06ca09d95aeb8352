"""Rows of the exchanges table to values and back."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from callsmith.store.records import ExchangeInfo, UsageRow
from callsmith.store.schema import exchanges
from callsmith.types.codec import from_json, to_json
from callsmith.types.exchange import Attempt, Exchange, Headers, HttpRequest, Marks
from callsmith.types.problem import Problem
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage

AnyRow = sa.Row[*tuple[Any, ...]]

_COUNTS = ("input", "output", "cache_read", "cache_write", "reasoning", "audio_in", "audio_out", "total")
_TOKENS = tuple(f"{name}_tokens" for name in _COUNTS)
_LARGEST = 10**15


def _columns(*names: str) -> tuple[sa.Column[Any], ...]:
    return tuple(exchanges.c[name] for name in names)


_PAID = (
    "id",
    "conversation_id",
    "state",
    "connection",
    "wire",
    "model",
    "marks",
    "calls",
    *_TOKENS,
    "usage_raw",
    "plays",
)
PLACE = _columns("state", "conversation_id", "parent_id", "node_id", "plays")
COST = _columns(*_PAID, "request_url")
INFO = _columns(*_PAID, "attempts", "finish", "problem", "parent_id", "node_id")


def from_exchange(exchange: Exchange) -> dict[str, Any]:
    """Everything but the answer's body."""
    request = exchange.request
    return {
        "id": exchange.id,
        "connection": exchange.connection,
        "wire": exchange.wire,
        "model": exchange.model,
        "stream": exchange.stream,
        "started_at": exchange.marks.started,
        "marks": to_json(exchange.marks),
        "attempts": to_json(exchange.attempts),
        "status": exchange.status,
        "headers": to_json(exchange.headers),
        "request_method": request.method,
        "request_url": request.url,
        "request_headers": to_json(request.headers),
        "request_body": request.body,
        "body": b"",
    }


def from_turn(turn: Turn) -> dict[str, Any]:
    return {
        "state": turn.state,
        "finish": turn.finish,
        "problem": None if turn.problem is None else to_json(turn.problem),
        "calls": len(turn.calls),
        **_from_usage(turn.usage),
    }


def _from_usage(usage: Usage | None) -> dict[str, Any]:
    """``usage_raw`` is a list of one, so that a vendor's null differs from no report at all."""
    counts = {f"{name}_tokens": None if usage is None else _fitting(getattr(usage, name)) for name in _COUNTS}
    return {**counts, "usage_raw": None if usage is None else [to_json(usage.raw)]}


def _fitting(count: int | None) -> int | None:
    """What cannot be a count of tokens counts as not reported; the vendor's own object keeps it."""
    return count if count is not None and 0 <= count <= _LARGEST else None


def to_usage(row: AnyRow) -> Usage | None:
    if row.usage_raw is None:
        return None
    return Usage(**{name: getattr(row, f"{name}_tokens") for name in _COUNTS}, raw=row.usage_raw[0])


def to_exchange(row: AnyRow, saved: bytes | None) -> Exchange:
    """``saved``: the body so far, of an exchange that still runs."""
    return Exchange(
        id=row.id,
        connection=row.connection,
        wire=row.wire,
        model=row.model,
        request=HttpRequest(
            row.request_method, row.request_url, from_json(Headers, row.request_headers), row.request_body
        ),
        stream=row.stream,
        marks=from_json(Marks, row.marks),
        status=row.status,
        headers=from_json(Headers, row.headers),
        body=row.body if saved is None else saved,
        attempts=from_json(tuple[Attempt, ...], row.attempts),
    )


def to_info(row: AnyRow) -> ExchangeInfo:
    return ExchangeInfo(
        id=row.id,
        state=row.state,
        connection=row.connection,
        wire=row.wire,
        model=row.model,
        marks=from_json(Marks, row.marks),
        attempts=from_json(tuple[Attempt, ...], row.attempts),
        usage=to_usage(row),
        finish=row.finish,
        problem=None if row.problem is None else from_json(Problem, row.problem),
        parent_id=row.parent_id,
        node_id=row.node_id,
        plays=row.plays,
    )


def to_usage_row(row: AnyRow, title: str | None = None) -> UsageRow:
    """``title``: where the row has none of its own."""
    return UsageRow(
        exchange_id=row.id,
        conversation_id=row.conversation_id,
        title=row.title if title is None else title,
        state=row.state,
        connection=row.connection,
        wire=row.wire,
        model=row.model,
        marks=from_json(Marks, row.marks),
        calls=row.calls,
        usage=to_usage(row),
        url=row.request_url,
        plays=row.plays,
    )
