"""What the subset has no keyword for, said in the description."""

from __future__ import annotations

import json
from typing import Any

from callsmith.schema.strict.rules import TOLD

_LONGEST = 300


def told(keyword: str, value: Any) -> str:
    """A keyword in words. Empty where it says nothing (``"uniqueItems": false``)."""
    if value is False or (keyword == "examples" and not value):
        return ""
    if keyword == "examples" and isinstance(value, list):
        return TOLD[keyword].format(", ".join(_json(item) for item in value[:5]))
    return TOLD[keyword].format(value if keyword == "format" and isinstance(value, str) else _json(value))


def described(description: Any, words: list[str]) -> str:
    """The description with words added in brackets at its end."""
    said = description.strip() if isinstance(description, str) else ""
    added = "; ".join(words)
    return f"{said} ({added})" if said else f"{added[:1].upper()}{added[1:]}"


def _json(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _LONGEST else f"{written[: _LONGEST - 1]}…"
