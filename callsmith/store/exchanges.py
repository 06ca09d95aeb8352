"""Exchanges: the request as sent, the bytes as received, and what came of it.

A running exchange grows by chunk rows, so saving what just arrived costs the same at the end of a long
reply as at its start; finishing puts the whole body in one place and drops the chunks.

An exchange in which a model plays a tool belongs to the conversation but is no turn of it: it leaves no message, and
the conversation's head, its revision and its place in the lists stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import sqlalchemy as sa

from callsmith.conversation import Node
from callsmith.store import rows, tree, usage_tally
from callsmith.store.base import Base, NotFound, now
from callsmith.store.call_verdicts import Asked, forget_calls, judge_calls
from callsmith.store.records import ExchangeInfo, ExchangeState, UsageRow
from callsmith.store.schema import conversations, exchange_chunks, exchanges
from callsmith.store.usage_tables import HOUR, usage_hours, usage_kinds
from callsmith.types.codec import to_json
from callsmith.types.exchange import Exchange, Headers, Marks
from callsmith.types.turn import Turn

# An exchange taken for dead may still be finished by its worker, which knows better: a laptop that slept.
_OPEN = ("running", "interrupted")
_ENDS = tuple(state for state in get_args(ExchangeState) if state != "running")


class Exchanges(Base):
    def begin_exchange(
        self,
        exchange: Exchange,
        conversation_id: str,
        parent_id: str | None,
        *,
        nodes: Sequence[Node] = (),
        seen: int | None = None,
    ) -> None:
        """Keep the request, and the new nodes it asks below, before anything is sent. The head moves to the parent.
        ``seen``: the stamp the conversation must still have; ``Changed`` where it has another."""
        row = self._begun(exchange, conversation_id, parent_id=parent_id)
        with self._write() as connection:
            tree.touch(connection, self.owner, conversation_id, seen=seen)
            tree.add_nodes(connection, self.owner, conversation_id, nodes)
            tree.move_head(connection, self.owner, conversation_id, parent_id)
            connection.execute(sa.insert(exchanges).values(row))

    def begin_played(self, exchange: Exchange, conversation_id: str, plays: str) -> None:
        """Keep the request to a model that plays the tool ``plays``. ``NotFound`` where there is no such
        conversation."""
        theirs = sa.select(conversations.c.id).where(
            conversations.c.owner == self.owner, conversations.c.id == conversation_id
        )
        with self._write() as connection:
            if connection.execute(theirs).first() is None:
                raise NotFound(f"no conversation {conversation_id}")
            connection.execute(sa.insert(exchanges).values(self._begun(exchange, conversation_id, plays=plays)))

    def append_body(
        self, exchange_id: str, data: bytes, marks: Marks, *, status: int | None = None, headers: Headers = ()
    ) -> None:
        """Keep what arrived since the last call; no data is a sign of life. Ignored once it has ended."""
        values: dict[str, Any] = {"heartbeat": now(), "marks": to_json(marks)}
        if status is not None:
            values |= {"status": status, "headers": to_json(headers)}
        open_row = self._one(sa.update(exchanges), exchange_id).where(exchanges.c.state == "running")
        with self._write() as connection:
            if not connection.execute(open_row.values(values)).rowcount or not data:
                return
            chunk = {
                "exchange_id": exchange_id,
                "owner": self.owner,
                "data": data,
                "position": sa.select(sa.func.coalesce(sa.func.max(exchange_chunks.c.position) + 1, 0))
                .where(self._chunks(exchange_id))
                .scalar_subquery(),
            }
            connection.execute(sa.insert(exchange_chunks).values(chunk))

    def finish_exchange(self, exchange: Exchange, turn: Turn, node: Node | None) -> None:
        """Keep the end of an exchange and the message it left. Harmless when called again.

        The head follows to the new message only where it still is at the exchange's parent. Where a model played a
        tool, or the message it answers was deleted meanwhile, ``node`` is left out.
        """
        if turn.state not in _ENDS:
            raise ValueError(f"An exchange cannot end in the state {turn.state!r}")
        with self._write() as connection:
            begun = connection.execute(self._one(sa.select(*rows.PLACE), exchange.id)).first()
            if begun is None:
                raise NotFound(f"no exchange {exchange.id}")
            if begun.state not in _OPEN:
                return
            if begun.state != "running":
                usage_tally.take_out(connection, self.owner, [exchange.id])
                forget_calls(connection, exchange.id)
            values = rows.from_exchange(exchange) | rows.from_turn(turn)
            if node is not None and (
                begun.plays or not tree.holds(connection, self.owner, begun.conversation_id, node)
            ):
                node = None
            values |= {"body": exchange.body, "node_id": None if node is None else node.id}
            connection.execute(self._one(sa.update(exchanges), exchange.id).values(values))
            connection.execute(sa.delete(exchange_chunks).where(self._chunks(exchange.id)))
            asked = Asked(exchange.id, exchange.marks.started, turn.calls)
            called = judge_calls(connection, self.owner, begun.conversation_id, [asked])
            usage_tally.count(connection, self.owner, [exchange.id], called)
            if not begun.plays:
                tree.touch(connection, self.owner, begun.conversation_id)
            if node is not None:
                tree.add_nodes(connection, self.owner, begun.conversation_id, [node])
                head = sa.select(conversations.c.head).where(
                    conversations.c.owner == self.owner, conversations.c.id == begun.conversation_id
                )
                if connection.execute(head).scalar() in (begun.parent_id, begun.node_id):
                    tree.move_head(connection, self.owner, begun.conversation_id, node.id)

    def exchange(self, exchange_id: str) -> Exchange | None:
        """The whole exchange; of a running one, what was saved so far."""
        with self._read() as connection:
            row = connection.execute(self._one(sa.select(exchanges), exchange_id)).first()
            if row is None:
                return None
            return rows.to_exchange(row, self._saved_body(connection, exchange_id) if row.state == "running" else None)

    def running_exchange(self, conversation_id: str) -> str | None:
        """The newest exchange of a conversation that is marked as running, in whatever process. Not those in which
        models play tools."""
        query = (
            sa.select(exchanges.c.id)
            .where(self._theirs(conversation_id))
            .where(exchanges.c.state == "running", exchanges.c.plays == "")
            .order_by(exchanges.c.started_at.desc())
        )
        with self._read() as connection:
            return connection.execute(query.limit(1)).scalar()

    def exchange_turn_info(self, conversation_id: str) -> dict[str, ExchangeInfo]:
        """The turns of a conversation by id, oldest first, without their bytes."""
        return self._infos(conversation_id, exchanges.c.plays == "")

    def played_info(self, conversation_id: str) -> dict[str, ExchangeInfo]:
        """The exchanges in which models played tools for a conversation, by id, oldest first, without their bytes."""
        return self._infos(conversation_id, exchanges.c.plays != "")

    def usage_rows(self, conversation_id: str | None = None) -> list[UsageRow]:
        """One per exchange, played tools included, oldest first; over all conversations where none is named."""
        title = sa.case((conversations.c.deleted_at.is_(None), conversations.c.title), else_="")
        query = (
            sa.select(*rows.COST, title.label("title"))
            .join(conversations, conversations.c.id == exchanges.c.conversation_id)
            .where(exchanges.c.owner == self.owner if conversation_id is None else self._theirs(conversation_id))
            .order_by(exchanges.c.started_at, exchanges.c.id)
        )
        with self._read() as connection:
            return [rows.to_usage_row(row) for row in connection.execute(query)]

    def last_usage_rows(self, wire: str, most: int) -> list[UsageRow]:
        """The ``most`` last exchanges in a format that reported their input, oldest first. Looked for only in the hours
        that have any, so that it is as quick where there are very many others."""
        kinds, hours = usage_kinds.c, usage_hours.c
        held = (
            sa.select(hours.hour)
            .join(usage_kinds, kinds.id == hours.kind)
            .where(kinds.owner == self.owner, kinds.wire == wire, hours.with_input > 0)
            .group_by(hours.hour)
            .order_by(hours.hour.desc())
            .limit(most)
        )
        query = (
            sa.select(*rows.COST, sa.literal("").label("title"))
            .where(exchanges.c.owner == self.owner, exchanges.c.wire == wire, exchanges.c.input_tokens > 0)
            .where(exchanges.c.state != "running")
            .order_by(exchanges.c.started_at.desc(), exchanges.c.id.desc())
        )
        found: list[UsageRow] = []
        with self._read() as connection:
            for hour in connection.execute(held).scalars().all():
                begins = hour * HOUR
                within = (exchanges.c.started_at >= begins, exchanges.c.started_at < begins + HOUR)
                found += map(rows.to_usage_row, connection.execute(query.where(*within).limit(most - len(found))))
                if len(found) >= most:
                    break
        return found[::-1]

    def _begun(
        self, exchange: Exchange, conversation_id: str, *, parent_id: str | None = None, plays: str = ""
    ) -> dict[str, Any]:
        return {
            **rows.from_exchange(exchange),
            "owner": self.owner,
            "conversation_id": conversation_id,
            "parent_id": parent_id,
            "plays": plays,
            "state": "running",
            "calls": 0,
            "worker": self._worker,
            "heartbeat": now(),
        }

    def _infos(self, conversation_id: str, which: sa.ColumnElement[bool]) -> dict[str, ExchangeInfo]:
        query = (
            sa.select(*rows.INFO)
            .where(self._theirs(conversation_id), which)
            .order_by(exchanges.c.started_at, exchanges.c.id)
        )
        with self._read() as connection:
            return {row.id: rows.to_info(row) for row in connection.execute(query)}

    def _theirs(self, conversation_id: str) -> sa.ColumnElement[bool]:
        """The exchanges of a conversation. SQLite would take the index by owner for their order, and walk through those
        of all conversations; an owner in an expression leaves it the index by conversation."""
        return self._theirs_of([conversation_id])

    def _theirs_of(self, ids: Sequence[str]) -> sa.ColumnElement[bool]:
        one = exchanges.c.conversation_id == ids[0] if len(ids) == 1 else exchanges.c.conversation_id.in_(ids)
        return sa.and_(exchanges.c.owner.concat("") == self.owner, one)

    def _saved_body(self, connection: sa.Connection, exchange_id: str) -> bytes:
        query = sa.select(exchange_chunks.c.data).where(self._chunks(exchange_id)).order_by(exchange_chunks.c.position)
        return b"".join(connection.execute(query).scalars())

    def _chunks(self, exchange_id: str) -> sa.ColumnElement[bool]:
        return sa.and_(exchange_chunks.c.owner == self.owner, exchange_chunks.c.exchange_id == exchange_id)

    def _one(self, statement: Any, exchange_id: str) -> Any:
        return statement.where(exchanges.c.owner == self.owner, exchanges.c.id == exchange_id)
