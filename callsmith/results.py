"""Results typed by hand: whether they can be sent, and where to start from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.validate import SchemaError, violations
from callsmith.types.answering import By
from callsmith.types.parts import Made, Malformed, Parsed, ToolCall, ToolResult
from callsmith.types.tool import Tool

Format = Literal["JSON", "Text"]


@dataclass(frozen=True, slots=True)
class Attached:
    """A file beside a result. Its bytes are kept apart, under ``id``, so that a key press does not rewrite them."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A result being prepared. It is sent exactly as it stands. ``revision`` grows when its text is replaced rather
    than typed: what the page still holds of an older one is then out of date.

    ``made``: who made it, None while it is typed by hand. ``by``: who answers this one call instead of the tool's own
    answerer. ``note``: why that way gave no result, or what is odd about the one it gave."""

    text: str = ""
    format: Format = "JSON"
    is_error: bool = False
    media: tuple[Attached, ...] = ()
    revision: int = 0
    made: Made | None = None
    by: By | Literal[""] = ""
    note: str = ""

    def problem(self) -> str:
        """Empty when it can be sent, else why not."""
        if not self.text.strip():
            return "" if self.media or self.made is not None else "No result yet"
        if self.format == "Text" or (self.made is not None and not self.made.edited):
            return ""
        parsed = ToolCall("", "", self.text).parsed()
        if isinstance(parsed, Malformed):
            return f"Not JSON: {parsed.message}, line {parsed.line}, column {parsed.column}"
        return ""

    def typed(self, text: str) -> Draft:
        """With another text, as a person typed it."""
        made = None if self.made is None or not text else replace(self.made, edited=True)
        return replace(self, text=text, made=made)

    def result(self, call: ToolCall, made: Made) -> ToolResult:
        """``made``: for a result that nobody but the person made."""
        return ToolResult(call.id, self.text, self.is_error, call.name, made=self.made or made)


def output_warnings(tool: Tool | None, draft: Draft) -> tuple[str, ...]:
    """Where a JSON result departs from the tool's output schema. It may be sent all the same."""
    if tool is None or tool.output_schema is None or draft.is_error or draft.format != "JSON":
        return ()
    if draft.problem() or not draft.text.strip():
        return ()
    try:
        found = violations(tool.output_schema, json.loads(draft.text))
    except SchemaError as error:
        return (f"The output schema is broken: {error}",)
    return tuple(f"{item.path or 'the result'}: {item.message}" for item in found)


def starting_point(tool: Tool | None, call: ToolCall, seed: int = 0) -> str:
    """JSON text to start from: a sample of the output schema, else the arguments and a status."""
    value: Any = None
    if tool is not None and tool.output_schema is not None:
        try:
            value = sample(tool.output_schema, seed)
        except (CannotSample, SchemaError):
            value = None
    if value is None:
        parsed = call.parsed()
        arguments = parsed.value if isinstance(parsed, Parsed) and isinstance(parsed.value, Mapping) else {}
        value = {"status": "ok", **arguments}
    return json.dumps(value, indent=2, ensure_ascii=False)
