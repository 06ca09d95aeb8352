"""Whole conversations out of the store and into it, as the record of everything reads and writes them.

What comes in is checked already; here it goes in with its ids and times, all of one conversation or nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from callsmith.conversation import Node
from callsmith.store import rows, tree, usage_tally
from callsmith.store.base import StoreError, now
from callsmith.store.call_verdicts import Asked, judge_calls
from callsmith.store.called import Called
from callsmith.store.records import ExchangeInfo, ToolRecord, ToolVersion
from callsmith.store.schema import AnyText, conversations, exchanges, nodes, tool_versions, tools
from callsmith.store.tools import Tools, to_record
from callsmith.types.codec import from_json, to_json
from callsmith.types.exchange import Exchange
from callsmith.types.message import Message
from callsmith.types.parts import NO_EXTRA
from callsmith.types.setup import Setup
from callsmith.types.turn import Turn

# Columns of a conversation that say how a person keeps it.
BESIDE = tuple(name for name in ("tags", "pinned", "archived") if name in conversations.c)
_AT_ONCE = 100
_THESE = sa.bindparam("ids", type_=AnyText(), expanding=True)
_USED = {table: sa.select(table.c.id).where(table.c.id.in_(_THESE)) for table in (conversations, exchanges, tools)}


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation without its exchanges. ``beside``: how a person keeps it (``BESIDE``)."""

    id: str
    title: str
    setup: Setup
    head: str | None
    created_at: float
    updated_at: float
    nodes: tuple[Node, ...] = ()
    forked_from: str | None = None
    hidden: bool = False
    deleted: bool = False
    beside: Mapping[str, Any] = field(default_factory=lambda: NO_EXTRA)


@dataclass(frozen=True, slots=True)
class KeptExchange:
    exchange: Exchange
    info: ExchangeInfo
    calls: int


@dataclass(frozen=True, slots=True)
class KeptTool:
    """``versions``: oldest first."""

    record: ToolRecord
    versions: tuple[ToolVersion, ...] = ()
    deleted: bool = False


class RecordsIO(Called, Tools):
    def kept_ids(self, *, deleted: bool = False) -> list[str]:
        """Every conversation that is not deleted, or is, the hidden ones too, oldest first."""
        query = (
            sa.select(conversations.c.id)
            .where(conversations.c.owner == self.owner, conversations.c.deleted_at.is_not(None) == deleted)
            .order_by(conversations.c.created_at, conversations.c.id)
        )
        with self._read() as connection:
            return list(connection.execute(query).scalars())

    def kept_conversation(self, conversation_id: str) -> KeptConversation | None:
        """Deleted ones too; None where there is none."""
        query = sa.select(conversations).where(
            conversations.c.owner == self.owner, conversations.c.id == conversation_id
        )
        messages = (
            sa.select(nodes.c.id, nodes.c.parent, nodes.c.message)
            .where(nodes.c.owner == self.owner, nodes.c.conversation_id == conversation_id)
            .order_by(nodes.c.position, nodes.c.id)
        )
        with self._read() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            return KeptConversation(
                id=row.id,
                title=row.title,
                setup=from_json(Setup, row.setup),
                head=row.head,
                created_at=row.created_at,
                updated_at=row.updated_at,
                nodes=tuple(
                    Node(node_id, parent, from_json(Message, message))
                    for node_id, parent, message in connection.execute(messages)
                ),
                forked_from=row.forked_from,
                hidden=row.hidden,
                deleted=row.deleted_at is not None,
                beside={name: getattr(row, name) for name in BESIDE},
            )

    def kept_exchanges(self, conversation_id: str) -> Iterator[KeptExchange]:
        """Oldest first, played tools included, a few at a time in memory; of a running one, what was saved so far."""
        theirs = self._theirs(conversation_id)
        query = sa.select(exchanges).where(theirs).order_by(exchanges.c.started_at, exchanges.c.id)
        with self._read() as connection:
            running = connection.execute(sa.select(exchanges.c.id).where(theirs, exchanges.c.state == "running"))
            saved = {found: self._saved_body(connection, found) for found in running.scalars().all()}
            for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
                yield KeptExchange(rows.to_exchange(row, saved.get(row.id)), rows.to_info(row), row.calls)

    def kept_tools(self, ids: Collection[str]) -> dict[str, KeptTool]:
        """Those of these ids that are there, deleted ones too, in the user's order."""
        query = (
            sa.select(tools)
            .where(tools.c.owner == self.owner, tools.c.id.in_(ids))
            .order_by(tools.c.position, tools.c.id)
        )
        with self._read() as connection:
            found = connection.execute(query).all()
        return {row.id: self._kept_tool(row) for row in found}

    def kept_tool_ids(self) -> list[str]:
        """The library, and the copies for conversations, in the user's order."""
        query = sa.select(tools.c.id).where(tools.c.owner == self.owner, tools.c.deleted_at.is_(None))
        with self._read() as connection:
            return list(connection.execute(query.order_by(tools.c.position, tools.c.id)).scalars())

    def used_ids(self, conversation_id: str, exchange_ids: Sequence[str], tool_ids: Sequence[str]) -> frozenset[str]:
        """Which of these ids stand in the database, whoever owns them."""
        named = (conversation_id,) if conversation_id else ()
        asked = ((conversations, named), (exchanges, exchange_ids), (tools, tool_ids))
        used: set[str] = set()
        with self._read() as connection:
            for table, ids in asked:
                for start in range(0, len(ids), _AT_ONCE):
                    some = {"ids": list(ids[start : start + _AT_ONCE])}
                    used.update(connection.execute(_USED[table], some).scalars())
        return frozenset(used)

    def keep(
        self,
        conversation: KeptConversation | None,
        taken: Sequence[KeptExchange] = (),
        new_tools: Sequence[KeptTool] = (),
        restored_tools: Collection[str] = (),
    ) -> None:
        """Keep a conversation that is not there yet, with its exchanges and the tools it brings: all of it, or
        nothing. ``StoreError`` where the database refuses it."""
        try:
            with self._write() as connection:
                for tool in new_tools:
                    self._keep_tool(connection, tool)
                if restored_tools:
                    mine = tools.c.owner == self.owner, tools.c.id.in_(restored_tools)
                    connection.execute(sa.update(tools).where(*mine).values(deleted_at=None))
                if conversation is not None:
                    self._keep_conversation(connection, conversation)
                    for start in range(0, len(taken), _AT_ONCE):
                        some = [self._exchange_row(conversation.id, one) for one in taken[start : start + _AT_ONCE]]
                        connection.execute(sa.insert(exchanges), some)
                    self._count(connection, conversation, taken)
        except (sa.exc.SQLAlchemyError, OverflowError) as error:
            raise StoreError(f"The database refuses it: {getattr(error, 'orig', None) or error}") from error

    def _keep_conversation(self, connection: sa.Connection, kept: KeptConversation) -> None:
        row = {
            "id": kept.id,
            "owner": self.owner,
            "title": kept.title,
            "setup": to_json(kept.setup),
            "waiting": False,
            "revision": 0,
            "created_at": kept.created_at,
            "updated_at": kept.updated_at,
            "forked_from": kept.forked_from,
            "hidden": kept.hidden,
            **{name: value for name, value in kept.beside.items() if name in BESIDE},
        }
        connection.execute(sa.insert(conversations), row)
        tree.add_nodes(connection, self.owner, kept.id, kept.nodes)
        tree.move_head(connection, self.owner, kept.id, kept.head)

    def _count(self, connection: sa.Connection, conversation: KeptConversation, taken: Sequence[KeptExchange]) -> None:
        said = {node.id: node.message for node in conversation.nodes}
        asked = [
            Asked(one.exchange.id, one.exchange.marks.started, said[one.info.node_id].calls)
            for one in taken
            if one.info.node_id in said
        ]
        called = judge_calls(connection, self.owner, conversation.id, asked)
        for start in range(0, len(taken), _AT_ONCE):
            ids = [one.exchange.id for one in taken[start : start + _AT_ONCE]]
            usage_tally.count(connection, self.owner, ids, called)

    def _exchange_row(self, conversation_id: str, kept: KeptExchange) -> dict[str, Any]:
        info = kept.info
        if info.state == "running":
            raise ValueError("A running exchange cannot be taken over")
        ended = rows.from_turn(Turn(state=info.state, finish=info.finish, usage=info.usage, problem=info.problem))
        return {
            **rows.from_exchange(kept.exchange),
            **ended,
            "owner": self.owner,
            "conversation_id": conversation_id,
            "parent_id": info.parent_id,
            "node_id": info.node_id,
            "plays": info.plays,
            "calls": kept.calls,
            "worker": self._worker,
            "heartbeat": now(),
            "body": kept.exchange.body,
        }

    def _keep_tool(self, connection: sa.Connection, kept: KeptTool) -> None:
        record = kept.record
        last = sa.select(sa.func.coalesce(sa.func.max(tools.c.position), -1)).where(tools.c.owner == self.owner)
        row = {
            "id": record.id,
            "owner": self.owner,
            "tool": to_json(record.tool),
            "position": connection.execute(last).scalar_one() + 1,
            "updated_at": record.updated_at.timestamp(),
            "tags": list(record.tags),
            "folder": record.folder,
            "conversation_id": record.conversation_id,
            "copy_of": record.copy_of,
            "answering": to_json(record.answering),
        }
        connection.execute(sa.insert(tools), row)
        versions = [
            {
                "tool_id": record.id,
                "number": version.number,
                "owner": self.owner,
                "tool": to_json(version.tool),
                "name": version.name,
                "how": version.how,
                "created_at": version.created_at.timestamp(),
            }
            for version in kept.versions
        ]
        connection.execute(sa.insert(tool_versions), versions)

    def _kept_tool(self, row: sa.Row[Any]) -> KeptTool:
        return KeptTool(to_record(row), tuple(reversed(self.versions(row.id))), row.deleted_at is not None)
