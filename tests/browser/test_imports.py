"""Every kind of import, walked as a person does: found out, shown, taken, and taken back."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from callsmith.types.setup import Setup
from tests.browser.playground import Open, Playground
from tests.browser.served import App
from tests.engine.execute.test_mcp import SERVER

pytestmark = pytest.mark.browser

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
OPENAI = {"type": "function", "function": {"name": "chat_tool", "description": "x", "parameters": PARAMETERS}}
ANTHROPIC = {"name": "claude_tool", "description": "x", "input_schema": PARAMETERS}
GEMINI = {"functionDeclarations": [{"name": "gemini_tool", "parameters": {"type": "OBJECT", "properties": {}}}]}
MCP = {"tools": [{"name": "files.read", "inputSchema": PARAMETERS}]}
BODY = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "tools": [OPENAI]}
BFCL = {"name": "math.add", "description": "x", "parameters": {"type": "dict", "properties": {"a": {"type": "float"}}}}
OPENAPI = {
    "openapi": "3.0.0",
    "info": {"title": "Pets", "version": "1"},
    "servers": [{"url": "https://pets.example"}],
    "paths": {
        "/pets/{id}": {
            "get": {
                "operationId": "getPet",
                "summary": "One pet",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {"200": {"description": "ok"}},
            },
            "delete": {"operationId": "deletePet", "responses": {"204": {"description": "gone"}}},
        }
    },
}
PYTHON = 'def find_flight(origin: str, day: str = "today") -> dict:\n    """Find a flight"""\n'
CURL = "curl 'https://api.example/v1/search?q=cats' -H 'Authorization: Bearer sk-canary-000'"


def test_pastes_of_every_kind(app: App, window: Open) -> None:
    page = window(app, "/tools")
    dialog = opened(page)
    box = dialog.get_by_role("textbox", name="Paste here")
    for text, label, name in (
        (json.dumps(OPENAI), "OpenAI", "chat_tool"),
        (json.dumps(ANTHROPIC), "Anthropic", "claude_tool"),
        (json.dumps(GEMINI), "Gemini", "gemini_tool"),
        (json.dumps(MCP), "MCP", "files_read"),
        (json.dumps(BODY), "", "chat_tool"),
        (json.dumps(BFCL), "", "math_add"),
        (json.dumps(OPENAPI), "OpenAPI 3.0.0", "getPet"),
        (CURL, "curl", "get_v1_search"),
        (PYTHON, "Python", "find_flight"),
        (json.dumps({"city": "Rome", "days": 3}), "ample", ""),
    ):
        box.fill(text)
        expect(dialog.get_by_role("button", name="Import", exact=False).first).to_be_visible()
        expect(dialog).to_contain_text(label)
        if name:
            expect(dialog.get_by_role("checkbox", name=name).first).to_be_visible()
    box.fill(json.dumps(MCP))
    expect(dialog).to_contain_text("1 change on the way in")
    page.ready()
    page.shot("import-paste")
    box.fill("Buy milk")
    expect(dialog.get_by_role("alert")).to_be_visible()
    expect(box).to_have_value("Buy milk")


def test_chosen_operations_come_and_go(app: App, window: Open) -> None:
    page = window(app, "/tools")
    before = len(app.store.tools())
    dialog = opened(page)
    dialog.get_by_role("textbox", name="Paste here").fill(json.dumps(OPENAPI))
    expect(dialog.get_by_role("button", name="Import 2 tools")).to_be_visible()
    page.ready()
    dialog.get_by_test_id("stCheckbox").filter(has_text="deletePet").locator("label").first.click()
    dialog.get_by_role("button", name="Import 1 tool").click()
    expect(dialog).to_have_count(0)
    expect(page.page.get_by_role("textbox", name="Name", exact=True)).to_have_value("getPet")
    [record] = [record for record in app.store.tools() if record.tool.name == "getPet"]
    origin = record.tool.origin
    assert origin is not None and origin.http is not None
    assert (origin.http.method, origin.http.url) == ("GET", "https://pets.example/pets/{id}")
    page.page.get_by_role("button", name="All tools").click()
    page.page.get_by_role("button", name="Undo import").click()
    expect(page.page.get_by_role("button", name="Undo import")).to_have_count(0)
    assert len(app.store.tools()) == before


def test_a_file_into_a_conversation(app: App, window: Open, tmp_path: Path) -> None:
    path = tmp_path / "functions.py"
    path.write_text(PYTHON)
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.tab("Tools").get_by_role("button", name="Import").click()
    dialog = page.page.get_by_role("dialog")
    source(page, dialog, "File")
    dialog.locator("input[type=file]").set_input_files(path)
    dialog.get_by_role("button", name="Import 1 tool").click()
    expect(dialog).to_have_count(0)
    expect(page.tab("Tools").get_by_role("switch", name="find_flight")).to_be_checked()


def test_an_address(app: App, window: Open) -> None:
    with documents() as address:
        page = window(app, "/tools")
        dialog = opened(page)
        source(page, dialog, "Address")
        url = dialog.get_by_role("textbox", name="Address of a document")
        url.fill(f"{address}/openapi.json")
        dialog.get_by_role("button", name="Fetch").click()
        expect(dialog.get_by_role("button", name="Import 2 tools")).to_be_visible()
        url.fill("http://192.168.0.9/openapi.json")
        dialog.get_by_role("button", name="Fetch").click()
        expect(dialog.get_by_role("alert")).to_contain_text("private network")


def test_a_live_server_over_http(app: App, window: Open, tmp_path: Path) -> None:
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    with listening([sys.executable, str(program)]) as port:
        page = window(app, "/tools")
        dialog = opened(page)
        source(page, dialog, "MCP server")
        line = dialog.get_by_role("textbox", name="Address", exact=True)
        line.fill(f"http://localhost:{port}/mcp")
        dialog.get_by_role("button", name="Connect").click()
        expect(dialog.get_by_role("checkbox", name="forecast")).to_be_visible()
        line.fill("http://localhost:9/mcp")
        dialog.get_by_role("button", name="Connect").click()
        expect(dialog.get_by_role("alert")).to_contain_text("Nothing answers")
        page.page.get_by_text("Command", exact=True).click()
        expect(dialog).to_contain_text("CALLSMITH_STDIO=allow")


def test_a_live_server_as_a_command(serve: Callable[..., App], window: Open, tmp_path: Path) -> None:
    program = tmp_path / "server.py"
    program.write_text(SERVER)
    page = window(serve(CALLSMITH_STDIO="allow"), "/tools")
    dialog = opened(page)
    source(page, dialog, "MCP server")
    page.page.get_by_text("Command", exact=True).first.click()
    dialog.get_by_role("textbox", name="Command").fill(f"{sys.executable} {program}")
    dialog.get_by_role("button", name="Connect").click()
    dialog.get_by_role("button", name="Import 1 tool").click()
    expect(page.page.get_by_role("textbox", name="Name", exact=True)).to_have_value("forecast")


def test_a_name_that_is_there_can_be_updated(app: App, window: Open) -> None:
    page = window(app, "/tools")
    for name in ("Import 1 tool", "Import 1 tool"):
        dialog = opened(page)
        dialog.get_by_role("textbox", name="Paste here").fill(json.dumps(ANTHROPIC))
        button = dialog.get_by_role("button", name=name)
        expect(button).to_be_visible()
        page.ready()
        update = dialog.get_by_test_id("stCheckbox").filter(has_text="Update claude_tool")
        if update.count():
            update.locator("label").first.click()
            page.ready()
        button.click()
        expect(dialog).to_have_count(0)
        page.page.get_by_role("button", name="All tools").click()
    [record] = [record for record in app.store.tools() if record.tool.name.startswith("claude_tool")]
    assert len(app.store.versions(record.id)) >= 1


def opened(page: Playground) -> Locator:
    page.page.get_by_role("button", name="Import", exact=True).first.click()
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.ready()
    return dialog


def source(page: Playground, dialog: Locator, name: str) -> None:
    dialog.get_by_role("radio", name=name, exact=True).or_(dialog.get_by_text(name, exact=True)).first.click()
    page.ready()


@contextlib.contextmanager
def documents() -> Iterator[str]:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(OPENAPI).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def listening(command: list[str]) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield port
    process.terminate()
    process.wait()
