"""The library of tools, in the user's order. A tool's schema is kept as it is, key order included.

Beside the library stand copies of tools for one conversation only; who asks by id finds them too.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from callsmith.store.base import NotFound, now
from callsmith.store.records import ToolChange, ToolRecord
from callsmith.store.schema import conversations, tools
from callsmith.store.tool_versions import ToolVersions
from callsmith.types.answering import Answering
from callsmith.types.codec import from_json, to_json
from callsmith.types.tool import Tool

MOST_USES = 1_000


class Tools(ToolVersions):
    def tools(self) -> list[ToolRecord]:
        """The library in the user's order, without the deleted ones and the copies for one conversation."""
        with self._read() as connection:
            return [to_record(row) for row in connection.execute(self._in_order(tools.c.conversation_id.is_(None)))]

    def tools_with(self, ids: Collection[str]) -> list[ToolRecord]:
        """Those of these ids that are there, in the user's order."""
        with self._read() as connection:
            return [to_record(row) for row in connection.execute(self._in_order(tools.c.id.in_(ids)))]

    def tools_named(self, names: Collection[str]) -> list[ToolRecord]:
        """Those of the library with these names, in the user's order."""
        theirs = tools.c.conversation_id.is_(None), tools.c.tool["name"].as_string().in_(names)
        with self._read() as connection:
            return [to_record(row) for row in connection.execute(self._in_order(sa.and_(*theirs)))]

    def tool(self, tool_id: str) -> ToolRecord | None:
        """None where it does not exist or is deleted."""
        return next(iter(self.tools_with([tool_id])), None)

    def save_tool(
        self, tool: Tool, tool_id: str | None = None, *, how: ToolChange = "edited", same_step: bool = False
    ) -> str:
        """Replace the tool with this id, or add a new one at the end. Returns its id.

        A change is a new version, which ``how`` describes; ``same_step``: it goes on with the one before.
        """
        kept = to_json(tool)
        with self._write() as connection:
            if tool_id is None or not self._replace(connection, tool_id, kept, how, same_step=same_step):
                tool_id = self._insert(connection, kept, tool_id, "created" if how == "edited" else how)
        return tool_id

    def copy_for(self, conversation_id: str, tool_id: str) -> str:
        """A copy of a tool for one conversation only. Returns its id."""
        original = self.tool(tool_id)
        if original is None:
            raise NotFound(f"no tool {tool_id}")
        beside = {
            "conversation_id": conversation_id,
            "copy_of": tool_id,
            "tags": list(original.tags),
            "answering": to_json(original.answering),
        }
        with self._write() as connection:
            return self._insert(connection, to_json(original.tool), None, "created", **beside)

    def put_into_library(self, tool_id: str) -> None:
        """A copy for one conversation becomes a tool of the library."""
        self._change_tools([tool_id], conversation_id=None, copy_of=None)

    def tag_tool(self, tool_id: str, tags: Iterable[str]) -> None:
        words = [" ".join(tag.split()) for tag in tags]
        self._change_tools([tool_id], tags=list(dict.fromkeys(word for word in words if word)))

    def save_answering(self, tool_id: str, answering: Answering) -> None:
        """Who answers the calls of a tool from now on. Not a change of the tool itself: it makes no version."""
        self._change_tools([tool_id], answering=to_json(answering))

    def put_into_folder(self, ids: Collection[str], folder: str) -> None:
        """An empty name takes the tools out of their sets."""
        self._change_tools(ids, folder=" ".join(folder.split()))

    def conversations_with(self, tool_id: str, *, besides: str = "") -> int:
        """How many conversations have this tool, on or off; counted up to ``MOST_USES``."""
        query = (
            sa.select(conversations.c.setup)
            .where(
                conversations.c.owner == self.owner,
                conversations.c.deleted_at.is_(None),
                conversations.c.id != besides,
                sa.cast(conversations.c.setup, sa.Text).contains(json.dumps(tool_id), autoescape=True),
            )
            .limit(MOST_USES)
        )
        with self._read() as connection:
            setups = connection.execute(query).scalars()
            return sum(any(use["tool_id"] == tool_id for use in setup.get("tools", ())) for setup in setups)

    def delete_tool(self, tool_id: str) -> None:
        self._change_tools([tool_id], deleted_at=now())

    def restore_tool(self, tool_id: str) -> None:
        """Back in its old place."""
        self._change_tools([tool_id], deleted_at=None)

    def move_tool(self, tool_id: str, position: int) -> None:
        """Put a tool at a place of the list, counted from 0; beyond the end means last."""
        with self._write() as connection:
            order = [row.id for row in connection.execute(self._in_order(tools.c.conversation_id.is_(None)))]
            if tool_id not in order:
                raise NotFound(f"no tool {tool_id}")
            order.remove(tool_id)
            order.insert(max(position, 0), tool_id)
            for place, moved in enumerate(order):
                connection.execute(
                    sa.update(tools).where(tools.c.owner == self.owner, tools.c.id == moved).values(position=place)
                )

    def _in_order(self, which: sa.ColumnElement[bool]) -> sa.Select[Any]:
        return (
            sa.select(tools)
            .where(tools.c.owner == self.owner, tools.c.deleted_at.is_(None), which)
            .order_by(tools.c.position, tools.c.id)
        )

    def _replace(
        self, connection: sa.Connection, tool_id: str, kept: dict[str, Any], how: ToolChange, *, same_step: bool
    ) -> bool:
        """False where there is no such tool."""
        mine = tools.c.owner == self.owner, tools.c.id == tool_id
        query = sa.select(tools.c.tool).where(*mine).with_for_update()
        before = connection.execute(query).first()
        if before is None:
            return False
        if json.dumps(before.tool) != json.dumps(kept):
            connection.execute(sa.update(tools).where(*mine).values(tool=kept, updated_at=now()))
            self._add_version(connection, tool_id, kept, how, same_step=same_step)
        return True

    def _insert(
        self, connection: sa.Connection, kept: dict[str, Any], tool_id: str | None, how: ToolChange, **beside: Any
    ) -> str:
        last = sa.select(sa.func.coalesce(sa.func.max(tools.c.position), -1)).where(tools.c.owner == self.owner)
        new_id = tool_id or uuid.uuid4().hex
        row = {
            "id": new_id,
            "owner": self.owner,
            "tool": kept,
            "position": connection.execute(last).scalar_one() + 1,
            "updated_at": now(),
        }
        connection.execute(sa.insert(tools).values(row | beside))
        self._add_version(connection, new_id, kept, how, same_step=False)
        return new_id

    def _change_tools(self, ids: Collection[str], **values: Any) -> None:
        mine = tools.c.owner == self.owner, tools.c.id.in_(ids)
        with self._write() as connection:
            if not connection.execute(sa.update(tools).where(*mine).values(values)).rowcount:
                raise NotFound(f"no tool {', '.join(ids)}")


def to_record(row: sa.Row[Any]) -> ToolRecord:
    """A row of the tools table as a value."""
    return ToolRecord(
        id=row.id,
        tool=from_json(Tool, row.tool),
        position=row.position,
        updated_at=datetime.fromtimestamp(row.updated_at, UTC),
        tags=tuple(row.tags),
        folder=row.folder,
        conversation_id=row.conversation_id,
        copy_of=row.copy_of,
        answering=from_json(Answering, row.answering),
    )
