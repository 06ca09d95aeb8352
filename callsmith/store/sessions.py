"""All conversations as a person keeps them: found by words, model, tool, tag; pinned, tagged, archived, duplicated."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from callsmith.store import tree
from callsmith.store.base import NotFound, now
from callsmith.store.conversations import Conversations
from callsmith.store.engine import FOLDED
from callsmith.store.rows import AnyRow
from callsmith.store.schema import conversation_words, conversations, exchanges
from callsmith.store.usage_totals import usage_kinds
from callsmith.store.words import folded, words_of

Order = Literal["newest", "oldest", "title", "tokens"]
State = Literal["all", "waiting", "archived"]
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations: all words of ``query`` are in the title or in what was said; of ``models``, ``tools`` (that
    were called) and ``tags`` any fits. Archived ones are found only where ``state`` asks for them."""

    query: str = ""
    models: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    state: State = "all"
    order: Order = "newest"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """``snippet`` is what stands around the first word that was found, folded. ``tokens`` None: nothing reported."""

    id: str
    title: str
    snippet: str
    models: tuple[str, ...]
    tools: tuple[str, ...]
    calls: int
    exchanges: int
    tokens: int | None
    updated_at: datetime
    tags: tuple[str, ...]
    pinned: bool
    archived: bool
    waiting: bool


@dataclass(frozen=True, slots=True)
class Found:
    """``total`` counts all that fit, of which ``rows`` are one page."""

    rows: tuple[SessionRow, ...]
    total: int


class Sessions(Conversations):
    def find(self, wanted: Wanted, limit: int = 25, offset: int = 0) -> Found:
        """Pinned ones first. Hidden and deleted ones are not found."""
        fits = self._fits(wanted)
        joined = sa.outerjoin(
            conversations, conversation_words, conversation_words.c.conversation_id == conversations.c.id
        )
        # Ids alone are sorted and counted, in one pass over the texts; the texts of one page are read after it.
        query = (
            sa.select(conversations.c.id, sa.func.count().over())
            .select_from(joined)
            .where(*fits)
            .order_by(conversations.c.pinned.desc(), *_order(wanted.order), conversations.c.id)
        )
        texts = sa.select(
            *(conversations.c[name] for name in ("id", "title", "updated_at", "waiting", "tags")),
            *(conversations.c[name] for name in ("pinned", "archived")),
            conversation_words.c.said,
            conversation_words.c.tools,
        ).select_from(joined)
        with self._read() as connection:
            page = connection.execute(query.limit(limit).offset(offset)).all()
            if page or not offset:
                total = page[0][1] if page else 0
            else:
                total = connection.execute(sa.select(sa.func.count()).select_from(joined).where(*fits)).scalar_one()
            ids = [found for found, _ in page]
            kept = {row.id: row for row in connection.execute(texts.where(conversations.c.id.in_(ids)))}
            used = self._used(connection, ids)
        words = words_of(wanted.query)
        return Found(tuple(_row(kept[found], used.get(found, _Used()), words) for found in ids), total)

    def session_choices(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """The models, the tools and the tags that any conversation has, each in alphabetical order."""
        kept = (
            conversations.c.owner == self.owner,
            conversations.c.deleted_at.is_(None),
            conversations.c.hidden.is_(False),
        )
        asked = usage_kinds.c.owner == self.owner, usage_kinds.c.plays == ""
        models = sa.select(usage_kinds.c.model).where(*asked).distinct()
        tools = sa.select(conversation_words.c.tools).where(conversation_words.c.owner == self.owner).distinct()
        tags = sa.select(conversations.c.tags).where(*kept, sa.cast(conversations.c.tags, sa.Text) != "[]").distinct()
        with self._read() as connection:
            return (
                tuple(sorted(filter(None, connection.execute(models).scalars()))),
                tuple(sorted({name for text in connection.execute(tools).scalars() for name in _names(text)})),
                tuple(sorted({tag for found in connection.execute(tags).scalars() for tag in found})),
            )

    def pin(self, ids: Collection[str], *, pinned: bool = True) -> None:
        self._keep_so(ids, pinned=pinned)

    def archive(self, ids: Collection[str], *, archived: bool = True) -> None:
        self._keep_so(ids, archived=archived)

    def tag(
        self, ids: Collection[str], add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> dict[str, tuple[str, ...]]:
        """Add tags and take others away. White space around and inside a tag counts as one space. Returns the tags
        that each had before."""
        new, gone = [" ".join(tag.split()) for tag in add], set(remove)
        with self._write() as connection:
            query = sa.select(conversations.c.id, conversations.c.tags).where(*self._these(ids))
            before = connection.execute(query).all()
            for row in before:
                tags = [tag for tag in dict.fromkeys([*row.tags, *filter(None, new)]) if tag not in gone]
                connection.execute(self._mine(row.id).values(tags=tags))
        return {row.id: tuple(row.tags) for row in before}

    def delete_all(self, ids: Collection[str]) -> None:
        self._keep_so(ids, deleted_at=now())

    def restore_all(self, ids: Collection[str]) -> None:
        self._keep_so(ids, deleted_at=None)

    def duplicate(self, conversation_id: str) -> str:
        """A copy with every arm, without its exchanges: they are counted where they were made. Returns its id."""
        whole = self.load(conversation_id)
        if whole is None:
            raise NotFound(f"no conversation {conversation_id}")
        new_id = self.create(self.setup(conversation_id), f"{whole.title} (copy)" if whole.title else "")
        with self._write() as connection:
            connection.execute(self._mine(new_id).values(forked_from=conversation_id))
            tree.add_nodes(connection, self.owner, new_id, list(whole.nodes.values()))
            tree.move_head(connection, self.owner, new_id, whole.head)
        return new_id

    def _keep_so(self, ids: Collection[str], **values: Any) -> None:
        with self._write() as connection:
            connection.execute(sa.update(conversations).where(*self._these(ids)).values(values))

    def _these(self, ids: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
        return conversations.c.owner == self.owner, conversations.c.id.in_(list(ids))

    def _fits(self, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
        said = sa.func.coalesce(conversation_words.c.said, "")
        fits = [
            conversations.c.owner == self.owner,
            conversations.c.deleted_at.is_(None),
            conversations.c.hidden.is_(False),
            conversations.c.archived.is_(wanted.state == "archived"),
        ]
        if wanted.state == "waiting":
            fits.append(conversations.c.waiting.is_(True))
        for word in words_of(wanted.query):
            title = self._folded(conversations.c.title).contains(word, autoescape=True)
            fits.append(sa.or_(said.contains(word, autoescape=True), title))
        if wanted.models:
            asked = exchanges.c.conversation_id == conversations.c.id, exchanges.c.model.in_(wanted.models)
            fits.append(sa.exists().where(*asked, exchanges.c.plays == ""))
        if wanted.tools:
            called = (conversation_words.c.tools.contains(f"|{name}|", autoescape=True) for name in wanted.tools)
            fits.append(sa.or_(*called))
        if wanted.tags:
            tags = sa.cast(conversations.c.tags, sa.Text)
            fits.append(sa.or_(*(tags.contains(_as_json(tag), autoescape=True) for tag in wanted.tags)))
        return fits

    def _folded(self, column: sa.Column[str]) -> sa.ColumnElement[str]:
        """A server lowers capitals by itself and keeps accents; what was said is folded already."""
        return sa.Function(FOLDED if self._engine.dialect.name == "sqlite" else "lower", column, type_=sa.Text())

    def _used(self, connection: sa.Connection, ids: Sequence[str]) -> dict[str, _Used]:
        query = (
            sa.select(
                exchanges.c.conversation_id,
                exchanges.c.model,
                sa.func.count(),
                sa.func.sum(exchanges.c.calls),
                sa.func.sum(
                    sa.func.coalesce(exchanges.c.total_tokens, exchanges.c.input_tokens + exchanges.c.output_tokens)
                ),
            )
            .where(exchanges.c.owner == self.owner, exchanges.c.conversation_id.in_(ids))
            .group_by(exchanges.c.conversation_id, exchanges.c.model)
            .order_by(sa.func.max(exchanges.c.started_at))
        )
        found: dict[str, _Used] = {}
        for conversation_id, model, number, calls, tokens in connection.execute(query):
            before = found.get(conversation_id, _Used())
            known = tokens is not None or before.tokens is not None
            total = (before.tokens or 0) + (tokens or 0) if known else None
            found[conversation_id] = _Used(
                (*before.models, model), before.exchanges + number, before.calls + (calls or 0), total
            )
        return found


@dataclass(frozen=True, slots=True)
class _Used:
    models: tuple[str, ...] = ()
    exchanges: int = 0
    calls: int = 0
    tokens: int | None = None


def _order(order: Order) -> tuple[sa.ColumnElement[Any], ...]:
    if order == "title":
        return (sa.func.lower(conversations.c.title), conversations.c.updated_at.desc())
    if order == "tokens":
        used = sa.func.coalesce(exchanges.c.total_tokens, exchanges.c.input_tokens + exchanges.c.output_tokens)
        total = sa.select(sa.func.sum(used)).where(exchanges.c.conversation_id == conversations.c.id).scalar_subquery()
        return (sa.func.coalesce(total, 0).desc(),)
    return (conversations.c.updated_at.asc() if order == "oldest" else conversations.c.updated_at.desc(),)


def _row(row: AnyRow, used: _Used, words: Sequence[str]) -> SessionRow:
    return SessionRow(
        id=row.id,
        title=row.title,
        snippet=_snippet(row.said or "", row.title, words),
        models=used.models,
        tools=tuple(_names(row.tools or "")),
        calls=used.calls,
        exchanges=used.exchanges,
        tokens=used.tokens,
        updated_at=datetime.fromtimestamp(row.updated_at, UTC),
        tags=tuple(row.tags),
        pinned=row.pinned,
        archived=row.archived,
        waiting=row.waiting,
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


def _names(tools: str) -> list[str]:
    return [name for name in tools.split("|") if name]


def _as_json(tag: str) -> str:
    """As it stands in a list that is kept as JSON in ASCII."""
    return json.dumps(tag)
