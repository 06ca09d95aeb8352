"""A remote MCP server as it is typed: what is wrong with it, and the server it makes.

The form is text throughout, so whatever was typed survives a refusal. A secret is never kept: the authorization and
the headers name a variable, as ``{{NAME}}``, that is read when a request is sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from callsmith.connection_form import check_headers, header_pairs, holds_key
from callsmith.connections import REFERENCE, is_local
from callsmith.types.connection import KEY_PLACEHOLDER
from callsmith.types.features import McpServer

Field = Literal["label", "url", "authorization", "headers"]

# unverified: OpenAI's error texts name this rule for ``server_label``; Anthropic publishes none for ``name``.
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class McpForm:
    """``allowed_tools``: names apart by commas or white space; nothing for all. ``headers``: one ``Name: value`` a
    line."""

    label: str = ""
    url: str = ""
    authorization: str = ""
    allowed_tools: str = ""
    approval: Literal["always", "never"] = "always"
    headers: str = ""
    description: str = ""


def from_server(server: McpServer) -> McpForm:
    return McpForm(
        server.label,
        server.url,
        server.authorization,
        ", ".join(server.allowed_tools),
        server.approval,
        "\n".join(f"{name}: {value}" for name, value in server.headers.items()),
        server.description,
    )


def check(form: McpForm, other_labels: Collection[str] = ()) -> Mapping[Field, str]:
    """What is wrong, field by field; empty where nothing is. No message repeats what may be a secret."""
    return dict(_findings(form, other_labels))


def build(form: McpForm) -> McpServer:
    """The server of a form without findings."""
    return McpServer(
        form.label.strip(),
        form.url.strip(),
        form.authorization.strip(),
        dict(header_pairs(form.headers)),
        words(form.allowed_tools),
        form.approval,
        form.description.strip(),
    )


def words(text: str) -> tuple[str, ...]:
    """The words of a list typed with commas or white space between them, each once."""
    return tuple(dict.fromkeys(word for word in re.split(r"[,\s]+", text) if word))


def _findings(form: McpForm, other_labels: Collection[str]) -> Iterator[tuple[Field, str]]:
    if found := _label(form.label.strip(), other_labels):
        yield "label", found
    if found := _url(form.url.strip()):
        yield "url", found
    if found := _authorization(form.authorization.strip()):
        yield "authorization", found
    if problems := check_headers(form.headers):
        yield "headers", "; ".join(problems)


def _label(label: str, others: Collection[str]) -> str:
    if not label:
        return "The label is missing: it tells servers and their tools apart"
    if not _LABEL.fullmatch(label):
        return "A label has letters, digits, _ and -, a letter first, and at most 64 characters"
    return "Another server has this label already" if label in others else ""


def _url(url: str) -> str:
    if not url:
        return "The URL is missing, for example https://mcp.example.com/mcp"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "The URL cannot be read; it looks like https://mcp.example.com/mcp"
    if parts.scheme != "https" or not host or re.search(r"[\s<>\"{}|\\^`]", url):
        return "The URL starts with https://, names a host, and holds no white space"
    if parts.username is not None or parts.password is not None or holds_key(url):
        return "The URL seems to hold a secret; it is stored, so the secret belongs in the authorization, as {{NAME}}"
    return "The provider calls this server, and cannot reach one on this computer" if is_local(url) else ""


def _authorization(text: str) -> str:
    if not text:
        return ""
    if not REFERENCE.fullmatch(text):
        return (
            "Write {{NAME}}, and set that variable to the token in the environment, .env or secrets.toml; the token "
            "itself is never stored"
        )
    return "{{api_key}} is the provider's own key; name another variable" if text == KEY_PLACEHOLDER else ""
