"""Connections read from a database that is not to be changed, not even brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import sqlalchemy as sa

from callsmith.store.base import StoreError
from callsmith.store.schema import connections
from callsmith.types.codec import from_json
from callsmith.types.connection import Connection


def kept_connections(url: str, owner: str = "local") -> list[Connection]:
    """Oldest first, without the deleted ones; none where there is no database yet. Raises ``StoreError``."""
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite" and not (parsed.database and Path(parsed.database).is_file()):
            return []
        query = (
            sa.select(connections.c.connection)
            .where(connections.c.owner == owner, connections.c.deleted_at.is_(None))
            .order_by(connections.c.created_at, connections.c.id)
        )
        engine = _engine(parsed)
        try:
            with engine.connect() as reader:
                return [from_json(Connection, value) for value in reader.execute(query).scalars()]
        finally:
            engine.dispose()
    except (sa.exc.SQLAlchemyError, ImportError, OSError, ValueError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise StoreError(f"The connections in the database cannot be read: {reason}") from error


def _engine(url: sa.URL) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url)
    address = f"{Path(url.database or '').absolute().as_uri()}?mode=ro"
    return sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))
