"""A made-up call of a tool, to try its answers with."""

from __future__ import annotations

from callsmith.calls import schema_of
from callsmith.schema.errors import SchemaError
from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.text import write
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool


def sampled(tool: Tool, seed: int = 0) -> str:
    """The arguments of a call that fits; ``{}`` where there is no sample."""
    if tool.type == "custom":
        return ""
    try:
        return write(sample(schema_of(tool), seed))
    except (CannotSample, SchemaError):
        return "{}"


def call_of(tool: Tool, arguments: str) -> ToolCall:
    return ToolCall("trial", tool.name, arguments, tool.type)
