"""What models called in each exchange, and whether the arguments fit the tool as it was when the model was asked.

Judged once, when the exchange ends or is taken in: a tool that changes or goes later changes no verdict, so that the
sums of the Usage page and the data frame agree for good. A call stays told when its message is deleted.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from callsmith.calls import judge
from callsmith.store.schema import AnyText, conversations, exchanges, metadata, nodes, tool_versions
from callsmith.types.codec import from_json
from callsmith.types.message import Message
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool

exchange_calls = sa.Table(
    "exchange_calls",
    metadata,
    sa.Column("exchange_id", AnyText, sa.ForeignKey("exchanges.id"), primary_key=True),
    # From 1 in each exchange.
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("tool", AnyText, nullable=False),
    # Empty where the conversation had no such tool.
    sa.Column("version", sa.Integer),
    # Empty where it cannot be judged.
    sa.Column("valid", sa.Boolean),
    sqlite_with_rowid=False,
)
_AT_ONCE = 500
# Models make up names; what is beyond this is no name of a tool, and more than a database looks for at once.
_MOST_NAMES, _LONGEST_NAME = 50, 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """An exchange that ended. ``started``: Unix seconds when the model was asked."""

    exchange_id: str
    started: float
    calls: Sequence[ToolCall]


@dataclass(frozen=True, slots=True)
class CallVerdict:
    """``tool``: the name, cut where a model went on and on. ``version``: the number of the tool's version, None where
    the conversation had no such tool. ``valid`` is None where it cannot be judged."""

    tool: str
    version: int | None
    valid: bool | None


def judge_calls(
    connection: sa.Connection, owner: str, conversation_id: str, asked: Iterable[Asked]
) -> dict[str, list[CallVerdict]]:
    """Keep a verdict for each call of exchanges that have none yet, and return them by exchange."""
    calling = [one for one in asked if one.calls]
    if not calling:
        return {}
    known = _versions(connection, owner, conversation_id, {call.name for one in calling for call in one.calls})
    made = {
        one.exchange_id: [_judged(call, known.get(call.name, ()), one.started) for call in one.calls] for one in calling
    }
    rows = [
        {"exchange_id": exchange_id, "place": place, "owner": owner, **asdict(verdict)}
        for exchange_id, judged in made.items()
        for place, verdict in enumerate(judged, start=1)
    ]
    connection.execute(sa.insert(exchange_calls), rows)
    return made


def forget_calls(connection: sa.Connection, exchange_id: str) -> None:
    """Of an exchange that ends anew."""
    connection.execute(_of([exchange_id], sa.delete(exchange_calls)))


def judge_all(connection: sa.Connection) -> None:
    """Judge every call there is, in a database that has no verdicts yet."""
    ended = exchanges.c.calls > 0, exchanges.c.state != "running", exchanges.c.node_id.is_not(None)
    calling = sa.select(exchanges.c.owner, exchanges.c.conversation_id).where(*ended).distinct()
    message = sa.and_(nodes.c.conversation_id == exchanges.c.conversation_id, nodes.c.id == exchanges.c.node_id)
    columns = exchanges.c.conversation_id, exchanges.c.id, exchanges.c.started_at, nodes.c.message
    for owner, theirs in groupby(connection.execute(calling.order_by(exchanges.c.owner)).all(), lambda row: row[0]):
        ids = [row[1] for row in theirs]
        for start in range(0, len(ids), _AT_ONCE):
            some = exchanges.c.conversation_id.in_(ids[start : start + _AT_ONCE])
            query = sa.select(*columns).join(nodes, message).where(some, *ended)
            found = connection.execute(query.order_by(exchanges.c.conversation_id)).all()
            for conversation_id, rows in groupby(found, lambda row: row[0]):
                made = (Asked(row.id, row.started_at, from_json(Message, row.message).calls) for row in rows)
                judge_calls(connection, owner, conversation_id, made)


def verdicts(connection: sa.Connection, exchange_ids: Sequence[str]) -> dict[str, list[CallVerdict]]:
    """Of the exchanges in which any tool was called, in the order of the calls."""
    columns = exchange_calls.c.exchange_id, exchange_calls.c.tool, exchange_calls.c.version, exchange_calls.c.valid
    order = exchange_calls.c.exchange_id, exchange_calls.c.place
    found: dict[str, list[CallVerdict]] = {}
    for start in range(0, len(exchange_ids), _AT_ONCE):
        some = exchange_ids[start : start + _AT_ONCE]
        for exchange_id, *verdict in connection.execute(_of(some, sa.select(*columns)).order_by(*order)):
            found.setdefault(exchange_id, []).append(CallVerdict(*verdict))
    return found


def by_tool(calls: Sequence[CallVerdict]) -> dict[str, list[int]]:
    """What one exchange adds to each tool it called: 1 exchange, calls, valid ones, invalid ones."""
    found: dict[str, list[int]] = {}
    for call in calls:
        counts = found.setdefault(call.tool, [1, 0, 0, 0])
        counts[1] += 1
        counts[2] += call.valid is True
        counts[3] += call.valid is False
    return found


def _of(exchange_ids: Sequence[str], statement: Any) -> Any:
    return statement.where(exchange_calls.c.exchange_id.in_(exchange_ids))


def _versions(
    connection: sa.Connection, owner: str, conversation_id: str, names: Collection[str]
) -> dict[str, list[tuple[int, float, Tool]]]:
    """The versions with these names of the tools that the conversation has: tool by tool, oldest first."""
    theirs = sa.select(conversations.c.setup).where(conversations.c.id == conversation_id)
    setup = connection.execute(theirs).scalar() or {}
    ids = {use["tool_id"]: order for order, use in enumerate(setup.get("tools", ()))}
    query = (
        sa.select(tool_versions.c.tool_id, tool_versions.c.number, tool_versions.c.created_at, tool_versions.c.tool)
        .where(tool_versions.c.owner == owner, tool_versions.c.tool_id.in_(list(ids)))
        .order_by(tool_versions.c.number)
    )
    if len(names) <= _MOST_NAMES and all(len(name) <= _LONGEST_NAME for name in names):
        text = sa.cast(tool_versions.c.tool, sa.Text)
        query = query.where(sa.or_(*(text.contains(json.dumps(name), autoescape=True) for name in names)))
    found: dict[str, list[tuple[int, float, Tool]]] = {}
    for row in sorted(connection.execute(query).all(), key=lambda row: ids[row.tool_id]):
        tool = from_json(Tool, row.tool)
        if tool.name in names:
            found.setdefault(tool.name, []).append((row.number, row.created_at, tool))
    return found


def _judged(call: ToolCall, versions: Sequence[tuple[int, float, Tool]], at: float) -> CallVerdict:
    number, tool = _version(versions, at)
    try:
        valid = judge(call, {} if tool is None else {call.name: tool}).valid
    except Exception as error:
        # An exchange ends and is kept, whatever its calls look like.
        _log.error("a call of %.100s could not be judged", call.name, exc_info=error)
        valid = None
    name = call.name if len(call.name) <= _LONGEST_NAME else f"{call.name[: _LONGEST_NAME - 1]}…"
    return CallVerdict(name, number, valid)


def _version(versions: Sequence[tuple[int, float, Tool]], at: float) -> tuple[int | None, Tool | None]:
    """The last one made before the model was asked; the first one where all came later."""
    if not versions:
        return None, None
    before = [version for version in versions if version[1] <= at]
    number, _, tool = max(before, key=lambda version: version[1]) if before else versions[0]
    return number, tool
