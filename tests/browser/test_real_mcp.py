"""Calls answered by a real MCP server, as a program and over HTTP, set up and watched on the page."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, expect

from callsmith.types.answering import Answering, Mcp
from callsmith.types.tool import Tool
from tests.browser.answered import done, enter, setup_with, way_of
from tests.browser.playground import Open, Playground
from tests.browser.served import App, free_port
from tests.servers.served import PROGRAMS, installed

pytest.importorskip("mcp", reason="the optional MCP client is not installed: pip install -r requirements-mcp.txt")
pytestmark = [pytest.mark.browser, pytest.mark.servers]

_OBJECT = {"type": "object", "properties": {}}
LONG = Tool(
    "trigger-long-running-operation",
    "Takes its time",
    {
        "type": "object",
        "properties": {
            "duration": {"type": "number", "enum": [3]},
            "steps": {"type": "number", "enum": [6]},
        },
        "required": ["duration", "steps"],
    },
)
IMAGE = Tool("get-tiny-image", "Gives a tiny image", _OBJECT)
STRUCTURED = Tool(
    "get-structured-content",
    "The weather in a city",
    {
        "type": "object",
        "properties": {"location": {"type": "string", "enum": ["New York", "Chicago", "Los Angeles"]}},
        "required": ["location"],
    },
)
SUM = Tool(
    "get-sum",
    "Adds two numbers",
    {"type": "object", "properties": {"a": {"type": "string", "enum": ["many"]}}, "required": ["a"]},
)


@pytest.fixture(scope="module")
def script() -> Path:
    return installed("mcp-everything") / "node_modules/@modelcontextprotocol/server-everything/dist/index.js"


@pytest.fixture(scope="module")
def app(script: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Programs may be started from this one."""
    served = App(tmp_path_factory.mktemp("app"), CALLSMITH_STDIO="allow")
    served.start()
    yield served
    served.close()


@pytest.fixture
def address(script: Path, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        ["node", "-r", str(PROGRAMS / "loopback.cjs"), str(script), "streamableHttp"],
        env={"PATH": os.environ["PATH"], "PORT": str(port)},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}/mcp"
    last = time.monotonic() + 30
    while True:
        try:
            httpx.get(url, timeout=5, trust_env=False)
            break
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < last, "server-everything did not start"
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(10)


def _waiting(app: App, window: Open, tool: Tool, answering: Answering | None = None) -> Playground:
    app.begin_with(setup_with(app.store, (tool, answering or Answering())))
    page = window(app)
    page.say(f"Call {tool.name}")
    expect(page.calls().first).to_contain_text("waiting")
    page.settled()
    return page


def _run(call: Locator) -> None:
    call.get_by_role("button", name="Run").first.click()


def test_a_program_is_set_up_watched_killed_and_started_again(app: App, window: Open, script: Path) -> None:
    page = _waiting(app, window, LONG)
    call = page.calls().first
    dialog = way_of(page, call, "MCP server")
    dialog.get_by_text("Command", exact=True).click()
    page.ready()
    enter(page, dialog.get_by_role("textbox", name="Command"), f"node {shlex.quote(str(script))} stdio")
    dialog.get_by_role("button", name="Check connection").click()
    expect(dialog).to_contain_text(re.compile(r"answers \(MCP .+\) and has \d+ tools"))
    page.ready()
    page.shot("answers-mcp-stdio")
    done(page, dialog)
    _run(call)
    expect(call).to_contain_text(re.compile(r"by an MCP server, running for .+ of 6"))
    page.shot("mcp-progress")
    expect(call).to_contain_text("over MCP")
    page.settled()
    page.shot("slot-mcp")

    _run(call)
    expect(call).to_contain_text("running for")
    os.kill(_program(app), signal.SIGKILL)
    expect(call).to_contain_text("No new result: The program node ended")
    page.settled()
    page.shot("mcp-killed")
    call.get_by_role("button", name="Restart the server").click()
    page.ready()
    expect(call.get_by_role("button", name="Restart the server")).to_have_count(0)
    page.shot("mcp-restarted")
    _run(call)
    expect(call).to_contain_text("over MCP")
    page.settled()


def test_over_http_with_an_image_structure_and_an_error(app: App, window: Open, address: str) -> None:
    by = Answering(by="mcp", mcp=Mcp(address, seconds=20))
    page = _waiting(app, window, IMAGE)
    call = page.calls().first
    dialog = way_of(page, call, "MCP server")
    enter(page, dialog.get_by_role("textbox", name="Address"), address)
    page.shot("answers-mcp-http")
    done(page, dialog)
    _run(call)
    expect(call).to_contain_text("over MCP")
    expect(call).to_contain_text("image/png")
    page.settled()
    page.shot("slot-mcp-image")

    page = _waiting(app, window, STRUCTURED, by)
    _run(page.calls().first)
    expect(page.slot(STRUCTURED.name)).to_have_value(re.compile("temperature"))
    page.settled()
    page.go_on.click()
    expect(page.calls().first).to_contain_text("answered over MCP")
    page.settled()
    page.shot("mcp-structured")

    page = _waiting(app, window, SUM, by)
    call = page.calls().first
    _run(call)
    expect(call.get_by_role("checkbox", name="Return as error")).to_be_checked()
    page.settled()
    page.shot("slot-mcp-error")
    page.go_on.click()
    expect(call).to_contain_text("Returned as an error")
    page.settled()


def test_programs_are_not_started_unasked(serve: Callable[..., App], window: Open, script: Path) -> None:
    app = serve()
    page = _waiting(app, window, IMAGE, Answering(by="mcp", mcp=Mcp(command=f"node {shlex.quote(str(script))} stdio")))
    call = page.calls().first
    _run(call)
    expect(call).to_contain_text("CALLSMITH_STDIO")
    page.settled()
    page.shot("mcp-stdio-off")


def _program(app: App) -> int:
    """The one process that the app started."""
    listed = subprocess.run(["ps", "--ppid", str(app.pid), "-o", "pid="], capture_output=True, text=True, check=True)
    return int(listed.stdout.split()[-1])
