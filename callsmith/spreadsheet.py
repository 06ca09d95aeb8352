"""Text in the cells of a CSV file: what a spreadsheet would take for a formula is text with an apostrophe before it."""

from __future__ import annotations

from typing import TypeVar

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Value = TypeVar("Value")


def cell(value: Value) -> Value | str:
    """Anything but text, as numbers are, stays as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
