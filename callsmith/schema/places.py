"""Where in a JSON text the parts of its document stand, so that a finding can be marked at its place.

One pass without recursion. A part knows its parent and not its whole pointer: pointers 500 levels long, written
out for every part, would be far larger than the text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]|[^\s\[\]{},:"\ufeff]+', re.DOTALL)
_BEYOND = re.compile(r"[\U00010000-\U0010ffff]")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to be said about ``text[start:end]``."""

    start: int
    end: int
    severity: Literal["error", "warning", "info"]
    message: str


@dataclass(slots=True)
class Place:
    """The offsets of a value, and of its key where it has one."""

    value: Span
    key: Span | None = None

    @property
    def named(self) -> Span:
        """What names the part: its key, or else where its value begins."""
        return self.key or (self.value[0], min(self.value[0] + 1, self.value[1]))


@dataclass(frozen=True, slots=True)
class Places:
    """``children`` leads from the number of a part and a token of a pointer to the number of the part below."""

    parts: list[Place]
    children: dict[tuple[int, str], int]

    def __getitem__(self, pointer: str) -> Place:
        """KeyError where nothing stands at the pointer."""
        number = 0
        for token in _tokens(pointer):
            number = self.children[number, token]
        return self.parts[number]

    def nearest(self, pointer: str) -> Place:
        """The part at the pointer, or else the last one on the way to it."""
        number = 0
        for token in _tokens(pointer):
            below = self.children.get((number, token))
            if below is None:
                break
            number = below
        return self.parts[number]


def places(text: str) -> Places:
    """Of text that ``callsmith.schema.text.read`` takes for a document."""
    parts: list[Place] = []
    children: dict[tuple[int, str], int] = {}
    open_parts: list[int] = []
    counts: list[int] = []  # of what an open array holds; -1 stands for an object
    key: Span | None = None
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first in ",:":
            continue
        if first in "]}":
            opened = parts[open_parts.pop()]
            opened.value = (opened.value[0], token.end())
            counts.pop()
            continue
        if counts and counts[-1] < 0 and key is None:
            key = token.span()
            continue
        if open_parts:
            children[open_parts[-1], _name(text, key, counts)] = len(parts)
        if first in "[{":
            open_parts.append(len(parts))
            counts.append(0 if first == "[" else -1)
        parts.append(Place(token.span(), key))
        key = None
    return Places(parts, children)


def offset(text: str, line: int, column: int) -> int:
    """The offset of a line and column, both counted from 1."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column - 1, len(text))


def code_units(text: str) -> Callable[[int], int]:
    """From offsets in Python to offsets in UTF-16, as browsers count: a character beyond the basic plane is two."""
    if text.isascii():
        return int
    beyond = [found.start() for found in _BEYOND.finditer(text)]
    return lambda position: position + bisect_left(beyond, position)


def _name(text: str, key: Span | None, counts: list[int]) -> str:
    if key is not None:
        return str(json.loads(text[slice(*key)]))
    counts[-1] += 1
    return str(counts[-1] - 1)


def _tokens(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
