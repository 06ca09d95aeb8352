"""Structured output, web search, remote MCP, caching and sound: what the model or format in use makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from callsmith.notes.types import (
    ANTHROPIC,
    CHAT,
    GEMINI,
    RESPONSES,
    Case,
    Fix,
    Note,
    count,
    option,
    switched_off,
)
from callsmith.types.features import Cache, WebSearch
from callsmith.types.setup import Setup
from callsmith.wire.gemini_messages import BEFORE_3

_NO_SCHEMA = switched_off("Switch the reply schema off", "response")
_NO_SEARCH = switched_off("Switch web search off", "web_search")
_NO_MCP = switched_off("Leave the MCP servers out", "mcp")
# What of a web search each format can say (8.2).
_SEARCH: Mapping[str, frozenset[str]] = {
    CHAT: frozenset(("how much is searched", "the place")),
    RESPONSES: frozenset(("how much is searched", "the place", "allowed domains")),
    ANTHROPIC: frozenset(("the place", "allowed domains", "blocked domains", "the number of searches")),
    GEMINI: frozenset(),
}


def of_features(case: Case) -> Iterator[Note]:
    yield from _response(case)
    yield from _json_mode(case)
    yield from _web_search(case)
    yield from _mcp(case)
    yield from _cache(case)
    yield from _spoken(case)


def _response(case: Case) -> Iterator[Note]:
    if case.options.response is None:
        return
    if case.wire == CHAT and case.profile.response_format == "none":
        text = f"{case.model} reads no reply schema on Chat."
        yield Note("response-absent", "ignored", text, (*case.to(ANTHROPIC, RESPONSES), _NO_SCHEMA))
    elif case.wire == CHAT and case.profile.response_format == "json_object":
        text = f"{case.model} takes no reply schema: JSON is asked for, and the schema is told in the system prompt."
        yield Note("response-json", "info", text)
    elif case.wire == GEMINI and case.tools and BEFORE_3.search(case.target.model):
        text = f"{case.model} takes no reply schema beside tools."
        yield Note("response-tools", "refused", text, (_NO_SCHEMA,))


def _json_mode(case: Case) -> Iterator[Note]:
    """Trap 46: JSON of any kind, which only an extra body asks for."""
    extra = {**case.target.connection.extra_body, **case.options.extra_body}
    held = extra.get("response_format") if case.wire == CHAT else _held(extra.get("text"), "format")
    if case.wire in (CHAT, RESPONSES) and _held(held, "type") == "json_object" and not _says_json(case):
        text = "JSON without a schema is refused unless the word JSON stands in the prompt."
        yield Note("json-word", "refused", text, (SAY_JSON,))


def _held(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _says_json(case: Case) -> bool:
    said = [case.setup.system, *(message.text for message in case.messages)]
    return any("json" in text.lower() for text in said)


def _with_json(setup: Setup) -> Setup:
    return replace(setup, system="\n\n".join(filter(None, (setup.system, "Answer in JSON."))))


SAY_JSON = Fix('Add "Answer in JSON." to the system prompt', _with_json)


def _web_search(case: Case) -> Iterator[Note]:
    search = case.options.web_search
    if search is None:
        return
    if case.wire == CHAT and not case.profile.chat_web_search:
        text = f"{case.model} does not search the web on Chat."
        yield Note("search-model", "refused", text, (*case.to(RESPONSES, ANTHROPIC, GEMINI), _NO_SEARCH))
        return
    if case.wire == GEMINI and case.tools and BEFORE_3.search(case.target.model):
        text = f"{case.model} does not search the web while tools are offered."
        yield Note("search-tools", "refused", text, (_NO_SEARCH,))
    if case.wire == ANTHROPIC and search.allowed_domains and search.blocked_domains:
        text = "Messages takes allowed or blocked domains for a search, not both."
        clear = option("Clear the blocked domains", web_search=replace(search, blocked_domains=()))
        yield Note("search-domains", "refused", text, (clear,))
    unsaid = [words for words in _wanted(search) if words not in _SEARCH.get(case.wire, frozenset())]
    if unsaid:
        yield Note("search-parts", "ignored", f"For web search {case.label} has no word for {_and(unsaid)}.")


def _wanted(search: WebSearch) -> Iterator[str]:
    if search.context_size:
        yield "how much is searched"
    if search.max_uses is not None:
        yield "the number of searches"
    if search.allowed_domains:
        yield "allowed domains"
    if search.blocked_domains:
        yield "blocked domains"
    if search.country or search.region or search.city or search.timezone:
        yield "the place"


def _mcp(case: Case) -> Iterator[Note]:
    servers = case.options.mcp
    if not servers:
        return
    if case.wire in (CHAT, GEMINI):
        text = f"{case.label} has no remote MCP servers, so {count(len(servers), 'server')} will not be offered."
        yield Note("mcp-absent", "ignored", text, (*case.to(RESPONSES, ANTHROPIC), _NO_MCP))
    elif case.wire == ANTHROPIC:
        if not case.profile.mcp:
            text = f"{case.target.connection.name} says it does not support Anthropic's MCP connector."
            yield Note("mcp-gateway", "refused", text, (*case.to(RESPONSES), _NO_MCP))
        asking = [server.label for server in servers if server.approval == "always"]
        if asking:
            text = f"Messages never asks for leave: the tools of {_and(asking)} run without approval."
            yield Note("mcp-approval", "lost", text, case.to(RESPONSES))
        if any(server.headers or server.description for server in servers):
            text = "Messages sends no headers and no description to an MCP server."
            yield Note("mcp-parts", "ignored", text, case.to(RESPONSES))


def _cache(case: Case) -> Iterator[Note]:
    cache = case.options.cache
    if cache.breakpoints and case.wire != ANTHROPIC:
        text = f"Cache breakpoints are a matter of Messages; {case.label} caches by itself where it does."
        fix = option("Clear the cache breakpoints", cache=Cache(key=cache.key))
        yield Note("cache-breakpoints", "ignored", text, (fix,))
    if cache.key and case.wire not in (CHAT, RESPONSES):
        text = f"The cache key is a matter of OpenAI's formats; {case.label} has no word for it."
        fix = option("Clear the cache key", cache=replace(cache, key=""))
        yield Note("cache-key", "ignored", text, (fix,))


def _spoken(case: Case) -> Iterator[Note]:
    if case.options.spoken is None:
        return
    silent = option("Ask for text only", spoken=None)
    if case.wire != CHAT:
        text = f"Replies in sound exist on Chat only; {case.label} answers in text."
        yield Note("spoken-absent", "ignored", text, (*case.to(CHAT), silent))
    elif not case.profile.spoken:
        yield Note("spoken-model", "refused", f"{case.model} does not answer in sound.", (silent,))


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
