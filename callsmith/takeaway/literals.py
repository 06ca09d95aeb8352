"""Values as source text in Python and JavaScript, on one line where they fit, and what is put together at run time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from callsmith.exporting import jstext, pytext
from callsmith.exporting.names import is_plain
from callsmith.takeaway.types import Filled, Name


class Dialect(Protocol):
    width: int
    step: int
    spaced: bool

    def text(self, value: str) -> str: ...
    def key(self, name: str) -> str: ...
    def scalar(self, value: Any) -> str: ...
    def filled(self, value: Filled) -> str: ...


def literal(value: Any, dialect: Dialect, indent: int = 0, before: int = 0) -> str:
    """``before``: characters that stand in front of the value and behind it on its line."""
    line = _flat(value, dialect)
    if indent + before + len(line) <= dialect.width or not isinstance(value, Mapping | list | tuple) or not value:
        return line
    deeper = indent + dialect.step
    pad = " " * deeper
    if isinstance(value, Mapping):
        keys = [f"{dialect.key(str(name))}: " for name in value]
        rows = [
            f"{pad}{_entry(key, literal(item, dialect, deeper, len(key) + 1), dialect)},"
            for key, item in zip(keys, value.values(), strict=True)
        ]
        return "\n".join(["{", *rows, " " * indent + "}"])
    rows = [f"{pad}{literal(item, dialect, deeper, 1)}," for item in value]
    return "\n".join(["[", *rows, " " * indent + "]"])


# Fields may be called so too.
_CONSTANTS = frozenset(("true", "false", "null"))


def _entry(key: str, value: str, dialect: Dialect) -> str:
    """JavaScript has a short form for a field that is called like its value."""
    return (
        value if dialect.spaced and key == f"{value}: " and value not in _CONSTANTS and is_plain(value) else key + value
    )


def _flat(value: Any, dialect: Dialect) -> str:
    if isinstance(value, str):
        return dialect.text(value)
    if isinstance(value, Filled):
        return dialect.filled(value)
    if isinstance(value, Mapping):
        entries = (_entry(f"{dialect.key(str(name))}: ", _flat(item, dialect), dialect) for name, item in value.items())
        inner = ", ".join(entries)
        return f"{{ {inner} }}" if dialect.spaced and inner else f"{{{inner}}}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flat(item, dialect) for item in value) + "]"
    return dialect.scalar(value)


class Python:
    """``arguments``: the dictionary that holds a stub's arguments; empty where each has its own name."""

    width = 88
    step = 4
    spaced = False

    def __init__(self, arguments: str = "") -> None:
        self._arguments = arguments

    def text(self, value: str) -> str:
        return pytext.text(value)

    def key(self, name: str) -> str:
        return pytext.text(name)

    def scalar(self, value: Any) -> str:
        return repr(value)

    def name(self, name: str) -> str:
        return f"{self._arguments}.get({pytext.text(name)})" if self._arguments else name

    def filled(self, value: Filled) -> str:
        pieces = value.pieces
        if len(pieces) == 1 and isinstance(pieces[0], Name):
            return self._read(pieces[0], '"')
        if any(isinstance(piece, Name) and piece.kind == "argument" for piece in pieces):
            said = [f"str({self.name(p.name)})" if isinstance(p, Name) else pytext.text(p) for p in pieces]
            return " + ".join(said)
        whole = pytext.text("".join(piece for piece in pieces if isinstance(piece, str)))
        quote = whole[0]
        inner = "'" if quote == '"' else '"'
        said = [
            f"{{{self._read(piece, inner)}}}" if isinstance(piece, Name) else _inside(piece, quote) for piece in pieces
        ]
        return f"f{quote}{''.join(said)}{quote}"

    def _read(self, name: Name, quote: str) -> str:
        return f"os.environ[{quote}{name.name}{quote}]" if name.kind == "variable" else self.name(name.name)


def _inside(piece: str, quote: str) -> str:
    """A text between the quotes of an f-string."""
    shown = "".join(c if c.isprintable() and c != "\\" else c.encode("unicode_escape").decode("ascii") for c in piece)
    return shown.replace(quote, f"\\{quote}").replace("{", "{{").replace("}", "}}")


class JavaScript:
    """As ``Python``."""

    width = 80
    step = 2
    spaced = True

    def __init__(self, arguments: str = "") -> None:
        self._arguments = arguments

    def text(self, value: str) -> str:
        return jstext.text(value)

    def key(self, name: str) -> str:
        return jstext.key(name)

    def scalar(self, value: Any) -> str:
        return json.dumps(value)

    def name(self, name: str) -> str:
        return f"{self._arguments}[{jstext.text(name)}]" if self._arguments else name

    def filled(self, value: Filled) -> str:
        said = [self._read(piece) if isinstance(piece, Name) else jstext.text(piece) for piece in value.pieces]
        # A text in front makes texts of all that follow.
        if len(said) > 1 and isinstance(value.pieces[0], Name):
            said.insert(0, '""')
        return " + ".join(said)

    def _read(self, name: Name) -> str:
        return f"env({jstext.text(name.name)})" if name.kind == "variable" else self.name(name.name)
