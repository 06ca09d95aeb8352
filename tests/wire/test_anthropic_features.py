"""What travels in a Messages request beside messages: subsets and custom tools, search, MCP, schemas, caching."""

from typing import Any

import pytest

from callsmith.redaction import filled
from callsmith.types.connection import Connection
from callsmith.types.features import Cache, Effort, McpServer, ResponseSchema, WebSearch
from callsmith.types.message import Message
from callsmith.types.parts import Opaque, Text, ToolCall, ToolResult
from callsmith.types.tool import Grammar, Tool, ToolChoice
from tests.wire.anthropic_kit import REDACTED, SIGNED, TOOL, assistant, body, request, results, user

OTHER = Tool("other", "", {"type": "object"})
SEARCH_TOOL = {"type": "web_search_20250305", "name": "web_search"}
MARK = {"type": "ephemeral"}


@pytest.mark.parametrize(
    ("choice", "offered", "sent"),
    [
        (ToolChoice("auto", allowed=("other",)), ["other"], None),
        (ToolChoice("required", allowed=("other",)), ["other"], {"type": "any"}),
        (ToolChoice("validated", allowed=("other",)), ["other"], None),
        (ToolChoice("validated"), ["get_time", "other"], None),
        (ToolChoice("none", allowed=("other",)), ["get_time", "other"], {"type": "none"}),
        (ToolChoice("named", "other"), ["get_time", "other"], {"type": "tool", "name": "other"}),
    ],
)
def test_only_the_allowed_tools_are_offered(choice: ToolChoice, offered: list[str], sent: Any) -> None:
    made = body(user(), tools=(TOOL, OTHER), tool_choice=choice)
    assert [tool["name"] for tool in made["tools"]] == offered
    assert made.get("tool_choice") == sent


def test_a_history_stays_legal_where_no_tool_is_allowed_any_more() -> None:
    history = (user(), assistant(ToolCall("a", "f", "{}")), results(ToolResult("a", "1")))
    made = body(*history, tool_choice=ToolChoice(allowed=("gone",)))
    assert made["tools"] == [{"name": "f", "input_schema": {"type": "object"}}]
    assert made["tool_choice"] == {"type": "none"}


@pytest.mark.parametrize(
    ("grammar", "words"),
    [
        (None, "Free text"),
        (Grammar("lark", 'start: "a"'), 'Free text that fits this Lark grammar:\nstart: "a"'),
        (Grammar("regex", "a+"), "Free text that fits this regular expression:\na+"),
    ],
)
def test_a_custom_tool_is_a_function_of_one_text(grammar: Grammar | None, words: str) -> None:
    tool = Tool("sql", "Runs SQL", type="custom", grammar=grammar, strict=True)
    assert body(user(), tools=(tool,))["tools"] == [
        {
            "name": "sql",
            "description": "Runs SQL",
            "input_schema": {
                "type": "object",
                "properties": {"input": {"type": "string", "description": words}},
                "required": ["input"],
                "additionalProperties": False,
            },
            "strict": True,
        }
    ]


THINKER = "claude-sonnet-4-5"
BUDGET = Effort("budget", 2000)


def test_thinking_is_asked_for_and_the_default_limit_grows_by_its_budget() -> None:
    made = body(user(), model=THINKER, thinking=BUDGET)
    assert made["thinking"] == {"type": "enabled", "budget_tokens": 2000}
    assert made["max_tokens"] == 8192 + 2000
    assert body(user(), model=THINKER, thinking=BUDGET, max_tokens=3000)["max_tokens"] == 3000
    assert "thinking" not in body(user(), model=THINKER)


def test_an_extra_body_has_the_last_word_on_thinking() -> None:
    extra = {"thinking": {"budget_tokens": 4000}}
    made = body(user(), model=THINKER, thinking=BUDGET, extra_body=extra)
    assert made["thinking"] == {"type": "enabled", "budget_tokens": 4000}
    assert made["max_tokens"] == 8192 + 4000


def test_an_effort_stands_beside_the_schema_of_the_reply() -> None:
    schema = ResponseSchema({"type": "object"})
    made = body(user(), model="claude-opus-4-6", thinking=Effort("low"), response=schema)
    assert made["output_config"] == {"effort": "low", "format": {"type": "json_schema", "schema": {"type": "object"}}}


def test_trap_27_a_forced_choice_beside_thinking_is_sent_as_it_was_asked_for() -> None:
    """It will be refused; the page says so before sending, and nothing is changed in silence."""
    made = body(user(), model=THINKER, thinking=BUDGET, tool_choice=ToolChoice("required"), temperature=0.5)
    assert made["thinking"]["type"] == "enabled"
    assert (made["tool_choice"], made["temperature"]) == ({"type": "any"}, 0.5)


def test_the_reply_is_held_to_a_schema() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
    made = body(user(), response=ResponseSchema(schema), extra_body={"output_config": {"effort": "low"}})
    assert made["output_config"] == {"format": {"type": "json_schema", "schema": schema}, "effort": "low"}


def test_the_providers_web_search() -> None:
    full = WebSearch("high", 3, ("a.example",), (), "CH", "ZH", "Zurich", "Europe/Zurich")
    place = {"city": "Zurich", "region": "ZH", "country": "CH", "timezone": "Europe/Zurich"}
    made = body(user(), web_search=full)
    assert made["tools"][1:] == [
        {
            **SEARCH_TOOL,
            "max_uses": 3,
            "allowed_domains": ["a.example"],
            "user_location": {"type": "approximate", **place},
        }
    ]
    assert body(user(), tools=(), web_search=WebSearch())["tools"] == [SEARCH_TOOL]
    few = WebSearch(blocked_domains=("b.example",), city="Rome")
    assert body(user(), tools=(), web_search=few)["tools"] == [
        {**SEARCH_TOOL, "blocked_domains": ["b.example"], "user_location": {"type": "approximate", "city": "Rome"}}
    ]


WIKI = McpServer("wiki", "https://mcp.example/mcp", authorization="{{WIKI_TOKEN}}", allowed_tools=("ask", "read"))
OPEN = McpServer("open", "https://open.example/mcp")


def test_remote_servers_are_named_and_their_tools_chosen() -> None:
    made = body(user(), mcp=(OPEN, WIKI))
    assert made["mcp_servers"] == [
        {"type": "url", "url": "https://open.example/mcp", "name": "open"},
        {"type": "url", "url": "https://mcp.example/mcp", "name": "wiki", "authorization_token": "{{WIKI_TOKEN}}"},
    ]
    assert made["tools"][1:] == [
        {"type": "mcp_toolset", "mcp_server_name": "open"},
        {
            "type": "mcp_toolset",
            "mcp_server_name": "wiki",
            "default_config": {"enabled": False},
            "configs": {"ask": {"enabled": True}, "read": {"enabled": True}},
        },
    ]


def test_a_servers_token_is_filled_when_the_request_goes_out() -> None:
    built = request(user(), mcp=(OPEN, WIKI))
    assert built.secrets_at == ("/mcp_servers/1/authorization_token",)
    out = filled(built, "key", lambda text: text.replace("{{WIKI_TOKEN}}", "s3cret"))
    assert out.json()["mcp_servers"][1]["authorization_token"] == "s3cret"
    assert b"s3cret" not in built.body
    assert request(user(), mcp=(WIKI,), extra_body={"mcp_servers": []}).secrets_at == ()


def betas(*messages: Message, **options: Any) -> list[str]:
    given = options.pop("given", {})
    connection = Connection("c", "C", "https://h.example", headers=given)
    found = request(*messages, connection=connection, **options).headers
    return [value for name, value in found if name.lower() == "anthropic-beta"]


def test_the_beta_of_remote_servers_joins_those_of_the_connection() -> None:
    ours = "mcp-client-2025-11-20"
    assert betas(user(), mcp=(OPEN,)) == [ours]
    assert betas(user(), mcp=(OPEN,), given={"Anthropic-Beta": "a, b"}) == [f"a,b,{ours}"]
    assert betas(user(), mcp=(OPEN,), given={"anthropic-beta": f"{ours},a"}) == [f"{ours},a"]
    assert betas(user(), given={"anthropic-beta": "a, b"}) == ["a, b"]
    assert betas(user()) == []


def test_steps_of_remote_servers_in_the_history_need_the_beta_too() -> None:
    step = Opaque("mcp_tool_use", {"type": "mcp_tool_use", "id": "m1", "name": "ask", "input": {}})
    found = Opaque("mcp_tool_result", {"type": "mcp_tool_result", "tool_use_id": "m1", "content": []})
    assert betas(user(), assistant(step, found, Text("a")), user()) == ["mcp-client-2025-11-20"]


def test_breakpoints_on_the_last_tool_the_system_prompt_and_the_last_block() -> None:
    cache = Cache(("tools", "system", "messages"))
    made = body(user("a"), assistant(Text("b")), user("c"), tools=(TOOL, OTHER), system="Be brief", cache=cache)
    assert [tool.get("cache_control") for tool in made["tools"]] == [None, MARK]
    assert made["system"] == [{"type": "text", "text": "Be brief", "cache_control": MARK}]
    assert [message["content"][-1].get("cache_control") for message in made["messages"]] == [None, None, MARK]


def test_a_breakpoint_stands_on_whatever_comes_last() -> None:
    turn = assistant(ToolCall("a", "get_time", "{}"), ToolCall("b", "get_time", "{}"))
    answers = results(ToolResult("a", "1"), ToolResult("b", "2"))
    cache = Cache(("tools", "messages"), ttl="1h")
    made = body(user(), turn, answers, web_search=WebSearch(), mcp=(OPEN,), cache=cache)
    hour = {"type": "ephemeral", "ttl": "1h"}
    assert [tool.get("cache_control") for tool in made["tools"]] == [None, None, hour]
    assert [block.get("cache_control") for block in made["messages"][2]["content"]] == [None, hour]


def test_thinking_carries_no_breakpoint_and_the_kept_parts_stay_as_they_were() -> None:
    step = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    parts = (Opaque("server_tool_use", step), SIGNED, Opaque("redacted_thinking", REDACTED))
    content = body(user(), assistant(*parts, finish="pause_turn"), cache=Cache(("messages",)))["messages"][1]["content"]
    assert content == [{**step, "cache_control": MARK}]
    assert "cache_control" not in step


def test_no_breakpoint_where_there_is_nothing_to_mark() -> None:
    cache = Cache(("tools", "system", "messages"))
    made = body(user(), tools=(), cache=cache)
    assert not {"tools", "system"} & made.keys()
    assert "cache_control" not in str(body(user(), system="s", cache=Cache(ttl="1h")))
    assert body(tools=(), cache=cache)["messages"] == []
