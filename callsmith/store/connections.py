"""Connections the user made. What is kept is where a key comes from, never a key."""

from __future__ import annotations

import sqlalchemy as sa

from callsmith.store.base import Base, NotFound, now, upsert
from callsmith.store.schema import connections
from callsmith.types.codec import from_json, to_json
from callsmith.types.connection import Connection


class Connections(Base):
    def connections(self) -> list[Connection]:
        """Oldest first, without the deleted ones."""
        query = (
            sa.select(connections.c.connection)
            .where(connections.c.owner == self.owner, connections.c.deleted_at.is_(None))
            .order_by(connections.c.created_at, connections.c.id)
        )
        with self._read() as connection:
            return [from_json(Connection, value) for value in connection.execute(query).scalars()]

    def save_connection(self, connection: Connection) -> None:
        """Insert, or replace the one with the same id, which keeps its place."""
        mine = connections.c.owner == self.owner, connections.c.id == connection.id
        with self._write() as writer:
            made = writer.execute(sa.select(connections.c.created_at).where(*mine)).scalar()
            row = {
                "owner": self.owner,
                "id": connection.id,
                "connection": to_json(connection),
                "created_at": now() if made is None else made,
                "deleted_at": None,
            }
            upsert(writer, connections, row)

    def delete_connection(self, connection_id: str) -> None:
        self._mark_connection(connection_id, now())

    def restore_connection(self, connection_id: str) -> None:
        self._mark_connection(connection_id, None)

    def _mark_connection(self, connection_id: str, deleted_at: float | None) -> None:
        mine = connections.c.owner == self.owner, connections.c.id == connection_id
        with self._write() as writer:
            if not writer.execute(sa.update(connections).where(*mine).values(deleted_at=deleted_at)).rowcount:
                raise NotFound(f"no connection {connection_id}")
