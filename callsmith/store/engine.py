"""The database engine: SQLite by default, any server SQLAlchemy can reach by URL.

SQLite runs in WAL mode, so readers never wait for a writer. A writing transaction says so when it begins
(``BEGIN IMMEDIATE``): one that first reads and then writes would otherwise fail at once, without waiting,
when another process wrote in between.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from callsmith.store.words import folded

BUSY_MS = 5000
# The name of ``folded`` in SQL, in SQLite alone.
FOLDED = "callsmith_folded"
WRITE = "callsmith_write"


def make_engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_pre_ping=True)
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling would begin late and not IMMEDIATE; SQLAlchemy's documentation
    # says to switch it off like this and to emit BEGIN from the event below.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.create_function(FOLDED, 1, folded, deterministic=True)
    _to_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")


def _to_wal(connection: Any) -> None:
    """Several processes that open a new file at once: SQLite refuses the losers instead of letting them wait."""
    give_up = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get(WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
