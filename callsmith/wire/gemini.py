"""Gemini generateContent: the request, and the entry to its decoder, its unstreamed twin, its errors.

Sources: wire-format notes, sections 1.1, 5 and 7.4. There is no switch for parallel calls and no ``strict`` here;
the mode ``validated`` of tool choice comes nearest to it. What is offered to the model is in ``gemini_tools``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from callsmith.types.connection import Target
from callsmith.types.events import Event
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Thread
from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.wire.body import encode, headers, merge
from callsmith.wire.effort import effort_fields
from callsmith.wire.gemini_decoder import GeminiDecoder, read_body
from callsmith.wire.gemini_messages import BEFORE_3, contents
from callsmith.wire.gemini_reply import with_status_word
from callsmith.wire.gemini_tools import tools_offered
from callsmith.wire.jsonbytes import loads
from callsmith.wire.problems import error_in, http_problem

GOOGLE = "generativelanguage.googleapis.com"
_VERSION = re.compile(r"/v\d+(?:alpha|beta)\d*(?:/|$)|/v\d+/projects/")
_VERTEX = re.compile(r"/projects/|aiplatform\.googleapis\.com")


class Gemini:
    name = "gemini"
    label = "Gemini"

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        body: dict[str, Any] = {}
        if thread.system:
            body["systemInstruction"] = {"parts": [{"text": thread.system}]}
        body["contents"] = contents(target, thread.messages)
        connection = target.connection
        # From Gemini 3 on search and functions can be combined; Vertex does it without being asked in words.
        combines = not BEFORE_3.search(target.model) and not _VERTEX.search(connection.base_url)
        body.update(tools_offered(tools, options, combines=combines))
        if generation := _generation(options):
            body["generationConfig"] = generation
        merge(body, effort_fields("gemini", connection, target.model, options.thinking, options.max_tokens))
        merge(body, connection.extra_body)
        merge(body, options.extra_body)
        # Bearer works on the gateway's Gemini routes too (1.1); Google's own host wants its header.
        own_host = urlsplit(connection.base_url).hostname == GOOGLE
        url = address(connection.base_url, target.model, stream=options.stream)
        sent = headers(connection, key_header="x-goog-api-key" if own_host else "Authorization")
        return HttpRequest("POST", url, sent, encode(body))

    def decoder(self) -> GeminiDecoder:
        return GeminiDecoder()

    def read(self, body: bytes) -> list[Event]:
        return read_body(body)

    def error(self, status: int, body: bytes) -> Problem:
        try:
            error = error_in(loads(body))
        except ValueError:
            error = None
        return with_status_word(http_problem(status, body), error)


def address(base_url: str, model: str, *, stream: bool) -> str:
    """The model is in the path. A base URL may be bare, end in ``/v1`` (the gateway's, for OpenAI clients), or
    name its own version (``/v1beta``, Google's ``/v1beta/openai``, Vertex's ``/v1/projects/...``)."""
    base = base_url.rstrip("/").removesuffix("/openai")
    if not _VERSION.search(urlsplit(base).path):
        base = base.removesuffix("/v1") + "/v1beta"
    path = quote(model, safe="/")
    if not path.startswith(("models/", "tunedModels/")):
        path = f"models/{path}"
    return f"{base}/{path}:" + ("streamGenerateContent?alt=sse" if stream else "generateContent")


def _generation(options: Options) -> dict[str, Any]:
    values = (
        ("maxOutputTokens", options.max_tokens),
        ("temperature", options.temperature),
        ("topP", options.top_p),
        ("seed", options.seed),
        ("stopSequences", list(options.stop) or None),
    )
    out: dict[str, Any] = {name: value for name, value in values if value is not None}
    if options.response is not None:
        out.update(responseMimeType="application/json", responseJsonSchema=options.response.schema)
    return out
