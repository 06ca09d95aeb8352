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

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]|[^\s\[\]{},:"\ufeff]+', re.DOTALL)
_BEYOND = re.compile(r"[\U00010000-\U0010ffff]")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something to be said about ``text[start:end]``."""

    start: int
    end: int
    severity: Literal["error", "warning", "info"]
    message: str


@dataclass(frozen=True, slots=True)
class Place:
    """The offsets of a value, and of its key where it has one."""

    value: Span
    key: Span | None

    @property
    def named(self) -> Span:
        """What names the part: its key, or else where its value begins."""
        return self.key or (self.value[0], self.value[0] + 1)


@dataclass(frozen=True, slots=True)
class Places:
    """The parts of a document by number, in the order of the text. ``children`` leads from the number of a part and
    a token of a pointer to the number of the part below."""

    starts: list[int]
    ends: list[int]
    keys: list[Span | None]
    children: dict[tuple[int, str], int]

    def __getitem__(self, pointer: str) -> Place:
        """KeyError where nothing stands at the pointer."""
        number = 0
        for token in _tokens(pointer):
            number = self.children[number, token]
        return self._place(number)

    def nearest(self, pointer: str) -> Place:
        """The part at the pointer, or else the last one on the way to it."""
        number = 0
        for token in _tokens(pointer):
            below = self.children.get((number, token))
            if below is None:
                break
            number = below
        return self._place(number)

    def _place(self, number: int) -> Place:
        return Place((self.starts[number], self.ends[number]), self.keys[number])


def places(text: str) -> Places:
    """Of text that ``callsmith.schema.text.read`` takes for a document."""
    starts: list[int] = []
    ends: list[int] = []
    keys: list[Span | None] = []
    children: dict[tuple[int, str], int] = {}
    opened: list[int] = []
    counts: list[int] = []  # of what an open array holds; -1 stands for an object
    key: Span | None = None
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        first = text[start]
        if first in "]}":
            ends[opened.pop()] = end
            counts.pop()
            continue
        if opened:
            if counts[-1] >= 0:
                name = str(counts[-1])
                counts[-1] += 1
            elif key is None:
                key = (start, end)
                continue
            else:
                name = _key(text[slice(*key)])
            children[opened[-1], name] = len(starts)
        if first in "[{":
            opened.append(len(starts))
            counts.append(0 if first == "[" else -1)
        starts.append(start)
        ends.append(end)
        keys.append(key)
        key = None
    return Places(starts, ends, keys, children)


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


def _key(literal: str) -> str:
    return str(json.loads(literal)) if "\\" in literal else literal[1:-1]


def _tokens(pointer: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
