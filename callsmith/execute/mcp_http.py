"""The HTTP client that MCP's SDK is given: each connection goes to an address that was checked, no answer is endless.

Redirects are followed by the SDK alone, and only within the same scheme, host and port. Imported only where the SDK is
installed, which brings httpx2.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass

import httpx2

from callsmith.execute.addresses import Policy, resolved

MAX_MESSAGE = 16_000_000
"""Bytes of one message of a server, pictures and sound included."""
TOO_LONG = -31999
"""Our own error code for a message over ``MAX_MESSAGE``; the protocol's are -32768 to -32000."""


@dataclass(slots=True)
class Heard:
    """What was seen of the HTTP answer to one request, which the SDK does not tell."""

    status: int = 0
    too_long: bool = False


HEARD: ContextVar[Heard | None] = ContextVar("heard", default=None)
"""Set where a request is made; the SDK keeps the context up to here."""


class _TooLong(httpx2.StreamError):
    """What the SDK takes for an answer that cannot be read, without giving the session up."""

    def __init__(self) -> None:
        super().__init__("The answer is too long")


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, heard: Heard) -> None:
        self._inner = inner
        self._heard = heard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > MAX_MESSAGE:
                self._heard.too_long = True
                raise _TooLong
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Guarded(httpx2.AsyncHTTPTransport):
    def __init__(self, policy: Policy) -> None:
        super().__init__()
        self._policy = policy

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        address = await asyncio.to_thread(resolved, url.host, port, self._policy)
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=address)
        response = await super().handle_async_request(request)
        heard = HEARD.get()
        # The stream that a server may keep open for itself is not the answer to anything.
        if heard is not None and request.method == "POST" and isinstance(response.stream, httpx2.AsyncByteStream):
            heard.status = response.status_code
            response.stream = _Bounded(response.stream, heard)
        return response


def client(policy: Policy, headers: Mapping[str, str], seconds: float | None) -> httpx2.AsyncClient:
    """``seconds`` without a byte end a request; None where whoever asks has a limit of their own."""
    return httpx2.AsyncClient(
        transport=_Guarded(policy),
        headers=dict(headers),
        timeout=httpx2.Timeout(seconds, connect=10.0),
        follow_redirects=False,
        trust_env=False,
    )
