"""A remote MCP server as it is typed: what is refused, without repeating a secret, and what it makes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callsmith.mcp_form import McpForm, build, check, from_server, words
from callsmith.types.features import McpServer

GOOD = McpForm("tickets", "https://mcp.example.com/mcp")


def test_a_form_makes_the_server_it_came_from() -> None:
    server = McpServer(
        "tickets", "https://mcp.example.com/mcp", "{{T}}", {"X-Org": "{{ORG}}"}, ("a", "b"), "never", "d"
    )
    assert check(from_server(server)) == {}
    assert build(from_server(server)) == server


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("label", "", "missing"),
        ("label", "1st", "a letter first"),
        ("label", "other", "already"),
        ("url", "", "missing"),
        ("url", "mcp.example.com", "https://"),
        ("url", "http://mcp.example.com", "https://"),
        ("url", "https://", "names a host"),
        ("url", "https://me:hunter2@mcp.example.com", "secret"),
        ("url", "https://mcp.example.com?key=sk-canary-0123456789abcdef", "secret"),
        ("url", "https://localhost/mcp", "on this computer"),
        ("url", "https://[bad", "cannot be read"),
        ("authorization", "hunter2", "{{NAME}}"),
        ("authorization", "Bearer {{T}}", "{{NAME}}"),
        ("authorization", "{{api_key}}", "provider's own key"),
        ("headers", "X-Api-Key: hunter2", "looks like a secret"),
        ("headers", "no colon", "no colon"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(field: str, typed: str, said: str) -> None:
    found = check(replace(GOOD, **{field: typed}), ["other"])  # type: ignore[arg-type]
    assert list(found) == [field]
    assert said in next(iter(found.values()))
    assert "hunter2" not in str(found) and "canary" not in str(found)


def test_words_of_a_list() -> None:
    assert words(" find, open\nfind  close,") == ("find", "open", "close")
