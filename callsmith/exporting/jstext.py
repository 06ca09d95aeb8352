"""Values and texts as TypeScript source that means just them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsmith.exporting.names import is_plain

# Sets the prototype when it stands as a plain key.
_PROTOTYPE = "__proto__"


def text(value: str) -> str:
    """A string literal of one line in double quotes; what does not print is escaped."""
    return "".join(char if char.isprintable() else _escaped(char) for char in json.dumps(value, ensure_ascii=False))


def key(name: str) -> str:
    if name == _PROTOTYPE:
        return f"[{text(name)}]"
    return name if is_plain(name, frozenset()) else text(name)


def literal(value: Any) -> str:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key(str(name))}: {literal(item)}" for name, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    return json.dumps(value)


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
