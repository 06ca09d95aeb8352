"""The library of tools, in the user's order. A tool's schema is kept as it is, key order included."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from callsmith.store.base import Base, NotFound, now
from callsmith.store.records import ToolRecord
from callsmith.store.schema import tools
from callsmith.types.codec import from_json, to_json
from callsmith.types.tool import Tool


class Tools(Base):
    def tools(self) -> list[ToolRecord]:
        """In the user's order, without the deleted ones."""
        with self._read() as connection:
            return [_record(row) for row in connection.execute(self._in_order())]

    def tool(self, tool_id: str) -> ToolRecord | None:
        """None where it does not exist or is deleted."""
        with self._read() as connection:
            row = connection.execute(self._in_order().where(tools.c.id == tool_id)).first()
            return None if row is None else _record(row)

    def save_tool(self, tool: Tool, tool_id: str | None = None) -> str:
        """Replace the tool with this id, or add a new one at the end. Returns its id."""
        with self._write() as connection:
            if tool_id is not None:
                changed = sa.update(tools).where(tools.c.owner == self.owner, tools.c.id == tool_id)
                if connection.execute(changed.values(tool=to_json(tool), updated_at=now())).rowcount:
                    return tool_id
            last = sa.select(sa.func.coalesce(sa.func.max(tools.c.position), -1)).where(tools.c.owner == self.owner)
            new_id = tool_id or uuid.uuid4().hex
            row = {
                "id": new_id,
                "owner": self.owner,
                "tool": to_json(tool),
                "position": connection.execute(last).scalar_one() + 1,
                "updated_at": now(),
            }
            connection.execute(sa.insert(tools).values(row))
            return new_id

    def delete_tool(self, tool_id: str) -> None:
        self._mark_tool(tool_id, now())

    def restore_tool(self, tool_id: str) -> None:
        """Back in its old place."""
        self._mark_tool(tool_id, None)

    def move_tool(self, tool_id: str, position: int) -> None:
        """Put a tool at a place of the list, counted from 0; beyond the end means last."""
        with self._write() as connection:
            order = [row.id for row in connection.execute(self._in_order())]
            if tool_id not in order:
                raise NotFound(f"no tool {tool_id}")
            order.remove(tool_id)
            order.insert(max(position, 0), tool_id)
            for place, moved in enumerate(order):
                connection.execute(
                    sa.update(tools).where(tools.c.owner == self.owner, tools.c.id == moved).values(position=place)
                )

    def _in_order(self) -> sa.Select[Any]:
        return (
            sa.select(tools)
            .where(tools.c.owner == self.owner, tools.c.deleted_at.is_(None))
            .order_by(tools.c.position, tools.c.id)
        )

    def _mark_tool(self, tool_id: str, deleted_at: float | None) -> None:
        mine = tools.c.owner == self.owner, tools.c.id == tool_id
        with self._write() as connection:
            if not connection.execute(sa.update(tools).where(*mine).values(deleted_at=deleted_at)).rowcount:
                raise NotFound(f"no tool {tool_id}")


def _record(row: sa.Row[Any]) -> ToolRecord:
    return ToolRecord(row.id, from_json(Tool, row.tool), row.position, datetime.fromtimestamp(row.updated_at, UTC))
