"""Whether a text fits a regular expression that the linear engine cannot check: look-around and back-references.

Tried in a bounded number of steps whatever the expression: Python's own engine may take years over a bad one.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsmith.schema.sample_pattern import as_python

MAX_STEPS = 10_000
_Found = Iterator[tuple[int, Mapping[int, str]]]
_KINDS = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
_ONE = frozenset((op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN))


def matches(pattern: str, text: str) -> bool | None:
    """Whether ``pattern`` is found in ``text``; None where that cannot be told in ``MAX_STEPS`` steps."""
    try:
        nodes = list(parser.parse(as_python(pattern)))
        tried = _Match(text)
        return any(True for start in range(len(text) + 1) for _ in tried.sequence(nodes, start, {}))
    except (re.error, OverflowError, RecursionError, _Cannot):
        return None


class _Cannot(Exception):
    pass


class _Match:
    """Every way to match, one after the other, as where it ends and what its groups hold then."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._steps = 0

    def sequence(self, nodes: Sequence[Any], at: int, groups: Mapping[int, str], index: int = 0) -> _Found:
        if index == len(nodes):
            yield at, groups
            return
        code, argument = nodes[index]
        for after, found in self._node(code, argument, at, groups):
            yield from self.sequence(nodes, after, found, index + 1)

    def _node(self, code: Any, argument: Any, at: int, groups: Mapping[int, str]) -> _Found:
        self._step()
        if code in _ONE:
            yield from ((at + 1, groups) for _ in range(self._one(code, argument, at)))
        elif code is op.AT:
            yield from ((at, groups) for _ in range(self._stands(argument, at)))
        elif code is op.BRANCH:
            for branch in argument[1]:
                yield from self.sequence(branch, at, groups)
        elif code is op.SUBPATTERN:
            yield from self._group(argument, at, groups)
        elif code is op.GROUPREF:
            held = groups.get(argument, "")
            if self._text.startswith(held, at):
                yield at + len(held), groups
        elif code in (op.ASSERT, op.ASSERT_NOT):
            found = self._look(argument[0], argument[1], at, groups)
            if (found is None) == (code is op.ASSERT_NOT):
                yield at, groups if found is None else found
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT):
            yield from self._repeat(argument, at, groups, lazy=code is op.MIN_REPEAT)
        else:
            raise _Cannot

    def _group(self, argument: Any, at: int, groups: Mapping[int, str]) -> _Found:
        number, added, removed, inner = argument
        if added or removed:
            raise _Cannot
        for after, found in self.sequence(inner, at, groups):
            yield after, found if number is None else {**found, number: self._text[at:after]}

    def _repeat(self, argument: Any, at: int, groups: Mapping[int, str], *, lazy: bool) -> _Found:
        least, most, inner = argument
        if len(inner) == 1 and inner[0][0] in _ONE:
            return self._run(least, most, inner[0], at, groups, lazy=lazy)
        return self._repeated(least, most, inner, at, groups, lazy)

    def _look(self, way: int, inner: Sequence[Any], at: int, groups: Mapping[int, str]) -> Mapping[int, str] | None:
        """What the groups hold where the look-around finds something; ``way`` is -1 for what stands before."""
        for start in (at,) if way > 0 else range(at, -1, -1):
            for after, found in self.sequence(inner, start, groups):
                if way > 0 or after == at:
                    return found
        return None

    def _run(self, least: int, most: int, one: Any, at: int, groups: Mapping[int, str], *, lazy: bool) -> _Found:
        end = at
        while end - at < most and self._one(one[0], one[1], end):
            self._step()
            end += 1
        ends = range(at + least, end + 1)
        yield from ((after, groups) for after in (ends if lazy else reversed(ends)))

    def _repeated(
        self, least: int, most: int, inner: Sequence[Any], at: int, groups: Mapping[int, str], lazy: bool, done: int = 0
    ) -> _Found:
        if lazy and done >= least:
            yield at, groups
        if done < most:
            for after, found in self.sequence(inner, at, groups):
                if after > at or done < least:
                    yield from self._repeated(least, most, inner, after, found, lazy, done + 1)
        if not lazy and done >= least:
            yield at, groups

    def _one(self, code: Any, argument: Any, at: int) -> bool:
        if at >= len(self._text):
            return False
        char = self._text[at]
        if code is op.ANY:
            return char != "\n"
        if code is op.IN:
            negated = argument[0][0] is op.NEGATE
            return bool(negated) != any(_holds(member, char) for member in argument)
        return bool((code is op.LITERAL) == (ord(char) == argument))

    def _stands(self, place: Any, at: int) -> bool:
        if place in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
            return at == 0
        if place in (op.AT_END, op.AT_END_STRING):
            return at == len(self._text)
        before, after = self._text[at - 1 : at] if at else "", self._text[at : at + 1]
        edge = bool(re.match(r"\w", before)) != bool(re.match(r"\w", after))
        return bool(edge == (place is op.AT_BOUNDARY))

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise _Cannot


def _holds(member: Any, char: str) -> bool:
    code, argument = member
    if code is op.LITERAL:
        return bool(ord(char) == argument)
    if code is op.RANGE:
        return bool(argument[0] <= ord(char) <= argument[1])
    return code is op.CATEGORY and re.match(_KINDS[argument], char) is not None
