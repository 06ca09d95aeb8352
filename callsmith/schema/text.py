"""JSON as people write it: text to document and back, with errors that say where and what to do.

Nothing is changed in silence. What a document cannot hold (a key twice in one object, NaN, half a
surrogate pair, a number beyond a double) is refused with its place. Integers keep all their digits,
floats stay floats (1.0), keys keep their order. The work is linear in the length of the text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 500
MAX_CHARACTERS = 5_000_000
LINE = 100

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]|-?(?:Infinity|\d[0-9.eE+-]*+)|NaN', re.DOTALL)
_COLON = re.compile(r"\s*:")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MAY_BE_SURROGATE = re.compile(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]")
_WORDS = {
    "True": "true and false are written small in JSON",
    "False": "true and false are written small in JSON",
    "None": "An empty value is written null in JSON",
    "undefined": "An empty value is written null in JSON",
}


class TextError(ValueError):
    """Text that is not a document. ``line`` and ``column`` count from 1; None where there is no one place."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message if line is None else f"Line {line}, column {column}: {message}")
        self.message = message
        self.line = line
        self.column = column


def read(text: str, limit: int = MAX_CHARACTERS) -> Any:
    """The document in ``text``; TextError with line and column where it is not one."""
    if len(text) > limit:
        raise TextError(f"The text has {len(text):,} characters; at most {limit:,} can be read here")
    if not text.strip():
        raise TextError("The text is empty", 1, 1)
    text = text.replace("\ufeff", " ", 1) if text.startswith("\ufeff") else text
    _refuse_depth(text)
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_int,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise TextError(_in_words(text, error), error.lineno, error.colno) from error
    except _RepeatedKey:
        raise _repeated(text) from None
    except _BadNumber as error:
        raise _at(text, _number(text, error.literal), str(error)) from error
    if _MAY_BE_SURROGATE.search(text):
        _refuse_surrogates(text)
    return value


def write(value: Any) -> str:
    """The one way a document is written here: two spaces a level, short lists of plain values on one line."""
    pieces: list[str] = []
    _write(value, "\n", pieces)
    return "".join(pieces)


def same(one: Any, other: Any) -> bool:
    """Whether two documents are the same to the byte: key order counts, and 1, 1.0 and true differ.

    An edit leaves all but its own place as it was: what is one object in both need not be written to be compared."""
    waiting = [(one, other)]
    while waiting:
        one, other = waiting.pop()
        if one is other:
            continue
        if type(one) is dict and type(other) is dict:
            if list(one) != list(other):
                return False
            pairs = zip(one.values(), other.values(), strict=True)
        elif type(one) is list and type(other) is list:
            if len(one) != len(other):
                return False
            pairs = zip(one, other, strict=True)
        elif json.dumps(one) != json.dumps(other):
            return False
        else:
            continue
        waiting.extend(pair for pair in pairs if pair[0] is not pair[1])
    return True


def _write(value: Any, newline: str, pieces: list[str]) -> None:
    inner = newline + "  "
    if isinstance(value, dict) and value:
        opening = "{"
        for key, item in value.items():
            pieces.append(f"{opening}{inner}{_plain(key)}: ")
            _write(item, inner, pieces)
            opening = ","
        pieces.append(newline + "}")
    elif isinstance(value, list) and value:
        line = _one_line(value)
        if line is not None and len(newline) + len(line) <= LINE:
            pieces.append(line)
            return
        opening = "["
        for item in value:
            pieces.append(opening + inner)
            _write(item, inner, pieces)
            opening = ","
        pieces.append(newline + "]")
    else:
        pieces.append(_plain(value))


def _one_line(items: list[Any]) -> str | None:
    if any(isinstance(item, dict | list) for item in items[:LINE]) or len(items) > LINE:
        return None
    return f"[{', '.join(_plain(item) for item in items)}]"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


class _RepeatedKey(ValueError):
    pass


class _BadNumber(ValueError):
    def __init__(self, message: str, literal: str) -> None:
        super().__init__(message)
        self.literal = literal


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _RepeatedKey
    return made


def _refuse_constant(literal: str) -> Any:
    raise _BadNumber(f"{literal} is not a JSON number; use a number, or text in quotes", literal)


def _float(literal: str) -> float:
    value = float(literal)
    if math.isinf(value):
        raise _BadNumber(f"The number {_short(literal)} is too large to be kept exactly", literal)
    return value


def _int(literal: str) -> int:
    try:
        return int(literal)
    except ValueError as error:  # Python reads at most 4,300 digits
        raise _BadNumber(
            f"The number {_short(literal)} has {len(literal):,} digits, too many to keep", literal
        ) from error


def _short(literal: str) -> str:
    return literal if len(literal) <= 20 else f"{literal[:17]}..."


def _tokens(text: str) -> Iterator[re.Match[str]]:
    return _TOKEN.finditer(text)


def _refuse_depth(text: str) -> None:
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    depth = 0
    for token in _tokens(text):
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _at(text, token.start(), f"Nested more than {MAX_DEPTH} levels deep")
        elif token[0] in "]}":
            depth -= 1


def _refuse_surrogates(text: str) -> None:
    """Half a surrogate pair cannot be kept or sent: it has no UTF-8."""
    for token in _tokens(text):
        literal = token[0]
        if literal[0] == '"' and _MAY_BE_SURROGATE.search(literal) and _SURROGATE.search(json.loads(literal)):
            raise _at(text, token.start(), "This text holds half a surrogate pair, which is not a character")


def _repeated(text: str) -> TextError:
    """Names the first key that its object already has. The text up to there is JSON but for that."""
    open_objects: list[set[str]] = []
    for token in _tokens(text):
        if token[0] in "[{":
            open_objects.append(set())
        elif token[0] in "]}":
            open_objects.pop()
        elif token[0].startswith('"') and _COLON.match(text, token.end()):
            key = json.loads(token[0])
            if key in open_objects[-1]:
                return _at(
                    text, token.start(), f'The key "{key}" is in this object twice; one of the two would be lost'
                )
            open_objects[-1].add(key)
    raise AssertionError("no key is repeated")


def _number(text: str, literal: str) -> int:
    return next((token.start() for token in _tokens(text) if token[0] == literal), 0)


def _at(text: str, position: int, message: str) -> TextError:
    line = text.count("\n", 0, position) + 1
    return TextError(message, line, position - text.rfind("\n", 0, position))


def _in_words(text: str, error: json.JSONDecodeError) -> str:
    rest = text[error.pos : error.pos + 12]
    word = next((word for word in _WORDS if rest.startswith(word)), None)
    if word:
        return _WORDS[word]
    if not rest:
        return "The text ends too early: a bracket, quote or value is missing"
    if rest[0] == "'":
        return "Keys and texts stand in double quotes, not in single ones"
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments; take this one out"
    if rest[0] in "]}" and text[: error.pos].rstrip().endswith(","):
        return f"A value or key is expected after the comma; take out the comma before {rest[0]}"
    return _PHRASES.get(error.msg, error.msg)


_PHRASES = {
    "Expecting ',' delimiter": "A comma or a closing bracket is expected here",
    "Expecting ':' delimiter": "A colon is expected between a key and its value",
    "Expecting property name enclosed in double quotes": "A key in double quotes is expected here",
    "Expecting value": "A value is expected here: text in double quotes, a number, true, false, null, { or [",
    "Extra data": "The document ended before this; take out what follows it",
    "Unterminated string starting at": "This text has no closing double quote",
    "Invalid control character at": "A line break or tab inside a text is written \\n or \\t",
    "Invalid \\escape": "A backslash in a text is written \\\\",
    "Invalid \\uXXXX escape": "\\u wants four hexadecimal digits after it",
}
