"""Small things a person left lying: drafts of what was being typed, and preferences. Values are JSON."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from callsmith.store.base import Base, upsert
from callsmith.store.schema import drafts, preferences


class Keepsakes(Base):
    def draft(self, scope: str, key: str) -> Any:
        """The kept value, None where there is none."""
        with self._read() as connection:
            return connection.execute(sa.select(drafts.c.value).where(*self._draft(scope, key))).scalar()

    def drafts(self, scope: str) -> dict[str, Any]:
        with self._read() as connection:
            query = sa.select(drafts.c.key, drafts.c.value).where(drafts.c.owner == self.owner, drafts.c.scope == scope)
            return {row.key: row.value for row in connection.execute(query)}

    def save_draft(self, scope: str, key: str, value: Any) -> None:
        with self._write() as connection:
            upsert(connection, drafts, {"owner": self.owner, "scope": scope, "key": key, "value": value})

    def clear_draft(self, scope: str, key: str) -> None:
        with self._write() as connection:
            connection.execute(sa.delete(drafts).where(*self._draft(scope, key)))

    def preference(self, key: str, default: Any = None) -> Any:
        with self._read() as connection:
            query = sa.select(preferences.c.value).where(preferences.c.owner == self.owner, preferences.c.key == key)
            row = connection.execute(query).first()
            return default if row is None else row.value

    def set_preference(self, key: str, value: Any) -> None:
        with self._write() as connection:
            upsert(connection, preferences, {"owner": self.owner, "key": key, "value": value})

    def _draft(self, scope: str, key: str) -> tuple[sa.ColumnElement[bool], ...]:
        return drafts.c.owner == self.owner, drafts.c.scope == scope, drafts.c.key == key
