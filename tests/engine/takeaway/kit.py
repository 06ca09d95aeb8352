"""Asks for code to take along, the ways to run it, and a server that keeps what was sent."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from callsmith.connections import ALL_WIRES
from callsmith.conversation import Conversation, say
from callsmith.play import Ask
from callsmith.starters import Starter
from callsmith.takeaway import Code, code, offered
from callsmith.types.answering import Answering
from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.options import Options

CANARY = "sk-canary-0123456789abcdef"
KEY = "TAKEAWAY_TEST_KEY"
NODE_MODULES = Path(__file__).resolve().parents[3] / ".servers" / "node-export" / "node_modules"


def connection(base_url: str, **more: Any) -> Connection:
    return Connection("c", "Test", base_url, ALL_WIRES, **{"key": KeyRef("environment", KEY), **more})


def started(starter: Starter, wire: str, base_url: str, model: str = "demo-instant") -> tuple[Ask, Conversation]:
    ask = Ask(Target(connection(base_url), wire, model), starter.system, starter.tools, Options())
    return ask, say(Conversation("conversation"), starter.prompt)


def answers(starter: Starter) -> dict[str, Answering]:
    return {tool.name: one for tool, one in zip(starter.tools, starter.answers, strict=True)}


def targets(wire: str) -> list[str]:
    ask = Ask(Target(connection("http://localhost:1/v1"), wire, "m"), "", (), Options())
    return [target.id for target in offered(ask)]


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), KEY: CANARY, **more}


def run(made: Code, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """As its own process, as ``run`` says."""
    path = folder / made.filename
    path.write_text(made.text, encoding="utf-8")
    command = {"python": sys.executable, "javascript": "node", "bash": "sh"}[made.language]
    return subprocess.run(
        [command, str(path)], capture_output=True, text=True, timeout=120, env=environment(**variables), cwd=folder
    )


def executed(made: Code) -> str:
    """Python in this very process: what it printed. ``main`` runs as it would from a shell."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(made.text, made.filename, "exec"), {"__name__": "__main__"})
    return out.getvalue()


def written(ask: Ask, conversation: Conversation, target: str, by: Mapping[str, Answering] | None = None) -> Code:
    return code(ask, conversation, target, by or {})


class Recorder(ThreadingHTTPServer):
    """Keeps every request's path, headers and body, and ends every turn at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, dict[str, str], Any]] = []

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Recorder

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, {n.lower(): v for n, v in self.headers.items()}, body))
        data = json.dumps(_ending(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def _ending(path: str) -> dict[str, Any]:
    if path.endswith("/chat/completions"):
        message = {"role": "assistant", "content": "Done."}
        return {"id": "x", "object": "chat.completion", "choices": [{"index": 0, "message": message}]}
    if path.endswith("/responses"):
        content = [{"type": "output_text", "text": "Done.", "annotations": []}]
        item = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": content}
        return {"id": "r", "object": "response", "output": [item]}
    if path.endswith("/messages"):
        content = [{"type": "text", "text": "Done."}]
        return {"id": "m", "type": "message", "role": "assistant", "content": content, "stop_reason": "end_turn"}
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": "Done."}]}, "finishReason": "STOP"}]}


@contextlib.contextmanager
def serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
