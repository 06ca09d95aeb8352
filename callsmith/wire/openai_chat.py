"""OpenAI Chat Completions: the request, and the entry to its decoder, its unstreamed twin, its errors.

Sources: wire-format notes, sections 2 and 6. What a compatible vendor does otherwise is data (``profile``); what a
converting gateway loses is in 1.6, and the request is written so that it survives one. Remote MCP does not exist here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from callsmith.types.connection import Target
from callsmith.types.events import Event
from callsmith.types.exchange import HttpRequest
from callsmith.types.features import ResponseSchema, WebSearch
from callsmith.types.message import Thread
from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.wire.body import encode, headers, merge
from callsmith.wire.chat_decoder import chat_decoder, read_body
from callsmith.wire.chat_messages import messages
from callsmith.wire.chat_tools import tools_offered
from callsmith.wire.effort import effort_fields
from callsmith.wire.in_words import schema_asked
from callsmith.wire.problems import http_problem
from callsmith.wire.profile import Profile, profile_of
from callsmith.wire.stream import StreamDecoder

# DeepSeek's and Perplexity's own pages; the third is unverified.
UNVERSIONED = frozenset(("api.deepseek.com", "api.perplexity.ai", "models.inference.ai.azure.com"))


class OpenAIChat:
    name = "openai-chat"
    label = "Chat"

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        connection = target.connection
        profile = profile_of(connection, target.model)
        body: dict[str, Any] = {"model": target.model}
        if options.response is not None and profile.response_format == "json_object":
            asked = schema_asked(options.response)
            thread = replace(thread, system=f"{thread.system}\n\n{asked}" if thread.system else asked)
        body["messages"] = messages(target, thread, profile, offers_tools=bool(tools))
        body.update(tools_offered(tools, options, profile))
        body.update(_sampling(options, profile))
        if options.response is not None and profile.response_format != "none":
            body["response_format"] = _response_format(options.response, profile)
        if options.web_search is not None:
            body["web_search_options"] = _web_search(options.web_search)
        if options.spoken is not None:
            # A stream of sound is refused in any other format ("Supported values are: 'pcm16'").
            sound = "pcm16" if options.stream else options.spoken.format
            body["modalities"] = ["text", "audio"]
            body["audio"] = {"voice": options.spoken.voice, "format": sound}
        if options.cache.key:
            body["prompt_cache_key"] = options.cache.key
        if options.stream:
            body["stream"] = True
            if profile.stream_usage:
                body["stream_options"] = {"include_usage": True}
        merge(body, effort_fields(self.name, connection, target.model, options.thinking, options.max_tokens))
        merge(body, connection.extra_body)
        merge(body, options.extra_body)
        return HttpRequest("POST", address(connection.base_url), headers(connection), encode(body))

    def decoder(self) -> StreamDecoder:
        return chat_decoder()

    def read(self, body: bytes) -> list[Event]:
        return read_body(body)

    def error(self, status: int, body: bytes) -> Problem:
        return http_problem(status, body)


def address(base_url: str) -> str:
    """Vendors put their version in different places, so a base URL with a path says all of it. A bare host means
    ``/v1`` (1.1), but for those that have no version at all."""
    base = base_url.rstrip("/")
    parts = urlsplit(base)
    if not parts.path and parts.hostname not in UNVERSIONED:
        base += "/v1"
    return f"{base}/chat/completions"


def _sampling(options: Options, profile: Profile) -> dict[str, Any]:
    values = (
        (profile.max_tokens_field, options.max_tokens),
        ("temperature", options.temperature),
        ("top_p", options.top_p),
        (profile.seed_field, options.seed),
        ("stop", list(options.stop) or None),
    )
    return {name: value for name, value in values if value is not None}


def _response_format(response: ResponseSchema, profile: Profile) -> dict[str, Any]:
    if profile.response_format == "json_object":
        return {"type": "json_object"}
    held: dict[str, Any] = {"name": response.name}
    if response.description:
        held["description"] = response.description
    held["schema"] = response.schema
    if response.strict is not None:
        held["strict"] = response.strict
    return {"type": "json_schema", "json_schema": held}


def _web_search(search: WebSearch) -> dict[str, Any]:
    """Domains and the number of searches have no field here (8.2)."""
    out: dict[str, Any] = {}
    if search.context_size:
        out["search_context_size"] = search.context_size
    place = {name: getattr(search, name) for name in ("city", "country", "region", "timezone")}
    given = {name: value for name, value in place.items() if value}
    if given:
        out["user_location"] = {"type": "approximate", "approximate": given}
    return out
