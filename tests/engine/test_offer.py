"""What a format has words for is read off its requests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callsmith.connections import DEMO
from callsmith.offer import has
from callsmith.types.connection import Target


@pytest.mark.parametrize(
    ("option", "wires"),
    [
        ("temperature", {"openai-chat", "openai-responses", "anthropic", "gemini"}),
        ("seed", {"openai-chat", "gemini"}),
        ("allowed", {"openai-chat", "openai-responses", "anthropic", "gemini"}),
        ("response", {"openai-chat", "openai-responses", "anthropic", "gemini"}),
        ("response.strict", {"openai-chat", "openai-responses"}),
        ("web_search", {"openai-chat", "openai-responses", "anthropic", "gemini"}),
        ("mcp", {"openai-responses", "anthropic"}),
        ("mcp.approval", {"openai-responses"}),
        ("spoken", {"openai-chat"}),
    ],
)
def test_an_option_is_offered_where_it_changes_the_request(option: str, wires: set[str]) -> None:
    assert {wire for wire in DEMO.wires if has(Target(DEMO, wire, "m"), option)} == wires


def test_what_a_connection_says_otherwise_is_a_word_of_the_format_all_the_same() -> None:
    fixed = replace(DEMO, extra_body={"tools": None, "temperature": 1})
    assert has(Target(fixed, "openai-chat", "m"), "parallel_tool_calls")


def test_a_name_that_is_no_option_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        has(Target(DEMO, "gemini", "m"), "colour")
