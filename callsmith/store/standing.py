"""Where a conversation stands: something runs, it waits for results, it broke off, it ended in an error, or none of it.

Told by its newest exchange, as long as that one ended where the conversation is: one that went on since, or went back
to another arm, has left it behind. An exchange in which a model plays a tool says nothing about it.
"""

from __future__ import annotations

import sqlalchemy as sa

from callsmith.store.records import ConversationState
from callsmith.store.rows import AnyRow
from callsmith.store.schema import conversations, exchanges

_any = exchanges.alias()
_here = sa.and_(_any.c.conversation_id == conversations.c.id, _any.c.plays == "")
_newest = (
    sa.select(_any.c.id)
    .where(_here)
    .order_by(_any.c.started_at.desc(), _any.c.id)
    .limit(1)
    .correlate(conversations)
    .scalar_subquery()
)

# To be joined to conversations, so that ``COLUMNS`` can be asked for.
NEWEST = exchanges.c.id == _newest
_left_at = sa.func.coalesce(exchanges.c.node_id, exchanges.c.parent_id)
COLUMNS = (
    conversations.c.head,
    conversations.c.waiting,
    sa.exists().where(_here, _any.c.state == "running").label("running"),
    exchanges.c.model,
    exchanges.c.state,
    _left_at.label("left_at"),
)


def broken() -> sa.ColumnElement[bool]:
    """Those that broke off or ended in an error."""
    ended = sa.exists().where(
        NEWEST, exchanges.c.state.in_(("interrupted", "failed")), _left_at == conversations.c.head
    )
    return sa.and_(conversations.c.waiting.is_(False), ended)


def state_of(row: AnyRow) -> ConversationState:
    if row.running:
        return "running"
    if row.waiting:
        return "waiting"
    if row.state in ("interrupted", "failed") and row.left_at == row.head:
        return "interrupted" if row.state == "interrupted" else "failed"
    return "idle"
