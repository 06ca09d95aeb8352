"""The calls that models made in any conversation, and their results, found again by the tool they name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from callsmith.conversation import answerable
from callsmith.evidence.calls import RecordedCall, RecordedResult
from callsmith.store.base import Base
from callsmith.store.schema import conversations, exchanges, nodes, tool_versions, tools
from callsmith.types.codec import from_json
from callsmith.types.message import Message

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

    def results_of(self, tool_id: str, limit: int = MOST_CALLS) -> list[RecordedResult]:
        """The answered calls of a tool under each name it has or had, those asked last first, at most ``limit``. What
        a fork took over from its conversation is there once, and hidden conversations are left out."""
        names = self.names_of(tool_id)
        if not names:
            return []
        answers = nodes.alias("answers")
        text = sa.cast(answers.c.message, sa.Text)
        query = (
            self._calling(names)
            .add_columns(answers.c.id.label("answer_id"), answers.c.message.label("answer"))
            .join(
                answers,
                sa.and_(answers.c.conversation_id == nodes.c.conversation_id, answers.c.parent == nodes.c.id),
            )
            .where(answers.c.owner == self.owner, conversations.c.hidden.is_(False), text.contains('"tool_result"'))
            .order_by(answers.c.position.desc())
            .limit(MOST_CALLS)
        )
        found: list[RecordedResult] = []
        seen: set[str] = set()
        with self._read() as connection:
            for row in connection.execute(query):
                if row.answer_id not in seen and len(found) < limit:
                    seen.add(row.answer_id)
                    found += _results(row, names)
        return found[:limit]

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


def _results(row: sa.Row[Any], names: frozenset[str]) -> Iterator[RecordedResult]:
    """Each call with the next result that has its id: some servers give the same id twice."""
    left = list(from_json(Message, row.answer).results)
    for call in answerable(from_json(Message, row.message)):
        result = next((one for one in left if one.call_id == call.id), None)
        if result is not None:
            left.remove(result)
            if call.name in names:
                yield RecordedResult(call, result, row.conversation_id, row.title, row.at)
