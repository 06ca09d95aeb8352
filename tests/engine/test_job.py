"""A job against a real loopback server: streaming, stop, time limits, retries, commit exactly once."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from callsmith.job import Job
from callsmith.jobs import Jobs
from callsmith.redaction import HIDDEN, Redactor
from callsmith.transport import Transport
from callsmith.types.exchange import Exchange, HttpRequest, Marks
from callsmith.types.options import Limits
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

KEY = "sk-canary-0123456789abcdef"


class Sink:
    def __init__(self) -> None:
        self.appended: list[bytes] = []
        self.finished: list[tuple[Exchange, Turn]] = []

    def append(self, exchange: Exchange, data: bytes) -> None:
        self.appended.append(data)

    def finish(self, exchange: Exchange, turn: Turn) -> None:
        self.finished.append((exchange, turn))


Handler = Callable[[BaseHTTPRequestHandler, int], None]


class Server:
    """Answers each request with ``handle(handler, number)``; counts and keeps what it got."""

    def __init__(self, handle: Handler) -> None:
        self.count = 0
        self.authorization: list[str | None] = []
        self.release = threading.Event()
        outer = self

        class Do(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer.count += 1
                outer.authorization.append(self.headers.get("Authorization"))
                self.rfile.read(int(self.headers["Content-Length"]))
                handle(self, outer.count)
                self.close_connection = True

            def log_message(self, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Do)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1/chat/completions"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def serve() -> Iterator[Callable[[Handler], Server]]:
    servers: list[Server] = []

    def make(handle: Handler) -> Server:
        servers.append(Server(handle))
        return servers[-1]

    yield make
    for server in servers:
        server.release.set()
        server.http.shutdown()
        server.http.server_close()


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport()
    yield made
    made.close()


def begin(handler: BaseHTTPRequestHandler, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Connection", "close")
    handler.end_headers()


def chunk(handler: BaseHTTPRequestHandler, text: str) -> None:
    document = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
    handler.wfile.write(b"data: " + json.dumps(document).encode() + b"\n\n")
    handler.wfile.flush()


def end(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')


def error(handler: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
    begin(handler, status, Content_Type="application/json", **headers)
    handler.wfile.write(json.dumps({"error": {"message": f"no {KEY}", "code": "c", "type": "t"}}).encode())


def job(url: str, transport: Transport, sink: Sink, limits: Limits | None = None, *, stream: bool = True) -> Job:
    request = HttpRequest("POST", url, (("Authorization", "Bearer {{api_key}}"),), b"{}")
    exchange = Exchange("x1", "C", "openai-chat", "m", request, stream, Marks(time.time()))
    outgoing = replace(exchange.request, headers=(("Authorization", f"Bearer {KEY}"),))
    return Job(exchange, WIRES["openai-chat"], outgoing, limits or Limits(), transport, sink, Redactor([KEY]))


def run(made: Job) -> Turn:
    Jobs().start(made)
    assert made.committed.wait(20)
    return made.snapshot().turn


def test_a_streamed_reply_is_read_marked_and_committed_once(serve, transport) -> None:
    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream")
        chunk(handler, "Hel")
        chunk(handler, "lo")
        end(handler)

    server, sink = serve(handle), Sink()
    turn = run(job(server.url, transport, sink))
    assert (turn.text, turn.state) == ("Hello", "finished")
    assert len(sink.finished) == 1
    exchange = sink.finished[0][0]
    marks = exchange.marks
    assert marks.sent is not None and marks.first_byte is not None and marks.first_token is not None
    assert marks.sent <= marks.first_byte <= marks.first_token <= (marks.done or 0)
    assert exchange.body.startswith(b"data: ") and exchange.body.endswith(b"[DONE]\n\n")
    assert server.authorization == [f"Bearer {KEY}"]
    assert KEY.encode() not in repr(exchange).encode()


def test_stop_in_mid_stream_keeps_what_came(serve, transport) -> None:
    server: Server

    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream")
        chunk(handler, "part")
        server.release.wait(20)

    server, sink = serve(handle), Sink()
    made = job(server.url, transport, sink)
    Jobs().start(made)
    while not made.snapshot().turn.text:
        made.wait_change(made.snapshot().version, 5)
    made.cancel()
    made.cancel()
    assert made.done
    turn = made.snapshot().turn
    assert (turn.text, turn.state) == ("part", "stopped")
    assert len(sink.finished) == 1


def test_stop_before_any_answer(serve, transport) -> None:
    server: Server

    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        server.release.wait(20)

    server, sink = serve(handle), Sink()
    made = job(server.url, transport, sink)
    Jobs().start(made)
    while not server.count:
        time.sleep(0.01)
    made.cancel()
    assert made.snapshot().turn.state == "stopped"
    assert sink.finished[0][1].parts == ()


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(first_byte=0.3), "first_byte"),
        (Limits(between_bytes=0.3), "between_bytes"),
        (Limits(total=0.4), "total"),
    ],
)
@pytest.mark.slow
def test_each_time_limit_ends_the_reply(serve, transport, limits: Limits, code: str) -> None:
    server: Server

    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        if code != "first_byte":
            begin(handler, Content_Type="text/event-stream")
            chunk(handler, "part")
        server.release.wait(20)

    server = serve(handle)
    turn = run(job(server.url, transport, Sink(), limits))
    assert turn.problem is not None
    assert (turn.problem.kind, turn.problem.code) == ("timeout", code)
    assert turn.text == ("" if code == "first_byte" else "part")


def test_429_is_tried_again_after_retry_after_and_shown(serve, transport) -> None:
    def handle(handler: BaseHTTPRequestHandler, number: int) -> None:
        if number == 1:
            error(handler, 429, Retry_After="0.1")
        else:
            begin(handler, Content_Type="text/event-stream")
            chunk(handler, "ok")
            end(handler)

    server, sink = serve(handle), Sink()
    turn = run(job(server.url, transport, sink))
    assert (turn.text, turn.problem) == ("ok", None)
    first, second = sink.finished[0][0].attempts
    assert (first.status, first.wait, second.status) == (429, 0.1, 200)


def test_at_most_three_attempts(serve, transport) -> None:
    server = serve(lambda handler, _: error(handler, 503, Retry_After="0"))
    sink = Sink()
    turn = run(job(server.url, transport, sink))
    assert (server.count, turn.state) == (3, "failed")
    assert [attempt.status for attempt in sink.finished[0][0].attempts] == [503, 503, 503]
    assert sink.finished[0][0].status == 503


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_client_faults_are_not_tried_again(serve, transport, status: int) -> None:
    server = serve(lambda handler, _: error(handler, status, x_request_id="r-1"))
    turn = run(job(server.url, transport, Sink()))
    assert server.count == 1
    assert turn.problem is not None
    assert (turn.problem.status, turn.problem.request_id) == (status, "r-1")


def test_trap_54_a_client_fault_reported_as_500_is_not_tried_again(serve, transport) -> None:
    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, 500, Content_Type="application/json")
        handler.wfile.write(b'{"error": {"message": "bad schema", "code": "invalid_request"}}')

    server = serve(handle)
    run(job(server.url, transport, Sink()))
    assert server.count == 1


def test_nothing_is_tried_again_after_the_first_byte(serve, transport) -> None:
    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream", Content_Length="100000")
        chunk(handler, "part")

    server = serve(handle)
    turn = run(job(server.url, transport, Sink()))
    assert (server.count, turn.text, turn.state) == (1, "part", "interrupted")


@pytest.mark.slow
def test_a_refused_connection_is_a_problem_in_words(transport) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    turn = run(job(f"http://127.0.0.1:{port}/v1/chat/completions", transport, Sink()))
    assert turn.problem is not None
    assert (turn.problem.kind, turn.problem.code) == ("connection", "refused")


def test_a_key_echoed_by_the_provider_is_hidden_everywhere(serve, transport) -> None:
    sink = Sink()
    server = serve(lambda handler, _: error(handler, 401))
    turn = run(job(server.url, transport, sink))
    assert turn.problem is not None
    assert turn.problem.message == f"no {HIDDEN}"
    assert KEY.encode() not in sink.finished[0][0].body


def test_a_key_echoed_in_a_stream_across_chunks_is_hidden(serve, transport) -> None:
    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream")
        whole = b'data: {"choices":[{"index":0,"delta":{"content":"key ' + KEY.encode() + b' end"}}]}\n\n'
        for at in range(0, len(whole), 9):
            handler.wfile.write(whole[at : at + 9])
            handler.wfile.flush()
        end(handler)

    server, sink = serve(handle), Sink()
    assert run(job(server.url, transport, sink)).text == f"key {HIDDEN} end"
    assert KEY.encode() not in sink.finished[0][0].body


@pytest.mark.slow
def test_what_arrives_is_saved_while_it_arrives(serve, transport) -> None:
    server: Server

    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream")
        chunk(handler, "part")
        server.release.wait(20)

    server, sink = serve(handle), Sink()
    made = job(server.url, transport, sink)
    Jobs().start(made)
    while b"part" not in b"".join(sink.appended):
        time.sleep(0.01)
    assert not made.done
    made.cancel()


def test_an_unstreamed_reply(serve, transport) -> None:
    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="application/json")
        handler.wfile.write(b'{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}')

    server = serve(handle)
    assert run(job(server.url, transport, Sink(), stream=False)).text == "whole"


@pytest.mark.slow
def test_a_failing_store_is_said_and_tried_again_until_the_reply_is_kept(serve, transport) -> None:
    class Broken(Sink):
        tries = 0

        def finish(self, exchange: Exchange, turn: Turn) -> None:
            self.tries += 1
            if self.tries < 3:
                raise OSError("disk full")
            super().finish(exchange, turn)

    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream")
        chunk(handler, "kept")
        end(handler)

    server, sink = serve(handle), Broken()
    made = job(server.url, transport, sink)
    jobs = Jobs()
    jobs.start(made)
    assert made.wait_end(20)
    while "disk full" not in made.save_error:
        time.sleep(0.005)
    assert jobs.get(made.exchange_id) is made
    assert made.committed.wait(20)
    assert (made.snapshot().turn.text, made.save_error, len(sink.finished)) == ("kept", "", 1)


def test_redirects_are_not_followed(serve, transport) -> None:
    server = serve(lambda handler, _: begin(handler, 302, Location="http://127.0.0.1:1/"))
    turn = run(job(server.url, transport, Sink()))
    assert (server.count, turn.state) == (1, "failed")


def test_exchange_identity_is_untouched_by_running(serve, transport) -> None:
    server, sink = serve(lambda handler, _: error(handler, 400)), Sink()
    run(job(server.url, transport, sink))
    kept = sink.finished[0][0]
    assert replace(kept, status=None, headers=(), body=b"", attempts=(), marks=Marks(0)).id == "x1"


def test_headers_that_echo_the_key_are_cleaned(serve, transport) -> None:
    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream", X_Echo=f"Bearer {KEY}")
        end(handler)

    server, sink = serve(handle), Sink()
    run(job(server.url, transport, sink))
    assert KEY not in repr(sink.finished[0][0])


def test_a_cookie_of_one_exchange_never_travels_with_another(serve, transport) -> None:
    cookies: list[str | None] = []

    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        cookies.append(handler.headers.get("Cookie"))
        begin(handler, Content_Type="text/event-stream", Set_Cookie="sid=anna")
        end(handler)

    server = serve(handle)
    run(job(server.url, transport, Sink()))
    run(job(server.url, transport, Sink()))
    assert cookies == [None, None]


def test_a_reply_ends_at_its_end_mark_although_the_connection_stays_open(serve, transport) -> None:
    server: Server

    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream")
        chunk(handler, "whole")
        end(handler)
        handler.wfile.flush()
        server.release.wait(20)

    server = serve(handle)
    turn = run(job(server.url, transport, Sink(), Limits(between_bytes=15)))
    assert (turn.text, turn.state) == ("whole", "finished")


@pytest.mark.slow
def test_the_first_byte_limit_counts_until_the_body_begins(serve, transport) -> None:
    server: Server

    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream")
        handler.wfile.flush()
        server.release.wait(20)

    server = serve(handle)
    turn = run(job(server.url, transport, Sink(), Limits(first_byte=0.3, between_bytes=15)))
    assert turn.problem is not None and turn.problem.code == "first_byte"


def test_a_fault_while_reading_the_end_neither_hangs_the_job_nor_the_keeper(serve, transport, monkeypatch) -> None:
    def handle(handler: BaseHTTPRequestHandler, _: int) -> None:
        begin(handler, Content_Type="text/event-stream")
        chunk(handler, "kept")
        end(handler)

    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("callsmith.reading.Reader.close", fail)
    turn = run(job(serve(handle).url, transport, Sink()))
    assert (turn.text, turn.state) == ("kept", "failed")
    assert turn.problem is not None and turn.problem.code == "internal"
