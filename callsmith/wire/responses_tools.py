"""What a Responses request offers the model: the user's tools, the provider's own, and the choice among them.

Flat, unlike Chat (wire-format notes, 3.1 and 8). ``secrets_of`` names the strings of an MCP tool that hold
``{{NAME}}``: the transport fills them when the request is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.types.features import McpServer, WebSearch
from callsmith.types.options import Options
from callsmith.types.tool import Tool
from callsmith.wire.custom import as_function
from callsmith.wire.profile import Profile

SOURCES = "web_search_call.action.sources"
_EMPTY_SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {}}


def tools_offered(tools: Sequence[Tool], options: Options, profile: Profile) -> dict[str, Any]:
    """``tools`` and the fields that may stand beside them only."""
    known = [tool if profile.custom_tools else as_function(tool) for tool in tools]
    offered = [_tool(tool) for tool in known]
    if options.web_search is not None:
        offered.append(_web_search(options.web_search))
    offered += [_mcp(server) for server in options.mcp]
    if not offered:
        return {}
    out: dict[str, Any] = {"tools": offered}
    choice = _choice({tool.name: tool for tool in known}, options)
    if choice != "auto":
        out["tool_choice"] = choice
    if options.parallel_tool_calls is not None:
        out["parallel_tool_calls"] = options.parallel_tool_calls
    return out


def secrets_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """JSON pointers into the body."""
    found = []
    for at, tool in enumerate(body.get("tools", ())):
        if tool["type"] != "mcp":
            continue
        if "{{" in tool.get("authorization", ""):
            found.append(f"/tools/{at}/authorization")
        for name, value in tool.get("headers", {}).items():
            if "{{" in value:
                found.append(f"/tools/{at}/headers/" + name.replace("~", "~0").replace("/", "~1"))
    return tuple(found)


def _tool(tool: Tool) -> dict[str, Any]:
    """Without ``strict`` the server takes a schema for a strict one (3.1), so it is always said."""
    out: dict[str, Any] = {"type": tool.type, "name": tool.name}
    if tool.description:
        out["description"] = tool.description
    if tool.type == "custom":
        if tool.grammar is not None:
            grammar = {"syntax": tool.grammar.syntax, "definition": tool.grammar.definition}
            out["format"] = {"type": "grammar", **grammar}
        return out
    out["parameters"] = tool.parameters if tool.parameters is not None else _EMPTY_SCHEMA
    out["strict"] = bool(tool.strict)
    return out


def _choice(tools: Mapping[str, Tool], options: Options) -> Any:
    choice = options.tool_choice
    if choice.mode == "named":
        return _named(choice.name, tools)
    mode = "auto" if choice.mode == "validated" else choice.mode
    if choice.allowed and mode != "none":
        return {"type": "allowed_tools", "mode": mode, "tools": [_named(name, tools) for name in choice.allowed]}
    return mode


def _named(name: str, tools: Mapping[str, Tool]) -> dict[str, Any]:
    return {"type": tools[name].type if name in tools else "function", "name": name}


def _web_search(search: WebSearch) -> dict[str, Any]:
    """Blocked domains and the number of searches have no field here."""
    out: dict[str, Any] = {"type": "web_search"}
    if search.allowed_domains:
        out["filters"] = {"allowed_domains": list(search.allowed_domains)}
    if search.context_size:
        out["search_context_size"] = search.context_size
    place = {name: getattr(search, name) for name in ("city", "country", "region", "timezone")}
    given = {name: value for name, value in place.items() if value}
    if given:
        out["user_location"] = {"type": "approximate", **given}
    return out


def _mcp(server: McpServer) -> dict[str, Any]:
    out: dict[str, Any] = {"type": "mcp", "server_label": server.label, "server_url": server.url}
    if server.description:
        out["server_description"] = server.description
    if server.authorization:
        out["authorization"] = server.authorization
    if server.headers:
        out["headers"] = dict(server.headers)
    if server.allowed_tools:
        out["allowed_tools"] = list(server.allowed_tools)
    out["require_approval"] = server.approval
    return out
