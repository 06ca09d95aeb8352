"""Regular expressions whose worst case stays short: a linear engine, with a bound on the expression and on the text.

Linear is not yet fast: an expression that counts to some thousands, on a long text, runs for many seconds.
"""

from __future__ import annotations

import contextlib
import re
from functools import lru_cache

import jsonschema_rs

MAX_PROGRAM = 2_000_000
"""Bytes an expression may take once it is made ready."""
MAX_TEXT = 200_000
"""Characters a text may have; a longer one is not searched."""

_LARGE = "This expression is too large. Count to smaller numbers in its {…}."
_BACKTRACKING = re.compile(r"\(\?<?[=!]|\\[1-9]|\\k<")


class NotARegex(ValueError):
    """Says why the expression cannot be used."""


def why_not(pattern: str) -> str:
    """Why ``pattern`` cannot be used; empty when it can."""
    try:
        _ready(pattern)
    except NotARegex as error:
        return str(error)
    return ""


def found(pattern: str, text: str) -> bool:
    """Whether ``pattern`` is found anywhere in ``text``, unless that is too long. NotARegex where it cannot be used."""
    ready = _ready(pattern)
    return len(text) <= MAX_TEXT and ready.is_valid(text.encode("utf-8", "replace").decode())


@lru_cache(maxsize=256)
def _ready(pattern: str) -> jsonschema_rs.Validator:
    try:
        return _made(pattern, MAX_PROGRAM)
    except (jsonschema_rs.ValidationError, ValueError) as error:
        raise NotARegex(_reason(pattern)) from error


def _made(pattern: str, most: int) -> jsonschema_rs.Validator:
    options = jsonschema_rs.RegexOptions(size_limit=most, dfa_size_limit=MAX_PROGRAM)
    return jsonschema_rs.validator_for({"pattern": pattern}, pattern_options=options, offline=True)


def _reason(pattern: str) -> str:
    with contextlib.suppress(jsonschema_rs.ValidationError, ValueError):
        _made(pattern, 10 * MAX_PROGRAM)
        return _LARGE
    if _BACKTRACKING.search(pattern):
        return "Look-around and back-references are not available: with them an expression could run without end."
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        place = f" at character {error.pos + 1}" if isinstance(error, re.error) and error.pos is not None else ""
        return f"This is not a regular expression{place}: {getattr(error, 'msg', 'it is too large')}."
    return "This expression is too large, or uses what this engine does not know."
