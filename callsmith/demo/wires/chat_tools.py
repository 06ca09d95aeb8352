"""The tools and the tool choice of a Chat Completions request, read and refused in OpenAI's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.openai_checks import check_array, check_name, check_schema_of, invalid_value, missing
from callsmith.types.tool import Grammar, Tool, ToolChoice

MAX_TOOLS = 128
_MODES = ("none", "auto", "required")


def read_tools(document: Mapping[str, Any]) -> tuple[Tool, ...]:
    """``tools``, or ``functions`` as they were called before."""
    if document.get("functions") is not None:
        functions = check_array(document["functions"], "functions", MAX_TOOLS)
        return tuple(_function(function, f"functions[{place}]") for place, function in enumerate(functions))
    if document.get("tools") is None:
        return ()
    tools = check_array(document["tools"], "tools", MAX_TOOLS)
    return tuple(_tool(tool, f"tools[{place}]") for place, tool in enumerate(tools))


def _tool(tool: Any, at: str) -> Tool:
    kind = tool.get("type") if isinstance(tool, Mapping) else tool
    if kind not in ("function", "custom"):
        raise invalid_value(f"{at}.type", kind, ("function", "custom"))
    inside = tool.get(kind)
    if not isinstance(inside, Mapping):
        raise missing(f"{at}.{kind}")
    return _function(inside, f"{at}.function") if kind == "function" else _custom(inside, f"{at}.custom")


def _function(function: Any, at: str) -> Tool:
    if not isinstance(function, Mapping):
        raise missing(f"{at}.name")
    name = check_name(function.get("name"), f"{at}.name")
    parameters, strict = function.get("parameters"), function.get("strict")
    check_schema_of(f"function '{name}'", parameters, f"{at}.parameters", strict=strict is True)
    return Tool(name, str(function.get("description") or ""), parameters, strict)


def _custom(custom: Mapping[str, Any], at: str) -> Tool:
    name = check_name(custom.get("name"), f"{at}.name")
    given = custom.get("format") or {"type": "text"}
    if not isinstance(given, Mapping) or given.get("type") not in ("text", "grammar"):
        kind = given.get("type") if isinstance(given, Mapping) else given
        raise invalid_value(f"{at}.format.type", kind, ("text", "grammar"))
    grammar = _grammar(given.get("grammar"), f"{at}.format.grammar") if given["type"] == "grammar" else None
    return Tool(name, str(custom.get("description") or ""), type="custom", grammar=grammar)


def _grammar(grammar: Any, at: str) -> Grammar:
    if not isinstance(grammar, Mapping) or not isinstance(grammar.get("definition"), str):
        raise missing(f"{at}.definition")
    if grammar.get("syntax") not in ("lark", "regex"):
        raise invalid_value(f"{at}.syntax", grammar.get("syntax"), ("lark", "regex"))
    return Grammar(grammar["syntax"], grammar["definition"])


def read_choice(document: Mapping[str, Any], tools: tuple[Tool, ...]) -> ToolChoice:
    if document.get("functions") is not None:
        return _legacy(document.get("function_call"), tools)
    choice = document.get("tool_choice")
    if choice is None:
        return ToolChoice()
    if not tools:
        raise Refused(
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
            param="tool_choice",
        )
    if isinstance(choice, str) and choice in _MODES:
        return ToolChoice(choice)  # type: ignore[arg-type]
    kind = choice.get("type") if isinstance(choice, Mapping) else None
    if kind in ("function", "custom"):
        return ToolChoice("named", _offered(choice, tools))
    if kind == "allowed_tools":
        return _allowed(choice.get("allowed_tools"), tools)
    raise Refused(
        f"Invalid value: '{choice}'. Supported values are: 'none', 'auto', and 'required'.",
        param="tool_choice",
        code="invalid_value",
    )


def _legacy(choice: Any, tools: tuple[Tool, ...]) -> ToolChoice:
    if isinstance(choice, Mapping):
        return ToolChoice("named", _offered({"type": "function", "function": choice}, tools))
    return ToolChoice("none" if choice == "none" else "auto")


def _allowed(allowed: Any, tools: tuple[Tool, ...]) -> ToolChoice:
    at = "tool_choice.allowed_tools"
    if not isinstance(allowed, Mapping) or not isinstance(allowed.get("tools"), list):
        raise missing(f"{at}.tools")
    mode = allowed.get("mode")
    if mode not in ("auto", "required"):
        raise invalid_value(f"{at}.mode", mode, ("auto", "required"))
    return ToolChoice(mode, allowed=tuple(_offered(tool, tools) for tool in allowed["tools"]))


def _offered(choice: Any, tools: tuple[Tool, ...]) -> str:
    """The name that a choice gives, which must be that of a tool of the same kind."""
    kind = choice.get("type") if isinstance(choice, Mapping) else None
    inside = choice.get(kind) if kind in ("function", "custom") else None
    name = inside.get("name") if isinstance(inside, Mapping) else None
    if not any((tool.name, tool.type) == (name, kind) for tool in tools):
        raise Refused(
            f"Invalid value for 'tool_choice': Tool choice '{name}' not found in 'tools' parameter.",
            param="tool_choice",
        )
    return str(name)
