"""Which format is proposed for a model, and which are said to serve it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from callsmith.connections import ALL_WIRES, DEMO, PRESETS, environment_connection
from callsmith.formats import ENDPOINT_WIRES, offered, proposed
from callsmith.types.connection import Connection
from callsmith.wire.registry import WIRES

CHAT, RESPONSES, ANTHROPIC, GEMINI = ALL_WIRES
GATEWAY = Connection("g", "wenwen", "https://api.wenwen-ai.com/v1", ALL_WIRES, preset="wenwen")


@pytest.mark.parametrize(
    ("model", "wire"),
    [
        ("gpt-4o", CHAT),
        ("gpt-5", RESPONSES),
        ("gpt-5.4", RESPONSES),
        ("o3", RESPONSES),
        ("claude-sonnet-4-5-20250929", ANTHROPIC),
        ("gemini-2.5-pro", GEMINI),
        ("deepseek-v4-flash", CHAT),
        ("qwen3-32b", CHAT),
        ("demo-thinking", CHAT),
        ("something-new", CHAT),
        ("", CHAT),
    ],
)
def test_the_format_that_loses_least_is_proposed_by_the_id(model: str, wire: str) -> None:
    assert proposed(GATEWAY, model) == wire


@pytest.mark.parametrize(
    ("types", "wire"),
    [
        (["openai"], CHAT),
        (["openai", "anthropic"], ANTHROPIC),
        (["anthropic", "openai", "openai-response"], ANTHROPIC),
        (["openai-response"], RESPONSES),
        (["gemini"], GEMINI),
        (["embeddings"], ANTHROPIC),
        ([], ANTHROPIC),
    ],
)
def test_what_the_provider_says_comes_before_the_id(types: list[str], wire: str) -> None:
    assert proposed(GATEWAY, "claude-opus-5", types) == wire


def test_only_formats_of_the_connection_are_offered_and_proposed() -> None:
    only_chat = replace(GATEWAY, wires=(CHAT,))
    assert proposed(only_chat, "claude-opus-5", ["anthropic", "openai"]) == CHAT
    assert offered(only_chat, "claude-opus-5", ["anthropic", "openai"]) == (CHAT,)
    assert offered(GATEWAY, "gpt-4o", ["openai-response", "openai"]) == (CHAT, RESPONSES)
    assert offered(GATEWAY, "gpt-4o") == ALL_WIRES
    assert offered(GATEWAY, "bge", ["embeddings"]) == ()
    only_anthropic = replace(GATEWAY, wires=(ANTHROPIC,))
    assert proposed(only_anthropic, "gpt-4o") == ANTHROPIC


def test_a_server_known_by_its_base_url_only_is_taken_to_speak_chat() -> None:
    connection, _ = environment_connection(base_url="https://gw.example.com/v1", name="", has_key=True)
    assert connection is not None
    assert connection.wires == ALL_WIRES
    assert proposed(connection, "claude-opus-5") == CHAT
    assert proposed(connection, "claude-opus-5", ["anthropic", "openai"]) == ANTHROPIC
    known, _ = environment_connection(base_url="https://api.wenwen-ai.com/v1", name="", has_key=True)
    assert known is not None and proposed(known, "claude-opus-5") == ANTHROPIC


def test_every_format_named_anywhere_exists() -> None:
    assert set(ALL_WIRES) == set(WIRES) == set(ENDPOINT_WIRES.values())
    assert DEMO.wires == ALL_WIRES
    for item in PRESETS:
        assert item.wires and set(item.wires) <= set(WIRES), item.id
