"""Sets of tools: what a conversation can take over whole, and what the library is filed under."""

from __future__ import annotations

from collections.abc import Sequence

from callsmith.store import ToolRecord
from components.words import count


def names(records: Sequence[ToolRecord]) -> list[str]:
    """The sets that hold any of these tools, by name."""
    return sorted({record.folder for record in records if record.folder}, key=str.casefold)


def tags(records: Sequence[ToolRecord]) -> list[str]:
    return sorted({tag for record in records for tag in record.tags}, key=str.casefold)


def choices(records: Sequence[ToolRecord]) -> dict[str, tuple[str, ...]]:
    """Sets, then single tools, as ids by a label of their own: a selectbox tells its options apart by what they
    show."""
    labels: dict[str, tuple[str, ...]] = {}
    for folder in names(records):
        inside = tuple(record.id for record in records if record.folder == folder)
        labels[f"Set {folder} · {count(len(inside), 'tool')}"] = inside
    for record in records:
        name = record.tool.name or "(no name)"
        labels[name if name not in labels else f"{name} · {record.id[:6]}"] = (record.id,)
    return labels
