"""What every room of the store stands on: the engine, the owner, reading and writing.

One process writes from one thread at a time; SQLite allows no more, and a lock wakes the next thread at
once where the database's own waiting would poll.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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


def insert_new(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert; rows whose key is there already stay as they are."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def upsert(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Insert, or replace the other columns of the row with the same key."""
    keys = [column.name for column in table.primary_key]
    changed = {name: value for name, value in row.items() if name not in keys}
    statement = _insert(connection, table).values(dict(row))
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))


def add_to(connection: sa.Connection, table: sa.Table, sums: Sequence[str], rows: list[dict[str, Any]]) -> None:
    """Insert, or add the columns ``sums`` to the row with the same key."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = _insert(connection, table)
    added = {name: table.c[name] + statement.excluded[name] for name in sums}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=added), rows)


def _insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


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
