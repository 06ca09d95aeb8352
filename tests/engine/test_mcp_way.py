"""The MCP server that answers a tool as it is typed: what is refused, without repeating a secret, and what is kept."""

from __future__ import annotations

import pytest

from callsmith.mcp_way import command_problem, headers_problem, imported, lines_of, program, url_problem
from callsmith.types.answering import Mcp


@pytest.mark.parametrize(
    "url", ["", "http://localhost:3001/mcp", "https://mcp.example.com/mcp?key={{KEY}}", "https://x.io/{{PATH}}/mcp?v=2"]
)
def test_addresses_that_are_kept(url: str) -> None:
    assert url_problem(url) == ""


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mcp.example.com", "starts with https://"),
        ("ftp://x.io", "starts with https://"),
        ("https://x.io/a b", "no white space"),
        ("https://[bad", "cannot be read"),
        ("https://bob:hunter2@x.io", "user name"),
        ("https://x.io?api_key=hunter2", "secret"),
        ("https://x.io/sk-canary-0123456789abcdef/mcp", "secret"),
        ("https://x.io/{{api_key}}", "another variable"),
    ],
)
def test_addresses_that_are_refused(url: str, words: str) -> None:
    said = url_problem(url)
    assert words in said and "hunter2" not in said and "canary" not in said


@pytest.mark.parametrize(
    "command",
    [
        "",
        "uvx mcp-server-time --local-timezone UTC",
        "env GITHUB_TOKEN={{GITHUB_TOKEN}} npx server-github --api-key {{KEY}}",
        "docker run -i --token-count 5 --auth --verbose",
    ],
)
def test_commands_that_are_kept(command: str) -> None:
    assert command_problem(command) == ""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("env GITHUB_TOKEN=hunter2 npx server", "secret"),
        ("npx server --api-key=hunter2", "secret"),
        ("npx server --api-key hunter2", "secret"),
        ("npx server sk-canary-0123456789abcdef", "secret"),
        ("npx 'server", "quotes"),
        ("npx server {{api_key}}", "another variable"),
    ],
)
def test_commands_that_are_refused(command: str, words: str) -> None:
    said = command_problem(command)
    assert words in said and "hunter2" not in said and "canary" not in said


def test_headers_take_secrets_by_name_alone() -> None:
    assert headers_problem("Authorization: Bearer {{TOKEN}}\nX-Org: acme") == ""
    assert "looks like a secret" in headers_problem("Authorization: Bearer hunter2")
    assert "another variable" in headers_problem("Authorization: Bearer {{api_key}}")


def test_an_import_keeps_what_holds_no_secret() -> None:
    headers = "Authorization: Bearer {{TOKEN}}\nX-Api-Key: hunter2"
    kept = imported("https://x.io/mcp", "", headers)
    assert kept == Mcp("https://x.io/mcp", headers={"Authorization": "Bearer {{TOKEN}}"})
    assert lines_of(kept) == "Authorization: Bearer {{TOKEN}}"
    assert imported("", "npx server", "") == Mcp(command="npx server")
    assert imported("https://x.io/mcp?token=hunter2", "", "") is None
    assert imported("", "npx server --password hunter2", "") is None
    assert imported("", "", "") is None


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("", ""),
        ("   ", ""),
        ("'open", ""),
        ("/opt/weather/serve --port 3", "serve"),
        ("node ./dist/weather.js stdio", "weather.js"),
        ("/usr/bin/npx -y @modelcontextprotocol/server-everything", "server-everything"),
        ("python3.11 -u -m weather.server", "weather.server"),
        ("uv run --directory /srv/weather server.py", "server.py"),
        ("uvx mcp-server-time --local-timezone UTC", "mcp-server-time"),
        ("uvx --from=git+https://x.io/weather weather", "weather"),
        ("npx", "npx"),
        ("node --token canary server.js", "server.js"),
        ("node --token canary", "node"),
        ("node {{SCRIPT}}", "node"),
        ("uvx sk-canary-0123456789abcdef", "uvx"),
        ("weather canary", "weather"),
    ],
)
def test_a_command_is_called_by_what_it_starts(command: str, name: str) -> None:
    assert program(command) == name
