"""A Chat Completions request, read and refused in the vendor's words (OpenAI's, as of 2025).

Stricter than most gateways: what passes here passes elsewhere too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.dialect import readable
from callsmith.demo.wires.chat_history import read_thread
from callsmith.schema.validate import check_schema
from callsmith.types.tool import Tool, ToolChoice

MAX_TOOLS = 128
MAX_STOP = 4
_NAME = re.compile(r"^[a-zA-Z0-9_-]+$")


def read_ask(document: Any, seed: str, today: date) -> Ask:
    if not isinstance(document, Mapping):
        raise Refused("We could not parse the JSON body of your request. The API expects a JSON object.")
    model = document.get("model")
    if not isinstance(model, str) or not model:
        raise Refused("you must provide a model parameter", param="model")
    thread = read_thread(document.get("messages"))
    tools = _tools(document.get("tools"))
    _check_options(document, tools)
    stream = document.get("stream") is True
    options = document.get("stream_options") or {}
    return Ask(
        model=model,
        thread=thread,
        seed=seed,
        today=today,
        tools=tools,
        choice=_choice(document.get("tool_choice"), tools),
        parallel=document.get("parallel_tool_calls") is not False,
        max_tokens=_limit(document),
        stop=_stop(document.get("stop")),
        stream=stream,
        include_usage=stream and options.get("include_usage") is True,
    )


def _tools(tools: Any) -> tuple[Tool, ...]:
    if tools is None:
        return ()
    if not isinstance(tools, list):
        raise Refused(_wrong_type("tools", "an array of objects", tools), param="tools", code="invalid_type")
    if not tools:
        raise Refused(
            "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            param="tools",
            code="empty_array",
        )
    if len(tools) > MAX_TOOLS:
        raise Refused(
            f"Invalid 'tools': array too long. Expected an array with maximum length {MAX_TOOLS}, "
            f"but got an array with length {len(tools)} instead.",
            param="tools",
            code="array_above_max_length",
        )
    return tuple(_tool(tool, number) for number, tool in enumerate(tools))


def _tool(tool: Any, number: int) -> Tool:
    at = f"tools[{number}]"
    function = tool.get("function") if isinstance(tool, Mapping) else None
    if not isinstance(tool, Mapping) or tool.get("type") != "function":
        kind = tool.get("type") if isinstance(tool, Mapping) else tool
        raise Refused(
            f"Invalid value: '{kind}'. Supported values are: 'function'.", param=f"{at}.type", code="invalid_value"
        )
    if not isinstance(function, Mapping):
        raise _missing(f"{at}.function")
    name = function.get("name")
    if not isinstance(name, str):
        raise _missing(f"{at}.function.name")
    _check_name(name, f"{at}.function.name")
    parameters = function.get("parameters")
    _check_parameters(name, parameters, f"{at}.function.parameters")
    return Tool(name, str(function.get("description") or ""), parameters, function.get("strict"))


def _check_name(name: str, at: str) -> None:
    if not _NAME.match(name):
        raise Refused(
            f"Invalid '{at}': string does not match pattern. Expected a string that matches the pattern "
            f"'{_NAME.pattern}'.",
            param=at,
            code="invalid_value",
        )
    if len(name) > 64:
        raise Refused(
            f"Invalid '{at}': string too long. Expected a string with maximum length 64, "
            f"but got a string with length {len(name)} instead.",
            param=at,
            code="string_above_max_length",
        )


def _check_parameters(name: str, parameters: Any, at: str) -> None:
    if parameters is None:
        return
    if not isinstance(parameters, Mapping):
        raise Refused(_wrong_type(at, "an object", parameters), param=at, code="invalid_type")
    schema = readable(parameters)
    if schema.get("type", "object") != "object":
        message = f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema['type']}\"'."
    else:
        error = check_schema(schema)
        if error is None:
            return
        message = f"In context={_context(error.path)}, {error.message}."
    raise Refused(f"Invalid schema for function '{name}': {message}", param=at, code="invalid_function_parameters")


def _context(path: str) -> str:
    steps = [f"'{step}'" for step in path.split("/")[1:-1]]
    return f"({', '.join(steps)}{',' if len(steps) == 1 else ''})"


def _choice(choice: Any, tools: tuple[Tool, ...]) -> ToolChoice:
    if choice is None:
        return ToolChoice()
    if not tools:
        raise Refused(
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
            param="tool_choice",
        )
    if choice in ("none", "auto", "required"):
        return ToolChoice(choice)
    if isinstance(choice, Mapping) and choice.get("type") == "function":
        name = (choice.get("function") or {}).get("name")
        if name not in [tool.name for tool in tools]:
            raise Refused(
                f"Invalid value for 'tool_choice': Tool choice '{name}' not found in 'tools' parameter.",
                param="tool_choice",
            )
        return ToolChoice("named", str(name))
    raise Refused(
        f"Invalid value: '{choice}'. Supported values are: 'none', 'auto', and 'required'.",
        param="tool_choice",
        code="invalid_value",
    )


def _check_options(document: Mapping[str, Any], tools: tuple[Tool, ...]) -> None:
    if document.get("parallel_tool_calls") is not None and not tools:
        raise Refused(
            "Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' are "
            "specified.",
            param="parallel_tool_calls",
        )
    if document.get("stream_options") is not None and document.get("stream") is not True:
        raise Refused(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    if document.get("n") not in (None, 1):
        raise Refused("The demo model gives one choice: 'n' must be 1.", param="n")
    _check_range(document, "temperature", 0, 2)
    _check_range(document, "top_p", 0, 1)


def _check_range(document: Mapping[str, Any], name: str, low: float, high: float) -> None:
    value = document.get(name)
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise Refused(_wrong_type(name, "a decimal", value), param=name, code="invalid_type")
    if not low <= value <= high:
        side, sign, bound = ("above maximum", "<=", high) if value > high else ("below minimum", ">=", low)
        raise Refused(
            f"Invalid '{name}': decimal {side} value. Expected a value {sign} {bound}, but got {value} instead.",
            param=name,
            code=f"decimal_{side.split()[0]}_{side.split()[1][:3]}_value",
        )


def _limit(document: Mapping[str, Any]) -> int | None:
    for name in ("max_completion_tokens", "max_tokens"):
        value = document.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused(_wrong_type(name, "an integer", value), param=name, code="invalid_type")
        if value < 1:
            raise Refused(
                f"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {value} instead.",
                param=name,
                code="integer_below_min_value",
            )
        return value
    return None


def _stop(stop: Any) -> tuple[str, ...]:
    if stop is None:
        return ()
    stops = [stop] if isinstance(stop, str) else stop
    if not isinstance(stops, list) or not all(isinstance(text, str) for text in stops):
        raise Refused(_wrong_type("stop", "a string or an array of strings", stop), param="stop", code="invalid_type")
    if len(stops) > MAX_STOP:
        raise Refused(
            f"Invalid 'stop': array too long. Expected an array with maximum length {MAX_STOP}, "
            f"but got an array with length {len(stops)} instead.",
            param="stop",
            code="array_above_max_length",
        )
    return tuple(stops)


def _missing(at: str) -> Refused:
    return Refused(f"Missing required parameter: '{at}'.", param=at, code="missing_required_parameter")


def _wrong_type(at: str, wanted: str, given: Any) -> str:
    names = {str: "a string", bool: "a boolean", int: "an integer", float: "a decimal", list: "an array"}
    return f"Invalid type for '{at}': expected {wanted}, but got {names.get(type(given), 'an object')} instead."
