"""What is said before sending about thinking, tool choice, sampling and features, and that each fix helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from callsmith.connections import DEMO
from callsmith.offer import has
from callsmith.types.connection import Connection, Target
from callsmith.types.features import Cache, Effort, McpServer, ResponseSchema, SpokenReply, WebSearch
from callsmith.types.options import Options
from callsmith.types.parts import Text
from callsmith.types.setup import Setup
from callsmith.types.tool import Grammar, Tool, ToolChoice
from tests.engine.notes_kit import ANTHROPIC, CHAT, GATEWAY, GEMINI, RESPONSES, TOOL, found, talk, turn, user

SCHEMA = ResponseSchema({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]})
SERVER = McpServer("docs", "https://mcp.example.com")
FORCED = ToolChoice("required")


def helped(wire: str, model: str, options: Options, note: str, *, tools: Sequence[Tool] = (TOOL,)) -> list[str]:
    """The labels of a note's fixes, each of which makes the note go away."""
    fixes = found(wire, model, options, tools=tools)[note].fixes
    for fix in fixes:
        after = fix.change(Setup("g", wire, model, options=options))
        asked = found(after.wire, model, after.options, tools=tools, system=after.system)
        assert note not in asked, fix.label
    return [fix.label for fix in fixes]


@pytest.mark.parametrize("wire", [CHAT, RESPONSES, ANTHROPIC, GEMINI])
def test_an_ordinary_request_of_the_demo_model_needs_no_notes(wire: str) -> None:
    options = Options(temperature=0.5, max_tokens=900)
    assert found(wire, "demo-agent", options, tools=(TOOL,), connection=DEMO, conversation=talk(user())) == {}


def test_trap_27_thinking_and_a_forced_tool_choice_exclude_each_other() -> None:
    options = Options(tool_choice=FORCED, thinking=Effort("low"))
    labels = helped(ANTHROPIC, "claude-sonnet-4-5", options, "forced-choice-thinking")
    assert labels == ["Let the model choose its tools", "Turn thinking off"]
    named = replace(options, tool_choice=ToolChoice("named", "get_time"))
    assert found(ANTHROPIC, "demo-agent", named, tools=(TOOL,))["forced-choice-thinking"].level == "refused"
    assert not found(ANTHROPIC, "claude-sonnet-4-5", Options(tool_choice=FORCED), tools=(TOOL,))
    assert "forced-choice-thinking" in found(CHAT, "deepseek-v4-flash", Options(tool_choice=FORCED), tools=(TOOL,))
    # Models that always think cannot have it switched off.
    assert helped(ANTHROPIC, "claude-sonnet-5-5", Options(tool_choice=FORCED), "forced-choice") == [
        "Let the model choose its tools"
    ]


def test_trap_34_tools_beside_reasoning_on_chat() -> None:
    for options in (Options(), Options(thinking=Effort("high"))):
        labels = helped(CHAT, "gpt-5.6-sol", options, "tools-reasoning")
        assert labels == ["Switch to Responses", "Turn thinking off"]
    assert "default" in found(CHAT, "gpt-5.6", tools=(TOOL,))["tools-reasoning"].text
    assert found(CHAT, "gpt-5.4", tools=(TOOL,))["tools-reasoning"].level == "info"
    assert "tools-reasoning" not in found(CHAT, "gpt-5.6", Options(thinking=Effort("off")), tools=(TOOL,))
    assert "tools-reasoning" not in found(CHAT, "gpt-5.6")
    assert "tools-reasoning" not in found(CHAT, "gpt-5", tools=(TOOL,))


def test_claude_thinking_with_tools_on_chat_cannot_go_on() -> None:
    labels = helped(CHAT, "claude-sonnet-4-5", Options(thinking=Effort("high")), "claude-thinking-chat")
    assert labels == ["Switch to Messages"]


def test_a_level_the_model_lacks_is_said() -> None:
    assert helped(CHAT, "o3", Options(thinking=Effort("max")), "thinking-nearest", tools=()) == ["Set thinking to high"]
    note = found(CHAT, "gpt-4o", Options(thinking=Effort("high")))["thinking-no-control"]
    assert note.level == "ignored"
    assert "thinking-no-budget" in found(ANTHROPIC, "claude-sonnet-4-5", Options(thinking=Effort("budget")))


def test_a_budget_has_to_leave_room_for_the_reply() -> None:
    options = Options(thinking=Effort("budget", 8000), max_tokens=4000)
    labels = helped(ANTHROPIC, "claude-sonnet-4-5", options, "budget-max-tokens")
    assert labels == ["Raise max tokens to 12,000", "Turn thinking off"]
    small = Options(thinking=Effort("budget", 500))
    assert helped(ANTHROPIC, "claude-sonnet-4-5", small, "budget-too-small") == ["Set the budget to 1,024 tokens"]
    assert "budget-too-small" in found(GEMINI, "gemini-2.5-pro", Options(thinking=Effort("budget", 0)))
    assert not found(ANTHROPIC, "claude-sonnet-4-5", Options(thinking=Effort("high"), max_tokens=4000))


def test_sampling_that_a_model_refuses() -> None:
    assert helped(CHAT, "o3", Options(temperature=0.2), "refused-temperature") == ["Clear temperature"]
    assert "refused-stop" in found(CHAT, "gpt-5", Options(stop=("END",)))
    assert "refused-parallel_tool_calls" in found(CHAT, "o3", Options(parallel_tool_calls=False), tools=(TOOL,))
    assert not found(CHAT, "o3", Options(parallel_tool_calls=False))
    assert not found(CHAT, "o3", Options(temperature=1.0))
    thinking = Options(temperature=0.2, thinking=Effort("low"))
    assert helped(ANTHROPIC, "claude-sonnet-4-5", thinking, "refused-temperature") == [
        "Clear temperature",
        "Turn thinking off",
    ]
    assert not found(ANTHROPIC, "claude-sonnet-4-5", Options(temperature=0.2))
    assert helped(ANTHROPIC, "claude-sonnet-4-5", Options(temperature=1.5), "temperature-range") == [
        "Set temperature to 1"
    ]
    assert found(CHAT, "deepseek-v4-flash", Options(temperature=0.2))["ignored-temperature"].level == "ignored"


@pytest.mark.parametrize(
    ("wire", "options", "note"),
    [
        (RESPONSES, Options(seed=1), "absent-seed"),
        (RESPONSES, Options(stop=("END",)), "absent-stop"),
        (ANTHROPIC, Options(seed=1), "absent-seed"),
        (GEMINI, Options(parallel_tool_calls=False), "absent-parallel_tool_calls"),
        (CHAT, Options(tool_choice=ToolChoice("validated")), "choice-validated"),
        (GEMINI, Options(cache=Cache(("system",))), "cache-breakpoints"),
        (CHAT, Options(cache=Cache(("system",), key="k")), "cache-breakpoints"),
        (ANTHROPIC, Options(cache=Cache(key="k")), "cache-key"),
        (ANTHROPIC, Options(spoken=SpokenReply()), "spoken-absent"),
        (GEMINI, Options(mcp=(SERVER,)), "mcp-absent"),
        (CHAT, Options(mcp=(SERVER,)), "mcp-absent"),
    ],
)
def test_what_a_format_has_no_word_for_is_said_and_can_be_taken_back(wire: str, options: Options, note: str) -> None:
    model = {GEMINI: "gemini-2.5-pro", ANTHROPIC: "claude-sonnet-4-5"}.get(wire, "gpt-4o")
    assert helped(wire, model, options, note)
    assert found(wire, model, options, tools=(TOOL,))[note].level in ("ignored", "info")


def test_a_choice_among_some_tools_is_made_by_leaving_the_others_out() -> None:
    options = Options(tool_choice=ToolChoice("auto", allowed=("get_time",)))
    tools = (TOOL, Tool("other"))
    for wire, model in ((ANTHROPIC, "claude-sonnet-4-5"), (GEMINI, "gemini-2.5-pro")):
        assert "1 tool is left out" in found(wire, model, options, tools=tools)["choice-allowed"].text
    assert "choice-allowed" not in found(RESPONSES, "gpt-4o", options, tools=tools)
    assert "choice-allowed-elsewhere" in found(CHAT, "deepseek-chat", options, tools=tools)


def test_strictness_is_lost_or_absent() -> None:
    tools = (replace(TOOL, strict=True),)
    assert found(CHAT, "claude-sonnet-4-5", tools=tools)["strict-lost"].fixes[0].label == "Switch to Messages"
    assert found(GEMINI, "gemini-2.5-pro", tools=tools)["strict-absent"].fixes[0].label == "Let Gemini check calls"
    assert "strict-absent" in found(CHAT, "deepseek-chat", tools=tools)
    for wire, model in ((CHAT, "gpt-4o"), (RESPONSES, "gpt-4o"), (ANTHROPIC, "claude-sonnet-4-5")):
        assert not found(wire, model, tools=tools)


def test_free_text_tools_become_functions() -> None:
    custom = Tool("run", type="custom", grammar=Grammar("regex", "a+"))
    for wire, model in ((ANTHROPIC, "claude-sonnet-4-5"), (GEMINI, "gemini-2.5-pro"), (CHAT, "gpt-4o")):
        assert "not enforced" in found(wire, model, tools=(custom,))["custom-tools"].text
    assert found(ANTHROPIC, "claude-sonnet-4-5", tools=(replace(custom, grammar=None),))["custom-tools"].level == "info"
    assert not found(RESPONSES, "gpt-5", tools=(custom,))


def test_a_reply_schema_where_it_is_not_taken() -> None:
    options = Options(response=SCHEMA)
    assert "system prompt" in found(CHAT, "deepseek-v4-flash", options)["response-json"].text
    assert helped(GEMINI, "gemini-2.5-flash", options, "response-tools") == ["Switch the reply schema off"]
    assert not found(GEMINI, "gemini-3-pro-preview", options, tools=(TOOL,))
    compatible = Connection("a", "Anthropic", "https://api.anthropic.com/v1", preset="anthropic-chat")
    assert "response-absent" in found(CHAT, "claude-sonnet-4-5", options, connection=compatible)
    assert not found(CHAT, "gpt-4o", Options(response=replace(SCHEMA, on=False)))


def test_trap_46_json_without_a_schema_needs_its_word_in_the_prompt() -> None:
    options = Options(extra_body={"response_format": {"type": "json_object"}})
    note = found(CHAT, "gpt-4o", options)["json-word"]
    after = note.fixes[0].change(Setup(system="Be brief.", options=options))
    assert after.system == "Be brief.\n\nAnswer in JSON."
    assert not found(CHAT, "gpt-4o", options, system=after.system)
    flat = Options(extra_body={"text": {"format": {"type": "json_object"}}})
    assert "json-word" in found(RESPONSES, "gpt-4o", flat)


def test_web_search_where_it_is_not_taken() -> None:
    search = Options(web_search=WebSearch())
    labels = helped(CHAT, "gpt-4o", search, "search-model", tools=())
    assert labels == ["Switch to Responses", "Switch web search off"]
    assert not found(CHAT, "gpt-4o-search-preview", search)
    assert helped(GEMINI, "gemini-2.5-flash", search, "search-tools") == ["Switch web search off"]
    assert not found(GEMINI, "gemini-2.5-flash", search)
    assert not found(GEMINI, "gemini-3-pro-preview", search, tools=(TOOL,))
    both = Options(web_search=WebSearch(allowed_domains=("a.example",), blocked_domains=("b.example",)))
    assert helped(ANTHROPIC, "claude-sonnet-4-5", both, "search-domains") == ["Clear the blocked domains"]
    parts = Options(web_search=WebSearch("low", max_uses=3, allowed_domains=("a.example",), city="Oslo"))
    note = found(RESPONSES, "gpt-4o", parts)["search-parts"]
    assert note.text == "For web search Responses has no word for the number of searches."


def test_remote_mcp_where_it_is_not_served() -> None:
    options = Options(mcp=(SERVER,))
    note = found(ANTHROPIC, "claude-sonnet-4-5", options)["mcp-gateway"]
    assert note.level == "refused" and note.text.startswith("wenwen says")
    assert [fix.label for fix in note.fixes] == ["Leave the MCP servers out"]
    home = Connection("a", "Anthropic", "https://api.anthropic.com", (ANTHROPIC,), preset="anthropic")
    asked = found(ANTHROPIC, "claude-sonnet-4-5", options, connection=home)
    assert "mcp-gateway" not in asked and "without approval" in asked["mcp-approval"].text
    assert not found(RESPONSES, "gpt-4o", options)


def test_a_reply_in_sound_needs_a_model_that_speaks() -> None:
    assert helped(CHAT, "gpt-4o", Options(spoken=SpokenReply()), "spoken-model") == ["Ask for text only"]
    assert not found(CHAT, "gpt-4o-audio-preview", Options(spoken=SpokenReply()))


def test_a_fix_offers_no_format_the_connection_lacks() -> None:
    only_chat = replace(GATEWAY, wires=(CHAT,))
    labels = [fix.label for fix in found(CHAT, "gpt-5.6", tools=(TOOL,), connection=only_chat)["tools-reasoning"].fixes]
    assert labels == ["Turn thinking off"]


@pytest.mark.parametrize(
    ("wire", "model"),
    [(CHAT, "gpt-4o"), (RESPONSES, "gpt-4o"), (ANTHROPIC, "claude-sonnet-4-5"), (GEMINI, "gemini-2.5-pro")],
)
def test_no_option_is_left_out_of_a_request_without_a_word(wire: str, model: str) -> None:
    """What the built request does not carry is in the notes."""
    every: dict[str, Options] = {
        "seed": Options(seed=7),
        "stop": Options(stop=("END",)),
        "parallel_tool_calls": Options(parallel_tool_calls=False),
        "validated": Options(tool_choice=ToolChoice("validated")),
        "web_search.context_size": Options(web_search=WebSearch("low")),
        "web_search.max_uses": Options(web_search=WebSearch(max_uses=2)),
        "web_search.allowed_domains": Options(web_search=WebSearch(allowed_domains=("a.example",))),
        "web_search.blocked_domains": Options(web_search=WebSearch(blocked_domains=("a.example",))),
        "web_search.place": Options(web_search=WebSearch(city="Oslo")),
        "mcp": Options(mcp=(SERVER,)),
        "mcp.headers": Options(mcp=(replace(SERVER, headers={"X-A": "1"}),)),
        "mcp.description": Options(mcp=(replace(SERVER, description="d"),)),
        "cache.breakpoints": Options(cache=Cache(("tools", "system", "messages"))),
        "cache.key": Options(cache=Cache(key="k")),
        "spoken": Options(spoken=SpokenReply()),
    }
    absent = [name for name in every if not has(Target(GATEWAY, wire, model), name)]
    assert absent
    for name in absent:
        assert found(wire, model, every[name], tools=(TOOL,)), name


@pytest.mark.parametrize(
    ("options", "said"),
    [({}, '"..."'), ({"stream": False}, "only the last"), ({"thinking": Effort("low")}, "signature")],
)
def test_trap_49_50_51_what_a_converting_gateway_does_to_claude(options: dict[str, Any], said: str) -> None:
    conversation = talk(user(), *turn(CHAT, "claude-sonnet-4-5"))
    note = found(CHAT, "claude-sonnet-4-5", Options(**options), conversation=conversation)["gateway-converts"]
    assert said in note.text and note.fixes[0].label == "Switch to Messages"
    assert "gateway-converts" not in found(ANTHROPIC, "claude-sonnet-4-5", Options(**options))
    plain = talk(user(), *turn(CHAT, "claude-sonnet-4-5", Text("Looking it up.")))
    assert "gateway-converts" not in found(CHAT, "claude-sonnet-4-5", conversation=plain)
