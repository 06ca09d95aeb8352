"""The MCP server that answers a tool, as it is typed: what is wrong with each field, and what an import may keep.

A secret is never kept: an address, a command and a header name a variable, as ``{{NAME}}``, that is read when the
server is asked. No message repeats what may be a secret.
"""

from __future__ import annotations

import re
import shlex
from urllib.parse import urlsplit

from callsmith.connection_form import check_headers, header_pairs, holds_key
from callsmith.connections import REFERENCE
from callsmith.importing.secrets import known_key, secret_name
from callsmith.types.answering import Mcp
from callsmith.types.connection import KEY_PLACEHOLDER

_WRITE = "write {{NAME}} in its place and set that variable in the environment, .env or secrets.toml"
_OWN_KEY = "{{api_key}} is the provider's own key; name another variable"
_NAMED = re.compile(r"-{0,2}([A-Za-z][\w-]*)=(.*)", re.DOTALL)
# These start the program that their first argument names.
_STARTERS = re.compile(r"(node|bun|deno|npx|bunx|python[\d.]*|py|uv|uvx|pipx)(\.exe)?", re.IGNORECASE)
_COMMANDS = ("run", "tool", "exec", "x")
# Any other option of theirs may take the next word, which may be anything.
_ALONE = ("-y", "--yes", "-q", "--quiet", "-m", "-u", "-s", "-E", "-I", "-B", "--no-project", "--isolated", "--offline")


def url_problem(url: str) -> str:
    """Why the address cannot be kept; empty where it can, or where there is none."""
    if not url:
        return ""
    if KEY_PLACEHOLDER in url:
        return _OWN_KEY
    plain = REFERENCE.sub("x", url)
    try:
        parts = urlsplit(plain)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "The address cannot be read; it looks like http://localhost:3001/mcp"
    if parts.scheme not in ("http", "https") or not host or re.search(r"[\s<>\"{}|\\^`]", plain):
        return "The address starts with https:// or http://, names a host, and holds no white space"
    if parts.username is not None or parts.password is not None:
        return "The address holds a user name or a password; a header is the place for them, as {{NAME}}"
    pairs = (pair.partition("=") for pair in urlsplit(REFERENCE.sub("", url)).query.split("&"))
    if _holds_key(url) or any(value and secret_name(name) for name, _, value in pairs):
        return f"The address seems to hold a secret; {_WRITE}"
    return ""


def command_problem(command: str) -> str:
    if not command:
        return ""
    if KEY_PLACEHOLDER in command:
        return _OWN_KEY
    try:
        words = [REFERENCE.sub("", word) for word in shlex.split(command)]
    except ValueError:
        return "The command cannot be read; check its quotes"
    named = [found for word in words if (found := _NAMED.fullmatch(word))]
    options = zip(words, words[1:], strict=False)
    if (
        _holds_key(command)
        or any(found[2] and secret_name(found[1]) for found in named)
        or any(
            first.startswith("--") and "=" not in first and second and second[0] != "-" and secret_name(first[2:])
            for first, second in options
        )
    ):
        return f"The command seems to hold a secret; {_WRITE}"
    return ""


def headers_problem(text: str) -> str:
    return _OWN_KEY if KEY_PLACEHOLDER in text else "; ".join(check_headers(text))


def headers_of(text: str) -> dict[str, str]:
    """Of lines without a problem."""
    return dict(header_pairs(text))


def lines_of(settings: Mcp) -> str:
    return "\n".join(f"{name}: {value}" for name, value in settings.headers.items())


def imported(url: str, command: str, headers: str) -> Mcp | None:
    """The server that tools were imported from, as it may be kept: None where its address or its command holds a
    secret. A header that holds one is left out."""
    if url_problem(url) or command_problem(command) or not (url or command):
        return None
    kept = [line for line in headers.splitlines() if not headers_problem(line)]
    return Mcp(url, "" if url else command, headers_of("\n".join(kept)))


def program(command: str) -> str:
    """What a command line starts, in one word: the script or the package where another program runs it. Nothing that
    may be a value of an option, so no secret."""
    try:
        first, *words = shlex.split(command)
    except ValueError:
        return ""
    name = _last(first)
    if not _STARTERS.fullmatch(name):
        return name
    waiting = iter(words)
    for word in waiting:
        if word.startswith("-"):
            if word not in _ALONE and "=" not in word:
                next(waiting, None)
        elif word not in _COMMANDS:
            return name if REFERENCE.search(word) or _holds_key(word) else _last(word)
    return name


def _last(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _holds_key(text: str) -> bool:
    return holds_key(text) or known_key(text)
