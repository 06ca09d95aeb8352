"""What the data frame is made of: exchanges, and the messages with calls or results, of many conversations at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from callsmith.store import rows
from callsmith.store.call_verdicts import CallVerdict, verdicts
from callsmith.store.exchanges import Exchanges
from callsmith.store.records import UsageRow
from callsmith.store.schema import conversations, exchanges, nodes
from callsmith.types.codec import from_json
from callsmith.types.message import Message

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class CalledIn:
    """One conversation. ``parents``: of every message, in the order they came; ``messages``: those with calls or
    results. ``used``: its exchanges, oldest first, each with the message it left and a verdict for each call."""

    id: str
    head: str | None
    parents: Mapping[str, str | None]
    messages: Mapping[str, Message]
    used: Sequence[tuple[UsageRow, str | None, Sequence[CallVerdict]]]


class Called(Exchanges):
    def called_in(self, ids: Sequence[str], *, deleted: bool = False) -> Iterator[CalledIn]:
        """Those of these conversations that are there, in this order. Of deleted ones, without their messages."""
        for start in range(0, len(ids), _AT_ONCE):
            yield from self._called_in(ids[start : start + _AT_ONCE], deleted=deleted)

    def _called_in(self, ids: Sequence[str], *, deleted: bool) -> Iterator[CalledIn]:
        kept = sa.select(conversations.c.id, conversations.c.title, conversations.c.head).where(
            conversations.c.owner == self.owner,
            conversations.c.id.in_(ids),
            conversations.c.deleted_at.is_not(None) == deleted,
        )
        with self._read() as connection:
            found = {row.id: row for row in connection.execute(kept)}
            used: dict[str, list[tuple[UsageRow, str | None, Sequence[CallVerdict]]]] = {one: [] for one in found}
            parents: dict[str, dict[str, str | None]] = {one: {} for one in found}
            messages: dict[str, dict[str, Message]] = {one: {} for one in found}
            asked = (
                sa.select(*rows.COST, exchanges.c.node_id)
                .where(self._theirs_of(list(found)))
                .order_by(exchanges.c.conversation_id, exchanges.c.started_at, exchanges.c.id)
            )
            sent = connection.execute(asked).all()
            called = verdicts(connection, [row.id for row in sent if row.calls])
            for row in sent:
                title = "" if deleted else found[row.conversation_id].title
                used[row.conversation_id].append((rows.to_usage_row(row, title), row.node_id, called.get(row.id, ())))
            said = [] if deleted else connection.execute(self._messages(list(found))).all()
            for within, node_id, parent, message in said:
                parents[within][node_id] = parent
                if message is not None:
                    messages[within][node_id] = from_json(Message, message)
        for one in ids:
            if one in found:
                yield CalledIn(one, found[one].head, parents[one], messages[one], used[one])

    def _messages(self, ids: Sequence[str]) -> sa.Select[Any]:
        text = sa.cast(nodes.c.message, sa.Text)
        held = sa.or_(text.like('%"tool_call"%'), text.like('%"tool_result"%'))
        return (
            sa.select(
                nodes.c.conversation_id,
                nodes.c.id,
                nodes.c.parent,
                sa.case((held, nodes.c.message), else_=sa.null()).label("message"),
            )
            .where(nodes.c.owner == self.owner, nodes.c.conversation_id.in_(ids))
            .order_by(nodes.c.conversation_id, nodes.c.position, nodes.c.id)
        )
