"""Numbers, values and calls in plain words: what every page, and the page to send, say alike."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from callsmith.types.parts import Parsed, ToolCall

Escape = Callable[[str], str]
# A sentence names so many arguments; of more it names a few and counts the others.
_MANY, _FEW = 8, 6


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def seconds(value: float | None) -> str:
    if value is None:
        return "unknown"
    if value < 0.095:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 100 else f"{value / 60:.1f} min"


def money(usd: float | None) -> str:
    """US dollars, with two digits that say something where it is little."""
    if usd is None:
        return "price unknown"
    if usd <= 0 or usd >= 1:
        return f"${usd:,.2f}" if usd > 0 else "$0"
    if usd < 1e-6:
        return "less than $0.000001"
    digits = max(4, 1 - math.floor(math.log10(usd)))
    whole, _, rest = f"{usd:.{digits}f}".rstrip("0").partition(".")
    return f"${whole}.{rest.ljust(2, '0')}"


def size_words(number: int) -> str:
    if number < 1000:
        return count(number, "byte")
    return f"{number / 1000:,.0f} KB" if number < 1_000_000 else f"{number / 1_000_000:,.1f} MB"


def joined(items: list[str], last: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def as_is(text: str) -> str:
    return text


def with_words(call: ToolCall, escape: Escape = as_is) -> str:
    """What a call asks with, as it goes on after the tool's name, without the full stop."""
    parsed = call.parsed()
    if call.type == "custom":
        return " with free text"
    if not isinstance(parsed, Parsed):
        return ", but its arguments are not readable as JSON"
    if not isinstance(parsed.value, dict):
        return f" with {value_words(parsed.value, escape)}"
    if not parsed.value:
        return ", without arguments"
    pairs = list(parsed.value.items())
    named = [f"{escape(k)} {value_words(v, escape)}" for k, v in pairs[: _MANY if len(pairs) <= _MANY else _FEW]]
    more = [f"{len(pairs) - _FEW:,} more"] if len(pairs) > _MANY else []
    return f" with {joined(named + more)}"


def value_words(value: Any, escape: Escape = as_is, depth: int = 0) -> str:
    """A JSON value as a person would say it; what is long is counted instead."""
    match value:
        case str():
            shown = value if len(value) <= 80 else value[:77] + "..."
            return f'"{escape(shown)}"'
        case bool():
            return "yes" if value else "no"
        case None:
            return "nothing"
        case int() | float():
            return f"{value:,}" if isinstance(value, float) or abs(value) >= 10_000 else str(value)
        case list() if value and all(isinstance(item, str | int | float) for item in value) and len(value) <= 4:
            return joined([value_words(item, escape, depth) for item in value])
        case list():
            return f"({'1 entry' if len(value) == 1 else f'{len(value):,} entries'})"
        case dict():
            if not 0 < len(value) <= 4 or depth == 3:
                return f"({count(len(value), 'field')})" if value else "(empty)"
            return f"({joined([f'{escape(k)} {value_words(v, escape, depth + 1)}' for k, v in value.items()])})"
        case _:
            return escape(json.dumps(value))
