"""Anthropic Messages: the request, and the entry to its decoder, its unstreamed twin, its errors.

Sources: wire-format notes, section 4. ``seed`` does not exist here. The messages themselves are in
``anthropic_messages``, what is offered to the model in ``anthropic_tools``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from callsmith.wire.anthropic_cache import mark
from callsmith.wire.anthropic_decoder import read_body, stream_decoder, told_apart
from callsmith.wire.anthropic_messages import messages
from callsmith.wire.anthropic_tools import MCP_BETA, choice_made, mcp_server, tools_of_the_past, tools_offered
from callsmith.wire.base import Decoder
from callsmith.wire.body import encode, headers, is_own, merge
from callsmith.wire.effort import effort_fields
from callsmith.wire.jsonbytes import loads
from callsmith.wire.problems import http_problem

VERSION = "2023-06-01"
# ``max_tokens`` is required. 8192 is the least that every model since Claude 3.5 can write, the models before it stop
# at 4096, and a gateway charges the whole of it in advance (1.4), so the largest possible is no good default.
DEFAULT_MAX_TOKENS = 8192
_OLD_MAX_TOKENS = 4096
_OLD = re.compile(r"claude-(?:3-(?:opus|sonnet|haiku)|2|instant)", re.IGNORECASE)
_OWN_HOST = "api.anthropic.com"
BETA = "anthropic-beta"


class Anthropic:
    name = "anthropic"
    label = "Messages"

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        connection = target.connection
        extra: dict[str, Any] = {}
        merge(extra, connection.extra_body)
        merge(extra, options.extra_body)
        fields = _features(target, options)
        merge(fields, extra)
        body: dict[str, Any] = {"model": target.model, "max_tokens": _max_tokens(target.model, options, fields)}
        if thread.system.strip():
            body["system"] = thread.system
        body["messages"] = messages(target, thread.messages)
        if offered := tools_offered(tools, options):
            body.update({"tools": offered, **choice_made(options)})
        elif "tools" not in extra:
            body.update(tools_of_the_past(thread))
        for name, value in (("temperature", options.temperature), ("top_p", options.top_p)):
            if value is not None:
                body[name] = value
        if options.stop:
            body["stop_sequences"] = list(options.stop)
        if (container := _container(target, thread.messages)) is not None:
            body["container"] = container
        if options.stream:
            body["stream"] = True
        mark(body, options.cache)
        betas = [MCP_BETA] if _has_mcp(options, body["messages"]) else []
        merge(body, fields)
        secrets = _secrets(options) if "mcp_servers" not in extra else ()
        return HttpRequest("POST", address(connection.base_url), _headers(connection, betas), encode(body), secrets)

    def decoder(self) -> Decoder:
        return stream_decoder()

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


def _headers(connection: Connection, betas: Sequence[str]) -> Headers:
    """The betas a request needs join those of the connection's own header."""
    given = {name: value for name, value in connection.headers.items() if name.lower() == BETA}
    asked = [beta.strip() for value in given.values() for beta in value.split(",") if beta.strip()]
    needed = [beta for beta in betas if beta not in asked]
    if needed:
        others = {name: value for name, value in connection.headers.items() if name not in given}
        connection = replace(connection, headers={**others, next(iter(given), BETA): ",".join([*asked, *needed])})
    own_host = urlsplit(connection.base_url).hostname == _OWN_HOST
    key_header = "x-api-key" if own_host else "Authorization"
    return headers(connection, ("anthropic-version", VERSION), key_header=key_header)


def _features(target: Target, options: Options) -> dict[str, Any]:
    """What the options ask for in fields of their own."""
    out = effort_fields("anthropic", target.connection, target.model, options.thinking, options.max_tokens)
    if options.response is not None:
        merge(out, {"output_config": {"format": {"type": "json_schema", "schema": options.response.schema}}})
    if options.mcp:
        out["mcp_servers"] = [mcp_server(server) for server in options.mcp]
    return out


def _secrets(options: Options) -> tuple[str, ...]:
    return tuple(
        f"/mcp_servers/{at}/authorization_token" for at, server in enumerate(options.mcp) if server.authorization
    )


def _has_mcp(options: Options, sent: Sequence[Mapping[str, Any]]) -> bool:
    """Blocks of the connector in the history need its beta too."""
    return bool(options.mcp) or any(
        str(block.get("type")).startswith("mcp_tool_") for message in sent for block in message["content"]
    )


def _max_tokens(model: str, options: Options, fields: Mapping[str, Any]) -> int:
    """What was set, else the default; the budget for thinking comes on top, for it has to be smaller (4.2)."""
    if options.max_tokens is not None:
        return options.max_tokens
    thinking = fields.get("thinking")
    budget = thinking.get("budget_tokens") if isinstance(thinking, Mapping) else None
    default = _OLD_MAX_TOKENS if _OLD.search(model) else DEFAULT_MAX_TOKENS
    return default + budget if isinstance(budget, int) else default


def _container(target: Target, thread: Sequence[Message]) -> str | None:
    """The container in which a reply's code still runs: its calls are answered, or its pause is ended, in there."""
    replies = [message for message in thread if message.role == "assistant"]
    if not replies or thread[-1].role == "user" or not is_own(replies[-1], target):
        return None
    container = replies[-1].extra.get("container")
    goes_on = replies[-1].calls or replies[-1].finish == PAUSED
    found = container.get("id") if goes_on and isinstance(container, Mapping) else None
    return found if isinstance(found, str) else None
