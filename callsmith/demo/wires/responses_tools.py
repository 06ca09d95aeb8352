"""The tools of a Responses request and the choice among them, flat as the format has them (wire-format notes, 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.openai_checks import (
    check_array,
    check_name,
    check_schema_of,
    invalid_value,
    missing,
    wrong_type,
)
from callsmith.demo.wires.responses_words import check_fields, text_at
from callsmith.types.features import McpServer
from callsmith.types.tool import Grammar, Tool, ToolChoice

MAX_TOOLS = 128
_FUNCTION = frozenset(
    ("type", "name", "description", "parameters", "strict", "defer_loading", "output_schema", "allowed_callers")
)
_CUSTOM = frozenset(("type", "name", "description", "format", "defer_loading", "allowed_callers"))
_SEARCH = frozenset(
    ("type", "filters", "search_context_size", "user_location", "external_web_access", "search_content_types")
)
_MCP = frozenset(
    (
        *("type", "server_label", "server_url", "connector_id", "authorization", "headers", "allowed_tools"),
        *("require_approval", "server_description", "defer_loading", "allowed_callers"),
    )
)
_SEARCHES = ("web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11")
_SUPPORTED = ("function", "custom", "mcp", *_SEARCHES)
_SIZES = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Offered:
    tools: tuple[Tool, ...] = ()
    servers: tuple[McpServer, ...] = ()
    searches: bool = False


def read_tools(given: Any) -> Offered:
    """Raises ``Refused``."""
    if given is None:
        return Offered()
    tools: list[Tool] = []
    servers: list[McpServer] = []
    searches = False
    for number, tool in enumerate(check_array(given, "tools", MAX_TOOLS, least=0)):
        at = f"tools[{number}]"
        kind = tool.get("type") if isinstance(tool, Mapping) else None
        if not isinstance(tool, Mapping):
            raise wrong_type(at, "an object", tool)
        if isinstance(kind, str) and kind in _TOOLS:
            tools.append(_TOOLS[kind](tool, at))
        elif kind == "mcp":
            servers.append(_server(tool, at))
        elif kind in _SEARCHES:
            _check_search(tool, at)
            searches = True
        elif kind is None:
            raise missing(f"{at}.type")
        else:
            raise invalid_value(f"{at}.type", kind, _SUPPORTED)
    return Offered(tuple(tools), tuple(servers), searches)


def _function(tool: Mapping[str, Any], at: str) -> Tool:
    name = check_name(tool.get("name"), f"{at}.name")
    check_fields(tool, _FUNCTION, at)
    parameters, strict = tool.get("parameters"), tool.get("strict")
    if strict is not None and not isinstance(strict, bool):
        raise wrong_type(f"{at}.strict", "a boolean", strict)
    check_schema_of(f"function '{name}'", parameters, f"{at}.parameters", strict=strict is True)
    return Tool(name, str(tool.get("description") or ""), parameters, strict)


def _custom(tool: Mapping[str, Any], at: str) -> Tool:
    name = check_name(tool.get("name"), f"{at}.name")
    check_fields(tool, _CUSTOM, at)
    shape = tool.get("format") or {"type": "text"}
    kind = shape.get("type") if isinstance(shape, Mapping) else shape
    if kind not in ("text", "grammar"):
        raise invalid_value(f"{at}.format.type", kind, ("text", "grammar"))
    grammar = None
    if kind == "grammar":
        syntax = shape.get("syntax")
        if syntax not in ("lark", "regex"):
            raise invalid_value(f"{at}.format.syntax", syntax, ("lark", "regex"))
        grammar = Grammar(syntax, text_at(shape, "definition", f"{at}.format"))
    return Tool(name, str(tool.get("description") or ""), type="custom", grammar=grammar)


_TOOLS: Mapping[str, Callable[[Mapping[str, Any], str], Tool]] = {"function": _function, "custom": _custom}


def _server(tool: Mapping[str, Any], at: str) -> McpServer:
    label = text_at(tool, "server_label", at)
    check_fields(tool, _MCP, at)
    url = tool.get("server_url")
    if not isinstance(url, str) and not isinstance(tool.get("connector_id"), str):
        raise missing(f"{at}.server_url")
    return McpServer(
        label,
        str(url or ""),
        allowed_tools=_allowed(tool.get("allowed_tools"), f"{at}.allowed_tools"),
        approval=_approval(tool.get("require_approval"), f"{at}.require_approval"),
        description=str(tool.get("server_description") or ""),
    )


def _allowed(given: Any, at: str) -> tuple[str, ...]:
    names = given.get("tool_names") or [] if isinstance(given, Mapping) else given or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise wrong_type(at, "an array of strings", given)
    return tuple(names)


def _approval(given: Any, at: str) -> Any:
    """A filter by tool asks for leave wherever it asks at all: the demo's tools are alike."""
    if given is None or (isinstance(given, Mapping) and "always" in given):
        return "always"
    if isinstance(given, Mapping):
        return "never"
    if given not in ("always", "never"):
        raise invalid_value(at, given, ("always", "never"))
    return given


def _check_search(tool: Mapping[str, Any], at: str) -> None:
    check_fields(tool, _SEARCH, at)
    size = tool.get("search_context_size")
    if size is not None and size not in _SIZES:
        raise invalid_value(f"{at}.search_context_size", size, _SIZES)
    where = tool.get("user_location")
    if isinstance(where, Mapping) and where.get("type", "approximate") != "approximate":
        raise invalid_value(f"{at}.user_location.type", where["type"], ("approximate",))


def read_choice(choice: Any, offered: Offered) -> ToolChoice:
    """Raises ``Refused``. A built-in tool as the choice leaves the functions to the model's own choice."""
    if choice is None:
        return ToolChoice()
    if choice in ("none", "auto", "required"):
        if choice == "required" and offered == Offered():
            raise Refused("Tool choice 'required' must be specified with 'tools' parameter.", param="tool_choice")
        return ToolChoice(choice)
    if not isinstance(choice, Mapping):
        raise invalid_value("tool_choice", choice, ("none", "auto", "required"))
    kind = choice.get("type")
    if kind in ("function", "custom"):
        return ToolChoice("named", _among(offered.tools, str(kind), choice.get("name")))
    if kind == "allowed_tools":
        return _subset(choice, offered.tools)
    known = (
        offered.searches
        if kind in _SEARCHES
        else kind == "mcp" and choice.get("server_label") in [server.label for server in offered.servers]
    )
    if not known:
        raise _not_found(kind)
    return ToolChoice()


def _subset(choice: Mapping[str, Any], tools: Sequence[Tool]) -> ToolChoice:
    mode, listed = choice.get("mode"), choice.get("tools")
    if mode not in ("auto", "required"):
        raise invalid_value("tool_choice.mode", mode, ("auto", "required"))
    if not isinstance(listed, list) or not listed:
        raise missing("tool_choice.tools")
    entries = [entry if isinstance(entry, Mapping) else {} for entry in listed]
    named = [entry for entry in entries if entry.get("type") in ("function", "custom")]
    names = tuple(_among(tools, str(entry["type"]), entry.get("name")) for entry in named)
    return ToolChoice(mode, allowed=names)


def _among(tools: Sequence[Tool], kind: str, name: Any) -> str:
    if name not in [tool.name for tool in tools if tool.type == kind]:
        raise _not_found(name)
    return str(name)


def _not_found(name: Any) -> Refused:
    return Refused(f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")
