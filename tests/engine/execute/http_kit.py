"""A server on this machine that answers with whatever bytes a test wants, and notes what it was asked."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from callsmith.execute.addresses import Policy
from callsmith.execute.occasion import Cancellation, Occasion, Reach
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool

Script = Callable[[socket.socket], None]
SECRET = "canary-0123456789/abc+def"


@dataclass(slots=True)
class Site:
    """``asked`` are the requests as they came; ``gone`` is set once a client has hung up."""

    port: int
    asked: list[bytes] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", host: str = "localhost") -> str:
        return f"http://{host}:{self.port}{path}"


def plain(body: bytes, *, status: str = "200 OK", kind: str = "application/json", more: str = "") -> Script:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return lambda client: client.sendall(head.encode() + body)


def endless(head: bytes, piece: bytes, site_gone: threading.Event, pause: float = 0.0) -> Script:
    """Sends ``piece`` again and again until the client is gone."""

    def send(client: socket.socket) -> None:
        client.sendall(head)
        while True:
            try:
                client.sendall(piece)
            except OSError:
                site_gone.set()
                return
            threading.Event().wait(pause)

    return send


@contextlib.contextmanager
def serving(script: Callable[[Site], Script]) -> Iterator[Site]:
    listener = socket.create_server(("127.0.0.1", 0))
    site = Site(listener.getsockname()[1])
    run = script(site)

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(client,), daemon=True).start()

    def one(client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += client.recv(65536)
            head, _, body = asked.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            while len(body) < length:
                body += client.recv(65536)
            site.asked.append(head + b"\r\n\r\n" + body)
            site.reached.set()
            run(client)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield site
    finally:
        listener.close()


def reach(policy: Policy, learned: list[str] | None = None, **secrets: str) -> Reach:
    return Reach(
        secret=secrets.get,
        policy=lambda: policy,
        stdio=lambda: False,
        players=None,  # type: ignore[arg-type]
        learn=(learned if learned is not None else []).extend,
    )


def occasion(
    arguments: str = "{}", cancel: Cancellation | None = None, tool: Tool | None = None, **call: Any
) -> Occasion:
    return Occasion(ToolCall("c1", "t", arguments, **call), tool or Tool("t"), cancel=cancel or Cancellation())
