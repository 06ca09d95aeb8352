"""Vendors' rules as data: who wants what, by model id and by place."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from callsmith.connections import DEMO, PRESETS
from callsmith.types.connection import Connection
from callsmith.wire.match import Which
from callsmith.wire.profile import RULES, Profile, Rule, profile_of

GATEWAY = Connection("g", "wenwen", "https://api.wenwen-ai.com/v1", preset="wenwen")
UNKNOWN = Connection("u", "Unknown", "https://gw.example.com/v1")


def at(preset: str) -> Connection:
    known = next(item for item in PRESETS if item.id == preset)
    return Connection("c", known.label, known.base_url, known.wires, preset=preset)


def test_an_unknown_model_at_an_unknown_place_has_no_quirks() -> None:
    assert profile_of(UNKNOWN, "some-model") == Profile()


def test_every_rule_sets_fields_there_are() -> None:
    known = {field.name for field in fields(Profile)}
    for rule in RULES:
        assert rule.fields.keys() <= known, rule


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-4o", "openai"),
        ("gpt-5-chat-latest", "openai"),
        ("gpt-5.4-mini", "openai-reasoning"),
        ("openai/o3", "openai-reasoning"),
        ("gpt-oss-120b", "gpt-oss"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude"),
        ("models/gemini-2.5-pro", "gemini"),
        ("deepseek-ai/DeepSeek-V3.2-Exp", "deepseek"),
        ("moonshotai/kimi-k2.5", "kimi"),
        ("z-ai/glm-5", "glm"),
        ("qwen/qwen3-32b", "qwen"),
        ("x-ai/grok-4.3", "grok"),
        ("open-mixtral-8x7b", "mistral"),
        ("marco-o1", ""),
        ("llama3.1", ""),
    ],
)
def test_families_go_by_the_id_alone(model: str, family: str) -> None:
    assert profile_of(UNKNOWN, model).family == family


@pytest.mark.parametrize("model", ["o3", "o4-mini-high", "gpt-5", "openai/gpt-5.1-codex"])
def test_openais_reasoning_models_want_the_newer_token_field(model: str) -> None:
    assert profile_of(GATEWAY, model).max_tokens_field == "max_completion_tokens"


def test_other_models_keep_the_older_token_field() -> None:
    for model in ("gpt-4o", "gpt-oss-20b", "claude-opus-5", "llama3"):
        assert profile_of(GATEWAY, model).max_tokens_field == "max_tokens"


def test_trap_21_reasoning_goes_back_to_the_newer_deepseek_and_kimi_models_always() -> None:
    for model in ("deepseek-v3.2", "deepseek-v4-flash", "deepseek-ai/DeepSeek-V3.2", "kimi-k2.5", "kimi-k2-thinking"):
        assert profile_of(GATEWAY, model).reasoning_back == "always", model
    assert profile_of(at("deepseek"), "deepseek-reasoner").reasoning_back == "always"
    assert profile_of(GATEWAY, "kimi-k2.5").reasoning_lost.strip() == ""
    assert profile_of(GATEWAY, "kimi-k2.5").reasoning_lost != ""


def test_trap_22_the_old_reasoner_never_gets_its_reasoning_back() -> None:
    for model in ("deepseek-reasoner", "deepseek-r1", "deepseek-ai/DeepSeek-R1-0528"):
        assert profile_of(GATEWAY, model).reasoning_back == "never", model


def test_models_that_do_not_think_get_back_only_their_own() -> None:
    for model in ("deepseek-chat", "deepseek-v3", "kimi-k2-instruct", "qwen3-32b", "gpt-4o"):
        assert profile_of(GATEWAY, model).reasoning_back == "own", model


def test_trap_32_encrypted_reasoning_is_asked_of_reasoning_models_alone() -> None:
    for model in ("o3", "gpt-5.2", "codex-mini-latest", "grok-4", "demo-thinking"):
        assert profile_of(GATEWAY, model).encrypted_reasoning, model
    for model in ("gpt-4o", "gpt-4.1", "gpt-5-chat-latest", "grok-4-fast-non-reasoning", "qwen3-max", "claude-opus-5"):
        assert not profile_of(GATEWAY, model).encrypted_reasoning, model


def test_trap_34_the_models_that_take_no_tools_beside_effort_on_chat() -> None:
    for model in ("gpt-5.4", "gpt-5.6-sol", "openai/gpt-5.10", "gpt-6"):
        assert profile_of(GATEWAY, model).tools_refuse_effort, model
    for model in ("gpt-5", "gpt-5.1", "gpt-5.3-codex", "o3", "gpt-4o"):
        assert not profile_of(GATEWAY, model).tools_refuse_effort, model


def test_trap_36_mistral_wants_short_ids_and_no_null_content() -> None:
    profile = profile_of(GATEWAY, "mistral-large-latest")
    assert (profile.call_id_length, profile.empty_content) == (9, "empty")
    assert profile_of(GATEWAY, "gpt-4o").call_id_length is None


def test_trap_46_deepseek_takes_json_without_a_schema() -> None:
    assert profile_of(GATEWAY, "deepseek-v4-flash").response_format == "json_object"


def test_strictness_is_lost_where_a_gateway_converts_and_kept_at_home() -> None:
    assert profile_of(GATEWAY, "claude-sonnet-4-5").strict == "lost"
    assert profile_of(GATEWAY, "gemini-2.5-pro").converts
    assert profile_of(at("gemini-chat"), "gemini-2.5-pro").converts is False
    assert profile_of(at("openai"), "gpt-4o").strict == "yes"
    assert profile_of(at("anthropic-chat"), "claude-sonnet-4-5").strict == "no"


def test_the_gateway_that_says_so_has_no_mcp_connector() -> None:
    assert profile_of(GATEWAY, "claude-opus-5").mcp is False
    assert profile_of(at("anthropic"), "claude-opus-5").mcp is True


def test_places_are_told_by_host_too() -> None:
    mine = Connection("c", "Mine", "https://api.mistral.ai/v1")
    assert profile_of(mine, "mistral-small-latest").seed_field == "random_seed"
    azure = Connection("c", "Azure", "https://tenant.openai.azure.com/openai/v1")
    assert profile_of(azure, "my-deployment").max_description == 1024
    elsewhere = Connection("c", "Not Azure", "https://openai.azure.com.example.com/v1")
    assert profile_of(elsewhere, "my-deployment").max_description is None


def test_the_demo_model_takes_everything() -> None:
    profile = profile_of(DEMO, "demo-agent")
    assert profile.custom_tools and profile.chat_web_search and profile.spoken and profile.mcp


def test_a_vendor_is_added_in_a_few_lines() -> None:
    """The example of docs/profiles.md."""
    acme = Rule(
        Which("acme-", at=("api.acme.example",)),
        {"max_tokens_field": "max_completion_tokens", "call_id_length": 12, "response_format": "json_object"},
    )
    there = Connection("a", "Acme", "https://api.acme.example/v1")
    profile = profile_of(there, "acme-large", (*RULES, acme))
    assert (profile.max_tokens_field, profile.call_id_length) == ("max_completion_tokens", 12)
    assert profile_of(there, "gpt-4o", (*RULES, acme)).call_id_length is None
    assert profile_of(UNKNOWN, "acme-large", (*RULES, acme)) == Profile()


def test_the_documentation_shows_the_rules_as_they_are() -> None:
    def bare(text: str) -> str:
        return re.sub(r",(?=[)}\]])", "", re.sub(r"\s+", "", text))

    root = Path(__file__).resolve().parents[2]
    shown = re.findall(r"```python\n(.*?)```", (root / "docs" / "profiles.md").read_text(), re.DOTALL)
    rules = bare(
        (root / "callsmith/wire/profile.py").read_text() + (root / "callsmith/wire/effort_rows.py").read_text()
    )
    example = bare(Path(__file__).read_text())
    assert len(shown) == 3
    for block in shown:
        for part in re.split(r"(?m)^(?=Rule\(|_row\()", block):
            assert bare(part).rstrip(",") in (example if "acme" in part else rules), part
