"""What is right or wrong with a call the model made, against the tool it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callsmith.schema.validate import SchemaError, violations
from callsmith.types.parts import Malformed, ToolCall
from callsmith.types.tool import Tool


@dataclass(frozen=True, slots=True)
class Verdict:
    """``valid`` is None when it cannot be judged. ``notes`` are sentences, each with its place."""

    known: bool
    valid: bool | None
    notes: tuple[str, ...] = ()


def judge(call: ToolCall, tools: Mapping[str, Tool]) -> Verdict:
    tool = tools.get(call.name)
    known = tool is not None
    if call.type == "custom":
        return Verdict(known, None)
    parsed = call.parsed()
    if isinstance(parsed, Malformed):
        note = f"Not JSON: {parsed.message}, line {parsed.line}, column {parsed.column}"
        return Verdict(known, False, (note,))
    if tool is None:
        return Verdict(False, None)
    schema = tool.parameters if tool.parameters is not None else {"type": "object"}
    try:
        found = violations(schema, parsed.value)
    except SchemaError as error:
        return Verdict(True, None, (f"Cannot be checked: the schema is broken ({error})",))
    notes = tuple(f"{item.path or 'the arguments'}: {item.message}" for item in found)
    return Verdict(True, not notes, notes)
