"""The tools and the tool config of a Gemini request (wire-format notes, 5.1, 7.6 and 8.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.gemini_schema import check_json_schema, check_proto_schema
from callsmith.demo.wires.gemini_words import at_proto, enum_value, fields, listed
from callsmith.types.tool import Tool, ToolChoice

MAX_DECLARATIONS = 512
MAX_NAME = 128
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
_TOOL = frozenset(
    (
        *("functionDeclarations", "googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext"),
        *("computerUse", "fileSearch", "googleMaps"),
    )
)
_SEARCHES = ("googleSearch", "googleSearchRetrieval")
_DECLARATION = frozenset(
    ("name", "description", "parameters", "parametersJsonSchema", "response", "responseJsonSchema", "behavior")
)
_CONFIG = frozenset(("functionCallingConfig", "retrievalConfig", "includeServerSideToolInvocations"))
_CALLING = frozenset(("mode", "allowedFunctionNames", "streamFunctionCallArguments"))
_MODES: Mapping[str, Any] = {
    "MODE_UNSPECIFIED": "auto",
    "AUTO": "auto",
    "ANY": "required",
    "NONE": "none",
    "VALIDATED": "validated",
}


def read_tools(given: Any, config: Any) -> tuple[tuple[Tool, ...], bool, ToolChoice]:
    """The functions, whether search is on offer, and the choice. Raises ``Refused``."""
    tools: list[Tool] = []
    searches = False
    for number, tool in enumerate(listed(given, "tools")):
        held = fields(tool, _TOOL, f"tools[{number}]")
        for name in held:
            if name in _SEARCHES:
                searches = True
            elif name != "functionDeclarations":
                # unverified: the wording
                raise Refused(f"Tool {name} is not supported for this model.")
        tools += _declarations(held.get("functionDeclarations"), f"tools[{number}].function_declarations")
    names = [tool.name for tool in tools]
    for name in names:
        if names.count(name) > 1:
            # unverified: the wording, recalled
            raise Refused(f"Duplicate function declaration found: {name}")
    settings = fields(config or {}, _CONFIG, "tool_config")
    if tools and searches and settings.get("includeServerSideToolInvocations") is not True:
        raise Refused(
            "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function "
            "calling."
        )
    return tuple(tools), searches, _choice(settings.get("functionCallingConfig"), names)


def _declarations(given: Any, at: str) -> list[Tool]:
    declared = listed(given, at)
    if len(declared) > MAX_DECLARATIONS:
        # unverified: the wording
        raise at_proto(at, f"at most {MAX_DECLARATIONS} function declarations are allowed, got {len(declared)}.")
    return [_declaration(declaration, f"{at}[{number}]") for number, declaration in enumerate(declared)]


def _declaration(given: Any, at: str) -> Tool:
    held = fields(given, _DECLARATION, at)
    name = held.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > MAX_NAME:
        raise at_proto(
            f"{at}.name",
            "Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), "
            f"underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of {MAX_NAME}.",
        )
    if "parameters" in held and "parametersJsonSchema" in held:
        # unverified: the wording
        raise at_proto(at, "only one of parameters and parameters_json_schema may be set.")
    parameters: Mapping[str, Any] | None = None
    if "parameters" in held:
        parameters = check_proto_schema(held["parameters"], f"{at}.parameters")
    elif "parametersJsonSchema" in held:
        parameters = check_json_schema(held["parametersJsonSchema"], f"{at}.parameters_json_schema")
    if parameters is not None and str(parameters.get("type", "object")).lower() != "object":
        raise Refused(f"{name} functionDeclaration parameters schema should be of type OBJECT.")
    return Tool(name, str(held.get("description") or ""), parameters)


def _choice(given: Any, declared: Sequence[str]) -> ToolChoice:
    if given is None:
        return ToolChoice()
    at = "tool_config.function_calling_config"
    held = fields(given, _CALLING, at)
    mode = enum_value(f"{at}.mode", "FunctionCallingConfig.Mode", held.get("mode", "AUTO"), list(_MODES))
    if mode in ("ANY", "VALIDATED") and not declared:
        raise at_proto(at, "Function calling config is set without function_declarations.")
    allowed = tuple(str(name) for name in listed(held.get("allowedFunctionNames"), f"{at}.allowed_function_names"))
    if allowed and mode not in ("ANY", "VALIDATED"):
        # unverified: the wording
        raise at_proto(f"{at}.allowed_function_names", "only allowed when the function calling mode is ANY.")
    unknown = [name for name in allowed if name not in declared]
    if unknown:
        # unverified: the wording
        raise at_proto(f"{at}.allowed_function_names", f"function `{unknown[0]}` is not declared.")
    return ToolChoice(_MODES[mode], allowed=allowed)
