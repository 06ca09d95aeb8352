"""What a Messages request offers the model: the user's tools, the provider's own, and the choice among them.

Sources: wire-format notes, sections 4.1, 7.3 and 8; Anthropic's pages on the web search tool and the MCP connector.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsmith.types.features import McpServer, WebSearch
from callsmith.types.message import Thread
from callsmith.types.options import Options
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.anthropic_messages import legal_name
from callsmith.wire.custom import as_function

MCP_BETA = "mcp-client-2025-11-20"
# Gemini's ``validated`` is auto here: there is no word for it.
_CHOICES = {"auto": "auto", "validated": "auto", "none": "none", "required": "any", "named": "tool"}


def tools_offered(tools: Sequence[Tool], options: Options) -> list[dict[str, Any]]:
    """Every entry of ``tools``. The format has no word for a subset, so only the allowed tools are offered."""
    out = [_tool(as_function(tool)) for tool in tools if _is_allowed(tool, options.tool_choice)]
    if options.web_search is not None:
        out.append(_web_search(options.web_search))
    return out + [_toolset(server) for server in options.mcp]


def choice_made(options: Options) -> dict[str, Any]:
    """``tool_choice`` for a request with tools; the default is not sent."""
    choice: dict[str, Any] = {"type": _CHOICES[options.tool_choice.mode]}
    if options.tool_choice.mode == "named":
        choice["name"] = options.tool_choice.name
    if options.parallel_tool_calls is False and choice["type"] != "none":
        choice["disable_parallel_tool_use"] = True
    return {} if choice == {"type": "auto"} else {"tool_choice": choice}


def tools_of_the_past(thread: Thread) -> dict[str, Any]:
    """A history with calls is refused without tools (2.3): where none are offered any more, the called ones are named
    and their use is forbidden."""
    called = {legal_name(call.name) for message in thread.messages for call in message.calls}
    if not called:
        return {}
    tools = [{"name": name, "input_schema": {"type": "object"}} for name in sorted(called)]
    return {"tools": tools, "tool_choice": {"type": "none"}}


def mcp_server(server: McpServer) -> dict[str, Any]:
    """The connector knows an address and a token; other headers and approvals have no place in it (8.1)."""
    out = {"type": "url", "url": server.url, "name": server.label}
    if server.authorization:
        out["authorization_token"] = server.authorization
    return out


def _is_allowed(tool: Tool, choice: ToolChoice) -> bool:
    limited = choice.allowed and choice.mode in ("auto", "required", "validated")
    return not limited or tool.name in choice.allowed


def _tool(tool: Tool) -> dict[str, Any]:
    out: dict[str, Any] = {"name": tool.name}
    if tool.description:
        out["description"] = tool.description
    # ``type`` is required at the top of the schema (7.3).
    schema = tool.parameters if tool.parameters is not None else {"type": "object", "properties": {}}
    out["input_schema"] = schema if "type" in schema else {"type": "object", **schema}
    if tool.strict is not None:
        out["strict"] = tool.strict
    return out


def _web_search(search: WebSearch) -> dict[str, Any]:
    out: dict[str, Any] = {"type": "web_search_20250305", "name": "web_search"}
    if search.max_uses is not None:
        out["max_uses"] = search.max_uses
    if search.allowed_domains:
        out["allowed_domains"] = list(search.allowed_domains)
    if search.blocked_domains:
        out["blocked_domains"] = list(search.blocked_domains)
    place = {name: getattr(search, name) for name in ("city", "region", "country", "timezone")}
    if any(place.values()):
        given = {name: value for name, value in place.items() if value}
        out["user_location"] = {"type": "approximate", **given}
    return out


def _toolset(server: McpServer) -> dict[str, Any]:
    """All tools of a server, or those allowed: the rest is switched off by default."""
    out: dict[str, Any] = {"type": "mcp_toolset", "mcp_server_name": server.label}
    if server.allowed_tools:
        out["default_config"] = {"enabled": False}
        out["configs"] = {name: {"enabled": True} for name in server.allowed_tools}
    return out
