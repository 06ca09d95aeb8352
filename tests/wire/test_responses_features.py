"""What a Responses request carries beside items: choice, custom tools, thinking, schema, web search, MCP, cache."""

import json
from typing import Any

import pytest

from callsmith.types.connection import Connection, Target
from callsmith.types.exchange import HttpRequest
from callsmith.types.features import Cache, Effort, McpServer, ResponseSchema, WebSearch
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Media, Opaque, Text, ToolCall, ToolResult
from callsmith.types.tool import Grammar, Tool, ToolChoice
from callsmith.wire.registry import WIRES

WIRE = WIRES["openai-responses"]
TOOL = Tool("get_time", "Time", {"type": "object", "properties": {}})
SQL = Tool("sql", "A query", type="custom", grammar=Grammar("regex", "select .+"))
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
REQUEST = {"type": "mcp_approval_request", "id": "mcpr_1", "name": "n", "arguments": "{}", "server_label": "s"}
APPROVAL = {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}
USER = Message("user", (Text("Hi"),))
GIVEN = Message("tool", (Opaque("mcp_approval_response", APPROVAL),))


def request(*messages: Message, model: str = "gpt-5.1", tools: tuple[Tool, ...] = (), **options: Any) -> HttpRequest:
    target = Target(Connection("c", "C", "https://host.example"), "openai-responses", model)
    return WIRE.request(target, Thread("", messages or (USER,)), tools, Options(**options))


def body(*messages: Message, **more: Any) -> Any:
    return json.loads(request(*messages, **more).body)


def assistant(*parts: Any, model: str = "gpt-5.1") -> Message:
    return Message("assistant", parts, Origin("x", "C", "openai-responses", model))


def test_choices_are_flat_and_say_the_kind_of_tool() -> None:
    def choice(choice: ToolChoice) -> Any:
        return body(tools=(TOOL, SQL), tool_choice=choice).get("tool_choice")

    assert choice(ToolChoice("named", "sql")) == {"type": "custom", "name": "sql"}
    assert choice(ToolChoice("validated")) is None
    subset = [{"type": "function", "name": "get_time"}, {"type": "custom", "name": "sql"}]
    for mode, said in (("auto", "auto"), ("required", "required"), ("validated", "auto")):
        sent = choice(ToolChoice(mode, allowed=("get_time", "sql")))  # type: ignore[arg-type]
        assert sent == {"type": "allowed_tools", "mode": said, "tools": subset}
    assert choice(ToolChoice("none", allowed=("sql",))) == "none"


def test_a_custom_tool_and_its_grammar_are_flat() -> None:
    grammar = {"type": "grammar", "syntax": "regex", "definition": "select .+"}
    assert body(tools=(SQL,))["tools"] == [
        {"type": "custom", "name": "sql", "description": "A query", "format": grammar}
    ]
    assert body(tools=(Tool("note", type="custom"),))["tools"] == [{"type": "custom", "name": "note"}]


def test_where_custom_tools_are_not_known_they_are_functions_in_the_history_too() -> None:
    call = ToolCall("a", "sql", "select 1", type="custom")
    history = (assistant(call), Message("tool", (ToolResult("a", "1"),)))
    sent = body(USER, *history, model="grok-4", tools=(SQL,))
    assert sent["tools"][0]["type"] == "function"
    assert [item.get("type") for item in sent["input"][1:]] == ["function_call", "function_call_output"]
    assert json.loads(sent["input"][1]["arguments"]) == {"input": "select 1"}
    assert [item.get("type") for item in body(USER, *history)["input"][1:]] == [
        "custom_tool_call",
        "custom_tool_call_output",
    ]


def test_thinking_and_its_summaries() -> None:
    sent = body(thinking=Effort("high"))
    assert sent["reasoning"]["effort"] == "high"
    assert "summary" in sent["reasoning"]
    assert "summary" not in body(thinking=Effort("high", show=False))["reasoning"]
    assert "reasoning" not in body()


def test_a_reply_schema_is_flat() -> None:
    sent = body(response=ResponseSchema(SCHEMA, "place", "Where it is."))
    assert sent["text"]["format"] == {
        "type": "json_schema",
        "name": "place",
        "description": "Where it is.",
        "schema": SCHEMA,
        "strict": True,
    }
    assert "strict" not in body(response=ResponseSchema(SCHEMA, strict=None))["text"]["format"]


def test_web_search_is_a_tool_and_its_sources_are_asked_for() -> None:
    search = WebSearch("high", allowed_domains=("a.example",), country="IT", timezone="Europe/Rome")
    sent = body(model="gpt-4o", web_search=search, tools=(TOOL,), tool_choice=ToolChoice("required"))
    assert sent["tools"][1] == {
        "type": "web_search",
        "filters": {"allowed_domains": ["a.example"]},
        "search_context_size": "high",
        "user_location": {"type": "approximate", "country": "IT", "timezone": "Europe/Rome"},
    }
    assert sent["include"] == ["web_search_call.action.sources"]
    assert sent["tool_choice"] == "required"
    assert body(web_search=WebSearch())["tools"] == [{"type": "web_search"}]


def test_a_remote_server_and_the_places_of_its_secrets() -> None:
    server = McpServer(
        "docs",
        "https://mcp.example/sse",
        "{{MCP_TOKEN}}",
        {"X-Team/a~b": "{{TEAM}}", "X-Plain": "open"},
        ("search", "fetch"),
        "never",
        "The handbook",
    )
    sent = request(tools=(TOOL,), mcp=(McpServer("bare", "https://b.example"), server))
    bare, full = json.loads(sent.body)["tools"][1:]
    assert bare == {
        "type": "mcp",
        "server_label": "bare",
        "server_url": "https://b.example",
        "require_approval": "always",
    }
    assert full == {
        "type": "mcp",
        "server_label": "docs",
        "server_url": "https://mcp.example/sse",
        "server_description": "The handbook",
        "authorization": "{{MCP_TOKEN}}",
        "headers": {"X-Team/a~b": "{{TEAM}}", "X-Plain": "open"},
        "allowed_tools": ["search", "fetch"],
        "require_approval": "never",
    }
    assert sent.secrets_at == ("/tools/2/authorization", "/tools/2/headers/X-Team~1a~0b")


def test_tools_of_an_extra_body_hold_no_secrets() -> None:
    server = McpServer("docs", "https://mcp.example", "{{MCP_TOKEN}}")
    assert request(mcp=(server,), extra_body={"tools": [{"type": "mcp"}]}).secrets_at == ()


@pytest.mark.parametrize("role", ["tool", "user"])
def test_leave_goes_right_after_its_request(role: Any) -> None:
    asked = assistant(Opaque("mcp_approval_request", REQUEST))
    given = Message(role, (Opaque("mcp_approval_response", APPROVAL),))
    assert body(USER, asked, given)["input"][1:] == [REQUEST, APPROVAL]


def test_leave_beside_results_keeps_the_order_of_the_answers() -> None:
    asked = assistant(ToolCall("a", "get_time", "{}"), Opaque("mcp_approval_request", REQUEST))
    for parts in (
        (ToolResult("a", "1"), Opaque("mcp_approval_response", APPROVAL)),
        (Opaque("mcp_approval_response", APPROVAL), ToolResult("a", "1")),
        (ToolResult("a", "1"), Media("image/png", "iVBO"), Opaque("mcp_approval_response", APPROVAL)),
    ):
        sent = body(USER, asked, Message("tool", parts))["input"][1:]
        kinds = [item["type"] for item in sent]
        assert kinds[:2] == ["function_call", "mcp_approval_request"]
        assert sorted(kinds[2:]) == ["function_call_output", "mcp_approval_response"]
        assert [kind == "mcp_approval_response" for kind in kinds[2:]] == [
            isinstance(part, Opaque) for part in parts if not isinstance(part, Media)
        ]


def test_leave_whose_request_stays_behind_stays_behind_too() -> None:
    asked = assistant(Text("May I?"), Opaque("mcp_approval_request", REQUEST))
    assert all("mcp" not in str(item.get("type")) for item in body(USER, asked, GIVEN, model="o3")["input"])
    held = body(USER, asked, GIVEN, extra_body={"previous_response_id": "resp_1"})
    assert held["input"] == [APPROVAL]


def test_sound_is_named_in_words() -> None:
    """The vendor answers 400 to sound as a file."""
    sent = body(Message("user", (Media("audio/mpeg", "SUQz", name="a.mp3"), Text("What is it?"))))["input"][0]
    assert isinstance(sent["content"], str) and "a.mp3" in sent["content"] and sent["content"].endswith("What is it?")


def test_a_cache_key() -> None:
    assert body(cache=Cache(key="team-a"))["prompt_cache_key"] == "team-a"
    assert "prompt_cache_key" not in body()


def test_trap_33_where_stateless_replay_breaks_the_server_can_keep_the_items() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": []}
    call = {"call_id": "a", "id": "fc_1"}
    turn = assistant(Opaque("reasoning", item), ToolCall("a", "get_time", "{}", extra={"id": "fc_1"}))
    history = (USER, turn, Message("tool", (ToolResult("a", "1"),)))
    kept = body(*history, extra_body={"store": True})["input"]
    assert kept[1] == item and kept[2].items() >= call.items()
    assert "reasoning" not in {entry.get("type") for entry in body(*history)["input"]}
