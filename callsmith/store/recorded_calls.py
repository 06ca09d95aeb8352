"""The calls that models made in any conversation, found again by the tool they name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from callsmith.evidence.calls import RecordedCall
from callsmith.store.base import Base
from callsmith.store.schema import conversations, exchanges, nodes, tool_versions, tools

MOST_CALLS = 10_000


class RecordedCalls(Base):
    def calls_of(self, tool_id: str, limit: int = MOST_CALLS) -> list[RecordedCall]:
        """The calls of a tool under each name it has or had, newest first, at most ``limit``."""
        names = self.names_of(tool_id)
        if not names:
            return []
        with self._read() as connection:
            rows = connection.execute(self._calling(names).limit(limit))
            return [call for row in rows for call in _calls(row, names)][:limit]

    def names_of(self, tool_id: str) -> frozenset[str]:
        """What a tool is called, was called in its versions, and is called where it was imported from."""
        sources = (
            (tool_versions, tool_versions.c.tool_id, tool_versions.c.tool["name"]),
            (tools, tools.c.id, tools.c.tool["name"]),
            (tools, tools.c.id, tools.c.tool["origin"]["name"]),
        )
        queries = [
            sa.select(name.as_string().label("name")).where(table.c.owner == self.owner, at == tool_id)
            for table, at, name in sources
        ]
        with self._read() as connection:
            return frozenset(name for name in connection.execute(sa.union(*queries)).scalars() if name)

    def history_stamp(self) -> str:
        """Another text after every change of any conversation."""
        changed = sa.select(
            sa.func.count(), sa.func.sum(conversations.c.revision), sa.func.max(conversations.c.updated_at)
        ).where(conversations.c.owner == self.owner, conversations.c.deleted_at.is_(None))
        with self._read() as connection:
            return repr(tuple(connection.execute(changed).one()))

    def _calling(self, names: frozenset[str]) -> sa.Select[Any]:
        """The messages that may hold a call under one of these names: they are written as JSON in ASCII."""
        text = sa.cast(nodes.c.message, sa.Text)
        named = [text.contains(f'"name": {json.dumps(name)}', autoescape=True) for name in sorted(names)]
        at = sa.func.coalesce(exchanges.c.started_at, conversations.c.created_at)
        return (
            sa.select(nodes.c.conversation_id, nodes.c.id, nodes.c.message, conversations.c.title, at.label("at"))
            .join_from(nodes, conversations, conversations.c.id == nodes.c.conversation_id)
            .outerjoin(exchanges, exchanges.c.id == nodes.c.message["origin"]["exchange_id"].as_string())
            .where(
                nodes.c.owner == self.owner,
                conversations.c.deleted_at.is_(None),
                text.contains('"tool_call"'),
                sa.or_(*named),
            )
            .order_by(at.desc(), nodes.c.conversation_id, nodes.c.position.desc())
        )


def _calls(row: sa.Row[Any], names: frozenset[str]) -> Iterator[RecordedCall]:
    message = row.message
    model = (message.get("origin") or {}).get("model", "")
    for part in message.get("parts", ()):
        if part.get("kind") == "tool_call" and part["name"] in names:
            yield RecordedCall(
                conversation_id=row.conversation_id,
                title=row.title,
                node_id=row.id,
                call_id=part["id"],
                name=part["name"],
                arguments=part["arguments"],
                at=row.at,
                model=model,
                type=part.get("type", "function"),
            )
