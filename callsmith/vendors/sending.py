"""A tool exactly as a request of ours holds it: what the wire formats write, for one tool alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callsmith.types.options import Options
from callsmith.types.tool import Tool
from callsmith.wire import anthropic_tools, chat_tools, gemini_tools, responses_tools
from callsmith.wire.custom import as_function
from callsmith.wire.profile import Profile

WIRES = ("openai-chat", "openai-responses", "anthropic", "gemini", "mcp")
# The field of Gemini that takes JSON Schema as it stands.
SCHEMA_FIELD = "parametersJsonSchema"
# Models that know free-text tools; the others get a function.
OPENAI = Profile(custom_tools=True)
_DEFAULTS = Options()


def sent(tool: Tool, wire: str, profile: Profile = OPENAI) -> dict[str, Any]:
    """The tool's entry in the ``tools`` of a request; for ``mcp`` as a server lists it."""
    if wire == "openai-chat":
        entry: dict[str, Any] = chat_tools.tools_offered((tool,), _DEFAULTS, profile)["tools"][0]
    elif wire == "openai-responses":
        entry = responses_tools.tools_offered((tool,), _DEFAULTS, profile)["tools"][0]
    elif wire == "anthropic":
        entry = anthropic_tools.tools_offered((tool,), _DEFAULTS)[0]
    elif wire == "gemini":
        offered = gemini_tools.tools_offered((tool,), _DEFAULTS, combines=False)
        entry = offered["tools"][0]["functionDeclarations"][0]
    else:
        entry = _listed(tool)
    return entry


def switched(tool: Tool, strict: bool | None) -> Tool:
    """The tool with strict on, or off; None leaves it as it is. Off is said only where the tool says so itself."""
    if strict is None or tool.type == "custom":
        return tool
    return replace(tool, strict=True if strict else False if tool.strict is False else None)


def _listed(tool: Tool) -> dict[str, Any]:
    tool = as_function(tool)
    out: dict[str, Any] = {"name": tool.name}
    if tool.description:
        out["description"] = tool.description
    schema: Mapping[str, Any] = tool.parameters if tool.parameters is not None else {"properties": {}}
    out["inputSchema"] = schema if "type" in schema else {"type": "object", **schema}
    if tool.output_schema is not None:
        out["outputSchema"] = tool.output_schema
    return out
