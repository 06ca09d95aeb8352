"""OpenAI Responses: the request, and the entry to its decoder, its unstreamed twin, its errors.

Stateless by default (wire-format notes, 3.2): ``store`` false, the whole history in ``input``, and the
reasoning items asked for in encrypted form so that they can go back. ``stop`` and ``seed`` do not exist here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from callsmith.types.connection import Target
from callsmith.types.events import Event
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Media, Opaque, Text, ToolCall
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.wire.body import encode, headers, is_own, merge
from callsmith.wire.problems import http_problem
from callsmith.wire.responses_decoder import ResponsesDecoder, read_body
from callsmith.wire.responses_items import CLIENT_ITEMS, items_of, media_part, result_items

ENCRYPTED = "reasoning.encrypted_content"
# Other models answer 400 when encrypted reasoning is asked for (trap 32), so a name is needed to ask.
_REASONING = re.compile(
    r"(?:^|[/.])(?:o\d|gpt-[5-9]|codex-mini|computer-use|deep-research|grok-[4-9]|grok-3-mini)", re.IGNORECASE
)
_NOT_REASONING = re.compile(r"gpt-5-chat|non-reasoning", re.IGNORECASE)
_VERSION = re.compile(r"/v\d+[a-z]*\d*(?:/|$)")
# With one of these in the body the server holds the history, and takes only what is new (3.2).
HISTORY_HELD = frozenset(("previous_response_id", "conversation"))
_EMPTY_SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {}}


class OpenAIResponses:
    name = "openai-responses"
    label = "Responses"

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        extra = {**target.connection.extra_body, **options.extra_body}
        body: dict[str, Any] = {"model": target.model}
        if thread.system:
            body["instructions"] = thread.system
        # An extra body that sets store to null asks for the server's default, which is to keep the items.
        stored = extra.get("store", False) is not False
        messages = unheld(thread.messages) if extra.keys() & HISTORY_HELD else thread.messages
        body["input"] = input_items(target, messages, stored=stored)
        if tools:
            body["tools"] = [_tool(tool) for tool in tools]
            _tool_use(body, options)
        sampling = (
            ("max_output_tokens", options.max_tokens),
            ("temperature", options.temperature),
            ("top_p", options.top_p),
        )
        body.update((name, value) for name, value in sampling if value is not None)
        body["store"] = False
        if reasons(target.model):
            body["include"] = [ENCRYPTED]
        if options.stream:
            body["stream"] = True
        merge(body, extra)
        return HttpRequest("POST", address(target.connection.base_url), headers(target.connection), encode(body))

    def decoder(self) -> ResponsesDecoder:
        return ResponsesDecoder()

    def read(self, body: bytes) -> list[Event]:
        return read_body(body)

    def error(self, status: int, body: bytes) -> Problem:
        return http_problem(status, body)


def address(base_url: str) -> str:
    """A base URL may leave out its version (1.1); one that has its own (``/openai/v1``, ``/api/v3``) keeps it."""
    base = base_url.rstrip("/")
    return f"{base}/responses" if _VERSION.search(urlsplit(base).path) else f"{base}/v1/responses"


def reasons(model: str) -> bool:
    return bool(_REASONING.search(model)) and not _NOT_REASONING.search(model)


def input_items(target: Target, messages: Sequence[Message], *, stored: bool) -> list[dict[str, Any]]:
    """Every message as items. Opaque data goes back only to the model and format that wrote it."""
    out: list[dict[str, Any]] = []
    calls: Mapping[str, ToolCall] = {}
    for message in messages:
        if message.role == "user":
            out += _user(message)
        elif message.role == "assistant":
            out += items_of(message, verbatim=is_own(message, target), stored=stored)
            calls = {call.id: call for call in message.calls}
        else:
            out += result_items(message, calls)
    return out


def unheld(messages: Sequence[Message]) -> Sequence[Message]:
    """What follows the last reply."""
    replies = [index for index, message in enumerate(messages) if message.role == "assistant"]
    return messages[replies[-1] + 1 :] if replies else messages


def _user(message: Message) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = []
    items: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, Text) and part.text:
            content.append({"type": "input_text", "text": part.text})
        elif isinstance(part, Media):
            content.append(media_part(part))
        elif isinstance(part, Opaque) and part.type in CLIENT_ITEMS:
            items.append(part.data)
    if content and all(part["type"] == "input_text" for part in content):
        items.append({"role": "user", "content": message.text})
    elif content or not items:
        items.append({"role": "user", "content": content or ""})
    return items


def _tool(tool: Tool) -> dict[str, Any]:
    """Flat, unlike chat. Without ``strict`` the server takes a schema for a strict one (3.1), so it is always said."""
    out: dict[str, Any] = {"type": "function", "name": tool.name}
    if tool.description:
        out["description"] = tool.description
    out["parameters"] = tool.parameters if tool.parameters is not None else _EMPTY_SCHEMA
    out["strict"] = bool(tool.strict)
    return out


def _tool_use(body: dict[str, Any], options: Options) -> None:
    choice = options.tool_choice
    if choice.mode == "named":
        body["tool_choice"] = {"type": "function", "name": choice.name}
    elif choice.mode != "auto":
        body["tool_choice"] = choice.mode
    if options.parallel_tool_calls is not None:
        body["parallel_tool_calls"] = options.parallel_tool_calls
