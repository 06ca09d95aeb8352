"""Tools of live MCP servers: a server of the SDK's own as a command and over HTTP, and every way it can fail."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsmith.execute.addresses import Policy
from callsmith.execute.mcp import McpProblem, McpTarget, list_tools

pytest.importorskip("mcp", reason="the optional MCP client is not installed: pip install -r requirements-mcp.txt")
pytestmark = pytest.mark.slow

LOOPBACK = Policy(loopback=True)
SERVER = '''
import sys
from mcp.server.mcpserver import MCPServer

server = MCPServer("weather-station")


@server.tool()
def forecast(city: str, days: int = 3) -> str:
    """The weather of the coming days"""
    return city * days


if len(sys.argv) > 1:
    server.run("streamable-http", port=int(sys.argv[1]))
else:
    server.run()
'''
NAMELESS = """
import json, sys

for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("method") == "initialize":
        version = asked["params"]["protocolVersion"]
        result = {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": {"name": "", "version": ""}}
    elif asked.get("method") == "tools/list":
        result = {"tools": [{"name": "f", "inputSchema": {"type": "object"}}]}
    elif "id" in asked:
        error = {"code": -32601, "message": "Method not found"}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}), flush=True)
        continue
    else:
        continue
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "server.py"
    path.write_text(SERVER)
    return f"{sys.executable} {path}"


@pytest.fixture
def served(program: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*program.split(), str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://localhost:{port}/mcp"
    process.terminate()
    process.wait()


def test_a_command(program: str) -> None:
    listing = list_tools(McpTarget(command=program), stdio=True)
    assert listing.server == "weather-station"
    [tool] = listing.tools
    assert tool["name"] == "forecast"
    assert tool["inputSchema"]["required"] == ["city"]


def test_over_http(served: str) -> None:
    assert [tool["name"] for tool in list_tools(McpTarget(url=served), policy=LOOPBACK).tools] == ["forecast"]
    with pytest.raises(McpProblem, match="this machine"):
        list_tools(McpTarget(url=served))


def test_a_server_without_a_name_is_called_by_its_place_and_no_key_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "nameless.py"
    path.write_text(NAMELESS)
    listing = list_tools(McpTarget(command=f"{sys.executable} {path} --api-key S3cr3t"), stdio=True)
    assert (listing.server, listing.tools[0]["name"]) == (Path(sys.executable).name, "f")
    assert McpTarget(command="'/opt/my tools/server' --api-key S3cr3t").place == "server"
    assert McpTarget(url="https://bob:S3cr3t@x.io:8443/S3cr3t?key=S3cr3t").place == "x.io:8443"
    assert McpTarget(url="https://x.io/mcp?key=S3cr3t").place == "x.io"


def test_a_command_is_not_started_unless_allowed(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with pytest.raises(McpProblem, match="CALLSMITH_STDIO=allow"):
        list_tools(McpTarget(command=f"touch {made}"))
    assert not made.exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("no-such-program-here --flag", "no-such-program-here was not found"),
        ("false", "ended, or does not speak MCP"),
        ('"unclosed', "cannot be read"),
        (" ", "no command"),
    ],
)
def test_commands_that_fail_say_why(command: str, words: str) -> None:
    with pytest.raises(McpProblem, match=words):
        list_tools(McpTarget(command=command), stdio=True)


def test_a_silent_server_ends(tmp_path: Path) -> None:
    path = tmp_path / "silent.py"
    path.write_text("import sys, time\nprint('warming up', file=sys.stderr, flush=True)\ntime.sleep(60)\n")
    with pytest.raises(McpProblem, match="within 2 s") as told:
        list_tools(McpTarget(command=f"{sys.executable} {path}"), stdio=True, seconds=2)
    assert "warming up" in told.value.said


def test_nothing_at_the_address() -> None:
    with pytest.raises(McpProblem, match="Nothing answers"):
        list_tools(McpTarget(url="http://127.0.0.1:9/mcp"), policy=LOOPBACK)
    with pytest.raises(McpProblem, match="https://"):
        list_tools(McpTarget(url="ftp://x"), policy=LOOPBACK)
