"""MCP servers over streamable HTTP, inside the test's process: one by the SDK, and one by hand that can misbehave."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def by_the_sdk() -> Iterator[str]:
    import uvicorn
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.types import (
        AudioContent,
        BlobResourceContents,
        EmbeddedResource,
        ImageContent,
        ResourceLink,
        TextContent,
        TextResourceContents,
    )

    made = MCPServer("content-house")

    @made.tool()
    def add(a: int, b: int) -> int:
        """Two numbers together"""
        return a + b

    @made.tool(structured_output=False)
    def everything() -> list[Any]:
        """One of each kind of content"""
        return [
            TextContent(type="text", text="Here:"),
            ImageContent(type="image", data=PIXEL, mime_type="image/png"),
            AudioContent(type="audio", data="AAAA", mime_type="audio/wav"),
            EmbeddedResource(
                type="resource",
                resource=TextResourceContents(uri="note://1", mime_type="text/plain", text="remember"),
            ),
            EmbeddedResource(
                type="resource", resource=BlobResourceContents(uri="pixel://1", mime_type="image/png", blob=PIXEL)
            ),
            ResourceLink(type="resource_link", uri="file:///a.txt", name="a.txt", description="A file"),
            ImageContent(type="image", data="%%%", mime_type="image/png"),
        ]

    @made.tool()
    async def steps(context: Context[Any, Any]) -> str:
        """Tells how far it is"""
        for step in (1, 2):
            await context.report_progress(step, 2, "working")
        return "done"

    port = free_port()
    config = uvicorn.Config(made.streamable_http_app(), host="127.0.0.1", port=port, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/mcp"
    server.should_exit = server.force_exit = True
    thread.join(10)


class Hostile(ThreadingHTTPServer):
    """Answers by the name of the tool. ``sessions`` are those it knows, ``seen`` what it was asked."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.sessions: set[str] = set()
        self.opened = 0
        self.seen: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.forgetful = False
        self.clinging = False
        self.token = ""
        self.url = f"http://127.0.0.1:{self.server_address[1]}/mcp"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def called(self) -> list[str]:
        return [one["params"]["name"] for one in self.seen if one.get("method") == "tools/call"]

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hostile

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._send(405, b"")

    def do_DELETE(self) -> None:
        if self.server.clinging:
            time.sleep(60)
        self._send(200, b"")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        house = self.server
        house.seen.append(asked)
        house.headers.append({name.lower(): value for name, value in self.headers.items()})
        method, number = asked.get("method"), asked.get("id")
        if house.token and self.headers["authorization"] != f"Bearer {house.token}":
            return self._send(401, b"no")
        if method == "initialize":
            house.opened += 1
            session = f"session-{house.opened}"
            house.sessions = {session} if not house.forgetful else set()
            about = {"name": "hostile", "version": "1"}
            version = asked["params"]["protocolVersion"]
            result = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": about}
            return self._json({"id": number, "result": result}, session)
        if method == "server/discover":
            return self._json({"id": number, "error": {"code": -32601, "message": "Method not found"}})
        if self.headers["mcp-session-id"] not in house.sessions:
            return self._send(404, b"")
        if number is None:
            return self._send(202, b"")
        if method == "tools/call":
            return self._call(number, asked["params"])
        return self._json({"id": number, "error": {"code": -32601, "message": "Method not found"}})

    def _call(self, number: Any, params: dict[str, Any]) -> None:
        simple = {
            "echo": lambda: str(params["arguments"].get("message")),
            "header": lambda: str(self.headers["authorization"]),
            "path": lambda: self.path,
            "huge": lambda: "x" * 100_000_000,
        }
        if params["name"] in simple:
            return self._json(_text(number, simple[params["name"]]()))
        match params["name"]:
            case "huge-stream":
                self._stream()
                self._event(_text(number, "x" * 100_000_000))
            case "endless":
                self._stream()
                token = params["_meta"]["progressToken"]
                while True:
                    progress = {"progressToken": token, "progress": 1, "message": "x" * 1000}
                    self._event({"method": "notifications/progress", "params": progress})
            case "cut":
                self._stream()
                self.close_connection = True
            case "drop":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case "page":
                self._send(200, b"<html><script>alert(1)</script></html>", "text/html")
            case "junk":
                self._send(200, b'{"canary": ', "application/json")
            case "failing":
                self._send(500, b"oops")
            case "away":
                self._send(307, b"", location="http://10.0.0.1/mcp")
            case "never":
                time.sleep(30)
        return None

    def _json(self, message: dict[str, Any], session: str = "") -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._send(200, data, "application/json", session=session)

    def _send(self, status: int, data: bytes, kind: str = "text/plain", session: str = "", location: str = "") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        for name, value in (("mcp-session-id", session), ("location", location)):
            if value:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()

    def _event(self, message: dict[str, Any]) -> None:
        self.wfile.write(b"data: " + json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n\n")
        self.wfile.flush()


def _text(number: Any, words: str) -> dict[str, Any]:
    return {"id": number, "result": {"content": [{"type": "text", "text": words}]}}
