"""Reading whatever holds tools: what it is, is found out, and every tool in it becomes a candidate.

Nothing is executed and nothing is fetched: references to files and addresses stay unread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from callsmith.importing import containers, detect, shapes
from callsmith.importing.documents import Document, documents
from callsmith.importing.names import Names
from callsmith.importing.source import refuse_long, stem, text_of
from callsmith.importing.types import KINDS, Candidate, Imported, ImportProblem, refused, shown

MAX_CANDIDATES = 20_000
MAX_STREAMED = 500_000
_LOOKED_FOR = (
    "Looked for were tools of OpenAI (Chat and Responses), Anthropic, Gemini and MCP, a list of them or a whole "
    "request, {name, description, parameters}, a JSON Schema, OpenAPI or Swagger, and a sample object"
)


def read(data: str | bytes, filename: str = "") -> Imported:
    """Everything in a paste or file that can be imported. ImportProblem where that is nothing."""
    text = text_of(data)
    return _imported(detect.kind_of_text(text, filename), text, filename)


def read_as(kind: str, data: str | bytes, filename: str = "") -> Imported:
    """The same where the kind (one of ``KINDS``) is known."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
    return _imported(kind, text_of(data), filename)


def each(data: str | bytes, filename: str = "", problems: list[str] | None = None) -> Iterator[Candidate]:
    """The candidates one by one, JSON lines as they are read. Names are each once in a document, not in the file.
    What was left out stands in ``problems`` once all are read."""
    text = text_of(data)
    kind = detect.kind_of_text(text, filename)
    if kind in _TEXTS:
        found = _imported(kind, text, filename)
        yield from found.candidates
        left_out: Sequence[str] = found.problems
    else:
        reading = _Reading(text, filename, "")
        yield from islice(reading.candidates(Names), MAX_STREAMED)
        left_out = reading.problems
    if problems is not None:
        problems += dict.fromkeys(left_out)


def _imported(kind: str, text: str, filename: str) -> Imported:
    if kind in _TEXTS:
        refuse_long(text)
        return _numbered(_TEXTS[kind](text, filename))
    reading = _Reading(text, filename, kind)
    names = Names()
    found = list(islice(reading.candidates(lambda: names), MAX_CANDIDATES + 1))
    problems = list(dict.fromkeys(reading.problems))
    if len(found) > MAX_CANDIDATES:
        problems.insert(
            0, f"Only the first {MAX_CANDIDATES:,} entries were read: this is more than one can choose from"
        )
    if not found and not problems:
        raise ImportProblem("There is no tool in it: the list is empty")
    return Imported(reading.kind, reading.label(), tuple(found[:MAX_CANDIDATES]), tuple(problems))


class _Reading:
    """The documents of one text, one after the other. ``kind`` is the one asked for, then the one found."""

    def __init__(self, text: str, filename: str, kind: str) -> None:
        self.kind = kind
        self.problems: list[str] = []
        self._documents = documents(text, filename)
        self._filename = filename
        self._stem = stem(filename)
        self._shapes: dict[str, int] = {}
        self._label = ""
        self._count = 0
        self._several = False

    def candidates(self, names: Callable[[], Names]) -> Iterator[Candidate]:
        """``names`` gives the names of a document: the same object each time makes them unique in all of them."""
        unknown: list[Document] = []
        for number, document in enumerate(self._documents):
            self._several = number > 0
            found = None if document.problem else self._of_document(document)
            if found is None and not self._shapes:
                unknown.append(document)
                continue
            for early in unknown:
                yield self._finished(self._unknown(early), None)
            unknown.clear()
            here = names()
            for candidate in [self._unknown(document)] if found is None else found:
                yield self._finished(candidate, here)
        if unknown:
            here = names()
            for candidate in self._of_unknown(unknown):
                yield self._finished(candidate, here)

    def label(self) -> str:
        if self._label:
            return self._label
        words = [shapes.LABELS[shape] for shape in self._shapes]
        return f"{', '.join(words)}{', one document a line or more' if self._several else ''}"

    def _of_document(self, document: Document) -> list[Candidate] | None:
        """None where nothing known is in it."""
        value = document.value
        if self.kind == "schema":
            self._shapes["schema"] = 1
            if not isinstance(value, dict):
                return [refused(self._fallback(document), "A JSON Schema for a tool is an object")]
            return [shapes.candidate(value, "schema", self._filename, self._fallback(document))]
        if self.kind in ("", "openapi") and detect.is_openapi(value):
            return self._openapi(value)
        if self.kind in ("openapi", "sample"):
            return None
        found = containers.entries(value)
        if not found.known:
            return None
        self.problems += found.problems
        if not self.kind:
            self.kind = "schema" if all(entry.shape == "schema" for entry in found.found) and found.found else "tools"
        return [self._of_entry(entry, document) for entry in found.found]

    def _of_entry(self, entry: containers.Entry, document: Document) -> Candidate:
        if not entry.shape:
            return self._unknown(Document(entry.value, document.line))
        self._shapes[entry.shape] = 1
        return shapes.candidate(entry.value, entry.shape, self._filename, self._fallback(document), entry.group)

    def _openapi(self, value: Any) -> list[Candidate]:
        from callsmith.importing.openapi import read as read_openapi

        found = read_openapi(value, self._filename)
        self.kind, self._label = "openapi", found.label
        self._shapes["openapi"] = 1
        self.problems += found.problems
        return list(found.candidates)

    def _of_unknown(self, unknown: list[Document]) -> list[Candidate]:
        """The documents of a text in which no tool was found: a sample, or an ImportProblem."""
        broken = next((document for document in unknown if document.problem), None)
        if broken is not None:
            raise ImportProblem(broken.problem)
        if self.kind in ("", "sample"):
            from callsmith.importing.sample import read as read_sample

            values = [document.value for document in unknown]
            for value in values:
                for one in value if isinstance(value, list) else [value]:
                    detect.refuse_broken(one)
            if any(isinstance(value, dict) and "mcpServers" in value for value in values):
                raise ImportProblem("These are settings of MCP servers. Connect to a server to import its tools")
            try:
                found = read_sample(values, self._filename)
            except ImportProblem as problem:
                raise ImportProblem(f"{problem.message}. {_LOOKED_FOR}") from problem
            self.kind, self._label = "sample", found.label
            self.problems += found.problems
            return list(found.candidates)
        if self.kind == "openapi":
            raise ImportProblem('This is no OpenAPI document: it has no "openapi" or "swagger" beside "paths"')
        raise ImportProblem(f"There is no tool definition in any shape known here. {_LOOKED_FOR}")

    def _unknown(self, document: Document) -> Candidate:
        value = document.value
        name = value.get("name") if isinstance(value, dict) else None
        reason = document.problem or f"This is no tool definition: {shapes.words(value)}"
        return refused(shown(name) if isinstance(name, str) else f"line {document.line}", reason)

    def _fallback(self, document: Document) -> str:
        """The name of what has none."""
        name = self._stem or "tool"
        return f"{name}_{document.line}" if self._several else name

    def _finished(self, candidate: Candidate, names: Names | None) -> Candidate:
        self._count += 1
        if names is not None:
            candidate = names.named(candidate)
        return replace(candidate, id=candidate.id or f"{self._count}:{shown(candidate.tool.name)}")


def _numbered(found: Imported) -> Imported:
    names = Names()
    candidates = [names.named(candidate) for candidate in found.candidates]
    return replace(found, candidates=tuple(candidates))


def _python(text: str, filename: str) -> Imported:
    from callsmith.importing.python import read as read_python

    return read_python(text, filename)


def _curl(text: str, filename: str) -> Imported:
    from callsmith.importing.curl_tool import read as read_curl

    return read_curl(text, filename)


_TEXTS: dict[str, Callable[[str, str], Imported]] = {"python": _python, "curl": _curl}
