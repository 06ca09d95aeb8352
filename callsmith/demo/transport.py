"""The demo provider in process, as an httpx transport: what the app mounts, so that it has no second path."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

from callsmith.demo.core import DemoProvider, Piece


class DemoTransport(httpx.BaseTransport):
    """``paced`` False sends everything at once, whatever the model's speed."""

    def __init__(self, provider: DemoProvider | None = None, *, paced: bool = True) -> None:
        self._provider = provider or DemoProvider()
        self._paced = paced

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        reply = self._provider.answer(
            request.method,
            request.url.path,
            request.read(),
            query=dict(request.url.params),
            headers={name.lower(): value for name, value in request.headers.items()},
        )
        closed = threading.Event()
        limit = request.extensions.get("timeout", {}).get("read")
        return httpx.Response(
            reply.status,
            headers=list(reply.headers),
            stream=_Stream(reply.pieces, closed, limit, self._paced),
            extensions={"network_stream": _Line(closed)},
        )


class _Stream(httpx.SyncByteStream):
    def __init__(self, pieces: Iterator[Piece], closed: threading.Event, limit: float | None, paced: bool) -> None:
        self._pieces = pieces
        self._closed = closed
        self._limit = limit
        self._paced = paced

    def __iter__(self) -> Iterator[bytes]:
        began = time.monotonic()
        for piece in self._pieces:
            endless = piece.due == float("inf")
            due = piece.due if self._paced or endless else 0.0
            self._wait(began + due - time.monotonic())
            yield piece.data

    def _wait(self, seconds: float) -> None:
        """As a socket would: closed from elsewhere it breaks, silent too long it times out."""
        late = self._limit is not None and seconds > self._limit
        seconds = self._limit if late and self._limit is not None else seconds
        if self._closed.wait(None if seconds == float("inf") else max(seconds, 0.0)):
            raise httpx.ReadError("The connection was closed")
        if late:
            raise httpx.ReadTimeout("Nothing arrived within the read timeout")

    def close(self) -> None:
        self._closed.set()


class _Line:
    """Stands for the connection, so that a thread that waits for bytes can be woken by shutting it down."""

    def __init__(self, closed: threading.Event) -> None:
        self._closed = closed

    def get_extra_info(self, info: str) -> Any:
        return self if info == "socket" else None

    def shutdown(self, how: int) -> None:
        self._closed.set()
