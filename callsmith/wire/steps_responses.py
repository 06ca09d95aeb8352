"""Items of OpenAI Responses in words (wire-format notes, 3.2 and 8)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from callsmith.types.parts import Media
from callsmith.wire.step_words import (
    Data,
    Reader,
    Step,
    compacted,
    lines,
    mapping,
    maps,
    remote_call,
    said,
    server_tools,
    state_of,
    text,
    tools_found,
)


def _code_run(data: Data) -> Step:
    """Code and what it printed stand in one item (Responses)."""
    outputs = maps(data.get("outputs"))
    drawn = tuple(_picture(text(output.get("url"))) for output in outputs if output.get("url"))
    logs = lines([output["logs"] for output in outputs if output.get("logs")])
    return said("Code run", data.get("code"), logs, state=state_of(data), media=drawn)


def _picture(url: str) -> Media:
    head, comma, encoded = url.partition(",")
    if comma and head.startswith("data:"):
        return Media(head.removeprefix("data:").removesuffix(";base64"), encoded)
    return Media("image/png", url=url)


def _image(data: Data) -> Step:
    result = data.get("result")
    kind = f"image/{text(data.get('output_format')) or 'png'}"
    media = (Media(kind, result),) if isinstance(result, str) and result else ()
    error = data.get("error")
    return said("Image generated", data.get("revised_prompt"), error, state=state_of(data, error), media=media)


def _web_search(data: Data) -> Step:
    action = mapping(data, "action")
    if action.get("type") == "open_page":
        return said("Page opened", action.get("url"), state=state_of(data))
    if action.get("type") == "find_in_page":
        return said("Search in a page", action.get("pattern"), action.get("url"), state=state_of(data))
    asked = lines(action.get("queries")) or action.get("query")
    sources = lines([source.get("url") for source in maps(action.get("sources"))])
    return said("Web search", asked, sources, state=state_of(data))


def _file_search(data: Data) -> Step:
    found = lines([result.get("filename") for result in maps(data.get("results"))])
    return said("File search", lines(data.get("queries")), found, state=state_of(data))


def _approval(data: Data) -> Step:
    return said("Remote call allowed" if data.get("approve") else "Remote call refused", data.get("reason"))


def _shell(data: Data) -> Step:
    action = mapping(data, "action")
    command = action.get("command")
    words = " ".join(map(text, command)) if isinstance(command, list) else lines(action.get("commands"))
    return said("Shell command", words, state=state_of(data))


def _shell_output(data: Data) -> Step:
    outputs = maps(data.get("output"))
    printed = [text(output.get(name)) for output in outputs for name in ("stdout", "stderr")]
    failed = any(mapping(output, "outcome").get("exit_code") for output in outputs)
    return said("Shell output", *printed, state=state_of(data, failed))


def _patch(data: Data) -> Step:
    operation = mapping(data, "operation")
    words = f"{text(operation.get('type')).replace('_', ' ')} {text(operation.get('path'))}".strip()
    return said("Patch", words, operation.get("diff"), state=state_of(data))


def _computer(data: Data) -> Step:
    actions = maps([data.get("action")]) + maps(data.get("actions"))
    return said("Computer use", *({**action} for action in actions), state=state_of(data))


def _tool_search(data: Data) -> Step:
    asked = mapping(data, "arguments")
    return said("Tool search", lines(asked.get("paths")) or asked or data.get("arguments"), state=state_of(data))


def _reasoning(data: Data) -> Step:
    return Step("Thinking, encrypted" if data.get("encrypted_content") else "Thinking, not shown", state=state_of(data))


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "web_search_call": _web_search,
        "file_search_call": _file_search,
        "code_interpreter_call": _code_run,
        "image_generation_call": _image,
        "computer_call": _computer,
        "mcp_list_tools": lambda data: server_tools(data.get("server_label"), data.get("tools"), data),
        "mcp_call": remote_call,
        "mcp_approval_request": lambda data: remote_call(data, "Approval asked for"),
        "mcp_approval_response": _approval,
        "local_shell_call": _shell,
        "shell_call": _shell,
        "shell_call_output": _shell_output,
        "apply_patch_call": _patch,
        "program": lambda data: said("Program", data.get("code"), state=state_of(data)),
        "program_output": lambda data: said("Program output", data.get("result"), state=state_of(data)),
        "tool_search_call": _tool_search,
        "tool_search_output": lambda data: tools_found(data.get("tools"), state_of(data)),
        "reasoning": _reasoning,
        "message": lambda data: Step("Message without content", state=state_of(data)),
        "compaction": compacted,
    }
)
