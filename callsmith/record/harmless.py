"""What a file brings, without what could harm: no key of anybody, nothing that would send one of this machine's away by
itself, no text that no page can show.

The same is done to what is here before both are compared, so that a record of this very database is found to be here.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from callsmith.importing.secrets import secret_name
from callsmith.record.written import WrittenConversation, WrittenExchange
from callsmith.redaction import Redactor
from callsmith.store.tree import title_of
from callsmith.types.codec import from_json, to_json
from callsmith.types.connection import KEY_PLACEHOLDER
from callsmith.types.exchange import Headers
from callsmith.types.features import McpServer
from callsmith.types.halves import whole

_SCHEME = re.compile(r"(?i)(bearer|basic|token|digest)\s+")
_QUERY = re.compile(r"([?&])([^=&#]+)=([^&#]*)")
# A header of an answer that tells a key is one of these; others only sound like it (www-authenticate).
_ANSWERED = frozenset(("set-cookie", "authorization", "x-api-key"))


def harmless(read: WrittenConversation) -> tuple[WrittenConversation, list[str]]:
    """The conversation without it, and what to know in sentences."""
    notes: list[str] = []
    exchanges = tuple(_without_keys(one) for one in read.exchanges)
    if exchanges != read.exchanges:
        notes.append("Keys stood in the addresses or headers of exchanges; they were left out.")
    servers = tuple(_off(server) for server in read.setup.options.mcp)
    if servers != read.setup.options.mcp:
        labels = ", ".join(repr(server.label) for server in servers if not server.on)
        notes.append(
            f"MCP servers that are sent a secret of this machine are switched off until you allow it: {labels}."
        )
    setup = replace(read.setup, options=replace(read.setup.options, mcp=servers), tools=_once(read))
    return replace(read, title=_title(read), setup=setup, tags=_tags(read), exchanges=exchanges), notes


def mended(value: Any) -> Any:
    """JSON without half characters (lone surrogates), which neither a page nor a file can hold. The very value where it
    has none."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return whole(value)
    return value


def mended_conversation(read: WrittenConversation) -> WrittenConversation:
    raw = to_json(read)
    whole = mended(raw)
    return read if whole is raw else from_json(WrittenConversation, whole)


def _off(server: McpServer) -> McpServer:
    secret = any("{{" in value for value in (server.url, server.authorization, *server.headers.values()))
    return replace(server, on=False) if secret else server


def _title(read: WrittenConversation) -> str:
    """The one that the store would give it."""
    asked = (title_of(node.message) for node in read.messages if node.message.role == "user")
    return read.title or next(asked, "")


def _once(read: WrittenConversation) -> tuple[Any, ...]:
    first: dict[str, Any] = {}
    for use in read.setup.tools:
        first.setdefault(use.tool_id, use)
    return tuple(first.values())


def _tags(read: WrittenConversation) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (" ".join(tag.split()) for tag in read.tags))))


def _without_keys(exchange: WrittenExchange) -> WrittenExchange:
    request, response = exchange.request, exchange.response
    secrets = [*_in_url(request.url), *_in_headers(request.headers), *_in_headers(response.headers, _ANSWERED)]
    if not secrets:
        return exchange
    redactor = Redactor(secrets)
    asked = replace(
        request,
        url=redactor.text(_bare(request.url)),
        headers=_hidden(request.headers, redactor),
        body=redactor.text(request.body),
    )
    told = replace(response, headers=_hidden(response.headers, redactor, _ANSWERED), body=redactor.text(response.body))
    return replace(exchange, request=asked, response=told)


def _is_key(name: str, names: frozenset[str]) -> bool:
    return name.lower() in names if names else secret_name(name)


def _in_headers(headers: Headers, names: frozenset[str] = frozenset()) -> list[str]:
    return [_SCHEME.sub("", value, count=1) for name, value in headers if _is_key(name, names) and _is_plain(value)]


def _hidden(headers: Headers, redactor: Redactor, names: frozenset[str] = frozenset()) -> Headers:
    out = []
    for name, value in headers:
        if _is_key(name, names) and _is_plain(value):
            scheme = _SCHEME.match(value)
            value = (scheme[0] if scheme else "") + KEY_PLACEHOLDER
        out.append((name, redactor.text(value)))
    return tuple(out)


def _is_plain(value: str) -> bool:
    return bool(value.strip()) and "{{" not in value


def _in_url(url: str) -> list[str]:
    found = [
        value for _, name, value in _QUERY.findall(url) if secret_name(unquote(name)) and _is_plain(unquote(value))
    ]
    if (login := _login(url)) and _is_plain(login):
        found += [login, *login.split(":")[1:]]
    return [form for value in found for form in {value, unquote(value)}]


def _bare(url: str) -> str:
    """The address with placeholders where its keys stood, and nobody's name before the host."""
    if (login := _login(url)) and _is_plain(login):
        url = url.replace(f"//{login}@", "//", 1)

    def hidden(pair: re.Match[str]) -> str:
        if secret_name(unquote(pair[2])) and _is_plain(unquote(pair[3])):
            return f"{pair[1]}{pair[2]}={KEY_PLACEHOLDER}"
        return pair[0]

    return _QUERY.sub(hidden, url)


def _login(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[0]
    except ValueError:
        return ""
