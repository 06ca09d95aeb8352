"""Anthropic Messages: the request, and the entry to its decoder, its unstreamed twin, its errors.

Sources: wire-format notes, section 4. ``seed`` does not exist here. The messages themselves are in
``anthropic_messages``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from callsmith.conversation import PAUSED
from callsmith.types.connection import Connection, Target
from callsmith.types.events import Event
from callsmith.types.exchange import Headers, HttpRequest
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.wire.anthropic_decoder import AnthropicDecoder, read_body, told_apart
from callsmith.wire.anthropic_messages import legal_name, messages
from callsmith.wire.body import encode, headers, is_own, merge
from callsmith.wire.jsonbytes import loads
from callsmith.wire.problems import http_problem

VERSION = "2023-06-01"
# ``max_tokens`` is required. 8192 is the least that every model since Claude 3.5 can write, the models before it stop
# at 4096, and a gateway charges the whole of it in advance (1.4), so the largest possible is no good default.
DEFAULT_MAX_TOKENS = 8192
_OLD_MAX_TOKENS = 4096
_OLD = re.compile(r"claude-(?:3-(?:opus|sonnet|haiku)|2|instant)", re.IGNORECASE)
_OWN_HOST = "api.anthropic.com"
_CHOICES = {"auto": "auto", "none": "none", "required": "any"}


class Anthropic:
    name = "anthropic"
    label = "Messages"

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        extra = {**target.connection.extra_body, **options.extra_body}
        body: dict[str, Any] = {"model": target.model, "max_tokens": _max_tokens(target.model, options, extra)}
        if thread.system.strip():
            body["system"] = thread.system
        body["messages"] = messages(target, thread.messages)
        if tools:
            body["tools"] = [_tool(tool) for tool in tools]
            _tool_use(body, options)
        elif "tools" not in extra:
            _past_tools(body, thread)
        for name, value in (("temperature", options.temperature), ("top_p", options.top_p)):
            if value is not None:
                body[name] = value
        if options.stop:
            body["stop_sequences"] = list(options.stop)
        if (container := _container(target, thread.messages)) is not None:
            body["container"] = container
        if options.stream:
            body["stream"] = True
        merge(body, extra)
        connection = target.connection
        return HttpRequest("POST", address(connection.base_url), _headers(connection), encode(body))

    def decoder(self) -> AnthropicDecoder:
        return AnthropicDecoder()

    def read(self, body: bytes) -> list[Event]:
        return read_body(body)

    def error(self, status: int, body: bytes) -> Problem:
        try:
            document = loads(body)
        except ValueError:
            document = None
        return told_apart(http_problem(status, body), document)


def address(base_url: str) -> str:
    """Anthropic's own base URL has no version, a gateway's often has (1.1)."""
    return base_url.rstrip("/").removesuffix("/v1") + "/v1/messages"


def _headers(connection: Connection) -> Headers:
    own_host = urlsplit(connection.base_url).hostname == _OWN_HOST
    key_header = "x-api-key" if own_host else "Authorization"
    return headers(connection, ("anthropic-version", VERSION), key_header=key_header)


def _max_tokens(model: str, options: Options, extra: Mapping[str, Any]) -> int:
    """What was set, else the default; the budget for thinking comes on top, for it has to be smaller (4.2)."""
    if options.max_tokens is not None:
        return options.max_tokens
    thinking = extra.get("thinking")
    budget = thinking.get("budget_tokens") if isinstance(thinking, Mapping) else None
    default = _OLD_MAX_TOKENS if _OLD.search(model) else DEFAULT_MAX_TOKENS
    return default + budget if isinstance(budget, int) else default


def _tool_use(body: dict[str, Any], options: Options) -> None:
    choice: dict[str, Any] = {"type": _CHOICES.get(options.tool_choice.mode, "tool")}
    if options.tool_choice.mode == "named":
        choice["name"] = options.tool_choice.name
    if options.parallel_tool_calls is False and choice["type"] != "none":
        choice["disable_parallel_tool_use"] = True
    if choice != {"type": "auto"}:
        body["tool_choice"] = choice


def _past_tools(body: dict[str, Any], thread: Thread) -> None:
    """A history with calls is refused without tools (2.3): where none are offered any more, the called ones are named
    and their use is forbidden."""
    called = {legal_name(call.name) for message in thread.messages for call in message.calls}
    if called:
        body["tools"] = [{"name": name, "input_schema": {"type": "object"}} for name in sorted(called)]
        body["tool_choice"] = {"type": "none"}


def _tool(tool: Tool) -> dict[str, Any]:
    out: dict[str, Any] = {"name": tool.name}
    if tool.description:
        out["description"] = tool.description
    # ``type`` is required at the top of the schema (7.3).
    schema = tool.parameters if tool.parameters is not None else {"type": "object", "properties": {}}
    out["input_schema"] = schema if "type" in schema else {"type": "object", **schema}
    if tool.strict is not None:
        out["strict"] = tool.strict
    return out


def _container(target: Target, thread: Sequence[Message]) -> str | None:
    """The container in which a reply's code still runs: its calls are answered, or its pause is ended, in there."""
    replies = [message for message in thread if message.role == "assistant"]
    if not replies or thread[-1].role == "user" or not is_own(replies[-1], target):
        return None
    container = replies[-1].extra.get("container")
    goes_on = replies[-1].calls or replies[-1].finish == PAUSED
    found = container.get("id") if goes_on and isinstance(container, Mapping) else None
    return found if isinstance(found, str) else None
