"""The address of a server without what is secret in it: no name and password, no fragment, ``{{NAME}}`` for a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from callsmith.importing.secrets import known_key, looks_secret, placeholder, secret_as_name, secret_name
from callsmith.importing.types import shown
from callsmith.schema.changes import Change

_KEPT = re.compile(r"\{+[^{}]+\}+")


@dataclass(frozen=True, slots=True)
class Address:
    """``base`` stands before the question mark, ``query`` are the pieces behind it."""

    base: str = ""
    query: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def under(self, own: Address, more: tuple[str, ...] = ()) -> Address:
        """The address of a path under this one. The path may have a query of its own."""
        return Address(self.base.rstrip("/") + own.base, (*self.query, *own.query, *more), self.changes + own.changes)

    @property
    def url(self) -> str:
        return self.base + (f"?{'&'.join(self.query)}" if self.query else "")


def without_secrets(url: str) -> Address:
    """An address, or a path, in its parts. What is no address is left out, since it cannot be told what is in it."""
    changes: list[Change] = []
    address, _, _ = url.strip().partition("#")
    rest, _, query = address.partition("?")
    begin = re.match(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//", rest)
    scheme = begin[0] if begin else ""
    host, slash, path = rest[len(scheme) :].partition("/")
    if "@" in host:
        host = host.rpartition("@")[2]
        changes.append(Change("", "The name and password in the server's address are secrets: left out"))
    if scheme and not _is_host(host):
        return Address(changes=(*changes, Change("", "The server's address cannot be read: left out")))
    if known_key(host):
        host = placeholder("HOST_SECRET")
        changes.append(_hidden("The host of the server's address", host))
    # The path of an operation is a pattern, in which long ids stand that are no secrets.
    judged = looks_secret if host else known_key
    segments = path.split("/")
    for number, segment in enumerate(segments):
        if judged(segment) and not _KEPT.fullmatch(segment):
            segments[number] = placeholder("PATH_SECRET")
            changes.append(_hidden("A part of the server's path", segments[number]))
    pieces = tuple(_piece(piece, changes) for piece in query.split("&") if piece)
    return Address(scheme + host + slash + "/".join(segments), pieces, tuple(changes))


def _is_host(host: str) -> bool:
    plain = re.sub(r"\{[^{}]*\}", "1", host)
    try:
        urlsplit(f"//{plain}").port  # noqa: B018
    except ValueError:
        return False
    return True


def _piece(piece: str, changes: list[Change]) -> str:
    given, equals, value = piece.partition("=")
    name = unquote(given)
    if secret_as_name(name):
        hidden = placeholder("QUERY_SECRET")
        changes.append(_hidden("A name in the query of the server's address", hidden))
        return hidden + equals + value if not looks_secret(value) else hidden
    if value and (secret_name(name) or looks_secret(value)) and not _KEPT.fullmatch(value):
        hidden = placeholder(name)
        changes.append(_hidden(f'"{shown(name)}" of the server\'s address', hidden))
        return f"{given}={hidden}"
    return piece


def _hidden(what: str, secret: str) -> Change:
    return Change("", f"{what} is a secret: {secret} stands in its place, its value was not kept")
