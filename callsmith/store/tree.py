"""Writing to a conversation's tree of messages, inside a transaction that someone else began.

``touch`` comes first: it proves that the conversation is the owner's, and on a server it locks the row, so
that two writers number their nodes one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from callsmith.conversation import Node, answerable, approvals
from callsmith.store.base import Changed, NotFound, insert_new, now
from callsmith.store.schema import AnyText, conversation_words, conversations, nodes
from callsmith.store.words import entry, listed
from callsmith.types.codec import from_json, to_json
from callsmith.types.message import Message

TITLE_LENGTH = 60
# A statement is built once: SQLAlchemy takes longer to put one together than SQLite to carry it out.
_WHOSE = sa.bindparam("whose", type_=sa.Text())
_WITHIN = sa.bindparam("within", type_=AnyText())
_ONE = sa.update(conversations).where(conversations.c.owner == _WHOSE, conversations.c.id == _WITHIN)
_ENTITLE = _ONE.where(conversations.c.title == "").values(title=sa.bindparam("first", type_=AnyText()))
_MOVE = _ONE.values(head=sa.bindparam("to", type_=AnyText()), waiting=sa.bindparam("waits", type_=sa.Boolean()))
_THERE = sa.select(nodes.c.id, nodes.c.position).where(nodes.c.conversation_id == _WITHIN)
_MESSAGE = sa.select(nodes.c.message).where(
    nodes.c.owner == _WHOSE, nodes.c.conversation_id == _WITHIN, nodes.c.id == sa.bindparam("which", type_=AnyText())
)
_LEARNED = sa.select(conversation_words.c.tools).where(conversation_words.c.conversation_id == _WITHIN)


def touch(
    connection: sa.Connection, owner: str, conversation_id: str, *, said: bool = True, seen: int | None = None
) -> None:
    """A new revision; ``said`` also brings the conversation to the top of the recent ones. ``seen``: the revision that
    it must still have, else ``Changed``."""
    values: dict[str, Any] = {"revision": conversations.c.revision + 1}
    if said:
        values["updated_at"] = now()
    mine = _mine(owner, conversation_id)
    if seen is not None:
        mine = mine.where(conversations.c.revision == seen)
    if connection.execute(mine.values(values)).rowcount:
        return
    there = sa.select(conversations.c.id).where(conversations.c.owner == owner, conversations.c.id == conversation_id)
    if connection.execute(there).first() is not None:
        raise Changed(f"conversation {conversation_id} was changed meanwhile")
    raise NotFound(f"no conversation {conversation_id}")


def add_nodes(connection: sa.Connection, owner: str, conversation_id: str, new: Sequence[Node]) -> None:
    """Keep nodes, parents first; those already there stay. Gives an untitled conversation its title."""
    if not new:
        return
    there = {row.id: row.position for row in connection.execute(_THERE, {"within": conversation_id})}
    first = max(there.values(), default=-1) + 1
    rows = [
        {
            "conversation_id": conversation_id,
            "id": node.id,
            "owner": owner,
            "parent": node.parent,
            "position": first + offset,
            "message": to_json(node.message),
        }
        for offset, node in enumerate(new)
    ]
    insert_new(connection, nodes, rows)
    _learn(connection, owner, conversation_id, [row["message"] for row in rows if row["id"] not in there])
    title = next((title_of(node.message) for node in new if node.message.role == "user"), "")
    if title:
        connection.execute(_ENTITLE, {"whose": owner, "within": conversation_id, "first": title})


def holds(connection: sa.Connection, owner: str, conversation_id: str, node: Node) -> bool:
    """Whether a new node has a place: its parent is there."""
    if node.parent is None:
        return True
    parent = sa.select(nodes.c.id).where(
        nodes.c.owner == owner, nodes.c.conversation_id == conversation_id, nodes.c.id == node.parent
    )
    return connection.execute(parent).first() is not None


def _learn(connection: sa.Connection, owner: str, conversation_id: str, messages: Sequence[Any]) -> None:
    """What is said in new messages can be found from now on."""
    if not messages:
        return
    said, tools = entry(messages)
    before = connection.execute(_LEARNED, {"within": conversation_id}).scalar()
    if before is None:
        row = {"conversation_id": conversation_id, "owner": owner, "said": said, "tools": tools}
        connection.execute(sa.insert(conversation_words), row)
        return
    mine = conversation_words.c.conversation_id == conversation_id
    names = dict.fromkeys(name for name in (before + tools).split("|") if name)
    longer = conversation_words.c.said + ("\n" + said)
    connection.execute(sa.update(conversation_words).where(mine).values(said=longer, tools=listed(names)))


def remove_nodes(connection: sa.Connection, owner: str, conversation_id: str, ids: Sequence[str]) -> None:
    """Children go first: a message may not stay without its parent."""
    for node_id in reversed(ids):
        connection.execute(
            sa.delete(nodes).where(
                nodes.c.owner == owner, nodes.c.conversation_id == conversation_id, nodes.c.id == node_id
            )
        )
    left = sa.select(nodes.c.message).where(nodes.c.conversation_id == conversation_id).order_by(nodes.c.position)
    connection.execute(sa.delete(conversation_words).where(conversation_words.c.conversation_id == conversation_id))
    _learn(connection, owner, conversation_id, list(connection.execute(left).scalars()))


def move_head(connection: sa.Connection, owner: str, conversation_id: str, head: str | None) -> None:
    waiting = False
    if head is not None:
        kept = connection.execute(_MESSAGE, {"whose": owner, "within": conversation_id, "which": head}).scalar()
        if kept is None:
            raise NotFound(f"no message {head} in conversation {conversation_id}")
        message = from_json(Message, kept)
        waiting = message.role == "assistant" and bool(answerable(message) or approvals(message))
    values = {"to": head, "waits": waiting}
    connection.execute(_MOVE, {"whose": owner, "within": conversation_id, **values})


def title_of(message: Message) -> str:
    """The first words of a message on one line, cut between words where it is long."""
    words = " ".join(message.text.split())
    if len(words) <= TITLE_LENGTH:
        return words
    cut = words[:TITLE_LENGTH]
    return (cut.rpartition(" ")[0] if " " in cut[TITLE_LENGTH // 2 :] else cut) + "…"


def _mine(owner: str, conversation_id: str) -> sa.Update:
    return sa.update(conversations).where(conversations.c.owner == owner, conversations.c.id == conversation_id)
