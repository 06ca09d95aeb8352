"""The demo provider on loopback, for any other client: the same answers, over HTTP."""

from __future__ import annotations

import select
import socket
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote

from callsmith.demo.core import DemoProvider, Piece

MAX_BODY = 50_000_000
_LOOK_EVERY = 0.25


class DemoServer(ThreadingHTTPServer):
    """Port 0 takes a free one. ``base_url`` is what a client is given."""

    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((host, port), _Handler)
        self.provider = DemoProvider()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def base_url(self) -> str:
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "callsmith-demo"
    # Small writes must not wait for each other (Nagle), or the pace is lost.
    disable_nagle_algorithm = True
    server: DemoServer

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.send_error(411 if not length.isdecimal() else 413)
            return
        self._answer(self.rfile.read(int(length)))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: a terminal full of request lines hides the one line that matters, the address."""

    def _answer(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        reply = self.server.provider.answer(
            self.command,
            unquote(path),
            body,
            query=dict(parse_qsl(query)),
            headers={name.lower(): value for name, value in self.headers.items()},
        )
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            self._write(reply.pieces)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _write(self, pieces: Iterator[Piece]) -> None:
        began = time.monotonic()
        for piece in pieces:
            if not self._wait(began + piece.due):
                self.close_connection = True
                return
            if piece.data:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece.data), piece.data))
                self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def _wait(self, until: float) -> bool:
        """False when the client has gone meanwhile."""
        while (left := until - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], min(left, _LOOK_EVERY))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                return False
            if readable:
                time.sleep(min(left, _LOOK_EVERY))
        return True
