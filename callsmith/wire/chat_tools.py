"""What a Chat Completions request offers the model and how it may choose (wire-format notes, 2.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.types.options import Options
from callsmith.types.tool import Tool
from callsmith.wire.custom import as_function
from callsmith.wire.profile import Profile

# A gateway drops a tool whose parameters are no object (trap 47).
NO_PARAMETERS: Mapping[str, Any] = {"type": "object", "properties": {}}


def tools_offered(tools: Sequence[Tool], options: Options, profile: Profile) -> dict[str, Any]:
    """``tools`` and the fields that may stand beside them only: without tools OpenAI refuses both."""
    if not tools:
        return {}
    known = [tool if profile.custom_tools else as_function(tool) for tool in tools]
    out: dict[str, Any] = {"tools": [_tool(tool, profile) for tool in known]}
    choice = _choice({tool.name: tool for tool in known}, options)
    if choice != "auto":
        out["tool_choice"] = choice
    if options.parallel_tool_calls is not None:
        out["parallel_tool_calls"] = options.parallel_tool_calls
    return out


def _tool(tool: Tool, profile: Profile) -> dict[str, Any]:
    held: dict[str, Any] = {"name": tool.name}
    if tool.description:
        held["description"] = tool.description
    if tool.type == "custom":
        if tool.grammar is not None:
            grammar = {"definition": tool.grammar.definition, "syntax": tool.grammar.syntax}
            held["format"] = {"type": "grammar", "grammar": grammar}
        return {"type": "custom", "custom": held}
    held["parameters"] = tool.parameters if tool.parameters is not None else NO_PARAMETERS
    if tool.strict is not None and profile.strict != "no":
        held["strict"] = tool.strict
    return {"type": "function", "function": held}


def _choice(tools: Mapping[str, Tool], options: Options) -> Any:
    choice = options.tool_choice
    if choice.mode == "named":
        return _named(choice.name, tools)
    mode = "auto" if choice.mode == "validated" else choice.mode
    if choice.allowed and mode != "none":
        allowed = [_named(name, tools) for name in choice.allowed]
        return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": allowed}}
    return mode


def _named(name: str, tools: Mapping[str, Tool]) -> dict[str, Any]:
    kind = tools[name].type if name in tools else "function"
    return {"type": kind, kind: {"name": name}}
