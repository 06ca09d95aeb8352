"""What a Gemini request offers the model: functions, Google Search, and the choice among the functions.

Sources: wire-format notes, sections 5.1, 7.4 and 8.2; Google's pages on function calling and tool combination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.types.options import Options
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.custom import as_function

# What a schema may hold and still describe a function without arguments.
_OF_NO_ARGUMENTS = frozenset(
    ("$schema", "type", "title", "description", "properties", "required", "additionalProperties")
)
_MODES = {"none": "NONE", "required": "ANY", "named": "ANY", "validated": "VALIDATED"}


def tools_offered(tools: Sequence[Tool], options: Options, *, combines: bool) -> dict[str, Any]:
    """``tools`` and ``toolConfig``. ``combines``: search beside functions is to be asked for in words, or is refused
    ("Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling")."""
    offered: list[dict[str, Any]] = []
    config: dict[str, Any] = {}
    if declared := [_declaration(as_function(tool)) for tool in tools if _is_offered(tool, options.tool_choice)]:
        offered.append({"functionDeclarations": declared})
        config = _config(options.tool_choice)
    if options.web_search is not None:
        offered.append({"googleSearch": {}})
        if declared and combines:
            config["includeServerSideToolInvocations"] = True
    return {**({"tools": offered} if offered else {}), **({"toolConfig": config} if config else {})}


def _is_offered(tool: Tool, choice: ToolChoice) -> bool:
    """``allowedFunctionNames`` counts in the modes ANY and VALIDATED alone: for AUTO fewer functions are declared."""
    return choice.mode != "auto" or not choice.allowed or tool.name in choice.allowed


def _config(choice: ToolChoice) -> dict[str, Any]:
    if choice.mode == "auto":
        return {}
    config: dict[str, Any] = {"mode": _MODES[choice.mode]}
    if choice.mode == "named":
        config["allowedFunctionNames"] = [choice.name]
    elif choice.mode != "none" and choice.allowed:
        config["allowedFunctionNames"] = list(choice.allowed)
    return {"functionCallingConfig": config}


def _declaration(tool: Tool) -> dict[str, Any]:
    """``parametersJsonSchema`` takes JSON Schema as it is; ``parameters`` would refuse half of it (7.4)."""
    out: dict[str, Any] = {"name": tool.name}
    if tool.description:
        out["description"] = tool.description
    if tool.parameters is not None and not _takes_nothing(tool.parameters):
        out["parametersJsonSchema"] = tool.parameters
    return out


def _takes_nothing(schema: Mapping[str, Any]) -> bool:
    """A function without arguments leaves out both kinds of schema (5.1)."""
    return (
        schema.keys() <= _OF_NO_ARGUMENTS
        and schema.get("type", "object") == "object"
        and not schema.get("properties")
        and not schema.get("required")
        and not schema.get("additionalProperties")
    )
