"""What the code says: known results in the stubs, names for secrets, what it begins with, and how it is laid out."""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from callsmith.connections import ALL_WIRES, DEMO
from callsmith.conversation import Conversation, answer, append, say
from callsmith.play import Ask
from callsmith.starters import STARTERS
from callsmith.takeaway import TARGETS, python_code
from callsmith.types.answering import Answering, Condition, Mock, Reply, Rule
from callsmith.types.connection import KeyRef, Target
from callsmith.types.features import McpServer
from callsmith.types.message import Message
from callsmith.types.options import Options
from callsmith.types.parts import Text, ToolCall, ToolResult
from callsmith.types.tool import Grammar, Tool, ToolChoice
from tests.engine.takeaway import kit

URL = "http://localhost:1/v1"
CITY = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city"]}
WEATHER = Tool("get_weather", "Weather", CITY)


def asking(wire: str = "openai-chat", *tools: Tool, options: Options | None = None, **connection: Any) -> Ask:
    return Ask(Target(kit.connection(URL, **connection), wire, "m"), "Be brief", tools, options or Options())


def called(*pairs: tuple[dict[str, Any], str, bool]) -> Conversation:
    """A conversation whose calls of ``get_weather`` have these results."""
    conversation = say(Conversation("c"), "Weather?")
    calls = [ToolCall(f"call_{at}", "get_weather", json.dumps(asked)) for at, (asked, _, _) in enumerate(pairs)]
    conversation = append(conversation, Message("assistant", tuple(calls)))
    results = [ToolResult(f"call_{at}", said, failed) for at, (_, said, failed) in enumerate(pairs)]
    return answer(conversation, results)


def stub(ask: Ask, conversation: Conversation, by: dict[str, Answering] | None = None) -> Callable[..., Any]:
    space: dict[str, Any] = {"__name__": "taken", "os": None}
    text = kit.written(ask, conversation, "python-httpx", by).text
    exec(text.replace(f"os.environ['{kit.KEY}']", "'key'"), space)
    found: Callable[..., Any] = next(iter(space["TOOLS"].values()))
    return found


def test_known_results_come_back_by_their_arguments() -> None:
    known = called(({"city": "Paris"}, '{"c": 21}', False), ({"city": "Rome", "days": 2}, "warm", False))
    tool = stub(asking("openai-chat", WEATHER), known)
    assert tool(city="Paris") == {"c": 21}
    assert tool(city="Rome", days=2) == "warm"


def test_a_known_error_is_raised() -> None:
    known = called(({"city": "Paris"}, '{"c": 21}', False), ({"city": "X"}, '{"error": "No such city"}', True))
    with pytest.raises(RuntimeError, match="No such city"):
        stub(asking("openai-chat", WEATHER), known)(city="X")


@pytest.mark.parametrize(
    ("condition", "fits", "does_not"),
    [
        (Condition("equals", "$.city", "Paris"), {"city": "Paris"}, {"city": "Rome"}),
        (Condition("contains", "$.city", "ar"), {"city": "Paris"}, {"city": "Rome"}),
        (Condition("regex", "city", "(?i)^par"), {"city": "Paris"}, {"city": "Rome"}),
        (Condition("range", "$.days", low=2, high=4), {"city": "x", "days": 3}, {"city": "x"}),
        (Condition("range", "$.days", low=2), {"city": "x", "days": 2}, {"city": "x", "days": 1}),
        (Condition("present", "$.days"), {"city": "x", "days": 0}, {"city": "x"}),
        (Condition("equals", "", {"city": "Paris", "days": 2}), {"city": "Paris", "days": 2}, {"city": "Paris"}),
    ],
)
def test_rules_hold_as_in_the_app(condition: Condition, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    rules = (Rule(Reply("{{city}} yes"), (condition,)), Rule(Reply("no")))
    tool = stub(asking("openai-chat", WEATHER), say(Conversation("c"), "Hi"), {"get_weather": Answering(rules=rules)})
    assert tool(**fits) == f"{fits['city']} yes"
    assert tool(**does_not) == "no"


def test_a_rule_without_counterpart_is_said() -> None:
    rules = (Rule(Reply("x"), (Condition("nth", "", 2),), "second"), Rule(Reply("no")))
    made = kit.written(
        asking("openai-chat", WEATHER), say(Conversation("c"), "Hi"), "curl", {"get_weather": Answering(rules=rules)}
    )
    assert any("the rule second is left out" in note for note in made.notes)


def test_a_mock_else_a_sample_else_what_to_fill_in() -> None:
    hello = say(Conversation("c"), "Hi")
    mocked = Answering(mocks=(Mock("sunny", '{"sky": "clear"}'),))
    assert stub(asking("openai-chat", WEATHER), hello, {"get_weather": mocked})(city="x") == {"sky": "clear"}
    schema = {"type": "object", "properties": {"c": {"type": "integer"}}, "required": ["c"]}
    sampled = stub(asking("openai-chat", replace(WEATHER, output_schema=schema)), hello)(city="x")
    assert isinstance(sampled["c"], int)
    made = kit.written(asking("openai-chat", WEATHER), hello, "python-httpx")
    assert "# TODO: Fill in what this tool returns." in made.text
    assert "get_weather: Fill in what this tool returns." in made.notes


def test_a_turn_that_has_its_answer_begins_again() -> None:
    known = called(({"city": "Paris"}, "warm", False))
    done = append(known, Message("assistant", (Text("It is warm."),)))
    made = kit.written(asking("openai-chat", WEATHER), done, "curl")
    assert "It is warm." not in made.text
    assert '"call_0"' not in made.text
    assert '"call_0"' in kit.written(asking("openai-chat", WEATHER), known, "curl").text


@pytest.mark.parametrize("wire", ALL_WIRES)
def test_keys_are_names(wire: str) -> None:
    ask = asking(wire, WEATHER, key=KeyRef("environment", "TEAM_KEY"), headers={"X-Org": "org-{{ORG}}"})
    for target in kit.targets(wire):
        made = kit.written(ask, say(Conversation("c"), "Hi"), target)
        assert "TEAM_KEY" in made.text and "ORG" in made.text
        assert "{{" not in made.text.replace("${{", "")
        assert made.notes[0].startswith("Set TEAM_KEY, ORG in the environment")


def test_a_typed_key_has_the_vendors_name_and_none_has_none() -> None:
    ask = asking(key=KeyRef("session"))
    openai = replace(ask.target, connection=replace(ask.target.connection, base_url="https://api.openai.com/v1"))
    hello = say(Conversation("c"), "Hi")
    assert "OPENAI_API_KEY" in kit.written(replace(ask, target=openai), hello, "python-httpx").text
    assert "CALLSMITH_API_KEY" in kit.written(ask, hello, "python-httpx").text
    assert "environ" not in kit.written(asking(key=KeyRef()), hello, "python-openai").text


@pytest.mark.parametrize("wire", ["anthropic", "openai-responses"])
def test_a_secret_of_the_body_is_a_name(wire: str) -> None:
    server = McpServer("docs", "https://mcp.example/sse", authorization="{{MCP_TOKEN}}")
    ask = asking(wire, options=Options(mcp=(server,)))
    for target in kit.targets(wire):
        made = kit.written(ask, say(Conversation("c"), "Hi"), target)
        assert "{{MCP_TOKEN}}" not in made.text
        assert re.search(r"\$\{MCP_TOKEN\}|environ\[.MCP_TOKEN.\]|env\(.MCP_TOKEN.\)", made.text)


def test_a_forced_call_is_taken_back() -> None:
    ask = asking("openai-chat", WEATHER, options=Options(tool_choice=ToolChoice("required")))
    hello = say(Conversation("c"), "Hi")
    assert 'REQUEST["tool_choice"] = "auto"' in kit.written(ask, hello, "python-httpx").text
    assert "now on the model may stop" not in kit.written(asking("openai-chat", WEATHER), hello, "python-httpx").text


def test_a_custom_tool_is_called_with_its_text() -> None:
    tool = Tool("run_sql", "SQL", type="custom", grammar=Grammar("regex", "SELECT.*"))
    made = kit.written(asking("openai-responses", tool), say(Conversation("c"), "Hi"), "python-httpx")
    assert "def run_sql(input: str) -> Any:" in made.text


def test_without_tools_there_is_no_loop() -> None:
    for target in kit.targets("openai-chat"):
        text = kit.written(asking(), say(Conversation("c"), "Hi"), target).text
        assert "TOOLS" not in text and "MAX_STEPS" not in text and "next step" not in text


def test_the_demo_is_asked_at_its_server() -> None:
    made = kit.written(
        Ask(Target(DEMO, "openai-chat", "demo-agent"), "", (), Options()), say(Conversation("c"), "Hi"), "curl"
    )
    assert "http://127.0.0.1:8765/v1/chat/completions" in made.text
    assert made.notes[0] == "Start the demo model first: python -m callsmith demo-server"


def test_variables_have_their_values() -> None:
    ask = replace(asking(), variables={"user": "Ana"})
    assert "Hi Ana" in kit.written(ask, say(Conversation("c"), "Hi {{user}}"), "python-httpx").text


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ValueError, match="Google Gen AI"):
        kit.written(asking(), say(Conversation("c"), "Hi"), "python-genai")
    assert {target.id for target in TARGETS.values()} == {id for wire in ALL_WIRES for id in kit.targets(wire)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wire", "create"),
    [
        ("openai-chat", "openai.resources.chat.completions:Completions.create"),
        ("openai-responses", "openai.resources.responses:Responses.create"),
        ("anthropic", "anthropic.resources.messages:Messages.create"),
    ],
)
def test_the_sdks_have_the_parameters(wire: str, create: str) -> None:
    assert set(python_code._KNOWN[wire].split()) <= set(inspect.signature(pkgutil.resolve_name(create)).parameters)


@pytest.mark.parametrize("wire", ALL_WIRES)
@pytest.mark.slow
def test_python_is_laid_out_as_ruff_would(wire: str) -> None:
    for starter in STARTERS:
        ask, conversation = kit.started(starter, wire, URL)
        for target in kit.targets(wire):
            made = kit.written(ask, conversation, target, kit.answers(starter))
            if made.language == "python":
                command = [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", "-"]
                done = subprocess.run(command, input=made.text, capture_output=True, text=True)
                assert done.stdout == "", done.stdout
                lint = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,I,E7,E9", "-"]
                found = subprocess.run(lint, input=made.text, capture_output=True, text=True)
                assert found.returncode == 0, found.stdout
