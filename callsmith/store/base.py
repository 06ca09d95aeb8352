"""What every room of the store stands on: the engine, the owner, reading and writing.

One process writes from one thread at a time; SQLite allows no more, and a lock wakes the next thread at
once where the database's own waiting would poll.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from callsmith.store.engine import WRITE, make_engine
from callsmith.store.upgrade import upgrade
from callsmith.store.worker import worker_token


class StoreError(RuntimeError):
    """The database cannot be used; the text says which, why, and what to do."""


class NotFound(LookupError):
    """The thing asked for is not in the store, or belongs to someone else."""


class Changed(RuntimeError):
    """Someone else changed the conversation since it was read; nothing was written."""


class Base:
    def __init__(self, url: str, owner: str = "local") -> None:
        self.owner = owner
        self._worker = worker_token()
        self._writing = threading.Lock()
        self._engine = _open(url)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _read(self) -> Iterator[sa.Connection]:
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        with self._writing, self._engine.connect() as connection:
            connection = connection.execution_options(**{WRITE: True})
            with connection.begin():
                yield connection


# A statement is built once: SQLAlchemy takes longer to put one together than SQLite to carry it out.


def insert_new(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert; rows whose key is there already stay as they are."""
    if rows:
        connection.execute(_inserting(connection.dialect.name, table), rows)


def upsert(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Insert, or replace the other columns of the row with the same key."""
    connection.execute(_replacing(connection.dialect.name, table, tuple(row)), dict(row))


def add_to(connection: sa.Connection, table: sa.Table, sums: Sequence[str], rows: list[dict[str, Any]]) -> None:
    """Insert, or add the columns ``sums`` to the row with the same key."""
    if rows:
        connection.execute(_adding(connection.dialect.name, table, tuple(sums)), rows)


@lru_cache(maxsize=128)
def _inserting(dialect: str, table: sa.Table) -> sa.Executable:
    return _insert(dialect, table).on_conflict_do_nothing()


@lru_cache(maxsize=128)
def _replacing(dialect: str, table: sa.Table, names: tuple[str, ...]) -> sa.Executable:
    statement = _insert(dialect, table)
    keys = _keys(table)
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


@lru_cache(maxsize=128)
def _adding(dialect: str, table: sa.Table, sums: tuple[str, ...]) -> sa.Executable:
    statement = _insert(dialect, table)
    added = {name: table.c[name] + statement.excluded[name] for name in sums}
    return statement.on_conflict_do_update(index_elements=_keys(table), set_=added)


def _keys(table: sa.Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _insert(dialect: str, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def now() -> float:
    return time.time()


def _open(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise StoreError(
            "CALLSMITH_DATABASE_URL is not a database URL. Example: sqlite:////home/me/callsmith.db"
        ) from error
    shown = parsed.render_as_string(hide_password=True)
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError("A database in memory would be lost; give a file, such as sqlite:////home/me/callsmith.db")
    try:
        engine = make_engine(parsed)
        upgrade(engine)
    except (sa.exc.SQLAlchemyError, OSError, ImportError) as error:
        reason = str(getattr(error, "orig", None) or error)
        raise StoreError(
            f"The database {shown} cannot be opened: {reason}. "
            "Check that the place exists and may be written, or set CALLSMITH_DATABASE_URL to another one."
        ) from error
    return engine
