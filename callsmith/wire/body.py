"""What the requests of all wire formats share: the body as bytes, headers, extra bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsmith.types.connection import KEY_PLACEHOLDER, Connection, Target
from callsmith.types.exchange import Headers
from callsmith.types.message import Message
from callsmith.wire.jsonbytes import dumps


def encode(body: Mapping[str, Any]) -> bytes:
    """The body as bytes. A lone surrogate, which UTF-8 cannot hold, travels as a JSON escape."""
    try:
        return dumps(body).encode()
    except UnicodeEncodeError:
        return json.dumps(body, separators=(",", ":")).encode()


def merge(body: dict[str, Any], extra: Mapping[str, Any]) -> None:
    """``extra`` put into ``body``, objects field by field; anything else is replaced."""
    for key, value in extra.items():
        old = body.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            body[key] = old = dict(old)
            merge(old, value)
        else:
            body[key] = value


def headers(connection: Connection, *own: tuple[str, str], key_header: str = "Authorization") -> Headers:
    """Content type, the format's ``own`` headers, the key as ``key_header`` wants it, and the connection's headers,
    which replace any of the same name."""
    out = [("Content-Type", "application/json"), *own]
    if connection.key.source != "none":
        bearer = key_header == "Authorization"
        out.append((key_header, f"Bearer {KEY_PLACEHOLDER}" if bearer else KEY_PLACEHOLDER))
    named = {name.lower() for name in connection.headers}
    return (*(pair for pair in out if pair[0].lower() not in named), *connection.headers.items())


def is_own(message: Message, target: Target) -> bool:
    """Whether the very model and format asked now wrote this message: only then does opaque data go back."""
    origin = message.origin
    return origin is not None and (origin.wire, origin.model) == (target.wire, target.model)
