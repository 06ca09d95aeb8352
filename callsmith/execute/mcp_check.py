"""Whether an MCP server is there: its tools, whether the tool at hand is one of them, and how its schema differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from callsmith.execute import mcp_sessions
from callsmith.execute.occasion import Reach
from callsmith.schema.diff import Difference, differences
from callsmith.types.answering import Mcp
from callsmith.types.tool import Tool


@dataclass(frozen=True, slots=True)
class Check:
    """``found``: the server has the tool under ``name``; ``differences`` lead from the tool as it is kept to the one
    there."""

    server: str
    version: str
    protocol: str
    tools: tuple[str, ...]
    name: str
    found: bool
    differences: tuple[Difference, ...] = ()


def check(settings: Mcp, tool: Tool, reach: Reach) -> Check:
    """Starts the session where there is none. Raises ``CannotAnswer``."""
    listing = mcp_sessions.tools(settings, reach)
    name = settings.name or tool.name
    names = tuple(str(one.get("name", "")) for one in listing.tools)
    made = Check(listing.server, listing.version, listing.protocol, names, name, name in names)
    if not made.found:
        return made
    return replace(made, differences=differences(tool, _there(tool, listing.tools[names.index(name)])))


def _there(tool: Tool, offered: Mapping[str, Any]) -> Tool:
    """The tool with the schemas that the server gives it; one without an output schema promises nothing."""
    return replace(
        tool,
        parameters=offered.get("inputSchema"),
        output_schema=offered.get("outputSchema") or tool.output_schema,
    )
