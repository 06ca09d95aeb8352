"""The thinking control: what is offered, and what goes into the body, family by family."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from callsmith.types.connection import Connection
from callsmith.types.features import Effort, EffortLevel
from callsmith.wire.effort import effort_fields, levels, said, thinks
from callsmith.wire.effort_rows import NUMBER, ROWS
from callsmith.wire.registry import WIRES

GATEWAY = Connection("g", "wenwen", "https://api.wenwen-ai.com/v1", preset="wenwen")
CHAT, RESPONSES, ANTHROPIC, GEMINI = "openai-chat", "openai-responses", "anthropic", "gemini"


def sent(wire: str, model: str, level: EffortLevel, budget: int | None = None, **more: Any) -> dict[str, Any]:
    connection = more.pop("connection", GATEWAY)
    most = more.pop("max_tokens", None)
    return effort_fields(wire, connection, model, Effort(level, budget, **more), most)


@pytest.mark.parametrize(
    ("wire", "model", "level", "body"),
    [
        (CHAT, "o3", "low", {"reasoning_effort": "low"}),
        (CHAT, "gpt-5.2", "off", {"reasoning_effort": "none"}),
        (CHAT, "gpt-5.6-sol", "max", {"reasoning_effort": "max"}),
        (CHAT, "deepseek-v4-flash", "off", {"thinking": {"type": "disabled"}}),
        (CHAT, "deepseek-v4-flash", "max", {"thinking": {"type": "enabled"}, "reasoning_effort": "max"}),
        (CHAT, "kimi-k2.5", "off", {"thinking": {"type": "disabled"}}),
        (CHAT, "glm-4.7", "off", {"thinking": {"type": "disabled"}}),
        (CHAT, "qwen3-32b", "off", {"enable_thinking": False}),
        (CHAT, "qwen3-32b", "low", {"enable_thinking": True, "thinking_budget": 2048}),
        (CHAT, "claude-sonnet-4-5", "medium", {"reasoning_effort": "medium"}),
        (CHAT, "grok-3-mini", "high", {"reasoning_effort": "high"}),
        (CHAT, "mistral-small-latest", "off", {"reasoning_effort": "none"}),
        (CHAT, "a-model-nobody-knows", "high", {"reasoning_effort": "high"}),
        (RESPONSES, "gpt-5", "high", {"reasoning": {"effort": "high", "summary": "auto"}}),
        (RESPONSES, "gpt-5.2", "off", {"reasoning": {"effort": "none"}}),
        (RESPONSES, "deepseek-v4-flash", "max", {"reasoning": {"effort": "max"}}),
        (ANTHROPIC, "claude-sonnet-4-5", "low", {"thinking": {"type": "enabled", "budget_tokens": 2048}}),
        (ANTHROPIC, "claude-sonnet-4-5", "off", {"thinking": {"type": "disabled"}}),
        (
            ANTHROPIC,
            "claude-opus-4-7",
            "xhigh",
            {"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "xhigh"}},
        ),
        (GEMINI, "gemini-2.5-flash", "off", {"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}}),
        (
            GEMINI,
            "gemini-3-flash-preview",
            "minimal",
            {"generationConfig": {"thinkingConfig": {"thinkingLevel": "MINIMAL", "includeThoughts": True}}},
        ),
        (
            CHAT,
            "gemini-2.5-pro",
            "low",
            {"extra_body": {"google": {"thinking_config": {"thinking_budget": 1024, "include_thoughts": True}}}},
        ),
    ],
)
def test_each_family_is_told_in_its_own_words(wire: str, model: str, level: EffortLevel, body: Any) -> None:
    assert sent(wire, model, level) == body


def test_places_with_their_own_word_come_first() -> None:
    router = Connection("r", "OpenRouter", "https://openrouter.ai/api/v1")
    assert sent(CHAT, "anthropic/claude-sonnet-4", "budget", 3000, connection=router) == {
        "reasoning": {"max_tokens": 3000}
    }
    assert sent(CHAT, "openai/o3", "low", show=False, connection=router) == {
        "reasoning": {"effort": "low", "exclude": True}
    }
    groq = Connection("q", "Groq", "https://api.groq.com/openai/v1")
    assert levels(CHAT, groq, "qwen/qwen3-32b") == ("default", "off")
    assert levels(CHAT, groq, "llama-3.3-70b-versatile") == ("default",)


def test_thoughts_are_asked_for_or_left_out() -> None:
    assert sent(RESPONSES, "gpt-5", "low", show=False) == {"reasoning": {"effort": "low"}}
    assert sent(ANTHROPIC, "claude-opus-5", "low", show=False)["thinking"]["display"] == "omitted"
    hidden = sent(GEMINI, "gemini-2.5-pro", "low", show=False)["generationConfig"]["thinkingConfig"]
    assert hidden == {"thinkingBudget": 1024}


@pytest.mark.parametrize("wire", list(WIRES))
@pytest.mark.parametrize(
    "model", ["gpt-5", "claude-opus-5", "gemini-3-pro", "deepseek-v4-flash", "unknown", "demo-agent"]
)
def test_the_default_sends_nothing_anywhere(wire: str, model: str) -> None:
    assert sent(wire, model, "default") == {}
    assert levels(wire, GATEWAY, model)[0] == "default"


@pytest.mark.parametrize("wire", list(WIRES))
@pytest.mark.parametrize("model", ["demo-agent", "demo-thinking", "demo-pace-9"])
def test_the_demo_model_has_the_control_in_every_format(wire: str, model: str) -> None:
    offered = levels(wire, GATEWAY, model)
    assert {"off", "low", "medium", "high"} <= set(offered)
    assert thinks(wire, GATEWAY, model, Effort()) is (model == "demo-thinking")
    assert sent(wire, model, "off") and sent(wire, model, "high")


def test_a_model_nobody_knows_is_not_locked_out() -> None:
    for wire in WIRES:
        assert {"low", "high"} <= set(levels(wire, GATEWAY, "brand-new-model"))
        assert thinks(wire, GATEWAY, "brand-new-model", Effort()) is None


def test_models_without_thinking_have_no_control() -> None:
    for wire, model in ((CHAT, "gpt-4o"), (RESPONSES, "gpt-4.1"), (ANTHROPIC, "claude-3-5-haiku-latest")):
        assert levels(wire, GATEWAY, model) == ("default",)
        assert thinks(wire, GATEWAY, model, Effort("high")) is False
    assert levels(GEMINI, GATEWAY, "gemini-2.0-flash") == ("default",)


def test_off_is_offered_where_the_model_can_be_kept_from_thinking() -> None:
    off = {
        (CHAT, "gpt-5"): False,
        (CHAT, "gpt-5.1"): True,
        (ANTHROPIC, "claude-opus-5"): True,
        (ANTHROPIC, "claude-sonnet-5-5"): False,
        (GEMINI, "gemini-2.5-pro"): False,
        (GEMINI, "gemini-2.5-flash"): True,
        (GEMINI, "gemini-3-pro-preview"): False,
    }
    assert {key: "off" in levels(key[0], GATEWAY, key[1]) for key in off} == off


def test_a_level_the_model_lacks_is_said_as_the_nearest() -> None:
    def nearest(wire: str, model: str, level: EffortLevel, budget: int | None = None) -> EffortLevel:
        return said(wire, GATEWAY, model, Effort(level, budget))

    assert nearest(CHAT, "o3", "max") == "high"
    assert nearest(CHAT, "o3", "minimal") == "low"
    assert nearest(CHAT, "gpt-5", "off") == "minimal"
    assert nearest(CHAT, "gpt-5", "budget", 9000) == "high"
    assert nearest(CHAT, "gpt-4o", "high") == "default"
    assert nearest(ANTHROPIC, "claude-sonnet-4-5", "budget") == "default"


def test_a_level_said_in_tokens_leaves_room_for_the_reply() -> None:
    assert sent(ANTHROPIC, "claude-sonnet-4-5", "high", max_tokens=6000)["thinking"]["budget_tokens"] == 3000
    assert sent(ANTHROPIC, "claude-sonnet-4-5", "high", max_tokens=1500)["thinking"]["budget_tokens"] == 1024
    # A number chosen by hand is the user's own.
    assert sent(ANTHROPIC, "claude-sonnet-4-5", "budget", 9000, max_tokens=4000)["thinking"]["budget_tokens"] == 9000


def test_a_name_that_says_thinking_thinks() -> None:
    assert thinks(ANTHROPIC, GATEWAY, "claude-sonnet-4-5-thinking", Effort()) is True
    assert thinks(ANTHROPIC, GATEWAY, "claude-sonnet-4-5", Effort()) is False
    assert thinks(GEMINI, GATEWAY, "gemini-2.5-flash", Effort("budget", 0)) is False


def test_every_row_says_what_it_offers_without_sharing_its_data() -> None:
    for row in ROWS:
        assert set(row.wires) <= set(WIRES)
        assert set(row.control.words) | set(row.control.tokens) <= set(get_args(EffortLevel))
        assert not row.control.tokens or row.control.budget
    first = sent(ANTHROPIC, "claude-opus-5", "high")
    first["thinking"]["type"] = "changed"
    assert sent(ANTHROPIC, "claude-opus-5", "high")["thinking"]["type"] == "adaptive"
    assert NUMBER not in sent(ANTHROPIC, "claude-sonnet-4", "budget", 5)["thinking"].values()


@pytest.fixture
def recorded(shared: Path) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Format, model and body of every recorded request that sets thinking and was answered."""
    found = []
    for wire in ("anthropic", "openai-responses"):
        for path in sorted((shared / "recordings" / wire).glob("*.json")):
            for exchange in json.loads(path.read_text())["exchanges"]:
                body = exchange["request"].get("json")
                if exchange["response"]["status"] == 200 and isinstance(body, dict):
                    found.append((wire, str(body.get("model")), body))
    return found


@pytest.mark.slow
def test_what_models_were_recorded_to_take_is_offered(recorded: list[tuple[str, str, Mapping[str, Any]]]) -> None:
    checked = 0
    for wire, model, body in recorded:
        asked = body.get("output_config") if wire == "anthropic" else body.get("reasoning")
        effort = asked.get("effort") if isinstance(asked, dict) else None
        thinking = body.get("thinking")
        offered = levels(wire, GATEWAY, model)
        if effort:
            assert effort in offered, (model, effort)
            checked += 1
        if isinstance(thinking, dict) and thinking.get("type") == "disabled":
            assert "off" in offered, model
    assert checked > 10
