"""Documents at an address: bounded, and never through a redirect to where one may not go."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from callsmith.execute import fetch as fetching
from callsmith.execute.addresses import Policy
from callsmith.execute.fetch import FetchProblem, fetch

LOOPBACK = Policy(loopback=True)


class Pages(BaseHTTPRequestHandler):
    hosts: list[str] = []

    def do_GET(self) -> None:
        type(self).hosts.append(self.headers["Host"])
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
            return
        if self.path == "/missing":
            self.send_response(404)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        body = b"x" * 30_000 if self.path == "/large" else b'{"openapi": "3.1.0"}'
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Pages.hosts = []
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_document(site: str) -> None:
    got = fetch(f"{site}/docs/openapi.json?key=secret", LOOPBACK)
    assert got.data == b'{"openapi": "3.1.0"}'
    assert got.filename == "openapi.json"
    assert "secret" not in got.url
    assert Pages.hosts == [site.removeprefix("http://")]


@pytest.mark.slow
def test_loopback_is_refused_unasked(site: str) -> None:
    with pytest.raises(FetchProblem, match="this machine"):
        fetch(f"{site}/openapi.json")
    assert Pages.hosts == []


@pytest.mark.slow
def test_a_redirect_is_checked_like_the_address(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def lookup(host: str, *rest: Any, **more: Any) -> Any:
        return real("10.1.2.3" if host == "inside.test" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with pytest.raises(FetchProblem, match=r"inside\.test is an address of a private network"):
        fetch(f"{site}/to/http://inside.test/", LOOPBACK)


@pytest.mark.slow
def test_redirects_are_followed_and_end(site: str) -> None:
    assert fetch(f"{site}/to//openapi.json", LOOPBACK).filename == "openapi.json"
    around = "/to/" * 20
    with pytest.raises(FetchProblem, match="more than 5"):
        fetch(f"{site}{around}", LOOPBACK)


@pytest.mark.slow
def test_what_cannot_be_had_is_said(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FetchProblem, match="status 404"):
        fetch(f"{site}/missing", LOOPBACK)
    for address in ("file:///etc/passwd", "ftp://x/y", "nonsense", "", "http://"):
        with pytest.raises(FetchProblem, match="https://"):
            fetch(address, LOOPBACK)
    monkeypatch.setattr(fetching, "MAX_BYTES", 20_000)
    with pytest.raises(FetchProblem, match="larger"):
        fetch(f"{site}/large", LOOPBACK)
