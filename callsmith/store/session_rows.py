"""One page of the list of conversations: what each was said to be, where it stands, and what it used. A query for each
of these, over the whole page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from callsmith.store import standing
from callsmith.store.records import ConversationState
from callsmith.store.rows import AnyRow
from callsmith.store.schema import conversation_words, conversations, exchanges, nodes
from callsmith.store.usage_tables import KIND, SUMS, Kind, counts_all, to_kind, usage_kinds, usage_sessions
from callsmith.store.words import folded

_AROUND = 60


@dataclass(frozen=True, slots=True)
class Used:
    """What the exchanges of one kind used on one day of UTC, as ``SUMS``."""

    kind: Kind
    day: int
    sums: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SessionRow:
    """``snippet`` is what stands around the first word that was found, folded. ``tools`` were called. ``turns`` are
    those of the arm in view. ``used`` counts all exchanges that have ended, on every arm and those that played tools.
    """

    id: str
    title: str
    snippet: str
    models: tuple[str, ...]
    tools: tuple[str, ...]
    turns: int
    used: tuple[Used, ...]
    updated_at: datetime
    tags: tuple[str, ...]
    pinned: bool
    archived: bool
    state: ConversationState


def read(connection: sa.Connection, ids: Sequence[str], words: Sequence[str]) -> tuple[SessionRow, ...]:
    """In the order of ``ids``. ``words`` were looked for, folded."""
    if not ids:
        return ()
    texts = (
        sa.select(
            *(conversations.c[name] for name in ("id", "title", "updated_at", "tags", "pinned", "archived")),
            *standing.COLUMNS,
            conversation_words.c.said,
            conversation_words.c.tools,
        )
        .select_from(conversations)
        .outerjoin(conversation_words, conversation_words.c.conversation_id == conversations.c.id)
        .outerjoin(exchanges, standing.NEWEST)
        .where(conversations.c.id.in_(ids))
    )
    kept = {row.id: row for row in connection.execute(texts)}
    used, turns = _used(connection, ids), _turns(connection, ids)
    return tuple(_row(kept[one], tuple(used.get(one, ())), turns.get(one, 0), words) for one in ids)


def names(tools: str) -> list[str]:
    return [name for name in tools.split("|") if name]


def _used(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[Used]]:
    sums = [usage_sessions.c[name] for name in SUMS]
    query = (
        sa.select(
            usage_sessions.c.conversation_id,
            usage_sessions.c.day,
            usage_kinds.c.id,
            *(usage_kinds.c[name] for name in KIND),
            *sums,
        )
        .join(usage_kinds, usage_kinds.c.id == usage_sessions.c.kind)
        .where(usage_sessions.c.conversation_id.in_(ids), usage_sessions.c.exchanges > 0, counts_all())
        .order_by(usage_sessions.c.day)
    )
    found: dict[str, list[Used]] = {}
    kinds = 3 + len(KIND)
    for row in connection.execute(query):
        found.setdefault(row[0], []).append(Used(to_kind(row[2:kinds]), row[1], tuple(row[kinds:])))
    return found


def _turns(connection: sa.Connection, ids: Sequence[str]) -> dict[str, int]:
    """How many messages of the user lead to each head."""
    role = nodes.c.message["role"].as_string()
    start = (
        sa.select(nodes.c.conversation_id, nodes.c.parent, role.label("role"))
        .join(conversations, sa.and_(conversations.c.id == nodes.c.conversation_id, conversations.c.head == nodes.c.id))
        .where(conversations.c.id.in_(ids))
        .cte("arm", recursive=True)
    )
    above = sa.select(nodes.c.conversation_id, nodes.c.parent, role).join(
        start, sa.and_(nodes.c.conversation_id == start.c.conversation_id, nodes.c.id == start.c.parent)
    )
    arm = start.union_all(above)
    query = sa.select(arm.c.conversation_id, sa.func.count()).where(arm.c.role == "user")
    return dict(tuple(row) for row in connection.execute(query.group_by(arm.c.conversation_id)))


def _row(row: AnyRow, used: tuple[Used, ...], turns: int, words: Sequence[str]) -> SessionRow:
    asked = [one.kind.model for one in used if not one.kind.plays]
    return SessionRow(
        id=row.id,
        title=row.title,
        snippet=_snippet(row.said or "", row.title, words),
        # The newest exchange comes last, and may still run.
        models=tuple(filter(None, dict.fromkeys([*(model for model in asked if model != row.model), row.model]))),
        tools=tuple(names(row.tools or "")),
        turns=turns,
        used=used,
        updated_at=datetime.fromtimestamp(row.updated_at, UTC),
        tags=tuple(row.tags),
        pinned=row.pinned,
        archived=row.archived,
        state=standing.state_of(row),
    )


def _snippet(said: str, title: str, words: Sequence[str]) -> str:
    """Nothing where the title says it already."""
    word = next((word for word in words if word not in folded(title) and word in said), "")
    if not word:
        return ""
    at = said.index(word)
    start, end = max(at - _AROUND, 0), min(at + len(word) + _AROUND, len(said))
    piece = " ".join(said[start:end].split())
    return f"{'…' if start else ''}{piece}{'…' if end < len(said) else ''}"
