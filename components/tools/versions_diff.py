"""What differs between two versions of a tool."""

from __future__ import annotations

from callsmith.types.tool import Tool
from components.tools.diff_view import diff_view


def compared(old: Tool, new: Tool, key: str) -> None:
    diff_view(old, new, key)
