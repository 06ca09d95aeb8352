"""OpenAI Chat Completions: the request, and the entry to its decoder, its unstreamed twin, its errors.

Sources: wire-format notes, sections 2 and 6; what a converting gateway loses is in 1.6, and the request
is written so that it survives one (an object for ``parameters``, ``{}`` for no arguments).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.conversation import answerable
from callsmith.types.connection import Target
from callsmith.types.events import Event
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Thinking, ToolCall, ToolResult
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.body import encode, headers, is_own, merge
from callsmith.wire.chat_calls import LEGACY
from callsmith.wire.chat_decoder import ChatDecoder, read_body
from callsmith.wire.jsonbytes import dumps
from callsmith.wire.problems import http_problem

# OpenAI's reasoning families refuse ``max_tokens`` (2.1); other servers may not know the newer field.
_NEW_TOKEN_LIMIT = re.compile(r"^(?:openai/)?(?:o\d|gpt-[5-9])", re.IGNORECASE)
# Opaque message fields that go back to the model that wrote them (2.3, section 6).
_ECHOED = ("reasoning_details", "extra_content")


class OpenAIChat:
    name = "openai-chat"
    label = "Chat"

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        body: dict[str, Any] = {"model": target.model, "messages": _messages(target, thread, bool(tools))}
        if tools:
            body["tools"] = [_tool(tool) for tool in tools]
            _tool_use(body, options)
        _sampling(body, target.model, options)
        if options.stream:
            body["stream"] = True
            body["stream_options"] = {"include_usage": True}
        merge(body, target.connection.extra_body)
        merge(body, options.extra_body)
        url = target.connection.base_url.rstrip("/") + "/chat/completions"
        return HttpRequest("POST", url, headers(target.connection), encode(body))

    def decoder(self) -> ChatDecoder:
        return ChatDecoder()

    def read(self, body: bytes) -> list[Event]:
        return read_body(body)

    def error(self, status: int, body: bytes) -> Problem:
        return http_problem(status, body)


def _messages(target: Target, thread: Thread, offers_tools: bool) -> list[dict[str, Any]]:
    with_tools = offers_tools or any(message.calls for message in thread.messages)
    out: list[dict[str, Any]] = []
    if thread.system:
        out.append({"role": "system", "content": thread.system})
    calls: Mapping[str, ToolCall] = {}
    for message in thread.messages:
        if message.role == "user":
            out.append({"role": "user", "content": message.text})
        elif message.role == "assistant":
            calls = {call.id: call for call in message.calls}
            written = assistant_message(message, target, with_tools)
            if written is not None:
                out.append(written)
        else:
            out += [result_message(result, calls.get(result.call_id)) for result in message.results]
    return out


def assistant_message(message: Message, target: Target, with_tools: bool) -> dict[str, Any] | None:
    """An assistant message as it goes back; None when nothing of a cut-off reply can be sent.

    ``with_tools``: the conversation uses tools, so reasoning goes back to the model that wrote it (section 6).
    """
    calls = answerable(message)
    content = message.text or message.refusal
    if not calls and not content:
        return None
    out: dict[str, Any] = {"role": "assistant", "content": content or None}
    own = is_own(message, target)
    if own and with_tools:
        for part in message.parts:
            if isinstance(part, Thinking) and part.source in ("reasoning_content", "reasoning"):
                out[part.source] = part.text
        out.update((key, message.extra[key]) for key in _ECHOED if key in message.extra)
    if calls and calls[0].type == LEGACY:
        out[LEGACY] = {"name": calls[0].name, "arguments": calls[0].arguments}
    elif calls:
        out["tool_calls"] = [_call(call, own=own) for call in calls]
    return out


def _call(call: ToolCall, *, own: bool) -> dict[str, Any]:
    extra = call.extra if own else {}
    if call.type == "custom":
        return {**extra, "id": call.id, "type": "custom", "custom": {"name": call.name, "input": call.arguments}}
    return {
        **extra,
        "id": call.id,
        "type": "function",
        "function": {**extra.get("function", {}), "name": call.name, "arguments": call.arguments or "{}"},
    }


def result_message(result: ToolResult, call: ToolCall | None) -> dict[str, Any]:
    """The message that answers one call: role ``tool``, or ``function`` for a legacy call."""
    content = error_text(result.content) if result.is_error else result.content
    if call is not None and call.type == LEGACY:
        return {"role": "function", "name": call.name, "content": content}
    return {"role": "tool", "tool_call_id": result.call_id, "content": content}


def error_text(content: str) -> str:
    """This format has no error flag (2.3): by convention the content is an object with ``error``."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        document = content
    if isinstance(document, Mapping) and "error" in document:
        return content
    return dumps({"error": document})


def _tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description:
        function["description"] = tool.description
    function["parameters"] = tool.parameters if tool.parameters is not None else {"type": "object", "properties": {}}
    if tool.strict is not None:
        function["strict"] = tool.strict
    return {"type": "function", "function": function}


def _tool_use(body: dict[str, Any], options: Options) -> None:
    """Only beside tools: without them OpenAI refuses both fields (2.2)."""
    choice: ToolChoice = options.tool_choice
    if choice.mode == "named":
        body["tool_choice"] = {"type": "function", "function": {"name": choice.name}}
    elif choice.mode != "auto":
        body["tool_choice"] = choice.mode
    if options.parallel_tool_calls is not None:
        body["parallel_tool_calls"] = options.parallel_tool_calls


def _sampling(body: dict[str, Any], model: str, options: Options) -> None:
    if options.max_tokens is not None:
        body["max_completion_tokens" if _NEW_TOKEN_LIMIT.match(model) else "max_tokens"] = options.max_tokens
    for name, value in (("temperature", options.temperature), ("top_p", options.top_p), ("seed", options.seed)):
        if value is not None:
            body[name] = value
    if options.stop:
        body["stop"] = list(options.stop)
