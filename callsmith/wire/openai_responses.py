"""OpenAI Responses: the request, and the entry to its decoder, its unstreamed twin, its errors.

Stateless by default (wire-format notes, 3.2): ``store`` false, the whole history in ``input``, and the
reasoning items asked for in encrypted form so that they can go back. ``stop`` and ``seed`` do not exist here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from callsmith.types.connection import Connection, Target
from callsmith.types.events import Event
from callsmith.types.exchange import HttpRequest
from callsmith.types.features import ResponseSchema
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.wire.body import encode, headers, merge
from callsmith.wire.effort import effort_fields, thinks
from callsmith.wire.problems import http_problem
from callsmith.wire.profile import Profile, profile_of
from callsmith.wire.responses_decoder import read_body, responses_decoder
from callsmith.wire.responses_input import input_items
from callsmith.wire.responses_tools import SOURCES, secrets_of, tools_offered
from callsmith.wire.stream import StreamDecoder

ENCRYPTED = "reasoning.encrypted_content"
_VERSION = re.compile(r"/v\d+[a-z]*\d*(?:/|$)")
# With one of these in the body the server holds the history, and takes only what is new (3.2).
HISTORY_HELD = frozenset(("previous_response_id", "conversation"))


class OpenAIResponses:
    name = "openai-responses"
    label = "Responses"

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        connection = target.connection
        profile = profile_of(connection, target.model)
        extra: dict[str, Any] = {}
        merge(extra, connection.extra_body)
        merge(extra, options.extra_body)
        body: dict[str, Any] = {"model": target.model}
        if thread.system:
            body["instructions"] = thread.system
        # An extra body that sets store to null asks for the server's default, which is to keep the items.
        stored = extra.get("store", False) is not False
        held = bool(extra.keys() & HISTORY_HELD)
        messages = unheld(thread.messages) if held else thread.messages
        body["input"] = input_items(target, messages, stored=stored, held=held)
        body.update(tools_offered(tools, options, profile))
        secrets = () if "tools" in extra else secrets_of(body)
        sampling = (
            ("max_output_tokens", options.max_tokens),
            ("temperature", options.temperature),
            ("top_p", options.top_p),
        )
        body.update((name, value) for name, value in sampling if value is not None)
        if options.response is not None:
            body["text"] = {"format": _format(options.response)}
        if options.cache.key:
            body["prompt_cache_key"] = options.cache.key
        body["store"] = False
        if include := _include(options, profile, connection, target.model):
            body["include"] = include
        if options.stream:
            body["stream"] = True
        merge(body, effort_fields(self.name, connection, target.model, options.thinking, options.max_tokens))
        merge(body, extra)
        return HttpRequest("POST", address(connection.base_url), headers(connection), encode(body), secrets)

    def decoder(self) -> StreamDecoder:
        return responses_decoder()

    def read(self, body: bytes) -> list[Event]:
        return read_body(body)

    def error(self, status: int, body: bytes) -> Problem:
        return http_problem(status, body)


def address(base_url: str) -> str:
    """A base URL may leave out its version (1.1); one that has its own (``/openai/v1``, ``/api/v3``) keeps it."""
    base = base_url.rstrip("/")
    return f"{base}/responses" if _VERSION.search(urlsplit(base).path) else f"{base}/v1/responses"


def unheld(messages: Sequence[Message]) -> Sequence[Message]:
    """What follows the last reply."""
    replies = [index for index, message in enumerate(messages) if message.role == "assistant"]
    return messages[replies[-1] + 1 :] if replies else messages


def _include(options: Options, profile: Profile, connection: Connection, model: str) -> list[str]:
    """Other models answer 400 when encrypted reasoning is asked for (trap 32); one that is told to think reasons."""
    told = options.thinking.level != "default" and thinks("openai-responses", connection, model, options.thinking)
    encrypted = [ENCRYPTED] if profile.encrypted_reasoning or told else []
    return encrypted + ([SOURCES] if options.web_search is not None else [])


def _format(response: ResponseSchema) -> dict[str, Any]:
    """Flat, unlike Chat (3.1)."""
    out: dict[str, Any] = {"type": "json_schema", "name": response.name}
    if response.description:
        out["description"] = response.description
    out["schema"] = response.schema
    if response.strict is not None:
        out["strict"] = response.strict
    return out
