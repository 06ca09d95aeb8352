"""What is right or wrong with a call the model made, against the tool it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.schema.validate import SchemaError, violations
from callsmith.types.parts import Malformed, ToolCall
from callsmith.types.tool import CUSTOM_AS_FUNCTION, Grammar, Tool


@dataclass(frozen=True, slots=True)
class Verdict:
    """``valid`` is None when it cannot be judged. ``notes`` are sentences, each with its place."""

    known: bool
    valid: bool | None
    notes: tuple[str, ...] = ()


def schema_of(tool: Tool) -> Mapping[str, Any]:
    """What the arguments of a call must fit; a custom tool's free text is one argument in formats without them."""
    if tool.type == "custom":
        return CUSTOM_AS_FUNCTION
    return tool.parameters if tool.parameters is not None else {"type": "object"}


def judge(call: ToolCall, tools: Mapping[str, Tool]) -> Verdict:
    tool = tools.get(call.name)
    known = tool is not None
    if call.type == "custom":
        return Verdict(known, *_fits(call.arguments, tool.grammar if tool is not None else None))
    parsed = call.parsed()
    if isinstance(parsed, Malformed):
        note = f"Not JSON: {parsed.message}, line {parsed.line}, column {parsed.column}"
        return Verdict(known, False, (note,))
    if tool is None:
        return Verdict(False, None)
    schema = schema_of(tool)
    try:
        found = violations(schema, parsed.value)
    except SchemaError as error:
        return Verdict(True, None, (f"Cannot be checked: the schema is broken ({error})",))
    notes = tuple(f"{item.path or 'the arguments'}: {item.message}" for item in found)
    if not notes and tool.type == "custom" and tool.grammar is not None and isinstance(parsed.value, dict):
        return Verdict(True, *_fits(parsed.value["input"], tool.grammar))
    return Verdict(True, not notes, notes)


def _fits(text: str, grammar: Grammar | None) -> tuple[bool | None, tuple[str, ...]]:
    """Free text against its tool's grammar. Lark grammars are the provider's business."""
    if grammar is None or grammar.syntax != "regex":
        return None, ()
    try:
        found = violations({"type": "string", "pattern": f"^(?:{grammar.definition})$"}, text)
    except SchemaError as error:
        return None, (f"Cannot be checked: the grammar is broken ({error})",)
    return not found, tuple(f"the text: {item.message}" for item in found)
