"""Every change of a tool is a version of it, numbered from 1.

Typing in one field is one version: the editor says when a change belongs to the step before. A tool keeps
at most ``MOST`` versions; beyond that the oldest that nobody named goes, never the first nor the last.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from callsmith.store.base import Base, NotFound, now
from callsmith.store.records import ToolChange, ToolVersion
from callsmith.store.schema import tool_versions
from callsmith.types.codec import from_json
from callsmith.types.tool import Tool

MOST = 1_000


class ToolVersions(Base):
    def versions(self, tool_id: str, limit: int | None = None) -> list[ToolVersion]:
        """Newest first. A deleted tool keeps its versions."""
        query = sa.select(tool_versions).where(*self._of(tool_id)).order_by(tool_versions.c.number.desc()).limit(limit)
        with self._read() as connection:
            return [_version(row) for row in connection.execute(query)]

    def version(self, tool_id: str, number: int) -> ToolVersion | None:
        query = sa.select(tool_versions).where(*self._of(tool_id), tool_versions.c.number == number)
        with self._read() as connection:
            row = connection.execute(query).first()
            return None if row is None else _version(row)

    def name_version(self, tool_id: str, number: int, name: str) -> None:
        """A version with a name is never thinned out; an empty name takes the name away."""
        named = sa.update(tool_versions).where(*self._of(tool_id), tool_versions.c.number == number)
        with self._write() as connection:
            if not connection.execute(named.values(name=" ".join(name.split()))).rowcount:
                raise NotFound(f"no version {number} of tool {tool_id}")

    def _add_version(
        self, connection: sa.Connection, tool_id: str, tool: Mapping[str, Any], how: ToolChange, *, same_step: bool
    ) -> None:
        """``same_step`` replaces the last version, unless it has a name or came about in another way."""
        mine = self._of(tool_id)
        query = sa.select(tool_versions).where(*mine).order_by(tool_versions.c.number.desc()).limit(1)
        last = connection.execute(query).first()
        if last is not None and same_step and not last.name and last.how == how:
            replaced = sa.update(tool_versions).where(*mine, tool_versions.c.number == last.number)
            connection.execute(replaced.values(tool=tool))
            return
        number = 1 if last is None else last.number + 1
        row = {
            "tool_id": tool_id,
            "number": number,
            "owner": self.owner,
            "tool": tool,
            "name": "",
            "how": how,
            "created_at": now(),
        }
        connection.execute(sa.insert(tool_versions).values(row))
        self._thin(connection, tool_id, number)

    def _thin(self, connection: sa.Connection, tool_id: str, last: int) -> None:
        mine = self._of(tool_id)
        kept = connection.execute(sa.select(sa.func.count()).select_from(tool_versions).where(*mine)).scalar_one()
        if kept > MOST:
            unnamed = tool_versions.c.name == "", tool_versions.c.number > 1, tool_versions.c.number < last
            oldest = sa.select(sa.func.min(tool_versions.c.number)).where(*mine, *unnamed).scalar_subquery()
            connection.execute(sa.delete(tool_versions).where(*mine, tool_versions.c.number == oldest))

    def _of(self, tool_id: str) -> tuple[sa.ColumnElement[bool], ...]:
        return tool_versions.c.owner == self.owner, tool_versions.c.tool_id == tool_id


def _version(row: sa.Row[Any]) -> ToolVersion:
    at = datetime.fromtimestamp(row.created_at, UTC)
    return ToolVersion(row.tool_id, row.number, from_json(Tool, row.tool), row.name, row.how, at)
