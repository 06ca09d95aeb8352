"""Putting tools into the library: a new one, or a copy right behind the original, each with a name of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from callsmith.store import ToolRecord
from callsmith.types.tool import Tool
from components import services

NEW = Tool("new_tool", "", {"type": "object", "properties": {}})


def add_new() -> str:
    """Returns the id of the new tool."""
    store = services.store()
    taken = {record.tool.name for record in store.tools()}
    return store.save_tool(replace(NEW, name=_fresh(NEW.name, taken)))


def add_copy(record: ToolRecord) -> str:
    store = services.store()
    order = store.tools()
    name = _fresh(record.tool.name, {other.tool.name for other in order})
    copy = store.save_tool(replace(record.tool, name=name))
    store.tag_tool(copy, record.tags)
    store.put_into_folder([copy], record.folder)
    store.save_answering(copy, record.answering)
    for place, other in enumerate(order):
        if other.id == record.id:
            store.move_tool(copy, place + 1)
    return copy


def _fresh(name: str, taken: Collection[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}_{number}" for number in range(2, len(taken) + 3) if f"{name}_{number}" not in taken)
