"""Conversations: their tree of messages, how they ask, and the list of recent ones."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from callsmith.conversation import Conversation, Node
from callsmith.store import standing, tree
from callsmith.store.base import Base, NotFound, insert_new, now
from callsmith.store.records import ConversationSummary
from callsmith.store.schema import conversations, exchanges, nodes
from callsmith.types.codec import from_json, to_json
from callsmith.types.message import Message
from callsmith.types.setup import Setup


class Conversations(Base):
    def create(self, setup: Setup, title: str = "", conversation_id: str | None = None) -> str:
        """A new conversation, or the one with this id as it is. Untitled ones take their first words as title."""
        new_id = conversation_id or uuid.uuid4().hex
        at = now()
        row = {
            "id": new_id,
            "owner": self.owner,
            "title": title,
            "setup": to_json(setup),
            "waiting": False,
            "revision": 0,
            "created_at": at,
            "updated_at": at,
        }
        with self._write() as connection:
            insert_new(connection, conversations, [row])
        return new_id

    def fork(self, conversation_id: str, head: str, setup: Setup, title: str, *, hidden: bool = False) -> str:
        """A new conversation that begins with the arm of this one that ends at ``head``. ``hidden``: the lists leave
        it out. Returns its id. ``NotFound`` where there is no such conversation."""
        whole = self.load(conversation_id)
        if whole is None:
            raise NotFound(f"no conversation {conversation_id}")
        new_id = self.create(setup, title)
        with self._write() as connection:
            connection.execute(self._mine(new_id).values(forked_from=conversation_id, hidden=hidden))
            tree.add_nodes(connection, self.owner, new_id, whole.path(head))
            tree.move_head(connection, self.owner, new_id, head)
        return new_id

    def load(self, conversation_id: str) -> Conversation | None:
        """None where it does not exist or is deleted."""
        with self._read() as connection:
            found = self._kept(conversation_id, conversations.c.title, conversations.c.head)
            row = connection.execute(found).first()
            if row is None:
                return None
            query = (
                sa.select(nodes.c.id, nodes.c.parent, nodes.c.message)
                .where(nodes.c.owner == self.owner, nodes.c.conversation_id == conversation_id)
                .order_by(nodes.c.position, nodes.c.id)
            )
            tree_nodes = {
                node_id: Node(node_id, parent, from_json(Message, message))
                for node_id, parent, message in connection.execute(query)
            }
        return Conversation(conversation_id, row.title, MappingProxyType(tree_nodes), row.head)

    def stamp(self, conversation_id: str) -> int | None:
        """A number that grows with every change of the messages, the head, the title and the exchanges; None
        where the conversation does not exist or is deleted."""
        with self._read() as connection:
            return connection.execute(self._kept(conversation_id, conversations.c.revision)).scalar()

    def setup(self, conversation_id: str) -> Setup:
        with self._read() as connection:
            kept = connection.execute(self._kept(conversation_id, conversations.c.setup)).first()
        if kept is None:
            raise NotFound(f"no conversation {conversation_id}")
        return from_json(Setup, kept.setup)

    def save_setup(self, conversation_id: str, setup: Setup) -> None:
        self._change(conversation_id, setup=to_json(setup))

    def rename(self, conversation_id: str, title: str) -> None:
        """An empty title brings the automatic one back."""
        title = " ".join(title.split())
        with self._write() as connection:
            tree.touch(connection, self.owner, conversation_id, said=False)
            if not title:
                title = self._automatic_title(connection, conversation_id)
            connection.execute(self._mine(conversation_id).values(title=title))

    def recent(self, limit: int = 30, offset: int = 0) -> list[ConversationSummary]:
        """Pinned ones first, then newest; without those that are deleted, archived or hidden."""
        order = conversations.c.pinned.desc(), conversations.c.updated_at.desc(), conversations.c.id
        # Where each stands is asked of these alone, not of all that are sorted.
        ids = (
            sa.select(conversations.c.id)
            .where(
                conversations.c.owner == self.owner,
                conversations.c.deleted_at.is_(None),
                conversations.c.hidden.is_(False),
                conversations.c.archived.is_(False),
            )
            .order_by(*order)
            .limit(limit)
            .offset(offset)
            .subquery()
        )
        said = conversations.c.id, conversations.c.title, conversations.c.updated_at, conversations.c.pinned
        query = (
            sa.select(*said, *standing.COLUMNS)
            .select_from(ids)
            .join(conversations, conversations.c.id == ids.c.id)
            .outerjoin(exchanges, standing.NEWEST)
            .order_by(*order)
        )
        with self._read() as connection:
            return [_summary(row) for row in connection.execute(query)]

    def delete(self, conversation_id: str) -> None:
        self._change(conversation_id, deleted_at=now())

    def restore(self, conversation_id: str) -> None:
        self._change(conversation_id, deleted_at=None)

    def save_nodes(self, conversation_id: str, new: Sequence[Node], head: str | None) -> None:
        """Keep new nodes, parents first (those already there stay), and move the head: all of it or nothing."""
        with self._write() as connection:
            tree.touch(connection, self.owner, conversation_id)
            tree.add_nodes(connection, self.owner, conversation_id, new)
            tree.move_head(connection, self.owner, conversation_id, head)

    def delete_nodes(self, conversation_id: str, ids: Sequence[str], head: str | None) -> None:
        """Take messages away, with all that follow them, and move the head. ``ids``: parents before their children."""
        with self._write() as connection:
            tree.touch(connection, self.owner, conversation_id)
            tree.move_head(connection, self.owner, conversation_id, head)
            tree.remove_nodes(connection, self.owner, conversation_id, ids)

    def set_head(self, conversation_id: str, head: str | None) -> None:
        with self._write() as connection:
            tree.touch(connection, self.owner, conversation_id, said=False)
            tree.move_head(connection, self.owner, conversation_id, head)

    def _automatic_title(self, connection: sa.Connection, conversation_id: str) -> str:
        query = (
            sa.select(nodes.c.message)
            .where(nodes.c.owner == self.owner, nodes.c.conversation_id == conversation_id, nodes.c.parent.is_(None))
            .order_by(nodes.c.position)
            .limit(1)
        )
        first = connection.execute(query).scalar()
        return "" if first is None else tree.title_of(from_json(Message, first))

    def _kept(self, conversation_id: str, *columns: sa.Column[Any]) -> sa.Select[Any]:
        return sa.select(*columns).where(
            conversations.c.owner == self.owner,
            conversations.c.id == conversation_id,
            conversations.c.deleted_at.is_(None),
        )

    def _mine(self, conversation_id: str) -> sa.Update:
        return sa.update(conversations).where(
            conversations.c.owner == self.owner, conversations.c.id == conversation_id
        )

    def _change(self, conversation_id: str, **values: Any) -> None:
        with self._write() as connection:
            if not connection.execute(self._mine(conversation_id).values(values)).rowcount:
                raise NotFound(f"no conversation {conversation_id}")


def _summary(row: sa.Row[Any]) -> ConversationSummary:
    at = datetime.fromtimestamp(row.updated_at, UTC)
    return ConversationSummary(row.id, row.title, at, standing.state_of(row), row.model or "", row.pinned)
