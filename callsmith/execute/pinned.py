"""One HTTP request over a connection that goes to the address that was checked, and that can be cut at any moment.

No redirects, no proxies, no cookies, and nothing is kept open: a connection that was made for one name is never used
for another. What arrives is counted after it was unpacked, and unpacked no further than its limit.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

import httpx

from callsmith.execute.addresses import Policy, every
from callsmith.execute.occasion import Cancellation, Cancelled
from callsmith.types.exchange import HttpRequest

T = TypeVar("T")
CONNECT_SECONDS = 10.0
# gzip and zlib, told apart by their beginning.
_ANY_DEFLATE = 47


class TooLarge(Exception):
    """More came than was asked for; ``start`` is the part that is within the limit."""

    def __init__(self, start: bytes) -> None:
        super().__init__("too large")
        self.start = start


class Unreadable(Exception):
    """The body cannot be unpacked; says why."""


class Line:
    """The connection of one request. ``cut`` ends it at once, from any thread, also while it is still being made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[Any] = []
        self._is_cut = False

    def cut(self) -> None:
        with self._lock:
            self._is_cut = True
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def check(self) -> None:
        if self._is_cut:
            raise Cancelled

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's ``trace``: a socket is known as soon as it is connected."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._sockets = [info["return_value"].get_extra_info("socket")]
            if self._is_cut:
                self.cut()


def bounded(work: Callable[[Line], T], seconds: float, cancel: Cancellation) -> T:
    """The result of ``work``, which runs in a thread of its own: looking up a name can be neither ended nor given a
    time limit. Raises TimeoutError after ``seconds`` and ``Cancelled`` as soon as it is."""
    line, ended = Line(), threading.Event()
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work(line))
        except BaseException as error:
            failures.append(error)
        finally:
            ended.set()

    def wake() -> None:
        line.cut()
        ended.set()

    with cancel.calling(wake):
        threading.Thread(target=run, name="http", daemon=True).start()
        in_time = ended.wait(seconds)
    cancel.check()
    if not in_time:
        line.cut()
        raise TimeoutError
    if failures:
        raise failures[0]
    return results[0]


@contextlib.contextmanager
def opened(request: HttpRequest, policy: Policy, line: Line, seconds: float) -> Iterator[httpx.Response]:
    """The answer once its headers are there. Raises ``Refused`` and httpx's errors."""
    at = httpx.URL(request.url)
    addresses = every(at.host, at.port or (443 if at.scheme == "https" else 80), policy)
    headers = [(b"Host", at.netloc), *((name.encode(), value.encode()) for name, value in request.headers)]
    with httpx.Client(
        verify=_trust(),
        trust_env=False,
        follow_redirects=False,
        headers={"Accept-Encoding": "gzip"},
        timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
    ) as client:
        for number, address in enumerate(addresses, 1):
            line.check()
            outgoing = client.build_request(
                request.method,
                at.copy_with(host=address, userinfo=b""),
                headers=headers,
                content=request.body or None,
                extensions={"sni_hostname": at.host, "trace": line.watch},
            )
            try:
                response = client.send(outgoing, stream=True)
                break
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(addresses):
                    raise
        try:
            yield response
        finally:
            response.close()


def body(response: httpx.Response, limit: int) -> bytes:
    """Raises ``TooLarge`` and ``Unreadable``."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise Unreadable(f"The answer is compressed as {encoding[:40]}, which was not asked for")
    unpack = zlib.decompressobj(_ANY_DEFLATE) if encoding != "identity" else None
    whole = bytearray()
    for piece in response.iter_raw():
        if unpack is None:
            whole += piece
        else:
            _unpack(unpack, piece, whole, limit)
        if len(whole) > limit:
            raise TooLarge(bytes(whole[:limit]))
    if unpack is not None and whole and not unpack.eof:
        raise Unreadable("The compressed answer ended before its end")
    return bytes(whole)


def _unpack(unpack: Any, piece: bytes, whole: bytearray, limit: int) -> None:
    while piece and not unpack.eof and len(whole) <= limit:
        try:
            whole += unpack.decompress(piece, limit + 1 - len(whole))
        except zlib.error:
            raise Unreadable("The answer says that it is compressed, and is not") from None
        piece = unpack.unconsumed_tail


def words(error: Exception) -> str:
    said = str(error).rstrip(".")
    return said if said else type(error).__name__


@cache
def _trust() -> ssl.SSLContext:
    """Reading the certificates takes longer than a request on this machine."""
    return httpx.create_ssl_context(trust_env=False)
