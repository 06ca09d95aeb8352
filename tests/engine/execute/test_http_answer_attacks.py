"""What a server, a name or a moment can do to a tool over HTTP: nothing beyond its limits."""

from __future__ import annotations

import gzip
import socket
import threading
import tracemalloc
from typing import Any

import pytest

from callsmith.execute import pinned
from callsmith.execute.addresses import PUBLIC, Policy
from callsmith.execute.http_answer import answer
from callsmith.execute.occasion import Cancellation, Cancelled, CannotAnswer
from callsmith.types.answering import Answer, Http
from callsmith.types.tool import HttpArgument, HttpCall
from tests.engine.execute.http_kit import Site, endless, occasion, plain, reach, serving

LOOPBACK = Policy(loopback=True)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


def got(url: str, seconds: float = 5, max_bytes: int = 100_000, policy: Policy = LOOPBACK) -> Answer:
    return answer(occasion(), Http(HttpCall("GET", url), seconds, max_bytes), reach(policy))


def names(monkeypatch: pytest.MonkeyPatch, found: dict[str, list[str]]) -> list[str]:
    """A resolver that knows these names only, each answer once, the last for ever. Returns what it was asked."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def lookup(host: str, *rest: Any, **more: Any) -> Any:
        asked.append(host)
        if host in found:
            addresses = found[host]
            return real(addresses.pop(0) if len(addresses) > 1 else addresses[0], *rest, **more)
        if host[0].isdigit():
            return real(host, *rest, **more)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return asked


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "127.1", "0.0.0.0", "[::1]", "[::ffff:7f00:1]"]
)
def test_this_machine_is_refused_unasked(host: str) -> None:
    with serving(lambda site: plain(b"1")) as site:
        with pytest.raises(CannotAnswer, match="CALLSMITH_PRIVATE_ADDRESSES"):
            got(site.url(host=host), policy=PUBLIC)
        assert site.asked == []


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "192.168.0.1", "169.254.169.254", "127.0.0.1", "fd00::1", "100.64.0.1"]
)
def test_a_name_that_means_a_private_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, {"inside.test": [address]})
    with pytest.raises(CannotAnswer, match=r"inside\.test"):
        got("http://inside.test/", policy=PUBLIC)


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name means another address the second time it is asked: it is asked once."""
    asked = names(monkeypatch, {"rebound.test": ["127.0.0.1", "10.1.2.3"]})
    with serving(lambda site: plain(b"1")) as site:
        assert got(site.url(host="rebound.test")).content == "1"
        assert f"Host: rebound.test:{site.port}".encode() in site.asked[0]
    assert asked.count("rebound.test") == 1


def test_redirects_are_told_and_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, {"here.test": ["127.0.0.1"], "inside.test": ["10.1.2.3"]})
    for status in ("301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"):
        with serving(
            lambda site, status=status: plain(b"", status=status, more="Location: http://inside.test/x\r\n")
        ) as site:
            made = got(site.url(host="here.test"))
        assert made.is_error
        assert "http://inside.test/x" in made.content
    assert "inside.test" not in asked
    with serving(lambda site: plain(b"", status="302 Found", more="Location: http://[broken\r\n")) as site:
        assert got(site.url(host="here.test")).is_error


def test_an_argument_cannot_choose_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = names(monkeypatch, {"here.test": ["127.0.0.1"]})
    with serving(lambda site: plain(b"1")) as site:
        call = HttpCall("GET", site.url("/x/{id}", host="here.test"), (HttpArgument("id", "path", "id"),))
        for value in (
            "@inside.test/",
            "//inside.test",
            "http://inside.test/",
            "%00@inside.test",
            "a%0d%0aHost: inside.test",
        ):
            assert answer(occasion(f'{{"id": "{value}"}}'), Http(call), reach(LOOPBACK)).content == "1"
        assert {line for one in site.asked for line in one.split(b"\r\n") if line.startswith(b"Host")} == {
            f"Host: here.test:{site.port}".encode()
        }
    assert set(asked) == {"here.test", "127.0.0.1"}


def test_a_name_that_is_not_there_and_a_closed_port_are_errors_of_the_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, {"here.test": ["127.0.0.1"]})
    made = got("http://nowhere.test/")
    assert (made.is_error, made.content) == (True, "The host nowhere.test was not found.")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    made = got(f"http://here.test:{port}/")
    assert (made.is_error, made.content) == (True, f"here.test:{port} could not be reached.")
    assert made.made.detail == f"GET here.test:{port}, no answer"


def test_the_next_address_of_a_name_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """localhost is ::1 first on many machines, where many servers do not listen."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *rest, **more: (
            [*real("::1", port, *rest, **more), *real("127.0.0.1", port, *rest, **more)]
            if host == "localhost"
            else real(host, port, *rest, **more)
        ),
    )
    with serving(lambda site: plain(b"1")) as site:
        assert got(site.url()).content == "1"


def test_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: [*real("93.184.216.34", *rest, **more), *real("10.0.0.1", *rest, **more)],
    )
    with pytest.raises(CannotAnswer, match=r"10\.0\.0\.1"):
        got("http://mixed.test/", policy=PUBLIC)


def test_an_answer_without_end_stops_at_its_size() -> None:
    with serving(lambda site: endless(OK + b"\r\n", b"x" * 65536, site.gone)) as site:
        made = got(site.url())
        assert site.gone.wait(5)
    assert (made.is_error, made.content) == (True, "The answer is larger than 100,000 bytes.")


def test_a_hundred_megabytes_announced_are_not_held() -> None:
    head = OK + b"Content-Length: 104857600\r\n\r\n"
    with serving(lambda site: endless(head, b"x" * 65536, site.gone)) as site:
        tracemalloc.start()
        made = got(site.url())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert site.gone.wait(5)
    assert made.is_error
    assert peak < 5_000_000


@pytest.mark.slow
def test_a_gzip_bomb_is_counted_after_unpacking() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    with serving(lambda site: plain(bomb, kind="text/plain", more="Content-Encoding: gzip\r\n")) as site:
        tracemalloc.start()
        made = got(site.url())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert "larger than 100,000 bytes" in made.content
    assert peak < 5_000_000


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (OK + b"\r\n", b"x"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (OK, b"X-A: b\r\n"),
        (b"", b""),
    ],
    ids=["body", "chunks", "headers", "silence"],
)
@pytest.mark.slow
def test_a_drip_ends_at_the_time_limit(head: bytes, piece: bytes) -> None:
    with serving(lambda site: endless(head, piece, site.gone, pause=0.02)) as site:
        made = got(site.url(), seconds=0.3)
        assert (made.is_error, made.content) == (True, f"localhost:{site.port} did not answer within 0.3 s.")
        assert piece == b"" or site.gone.wait(5)


def test_a_name_that_takes_for_ever_ends_at_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **more: never.wait(20))
    made = got("http://slow.test/", seconds=0.2)
    assert made.content == "slow.test did not answer within 0.2 s."
    never.set()


@pytest.mark.parametrize(
    ("head", "piece"), [(OK + b"\r\n", b"x"), (b"", b"")], ids=["while reading", "before the answer"]
)
def test_cancelling_closes_the_connection_at_once(head: bytes, piece: bytes) -> None:
    """The time limit is far away, so only the cancellation can have ended it."""
    cancel = Cancellation()

    def script(site: Site) -> Any:
        def run(client: socket.socket) -> None:
            client.sendall(head + piece)
            client.settimeout(10)
            if client.recv(1) == b"":
                site.gone.set()

        return run

    with serving(script) as site:
        threading.Thread(target=lambda: (site.reached.wait(10), cancel.cancel()), daemon=True).start()
        with pytest.raises(Cancelled):
            answer(occasion(cancel=cancel), Http(HttpCall("GET", site.url()), 500), reach(LOOPBACK))
        assert site.gone.wait(5)


def test_a_call_that_was_cancelled_before_asks_nothing() -> None:
    cancel = Cancellation()
    cancel.cancel()
    with serving(lambda site: plain(b"1")) as site:
        with pytest.raises(Cancelled):
            answer(occasion(cancel=cancel), Http(HttpCall("GET", site.url())), reach(LOOPBACK))
        assert site.asked == []


def test_a_connection_made_after_the_cut_sends_nothing() -> None:
    """The name was being looked up when the call was cancelled."""
    here, there = socket.socketpair()
    line = pinned.Line()
    line.cut()
    line.watch("connection.connect_tcp.complete", {"return_value": _Stream(here)})
    with pytest.raises(OSError):
        here.sendall(b"x")
    with pytest.raises(Cancelled):
        line.check()
    here.close()
    there.close()


class _Stream:
    def __init__(self, raw: socket.socket) -> None:
        self._raw = raw

    def get_extra_info(self, name: str) -> socket.socket:
        return self._raw


@pytest.mark.parametrize(
    "sent",
    [
        OK + b"Content-Length: 500\r\n\r\nshort",
        OK + b"Content-Length: nine\r\n\r\nshort",
        OK + b"Content-Length: -1\r\n\r\nshort",
        OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        OK + b"X: " + b"y" * 500_000 + b"\r\n\r\n",
        OK + b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(500)) + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x15\x03\x01\x00\x02\x02\x16",
        b"",
    ],
)
def test_broken_http_is_an_error_of_the_tool(sent: bytes) -> None:
    with serving(lambda site: lambda client: client.sendall(sent)) as site:
        made = got(site.url())
    assert made.is_error
    assert "Traceback" not in made.content
    assert len(made.content) + sum(map(len, made.notes)) < 1000


def test_what_follows_the_announced_length_is_not_read() -> None:
    with serving(
        lambda site: lambda client: client.sendall(OK + b"Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nevil")
    ) as site:
        assert got(site.url()).content == "ok"


@pytest.mark.slow
def test_https_to_a_server_without_it_is_an_error_of_the_tool() -> None:
    with serving(lambda site: plain(b"1")) as site:
        made = got(site.url().replace("http://", "https://"), seconds=0.5)
    assert made.is_error


def test_a_secret_host_is_not_told_by_a_refusal() -> None:
    call = HttpCall("GET", "http://{{INNER}}/x")
    with pytest.raises(CannotAnswer) as caught:
        answer(occasion(), Http(call), reach(PUBLIC, INNER="127.0.0.1"))
    assert "127.0.0.1" not in str(caught.value)
