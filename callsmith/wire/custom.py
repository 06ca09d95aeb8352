"""A custom (free-text) tool where a format knows functions only: one string argument, ``input``.

Its calls come back as ordinary calls under its name, with the text inside that argument.
"""

from __future__ import annotations

from dataclasses import replace

from callsmith.types.parts import ToolCall
from callsmith.types.tool import Grammar, Tool
from callsmith.wire.jsonbytes import dumps

ARGUMENT = "input"


def as_function(tool: Tool) -> Tool:
    """The tool as a function. A grammar, which no such format enforces, is told to the model in words."""
    if tool.type != "custom":
        return tool
    text = {"type": "string", "description": _asked(tool.grammar)}
    parameters = {
        "type": "object",
        "properties": {ARGUMENT: text},
        "required": [ARGUMENT],
        "additionalProperties": False,
    }
    return replace(tool, type="function", grammar=None, parameters=parameters)


def call_as_function(call: ToolCall) -> ToolCall:
    """A call of a custom tool as the function would have been called."""
    if call.type != "custom":
        return call
    return replace(call, type="function", arguments=dumps({ARGUMENT: call.arguments}))


def _asked(grammar: Grammar | None) -> str:
    if grammar is None:
        return "Free text"
    kind = "Lark grammar" if grammar.syntax == "lark" else "regular expression"
    return f"Free text that fits this {kind}:\n{grammar.definition}"
