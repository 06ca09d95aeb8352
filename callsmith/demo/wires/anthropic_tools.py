"""The tools of a Messages request: the user's own, the web search, remote MCP servers (wire-format notes, 4.1, 8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.dialect import readable
from callsmith.demo.wires.anthropic_checks import (
    NAME,
    check_cache,
    check_closed,
    check_pattern,
    check_tag,
    need,
    need_list,
    need_object,
    need_text,
)
from callsmith.schema.validate import check_schema
from callsmith.types.features import McpServer
from callsmith.types.tool import Tool, ToolChoice

MCP_BETAS = ("mcp-client-2025-11-20", "mcp-client-2025-04-04")
_KEY = "^[a-zA-Z0-9_.-]{1,64}$"
_SEARCH = re.compile(r"^web_search_\d{8}$")
_KINDS = ("custom", "mcp_toolset", "web_search_20250305")
_NO_SCHEMA = (
    "JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn "
    "more about tool use at https://docs.claude.com/en/docs/tool-use."
)


@dataclass(slots=True)
class Offered:
    tools: tuple[Tool, ...] = ()
    searches: bool = False
    toolsets: tuple[Mapping[str, Any], ...] = ()
    breakpoints: int = 0


def read_tools(document: Mapping[str, Any]) -> Offered:
    offered = Offered()
    names: set[str] = set()
    for place, tool in enumerate(need_list(document.get("tools", []), "tools")):
        at = f"tools.{place}"
        tool = need_object(tool, at)
        kind = tool.get("type") or "custom"
        if _SEARCH.match(str(kind)):
            offered.searches = True
            name = need_text(tool, "name", f"{at}.{kind}")
            if name != "web_search":
                raise Refused(f"{at}.{kind}.name: Input should be 'web_search'")
        elif check_tag({"type": kind}, at, _KINDS) == "mcp_toolset":
            offered.toolsets += (tool,)
            name = f"{need_text(tool, 'mcp_server_name', f'{at}.mcp_toolset')}:"
        else:
            own = _custom(tool, f"{at}.custom")
            offered.tools += (own,)
            name = own.name
        if name in names:
            raise Refused("tools: Tool names must be unique.")
        names.add(name)
        offered.breakpoints += check_cache(tool, f"{at}.{kind}")
    return offered


def _custom(tool: Mapping[str, Any], at: str) -> Tool:
    name = need_text(tool, "name", at)
    check_pattern(name, NAME, f"{at}.name")
    schema = need_object(need(tool, "input_schema", at), f"{at}.input_schema")
    at = f"{at}.input_schema"
    if schema.get("type") is None:
        raise Refused(f"{at}.type: Field required")
    if readable(schema).get("type") != "object":
        raise Refused(f"{at}.type: Input should be 'object'")
    if any(keyword in schema for keyword in ("oneOf", "allOf", "anyOf")):
        raise Refused(f"{at}: input_schema does not support oneOf, allOf, or anyOf at the top level")
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and not all(re.search(_KEY, key) for key in properties):
        raise Refused(f"{at}.properties: Property keys should match pattern '{_KEY}'")
    if check_schema(readable(schema)) is not None:
        raise Refused(f"{at}: {_NO_SCHEMA}")
    if tool.get("strict") is True:
        check_closed(schema, at.removesuffix(".input_schema"))
    return Tool(name, str(tool.get("description") or ""), schema, tool.get("strict"))


def read_servers(document: Mapping[str, Any], offered: Offered, betas: str) -> tuple[McpServer, ...]:
    """The connector asks for no leave. Without its beta header the field is not known at all."""
    if document.get("mcp_servers") is None:
        return ()
    if not any(beta in betas for beta in MCP_BETAS):
        raise Refused("mcp_servers: Extra inputs are not permitted")
    servers = []
    toolsets = {str(toolset["mcp_server_name"]): toolset for toolset in offered.toolsets}
    for place, server in enumerate(need_list(document["mcp_servers"], "mcp_servers")):
        at = f"mcp_servers.{place}"
        server = need_object(server, at)
        name, url = need_text(server, "name", at), need_text(server, "url", at)
        if not url.startswith("https://"):
            raise Refused(f"{at}.url: URL must start with https://")  # words unverified
        if name not in toolsets and MCP_BETAS[0] in betas:
            # Words unverified; that it is refused is in the connector's manual.
            raise Refused(f"mcp_servers: MCP server '{name}' must be referenced by exactly one mcp_toolset in tools")
        servers.append(McpServer(name, url, allowed_tools=_allowed(server, toolsets.get(name, {})), approval="never"))
    unknown = [name for name in toolsets if name not in [server.label for server in servers]]
    if unknown:
        raise Refused(f"tools: mcp_toolset refers to unknown MCP server '{unknown[0]}'")  # words unverified
    return tuple(servers)


def _allowed(server: Mapping[str, Any], toolset: Mapping[str, Any]) -> tuple[str, ...]:
    configs = toolset.get("configs") or {}
    default = (toolset.get("default_config") or {}).get("enabled", True)
    if not default:
        return tuple(name for name, config in configs.items() if config.get("enabled"))
    return tuple((server.get("tool_configuration") or {}).get("allowed_tools") or ())


def read_choice(document: Mapping[str, Any], offered: Offered, *, thinks: bool) -> tuple[ToolChoice, bool]:
    """The choice, and whether calls may be parallel."""
    choice = document.get("tool_choice")
    if choice is None:
        return ToolChoice(), True
    choice = need_object(choice, "tool_choice")
    kind = check_tag(choice, "tool_choice", ("auto", "any", "tool", "none"))
    if not (offered.tools or offered.searches or offered.toolsets):
        raise Refused("`tool_choice` may only be specified while providing `tools`.")
    if kind in ("any", "tool") and thinks:
        raise Refused("Thinking may not be enabled when tool_choice forces tool use.")
    parallel = choice.get("disable_parallel_tool_use") is not True
    if kind != "tool":
        return ToolChoice("required" if kind == "any" else "none" if kind == "none" else "auto"), parallel
    name = need_text(choice, "name", "tool_choice.tool")
    if name not in [tool.name for tool in offered.tools]:
        raise Refused(f"Tool '{name}' not found in provided tools")
    return ToolChoice("named", name), parallel
