"""The HTTP client that MCP's SDK is given: no redirects, and each connection goes to an address that was checked.

Imported only where the SDK is installed, which brings httpx2.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx2

from callsmith.execute.addresses import Policy, resolved


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
        return await super().handle_async_request(request)


def client(policy: Policy, headers: Mapping[str, str], seconds: float) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        transport=_Guarded(policy),
        headers=dict(headers),
        timeout=httpx2.Timeout(seconds, connect=10.0),
        follow_redirects=False,
        trust_env=False,
    )
