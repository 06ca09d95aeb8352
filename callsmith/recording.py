"""An exchange as a recording file: the format that ``replay`` reads and that users keep or share.

``{"conversation", "exchanges": [{"id", "wire", "stream", "framing", "request", "response", ...}]}``; the
authorization header is never in it.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from callsmith.reading import expects_stream
from callsmith.types.exchange import Exchange

_KEPT_HEADERS = frozenset(("content-type", "retry-after", "anthropic-version", "accept"))


def recording(conversation_id: str, exchanges: list[Exchange]) -> dict[str, Any]:
    return {
        "conversation": conversation_id,
        "exchanges": [_exchange(conversation_id, turn, item) for turn, item in enumerate(exchanges)],
    }


def dumps(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1)


def _exchange(conversation_id: str, turn: int, exchange: Exchange) -> dict[str, Any]:
    split = urlsplit(exchange.request.url)
    failed = exchange.status is None or exchange.status >= 300
    streamed = not failed and expects_stream(exchange.stream, exchange.headers)
    return {
        "id": exchange.id,
        "conversation": conversation_id,
        "turn": turn,
        "wire": exchange.wire,
        "model": exchange.model,
        "stream": streamed,
        "request_stream": exchange.stream,
        "framing": "sse" if streamed else "single",
        "request": {
            "method": exchange.request.method,
            "host": split.netloc,
            "path": split.path + (f"?{split.query}" if split.query else ""),
            "headers": {name: value for name, value in exchange.request.headers if name.lower() in _KEPT_HEADERS},
            "json": exchange.request.json(),
        },
        "response": {
            "status": exchange.status if exchange.status is not None else 0,
            "headers": {name: value for name, value in exchange.headers if name.lower() in _KEPT_HEADERS},
            "body_text": exchange.body.decode("utf-8", "replace"),
        },
    }
