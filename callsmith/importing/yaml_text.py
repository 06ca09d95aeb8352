"""YAML as JSON values, safe on text from anywhere.

Built from the parser's events, without recursion and without tags: no object is ever constructed. Scalars are read as
YAML 1.2's core schema says, which is what JSON means: ``no`` and ``2024-01-01`` are text. Aliases count for all that
they stand for, so that a few lines cannot become billions of values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from callsmith.importing.types import ImportProblem, shown
from callsmith.schema.text import MAX_DEPTH

MAX_VALUES = 1_500_000
_INTEGER = re.compile(r"[-+]?\d{1,4000}")
_BASED = re.compile(r"0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HIDDEN = object()


def read_all(text: str) -> Iterator[tuple[Any, int]]:
    """Every document with the line it begins at. ImportProblem where the text is not YAML, or too much."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            done = builder.take(event)
            if done is not None:
                yield done
    except yaml.YAMLError as error:
        raise _problem(error) from error
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ImportProblem("This text holds half a surrogate pair, which is not a character", line, 1) from error


class _Open:
    """A list or mapping that is being read, and where it stands."""

    __slots__ = ("anchor", "count", "key", "merged", "value")

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: Any = _HIDDEN
        self.count = 1
        self.merged: list[Any] = []


class _Builder:
    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int, int]] = {}
        self._unfinished: set[str] = set()
        self._deepest: list[int] = []
        self._root: tuple[Any, int] | None = None
        self._line = self._begins = 1

    def take(self, event: Any) -> tuple[Any, int] | None:
        """The finished document at its end, else None."""
        self._line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._root, self._begins = None, self._line
            self._anchors.clear()
        elif isinstance(event, yaml.DocumentEndEvent):
            return self._root
        elif isinstance(event, yaml.ScalarEvent):
            plain = event.style in (None, "") and event.implicit[0]
            value = self._scalar(event.value) if plain else event.value
            self._put(value, 1, 0, event.anchor, event.value, plain)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event.anchor or "")
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        return None

    def _begin(self, value: Any, anchor: str | None) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise self._at(f"Nested more than {MAX_DEPTH} levels deep")
        if self._open and isinstance(self._open[-1].value, dict) and self._open[-1].key is _HIDDEN:
            raise self._at("A key is text here, not a list or mapping")
        if anchor:
            self._unfinished.add(anchor)
        self._open.append(_Open(value, anchor))
        self._deepest.append(0)

    def _end(self) -> None:
        closed = self._open.pop()
        height = self._deepest.pop() + 1
        if closed.anchor:
            self._unfinished.discard(closed.anchor)
        for merged in closed.merged:
            for key, item in merged.items():
                closed.value.setdefault(key, item)
        self._put(closed.value, closed.count, height, closed.anchor)

    def _alias(self, name: str) -> None:
        if name in self._unfinished:
            raise self._at(f'"*{shown(name)}" stands inside of what it names: it would never end')
        if name not in self._anchors:
            raise self._at(f'"*{shown(name)}" names nothing before it')
        value, count, height = self._anchors[name]
        if len(self._open) + height > MAX_DEPTH:
            raise self._at(f"Nested more than {MAX_DEPTH} levels deep")
        self._put(value, count, height, None)

    def _put(
        self, value: Any, count: int, height: int, anchor: str | None, text: str = "", plain: bool = False
    ) -> None:
        if anchor:
            self._anchors[anchor] = (value, count, height)
        if not self._open:
            self._root = (value, self._begins)
            return
        into = self._open[-1]
        into.count += count
        if into.count > MAX_VALUES:
            raise self._at(f"This is more than {MAX_VALUES:,} values, aliases counted for what they stand for")
        self._deepest[-1] = max(self._deepest[-1], height)
        if isinstance(into.value, list):
            into.value.append(value)
        elif into.key is _HIDDEN:
            into.key = self._key(value, text, plain, into.value)
        else:
            self._pair(into, value)

    def _pair(self, into: _Open, value: Any) -> None:
        key, into.key = into.key, _HIDDEN
        if key is None:
            merged = value if isinstance(value, list) else [value]
            if not all(isinstance(one, dict) for one in merged):
                raise self._at('"<<" merges mappings only')
            into.merged += merged
        else:
            into.value[key] = value

    def _key(self, value: Any, text: str, plain: bool, into: dict[str, Any]) -> str | None:
        """A key as text: JSON has no other ones. None for the merge key."""
        if isinstance(value, dict | list):
            raise self._at("A key is text here, not a list or mapping")
        if plain and text == "<<":
            return None
        key = text if text or not plain else "null"
        if not text and isinstance(value, str):
            key = value
        if key in into:
            raise self._at(f'The key "{shown(key)}" is in this mapping twice; one of the two would be lost')
        return key

    def _scalar(self, text: str) -> Any:
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            return int(text)
        if _BASED.fullmatch(text):
            return int(text[2:], 8 if text[1] == "o" else 16)
        if _FLOAT.fullmatch(text):
            value = float(text)
            if math.isinf(value):
                raise self._at(f"The number {shown(text, 20)} is too large to be kept exactly")
            return value
        if _NO_NUMBER.fullmatch(text):
            raise self._at(f"{text} is not a JSON number; use a number, or text in quotes")
        return text

    def _at(self, message: str) -> ImportProblem:
        return ImportProblem(message, self._line, 1)


def _problem(error: yaml.YAMLError) -> ImportProblem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or str(error).partition("\n")[0]
    if mark is None:
        return ImportProblem(f"This is not YAML: {said}")
    return ImportProblem(f"This is not YAML: {said}", mark.line + 1, mark.column + 1)
