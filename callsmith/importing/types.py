"""What an import finds: candidates to choose from, each with what was changed on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from callsmith.schema.changes import Change
from callsmith.types.tool import Tool

# The kinds of input, with the words for choosing one by hand.
KINDS: Mapping[str, str] = {
    "tools": "Tool definitions (OpenAI, Anthropic, Gemini, MCP, a whole request)",
    "schema": "JSON Schema",
    "openapi": "OpenAPI or Swagger",
    "curl": "curl command",
    "python": "Python functions",
    "sample": "Sample JSON",
}


class ImportProblem(ValueError):
    """Input that holds nothing to import. ``line`` and ``column`` count from 1; None where there is no one place."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message if line is None else f"Line {line}, column {column or 1}: {message}")
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Candidate:
    """One tool that can be imported, or with ``refused`` why not.

    ``changes`` point into the tool document ("/name", "/parameters/properties/x/type"). ``id`` is the same each time
    the same input is read. ``source`` is the schema as it was found, where the one of the tool differs from it.
    """

    tool: Tool
    title: str
    changes: tuple[Change, ...] = ()
    refused: str = ""
    group: str = ""
    id: str = ""
    source: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """``kind`` is one of ``KINDS``, ``label`` says what was recognised, ``problems`` what was left out."""

    kind: str
    label: str
    candidates: tuple[Candidate, ...]
    problems: tuple[str, ...] = ()


def refused(name: str, reason: str, *, title: str = "", group: str = "", id: str = "") -> Candidate:
    """A candidate for an entry that cannot be imported, so that it is seen and the others are not lost."""
    return Candidate(Tool(name=name), title or name or "Unnamed", refused=reason, group=group, id=id)


def renamed(candidate: Candidate, name: str) -> Candidate:
    """The candidate under another name, which its changes and its origin tell."""
    tool = candidate.tool
    if name == tool.name:
        return candidate
    origin = tool.origin
    if origin is not None and not origin.name:
        origin = replace(origin, name=tool.name)
    change = Change("/name", f'The name "{shown(tool.name)}" is now "{name}"')
    return replace(candidate, tool=replace(tool, name=name, origin=origin), changes=(change, *candidate.changes))


def shown(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
