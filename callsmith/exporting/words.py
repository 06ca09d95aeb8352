"""Limits, rules and values in words, for those who read rather than run."""

from __future__ import annotations

import json
from typing import Any

from callsmith.exporting.shape import Definition, Node

LONGEST = 200
_LIMITS = {
    **{"minLength": "at least {} characters", "maxLength": "at most {} characters", "pattern": "matches {}"},
    **{"minimum": "at least {}", "maximum": "at most {}", "exclusiveMinimum": "more than {}"},
    **{"exclusiveMaximum": "less than {}", "multipleOf": "a multiple of {}", "minItems": "at least {} items"},
    **{"maxItems": "at most {} items", "minProperties": "at least {} names", "maxProperties": "at most {} names"},
}


def limits(node: Node) -> list[str]:
    """What bounds a value, and the format it has."""
    out = [_LIMITS[keyword].format(shown(value)) for keyword, value in node.bounds.items() if keyword in _LIMITS]
    form = node.told.get("format")
    return [*out, f"format {form}"] if isinstance(form, str) and form else out


def rules(thing: Node | Definition) -> list[str]:
    """Rules that are neither types nor bounds, as they stand in the schema."""
    return [f"{keyword}: {shown(value)}" for keyword, value in thing.unsaid.items()]


def shown(value: Any) -> str:
    """A value on one line, cut where it is long; text without quotes only where it is a pattern or a word."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return "…"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def line(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def told(node: Node) -> list[str]:
    """Everything to be said of a value besides its type."""
    out = limits(node)
    if isinstance(node.told.get("default"), str | int | float | bool | list | dict):
        out.append(f"default {json_line(node.told['default'])}")
    return [*out, *rules(node)]


def json_line(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):
        return "…"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
