"""Which regular expressions mean the same elsewhere. JSON Schema's are ECMAScript's, with Unicode."""

from __future__ import annotations

import re
from functools import lru_cache

from callsmith.schema.validate import check_schema, unchecked

# One construct that Rust's engine (Pydantic's) and ECMAScript read alike, or an end of the text.
_PIECE = re.compile(
    r"""\(\?:|[()|.^$]|[*+?]\??(?![*+?{])|\{\d{1,6}(?:,\d{0,6})?\}\??(?![*+?{])
    |\\[dDwWsSbBnrtfv]|\\[pP]\{\w+\}|\\[^\w<>\s]
    |\[\^?(?:\\[dDwWsSnrtfv]|\\[^\w<>\s]|[^\\\[\]&~^])+\]
    |[^\\\[\](){}|.^$*+?]""",
    re.VERBOSE,
)
# Escapes of plain characters that ECMAScript refuses as soon as it reads Unicode.
_IDLE_ESCAPE = re.compile(r"\\[^\w^$\\.*+?()\[\]{}|/-]|(?<!\[)\\-")
_RUN = re.compile(r"(?:[^\\])--|-\\[dDwWsS]|\\[dDwWsS]-(?!\])")


@lru_cache(maxsize=1024)
def common(pattern: str) -> bool:
    """Whether Rust's engine and ECMAScript read this alike, and it is an expression at all."""
    at = 0
    while at < len(pattern):
        piece = _PIECE.match(pattern, at)
        if piece is None or (piece[0].startswith("[") and _RUN.search(piece[0])):
            return False
        at = piece.end()
    return check_schema({"pattern": pattern}) is None and not unchecked({"pattern": pattern})


def has_wide_classes(pattern: str) -> bool:
    """Holds \\d, \\w or \\b, which other engines read for all scripts, ECMAScript for ASCII alone."""
    return re.search(r"\\[dDwWbB]", pattern) is not None


def ecmascript_flag(pattern: str) -> str | None:
    """The flags under which ECMAScript takes a pattern (``u`` or none); None where it may not take it at all."""
    if common(pattern):
        return "" if _IDLE_ESCAPE.search(pattern) else "u"
    if check_schema({"pattern": pattern}) is not None:
        return None
    plain = re.sub(r"\(\?(?:[:=!]|<[=!])", "(", pattern)
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
    return None if "(?" in plain or re.search(r"\\[AZz]|[*+?}]\+", plain) else ""
