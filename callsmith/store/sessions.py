"""All conversations as a person keeps them: found by words, model, tool, tag; pinned, tagged, archived, duplicated."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from callsmith.store import session_rows, standing, tree
from callsmith.store.base import NotFound, now
from callsmith.store.conversations import Conversations
from callsmith.store.engine import FOLDED
from callsmith.store.schema import conversation_words, conversations, exchanges
from callsmith.store.session_rows import SessionRow, names
from callsmith.store.usage_tables import counts_all, usage_kinds, usage_sessions
from callsmith.store.words import words_of

Order = Literal["newest", "oldest", "title", "tokens"]
State = Literal["all", "waiting", "broken", "archived"]
# Fewer than any database takes in one statement.
_PART = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations: all words of ``query`` are in the title or in what was said; of ``models``, ``tools`` (that
    were called: having one at hand is not enough) and ``tags`` any fits. Archived ones are found only where ``state``
    asks for them; ``broken`` are those whose last reply broke off or ended in an error."""

    query: str = ""
    models: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    state: State = "all"
    order: Order = "newest"


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
        with self._read() as connection:
            page = connection.execute(query.limit(limit).offset(offset)).all()
            if page or not offset:
                total = page[0][1] if page else 0
            else:
                total = connection.execute(sa.select(sa.func.count()).select_from(joined).where(*fits)).scalar_one()
            rows = session_rows.read(connection, [found for found, _ in page], words_of(wanted.query))
        return Found(rows, total)

    def find_ids(self, wanted: Wanted) -> list[str]:
        """All that fit."""
        joined = sa.outerjoin(
            conversations, conversation_words, conversation_words.c.conversation_id == conversations.c.id
        )
        with self._read() as connection:
            query = sa.select(conversations.c.id).select_from(joined).where(*self._fits(wanted))
            return list(connection.execute(query).scalars())

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
                tuple(sorted({name for text in connection.execute(tools).scalars() for name in names(text)})),
                tuple(sorted({tag for found in connection.execute(tags).scalars() for tag in found})),
            )

    def pin(self, ids: Collection[str], *, pinned: bool = True) -> list[str]:
        """Returns those that were not so before, as do ``archive``, ``delete_all`` and ``restore_all``."""
        return self._keep_so(ids, conversations.c.pinned.is_not(pinned), pinned=pinned)

    def archive(self, ids: Collection[str], *, archived: bool = True) -> list[str]:
        return self._keep_so(ids, conversations.c.archived.is_not(archived), archived=archived)

    def tag(
        self, ids: Collection[str], add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> dict[str, tuple[str, ...]]:
        """Add tags and take others away. White space around and inside a tag counts as one space. Returns the tags
        that each had before."""
        new, gone = [" ".join(tag.split()) for tag in add], set(remove)
        with self._write() as connection:
            before = [
                row
                for some in _in_parts(ids)
                for row in connection.execute(
                    sa.select(conversations.c.id, conversations.c.tags).where(*self._these(some))
                )
            ]
            for row in before:
                tags = [tag for tag in dict.fromkeys([*row.tags, *filter(None, new)]) if tag not in gone]
                connection.execute(self._mine(row.id).values(tags=tags))
        return {row.id: tuple(row.tags) for row in before}

    def set_tags(self, tags: Mapping[str, Sequence[str]]) -> None:
        """Each has these tags and no others, as ``tag`` told them."""
        with self._write() as connection:
            for conversation_id, its in tags.items():
                connection.execute(self._mine(conversation_id).values(tags=list(its)))

    def delete_all(self, ids: Collection[str]) -> list[str]:
        return self._keep_so(ids, conversations.c.deleted_at.is_(None), deleted_at=now())

    def restore_all(self, ids: Collection[str]) -> list[str]:
        return self._keep_so(ids, conversations.c.deleted_at.is_not(None), deleted_at=None)

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

    def _keep_so(self, ids: Collection[str], otherwise: sa.ColumnElement[bool], **values: Any) -> list[str]:
        changed: list[str] = []
        with self._write() as connection:
            for some in _in_parts(ids):
                these = (*self._these(some), otherwise)
                changed += connection.execute(sa.select(conversations.c.id).where(*these)).scalars()
                connection.execute(sa.update(conversations).where(*these).values(values))
        return changed

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
        if wanted.state == "broken":
            fits.append(standing.broken())
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


def _order(order: Order) -> tuple[sa.ColumnElement[Any], ...]:
    if order == "title":
        return (sa.func.lower(conversations.c.title), conversations.c.updated_at.desc())
    if order == "tokens":
        theirs = usage_sessions.c.conversation_id == conversations.c.id
        sums = sa.join(usage_sessions, usage_kinds, usage_kinds.c.id == usage_sessions.c.kind)
        total = sa.select(sa.func.sum(usage_sessions.c.total)).select_from(sums).where(theirs, counts_all())
        return (sa.func.coalesce(total.scalar_subquery(), 0).desc(),)
    return (conversations.c.updated_at.asc() if order == "oldest" else conversations.c.updated_at.desc(),)


def _in_parts(ids: Collection[str]) -> Iterator[Sequence[str]]:
    listed = list(ids)
    return (listed[at : at + _PART] for at in range(0, len(listed), _PART))


def _as_json(tag: str) -> str:
    """As it stands in a list that is kept as JSON in ASCII."""
    return json.dumps(tag)
