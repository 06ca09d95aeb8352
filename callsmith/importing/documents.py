"""A text as the documents in it: JSON, JSON lines, JSON values one after the other, YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callsmith.importing.source import MAX_TEXT, refuse_long
from callsmith.importing.types import ImportProblem
from callsmith.schema import text as json_text
from callsmith.schema.text import TextError

MAX_CONTAINERS = 1_500_000
MAX_LINES = 500_000
_FILLED = re.compile(r"\S")
_YAML = (".yaml", ".yml")
_LINES = (".jsonl", ".ndjson", ".jsonlines")


@dataclass(frozen=True, slots=True)
class Document:
    """One value and the line it begins at; ``problem`` where the text there is none."""

    value: Any
    line: int
    problem: str = ""


def documents(text: str, filename: str = "") -> Iterator[Document]:
    """Every document in a text. ImportProblem where it is neither JSON nor YAML."""
    name = filename.lower().removesuffix(".gz")
    if text.lstrip()[:1] not in ("{", "[") or name.endswith(_YAML):
        yield from _yaml(text, name.endswith(_YAML))
    elif is_lines(text):
        yield from _lines(text)
    else:
        refuse_long(text)
        _refuse_many(text)
        try:
            yield Document(json_text.read(text, MAX_TEXT), 1)
        except TextError as error:
            if name.endswith(_LINES):
                yield from _lines(text)
                return
            if not isinstance(error.__cause__, json.JSONDecodeError) or error.__cause__.msg != "Extra data":
                raise ImportProblem(error.message, error.line, error.column) from error
            yield from _one_after_the_other(text)


def _refuse_many(text: str) -> None:
    """An upper bound by counting: brackets inside of texts count too, which real documents stay far below."""
    count = text.count("{") + text.count("[")
    if count > MAX_CONTAINERS:
        raise ImportProblem(f"The text has {count:,} objects and lists; at most {MAX_CONTAINERS:,} are read at once")


def is_lines(text: str) -> bool:
    """Whether the first line is a whole document and more follows."""
    filled = (line for _, line in _numbered(text) if line.strip())
    first = next(filled, "").strip()
    if first[-1:] not in ("}", "]") or next(filled, None) is None:
        return False
    try:
        json_text.read(first, MAX_TEXT)
    except TextError as error:
        # A repeated key or NaN: the line is a document, if a bad one, and the next line is another.
        return not isinstance(error.__cause__, json.JSONDecodeError)
    return True


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Lines as JSON lines has them: a line separator inside of a text is none."""
    number, at = 0, 0
    while at < len(text):
        number += 1
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield number, text[at:end]
        at = end + 1


def _lines(text: str) -> Iterator[Document]:
    for number, line in _numbered(text):
        if number > MAX_LINES:
            raise ImportProblem(f"The text has more than {MAX_LINES:,} lines; split it", number, 1)
        if not line.strip():
            continue
        try:
            yield Document(json_text.read(line, MAX_TEXT), number)
        except TextError as error:
            place = f", column {error.column}" if error.column else ""
            yield Document(None, number, f"Line {number}{place}: {error.message}")


def _one_after_the_other(text: str) -> Iterator[Document]:
    decoder = json.JSONDecoder()
    line, before, at = 1, 0, _filled(text, 0)
    while at < len(text):
        line += text.count("\n", before, at)
        before = at
        try:
            end = decoder.raw_decode(text, at)[1]
        except (json.JSONDecodeError, RecursionError) as error:
            raise ImportProblem("What follows the document before is not JSON", line, 1) from error
        try:
            yield Document(json_text.read(text[at:end], MAX_TEXT), line)
        except TextError as error:
            yield Document(None, line, f"Line {line + (error.line or 1) - 1}: {error.message}")
        at = _filled(text, end)


def _filled(text: str, at: int) -> int:
    """Where the next character stands that is no space."""
    found = _FILLED.search(text, at)
    return found.start() if found else len(text)


def _yaml(text: str, named: bool) -> Iterator[Document]:
    from callsmith.importing.yaml_text import read_all

    refuse_long(text)
    try:
        for value, line in read_all(text):
            yield Document(value, line)
    except ImportProblem as problem:
        if named:
            raise
        said = f"This is no JSON, no curl command and no Python, and as YAML it cannot be read: {problem.message}"
        raise ImportProblem(said, problem.line, problem.column) from problem
