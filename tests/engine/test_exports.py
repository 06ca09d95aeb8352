"""An exchange taken along: as a curl command that sends the same bytes, as a recording that reads the same."""

import json
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from callsmith import recording
from callsmith.curl import curl
from callsmith.reading import read_exchange
from callsmith.replay import recordings, replay
from callsmith.types.exchange import Exchange, HttpRequest, Marks

BODY = json.dumps(
    {"model": "m", "messages": [{"role": "user", "content": "It's $5 `now` \\ \u00e9\n"}]}, ensure_ascii=False
)
HEADERS = (("Content-Type", "application/json"), ("Authorization", "Bearer {{api_key}}"), ("X-Team", "{{TEAM}} x"))
CHUNK = {"choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": "stop"}]}


def exchange() -> Exchange:
    request = HttpRequest("POST", "https://host.example/v1/chat/completions", HEADERS, BODY.encode())
    body = b"data: " + json.dumps(CHUNK).encode() + b"\n\ndata: [DONE]\n\n"
    headers = (("content-type", "text/event-stream"), ("x-request-id", "r"))
    return Exchange("x1", "C", "openai-chat", "m", request, True, Marks(0), 200, headers, body)


def test_a_recording_replays_to_the_same_turn(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(recording.dumps(recording.recording("c", [exchange()])), "utf-8")
    said = replay(next(recordings([file])))
    assert said["text"] == read_exchange(exchange()).text == "Hi"
    assert "api_key" not in file.read_text()


def test_a_failed_exchange_replays_as_its_error(tmp_path: Path) -> None:
    kept = exchange()
    failed = Exchange(kept.id, "C", "openai-chat", "m", kept.request, True, Marks(0), 401, (), b'{"error":"no"}')
    file = tmp_path / "x.json"
    file.write_text(recording.dumps(recording.recording("c", [failed])), "utf-8")
    assert replay(next(recordings([file])))["error"] == {"status": 401, "code": "http", "message": "no"}


def test_a_file_that_is_no_recording_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"a": 1}')
    with pytest.raises(ValueError, match=r"x\.json is no recording"):
        list(recordings([file]))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_command_sends_the_same_bytes_with_keys_from_the_environment() -> None:
    got: dict[str, object] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got["body"] = self.rfile.read(int(self.headers["Content-Length"]))
            got["authorization"], got["team"] = self.headers["Authorization"], self.headers["X-Team"]
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        kept = exchange().request
        url = f"http://127.0.0.1:{server.server_address[1]}/v1/chat/completions"
        command = curl(HttpRequest("POST", url, kept.headers, kept.body), "MY_KEY")
        assert "api_key" not in command
        subprocess.run(["sh", "-c", command], check=True, env={"MY_KEY": "k-1", "TEAM": "red"}, timeout=20)
        thread.join(20)
    assert got == {"body": BODY.encode(), "authorization": "Bearer k-1", "team": "red x"}
