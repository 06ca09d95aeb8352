"""Calls answered by MCP servers that others wrote, as programs and over HTTP, in the older protocol and the newer."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from callsmith.execute import mcp_sessions
from callsmith.execute.mcp_check import check
from callsmith.execute.occasion import Cancellation, Cancelled
from callsmith.types.answering import Mcp
from callsmith.types.tool import Tool
from tests.engine.execute.mcp_kit import ask, reach
from tests.engine.execute.mcp_web import free_port
from tests.servers.served import PROGRAMS, installed

pytest.importorskip("mcp", reason="the optional MCP client is not installed: pip install -r requirements-mcp.txt")
pytestmark = pytest.mark.servers

STEPS = {"duration": 1, "steps": 4}


@pytest.fixture(scope="module")
def script() -> Path:
    return installed("mcp-everything") / "node_modules/@modelcontextprotocol/server-everything/dist/index.js"


@pytest.fixture(scope="module", params=["stdio", "http"])
def everything(request: pytest.FixtureRequest, script: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mcp]:
    if request.param == "stdio":
        yield Mcp(command=f"node {shlex.quote(str(script))} stdio", seconds=30)
        mcp_sessions.close_all()
        return
    port = free_port()
    process = subprocess.Popen(
        ["node", "-r", str(PROGRAMS / "loopback.cjs"), str(script), "streamableHttp"],
        env={"PATH": os.environ["PATH"], "PORT": str(port)},
        cwd=tmp_path_factory.mktemp("everything"),
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
    yield Mcp(url, seconds=30)
    mcp_sessions.close_all()
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def clock() -> Iterator[Mcp]:
    yield Mcp(command=f"{installed('mcp-time')}/bin/mcp-server-time --local-timezone UTC", seconds=30)
    mcp_sessions.close_all()


def test_text_and_errors(everything: Mcp) -> None:
    got = ask(everything, "echo", {"message": "Grüße"})
    assert (got.content, got.is_error) == ("Echo: Grüße", False)
    assert got.made.detail == "mcp-servers/everything, tool echo"
    assert ask(everything, "get-sum", {"a": 1, "b": 2}).content == "The sum of 1 and 2 is 3."
    for name in ("echo", "no-such-tool"):
        failed = ask(everything, name)
        assert failed.is_error and "-32602" in failed.content


def test_structured_content_images_and_resources(everything: Mcp) -> None:
    weather = json.loads(ask(everything, "get-structured-content", {"location": "New York"}).content)
    assert weather == {"temperature": 33, "conditions": "Cloudy", "humidity": 82}
    (image,) = ask(everything, "get-tiny-image").media
    assert image.media_type == "image/png" and len(image.data) > 1_000
    links = ask(everything, "get-resource-links", {"count": 2}).content
    assert "[Link to a resource, Text Resource 2, demo://resource/dynamic/text/2, text/plain" in links
    held = ask(everything, "get-resource-reference", {"resourceType": "Text", "resourceId": 1}).content
    assert "[Resource, demo://resource/dynamic/text/1, text/plain]\nResource 1: This is a plaintext resource" in held
    (blob,) = ask(everything, "get-resource-reference", {"resourceType": "Blob", "resourceId": 1}).media
    assert blob.name == "demo://resource/dynamic/blob/1"


def test_progress_the_limit_and_cancelling(everything: Mcp) -> None:
    heard: list[str] = []
    done = ask(everything, "trigger-long-running-operation", STEPS, progress=heard.append)
    assert "completed" in done.content and heard == ["1 of 4", "2 of 4", "3 of 4", "4 of 4"]
    cancel = Cancellation()
    with pytest.raises(Cancelled):
        ask(
            everything,
            "trigger-long-running-operation",
            {"duration": 20, "steps": 20},
            cancel=cancel,
            progress=lambda words: cancel.cancel(),
        )
    assert ask(everything, "echo", {"message": "on"}).content == "Echo: on"


def test_programs_get_none_of_our_variables(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_API_KEY", "sk-canary-0123456789")
    seen = json.loads(ask(Mcp(command=f"node {shlex.quote(str(script))} stdio"), "get-env").content)
    mcp_sessions.close_all()
    assert "PATH" in seen and set(seen) <= {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"}


def test_the_newer_protocol(clock: Mcp) -> None:
    found = check(clock, Tool("get_current_time"), reach())
    assert (found.server, found.protocol, found.found) == ("mcp-time", "2026-07-28", True)
    now = json.loads(ask(clock, "get_current_time", {"timezone": "Europe/Paris"}).content)
    assert now["timezone"] == "Europe/Paris" and "T" in now["datetime"]
    failed = ask(clock, "get_current_time", {"timezone": "Mars/Olympus"})
    assert failed.is_error and "Invalid timezone" in failed.content
