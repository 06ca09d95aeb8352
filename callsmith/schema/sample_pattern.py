"""A string that a regular expression matches, for the expressions tool schemas use.

Look-around and word boundaries are passed over; whoever asks checks the result.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Callable, Iterable
from typing import Any

_CLASSES = {
    op.CATEGORY_DIGIT: "4271",
    op.CATEGORY_NOT_DIGIT: "ab",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_NOT_SPACE: "aB3x",
    op.CATEGORY_WORD: "aB3x",
    op.CATEGORY_NOT_WORD: "-. ",
}
_ANY = "aB3-x"
_PRINTABLE = [chr(code) for code in range(33, 127)] + [*" éü日"]
_CLASS = re.compile(r"\[(?:[^\]\\]|\\.)*\]")
_MAX_REPEAT = 1_000
_MAX_LENGTH = 10_000


def from_pattern(pattern: str, choose: Callable[[int], int]) -> str | None:
    """None where the expression cannot be read. ``choose(n)`` picks one of n ways, 0 being the plainest."""
    try:
        return "".join(_sequence(parser.parse(as_python(pattern)), choose, {}))
    except (re.error, OverflowError, RecursionError, _Cannot):
        return None


class _Cannot(Exception):
    pass


def as_python(pattern: str) -> str:
    """The expression in Python's spelling, as near as it comes."""
    pattern = re.sub(r"\(\?<(?=[A-Za-z_])", "(?P<", pattern)
    pattern = re.sub(r"\(\?[a-z]+\)", "", pattern)
    pattern = _CLASS.sub(lambda found: _letters(found[0], "0-9", "A-Za-z"), pattern)
    pattern = _letters(pattern, "[0-9]", "[A-Za-z]")
    return re.sub(r"\\z", r"\\Z", pattern)


def _letters(pattern: str, digits: str, letters: str) -> str:
    return re.sub(r"\\p\{[^}]*\}", letters, re.sub(r"\\p\{N[^}]*\}", digits, pattern))


def _sequence(nodes: Iterable[Any], choose: Callable[[int], int], groups: dict[int, str]) -> list[str]:
    return [_node(code, argument, choose, groups) for code, argument in nodes]


def _node(code: Any, argument: Any, choose: Callable[[int], int], groups: dict[int, str]) -> str:
    if code is op.LITERAL:
        return chr(argument)
    if code is op.NOT_LITERAL:
        return "b" if argument == ord("a") else "a"
    if code is op.ANY:
        return _ANY[choose(len(_ANY))]
    if code is op.IN:
        return _one_of(argument, choose)
    if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return _repeated(argument, choose, groups)
    if code is op.SUBPATTERN:
        text = "".join(_sequence(argument[3], choose, groups))
        groups[argument[0]] = text
        return text
    if code is op.BRANCH:
        return "".join(_sequence(argument[1][choose(len(argument[1]))], choose, groups))
    if code is op.GROUPREF:
        return groups.get(argument, "")
    if code is op.ATOMIC_GROUP:
        return "".join(_sequence(argument, choose, groups))
    if code in (op.AT, op.ASSERT, op.ASSERT_NOT):
        return ""
    raise _Cannot


def _repeated(argument: Any, choose: Callable[[int], int], groups: dict[int, str]) -> str:
    least, most, inner = argument
    if least > _MAX_REPEAT:
        raise _Cannot
    usual = min(max(least, 1), int(most))
    count = min(usual + choose(8), int(most)) if most != least else least
    first = "".join(_sequence(inner, choose, groups)) if count else ""
    if len(first) * count > _MAX_LENGTH:
        raise _Cannot
    return first + "".join("".join(_sequence(inner, choose, groups)) for _ in range(count - 1))


def _one_of(members: list[Any], choose: Callable[[int], int]) -> str:
    allowed: list[str] = []
    negated = False
    for code, argument in members:
        if code is op.NEGATE:
            negated = True
        elif code is op.LITERAL:
            allowed.append(chr(argument))
        elif code is op.RANGE:
            low, high = argument
            allowed.extend(chr(number) for number in range(low, min(high, low + 255) + 1))
        elif code is op.CATEGORY:
            allowed.extend(_CLASSES.get(argument, ""))
    if negated:
        spaces = [" "] if any(code is op.CATEGORY and arg is op.CATEGORY_SPACE for code, arg in members) else []
        refused = {*allowed, *spaces}
        allowed = [char for char in [*"aB3x", *_PRINTABLE] if char not in refused]
    letters = [char for char in allowed if char.isalnum()] or allowed
    if not letters:
        raise _Cannot
    return letters[choose(len(letters))]
