"""Blocks of Anthropic Messages in words (wire-format notes, 4.2 and 8): a server's tool in use, and its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from callsmith.wire.step_words import (
    Data,
    Reader,
    Step,
    compacted,
    mapping,
    maps,
    remote_call,
    said,
    server_tools,
    text,
    tools_found,
)

# What the input of a server's tool says best, by the tool's name (Messages).
_SERVER_TOOLS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "web_search": ("Web search", ("query",)),
        "web_fetch": ("Page opened", ("url",)),
        "code_execution": ("Code run", ("code",)),
        "bash_code_execution": ("Shell command", ("command",)),
        "text_editor_code_execution": ("File edited", ("command", "path")),
        "tool_search_tool_regex": ("Tool search", ("pattern",)),
        "tool_search_tool_bm25": ("Tool search", ("query",)),
        "advisor": ("Advice asked for", ()),
    }
)


def _server_tool(data: Data) -> Step:
    name, asked = text(data.get("name")), mapping(data, "input")
    if name not in _SERVER_TOOLS:
        return said(f"Server tool: {name or 'without a name'}", asked or data.get("input"))
    title, fields = _SERVER_TOOLS[name]
    return said(title, " ".join(text(asked.get(field)) for field in fields))


def _outcome(title: str, read: Callable[[Any], tuple[Any, ...]]) -> Reader:
    """A result block of Messages: its content is what was found, or an error with a code."""

    def result(data: Data) -> Step:
        content = data.get("content")
        failure = mapping(data, "content")
        if code := failure.get("error_code"):
            return said(title, code, failure.get("error_message"), state="error")
        failed = bool(data.get("is_error") or failure.get("return_code"))
        return said(title, *read(content), state="error" if failed else "done")

    return result


def _pages(content: Any) -> tuple[Any, ...]:
    return tuple(" \u00b7 ".join(filter(None, (text(p.get("title")), text(p.get("url"))))) for p in maps(content))


def _field(*names: str) -> Callable[[Any], tuple[Any, ...]]:
    return lambda content: tuple(content.get(name) for name in names) if isinstance(content, Mapping) else (content,)


def _texts(content: Any) -> tuple[Any, ...]:
    return tuple(block.get("text", block) for block in maps(content)) or (content,)


def _search_result(data: Data) -> Step:
    content = mapping(data, "content")
    if content.get("error_code"):
        return said("Tools found", content["error_code"], content.get("error_message"), state="error")
    return tools_found(content.get("tool_references"), "done")


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "server_tool_use": _server_tool,
        "web_search_tool_result": _outcome("Search results", _pages),
        "web_fetch_tool_result": _outcome("Page read", _field("url")),
        "code_execution_tool_result": _outcome("Code output", _field("stdout", "stderr")),
        "bash_code_execution_tool_result": _outcome("Shell output", _field("stdout", "stderr")),
        "text_editor_code_execution_tool_result": _outcome("File edited", _field("content", "lines")),
        "tool_search_tool_result": _search_result,
        "advisor_tool_result": _outcome("Advice", _field("text")),
        "mcp_tool_use": remote_call,
        "mcp_tool_result": _outcome("Remote result", _texts),
        "mcp_tool_listing": lambda data: server_tools(data.get("mcp_server_name"), data.get("tools"), data),
        "redacted_thinking": lambda data: Step("Thinking, redacted"),
        "container_upload": lambda data: said("File in the container", data.get("file_id")),
        "compaction": compacted,
    }
)
