"""HTTP: one streaming exchange at a time, and small GET requests. The only home of httpx.

Nothing is retried here and nothing is decoded; errors of the network become ``Problem`` values.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from callsmith.types.exchange import Headers, HttpRequest
from callsmith.types.options import Limits
from callsmith.types.problem import Problem

_DROPPED_HEADERS = frozenset(("set-cookie", "authorization", "x-api-key"))


class Broken(Exception):
    """The network failed. ``problem`` says how, in words, without a secret."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class Answer:
    """An answer that has begun. ``chunks`` yields the body as it arrives and raises ``Broken``."""

    status: int
    headers: Headers
    _response: httpx.Response = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        try:
            yield from self._response.iter_bytes()
        except httpx.HTTPError as error:
            raise Broken(network_problem(error)) from error

    def abort(self) -> None:
        """Wake a thread that waits for the next chunk: a socket shut down reads as ended at once."""
        stream = self._response.extensions.get("network_stream")
        raw = stream.get_extra_info("socket") if stream is not None else None
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)


class Transport:
    """One pool for the whole process. ``mounts`` serves some addresses without a network (the demo model)."""

    def __init__(self, mounts: Mapping[str, httpx.BaseTransport] | None = None) -> None:
        self._client = httpx.Client(
            verify=_trust(),
            mounts=dict(mounts or {}),
            follow_redirects=False,
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            headers={"User-Agent": "callsmith"},
            # One client serves every session and connection: a cookie of one must never travel with another.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        )

    @contextlib.contextmanager
    def open(self, request: HttpRequest, limits: Limits) -> Iterator[Answer]:
        """Send a request, secrets in place, and yield its answer once the status is known. Raises ``Broken``."""
        timeout = httpx.Timeout(limits.total, connect=limits.connect, pool=limits.connect)
        try:
            outgoing = self._client.build_request(
                request.method, request.url, headers=list(request.headers), content=request.body, timeout=timeout
            )
            response = self._client.send(outgoing, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise Broken(network_problem(error)) from error
        try:
            kept = tuple((n, v) for n, v in response.headers.multi_items() if n.lower() not in _DROPPED_HEADERS)
            yield Answer(response.status_code, kept, response)
        finally:
            response.close()

    def get(
        self, url: str, headers: Headers, *, timeout: float = 15.0, limit: int = 8_000_000
    ) -> tuple[int, Headers, bytes]:
        """A small GET: status, headers, body up to ``limit`` bytes. Raises ``Broken``."""
        request = HttpRequest("GET", url, headers, b"")
        body = bytearray()
        with self.open(request, Limits(connect=min(timeout, 10.0), total=timeout)) as answer:
            for chunk in answer.chunks():
                body += chunk
                if len(body) > limit:
                    raise Broken(
                        Problem("unreadable", f"The answer is larger than {limit // 1_000_000} MB", code="too_large")
                    )
            return answer.status, answer.headers, bytes(body)

    def close(self) -> None:
        self._client.close()


def network_problem(error: Exception) -> Problem:
    """A failure below HTTP in words. Connection faults may be tried again; bad addresses may not."""
    cause = str(error) or type(error).__name__
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Problem("timeout", "No connection within the time limit", code="connect", retryable=True)
        case httpx.TimeoutException():
            return Problem("timeout", "No answer within the time limit", code="total")
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | UnicodeError():
            return Problem("request", f"The base URL cannot be used: {cause}", code="bad_url")
        case httpx.ConnectError():
            return Problem("connection", f"Could not connect: {cause}", code=_connect_code(cause), retryable=True)
        case httpx.RemoteProtocolError() | httpx.ReadError() | httpx.CloseError():
            return Problem("interrupted", f"The connection broke: {cause}", code="broken", retryable=True)
        case _:
            return Problem("connection", f"The request could not be sent: {cause}", code="send", retryable=True)


@cache
def _trust() -> ssl.SSLContext:
    """Reading the certificates takes longer than a request on this machine."""
    return httpx.create_ssl_context()


def _connect_code(cause: str) -> str:
    lowered = cause.lower()
    if (
        "name or service" in lowered
        or "getaddrinfo" in lowered
        or "name resolution" in lowered
        or "no address" in lowered
    ):
        return "name_not_found"
    if "certificate" in lowered or "ssl" in lowered:
        return "tls"
    return "refused" if "refused" in lowered else "unreachable"
