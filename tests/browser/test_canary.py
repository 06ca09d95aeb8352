"""A key that a provider echoes wherever it can: it comes back to no place that is kept or shown."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser

KEY = "sk-canary-5f0e1d2c3b4a59687766"


class Echo(BaseHTTPRequestHandler):
    """Says the Authorization header back: in an error's body and headers, or in a stream, whole or in pieces."""

    heard: list[str] = []

    def do_GET(self) -> None:
        self._whole(200, {"object": "list", "data": [{"id": "echo", "object": "model"}]})

    def do_POST(self) -> None:
        said = self.headers["Authorization"]
        self.heard.append(said)
        prompt = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["messages"][-1]["content"]
        if "fail" in prompt:
            self._whole(401, {"error": {"message": f"Wrong key: {said}", "code": said, "type": said}})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("X-Request-Id", f"req {said}")
        self.end_headers()
        for text in ("You sent ", *((said[:20], said[20:]) if "pieces" in prompt else (said,)), " and that is all"):
            self._event({"choices": [{"index": 0, "delta": {"content": text}}]})
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _whole(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", f"req {self.headers['Authorization']}")
        self.end_headers()
        self.wfile.write(body)

    def _event(self, document: dict[str, object]) -> None:
        self.wfile.write(b"data: " + json.dumps({"id": "e", "model": "echo", **document}).encode() + b"\n\n")


@pytest.fixture
def echo() -> Iterator[str]:
    """Base URL of the provider."""
    Echo.heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_key_is_found_nowhere(serve: Callable[..., App], window: Open, echo: str, tmp_path: Path) -> None:
    app = serve(CALLSMITH_BASE_URL=echo, CALLSMITH_API_KEY=KEY, CALLSMITH_MODEL="echo")
    page = window(app)
    seen = ""
    page.say("please fail")
    expect(page.problem).to_contain_text("Wrong key: Bearer [key hidden]")
    page.settled()
    seen += _all_of(page)
    page.problem.get_by_text("Answer as received").click()
    expect(page.problem.get_by_test_id("stCode")).to_contain_text("[key hidden]")
    seen += _all_of(page)

    page.say("please stream")
    expect(page.messages.last).to_contain_text("You sent Bearer [key hidden] and that is all")
    page.settled()
    seen += _all_of(page)

    panel = page.tab("Request")
    page.choose("request-shown", re.compile("^Exchange 2"))
    panel.get_by_text("Headers").click()
    panel.get_by_text("As curl").click()
    expect(panel).to_contain_text("[key hidden]")
    expect(panel).to_contain_text("CALLSMITH_API_KEY")
    seen += _all_of(page)
    with page.page.expect_download() as saving:
        panel.get_by_role("button", name="Save as recording").click()
    saved = tmp_path / "saved.json"
    saving.value.save_as(saved)
    assert b"please stream" in saved.read_bytes()
    panel.get_by_role("tab", name="Received").click()
    expect(panel).to_contain_text("You sent ")
    panel.get_by_text("Headers").click()
    seen += _all_of(page)
    page.open("/connections")
    expect(page.page.get_by_role("heading", name="Connections")).to_be_visible()
    seen += _all_of(page)

    assert Echo.heard == [f"Bearer {KEY}"] * 2
    assert KEY not in seen
    files = [path for path in app.folder.rglob("*") if path.is_file() and path.suffix != ".png"]
    assert {app.database, app.log, saved} <= set(files)
    assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []
    app.kill()
    assert KEY.encode() not in app.log.read_bytes()


def test_a_key_streamed_in_pieces_is_hidden(serve: Callable[..., App], window: Open, echo: str) -> None:
    """One event ends in the middle of the key: it is whole in no line of the stream, but in the text it makes."""
    app = serve(CALLSMITH_BASE_URL=echo, CALLSMITH_API_KEY=KEY, CALLSMITH_MODEL="echo")
    page = window(app)
    page.say("please stream in pieces")
    expect(page.messages.last).to_contain_text("and that is all")
    page.settled()
    assert KEY not in _all_of(page)
    conversation = app.store.load(page.conversation_id)
    assert conversation is not None
    assert KEY not in conversation.path()[-1].message.text


def _all_of(page: Playground) -> str:
    """Source, visible text and address of the page."""
    return "\n".join((page.page.content(), page.page.locator("body").inner_text(), page.page.url))
