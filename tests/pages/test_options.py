"""The options of a conversation: what each control sends, what is absent where the format lacks it, and chips."""

from __future__ import annotations

from typing import Any

import pytest

from callsmith.store import Store
from callsmith.types.features import Cache, Effort, McpServer, ResponseSchema, SpokenReply, WebSearch
from callsmith.types.options import Limits, Options
from callsmith.types.setup import Setup
from callsmith.types.tool import ToolChoice
from callsmith.wire.registry import WIRES
from tests.pages.options_kit import CLAUDE, GATEWAY, kept, keys, open_tab
from tests.pages.playground import Page, weather

pytestmark = pytest.mark.slow

SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}
SERVER = McpServer("tickets", "https://mcp.example.com/mcp")
# Every control of the options that not all formats have, and the formats that have it.
SOME_FORMATS = {
    ("Model", "option-seed"): {"openai-chat", "gemini"},
    ("Model", "option-stop"): {"openai-chat", "anthropic", "gemini"},
    ("Tool choice", "option-parallel_tool_calls"): {"openai-chat", "openai-responses", "anthropic"},
    ("Reply", "option-spoken"): {"openai-chat"},
    ("Search", "option-web-size"): {"openai-chat", "openai-responses"},
    ("Search", "option-web-uses"): {"anthropic"},
    ("Search", "option-web-blocked_domains"): {"anthropic"},
    ("Search", "option-web-city"): {"openai-chat", "openai-responses", "anthropic"},
    ("MCP", "mcp-add"): {"openai-responses", "anthropic"},
    ("More", "option-cache-breakpoints"): {"anthropic"},
    ("More", "option-cache-key"): {"openai-chat", "openai-responses"},
}


@pytest.mark.parametrize("wire", WIRES)
def test_what_a_format_lacks_is_absent(store: Store, wire: str) -> None:
    setup = weather(store, options=Options(web_search=WebSearch()))
    page = Page(store, Setup(model="demo-instant", wire=wire, tools=setup.tools, options=setup.options))
    for (tab, key), wires in SOME_FORMATS.items():
        open_tab(page, tab)
        assert (key in keys(page)) == (wire in wires), f"{key} in {wire}"


def test_validated_calls_are_a_choice_in_gemini_alone(store: Store) -> None:
    for wire in WIRES:
        page = Page(store, Setup(model="demo-instant", wire=wire, tools=weather(store).tools))
        open_tab(page, "Tool choice")
        offered = page.at.selectbox(key="option-tool_choice").options
        assert any("validated" in label for label in offered) == (wire == "gemini")


def test_what_was_set_for_another_format_is_marked_as_not_sent(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant", wire="anthropic", options=Options(seed=7, temperature=0.5)))
    labels = {item.key: item.label for item in page.at.button}
    assert labels["chip-seed"] == "seed 7, not sent"
    assert labels["chip-temperature"] == "temperature 0.5"


CHIPS = {
    "thinking": (Options(thinking=Effort("high")), Options()),
    "thoughts": (Options(thinking=Effort(show=False)), Options()),
    "temperature": (Options(temperature=0.5), Options()),
    "stop": (Options(stop=("END",)), Options()),
    "stream": (Options(stream=False), Options()),
    "tool_choice": (Options(tool_choice=ToolChoice("required")), Options()),
    "allowed": (
        Options(tool_choice=ToolChoice("required", allowed=("get_current_weather",))),
        Options(tool_choice=ToolChoice("required")),
    ),
    "parallel_tool_calls": (Options(parallel_tool_calls=False), Options()),
    "response": (Options(response=ResponseSchema(SCHEMA)), Options(response=ResponseSchema(SCHEMA, on=False))),
    "spoken": (Options(spoken=SpokenReply()), Options()),
    "web_search": (Options(web_search=WebSearch(city="Oslo")), Options(web_search=WebSearch(city="Oslo", on=False))),
    "mcp-tickets": (
        Options(mcp=(SERVER,)),
        Options(mcp=(McpServer("tickets", "https://mcp.example.com/mcp", on=False),)),
    ),
    "cache": (Options(cache=Cache(("system",))), Options()),
    "cache-key": (Options(cache=Cache(key="k")), Options()),
    "extra_body": (Options(extra_body={"a": 1}), Options()),
    "limits": (Options(limits=Limits(total=5.0)), Options()),
}


@pytest.mark.parametrize("chip", CHIPS)
def test_a_chip_takes_an_option_back_and_loses_nothing_that_was_written(store: Store, chip: str) -> None:
    before, after = CHIPS[chip]
    page = Page(store, weather(store, options=before))
    assert [str(item.key) for item in page.at.button if str(item.key).startswith("chip-")][-1] == f"chip-{chip}"
    page.click(f"chip-{chip}")
    assert kept(store).options == after
    assert not page.has(f"chip-{chip}")


def test_the_default_shows_no_chips(store: Store) -> None:
    page = Page(store, weather(store))
    assert not [item.key for item in page.at.button if str(item.key).startswith("chip-")]


def set_to(page: Page, kind: str, key: str, value: Any) -> None:
    getattr(page.at, kind)(key=key).set_value(value)
    page.run()


@pytest.mark.parametrize(
    ("tab", "kind", "key", "value", "options"),
    [
        ("Model", "number_input", "option-temperature", 0.4, Options(temperature=0.4)),
        ("Model", "number_input", "option-max_tokens", 64, Options(max_tokens=64)),
        ("Model", "text_input", "option-stop", '["END", "STOP"]', Options(stop=("END", "STOP"))),
        ("Model", "toggle", "option-stream", False, Options(stream=False)),
        ("Tool choice", "selectbox", "option-tool_choice", "required", Options(tool_choice=ToolChoice("required"))),
        (
            "Tool choice",
            "selectbox",
            "option-tool_choice",
            "named:get_current_weather",
            Options(tool_choice=ToolChoice("named", "get_current_weather")),
        ),
        (
            "Tool choice",
            "multiselect",
            "option-allowed",
            ["get_current_weather"],
            Options(tool_choice=ToolChoice(allowed=("get_current_weather",))),
        ),
        ("Tool choice", "selectbox", "option-parallel_tool_calls", "off", Options(parallel_tool_calls=False)),
        ("Reply", "toggle", "option-spoken", True, Options(spoken=SpokenReply())),
        ("Search", "toggle", "option-web-search", True, Options(web_search=WebSearch())),
        ("More", "text_input", "option-cache-key", "k", Options(cache=Cache(key="k"))),
        ("More", "text_area", "option-extra_body", '{"a": 1}', Options(extra_body={"a": 1})),
        ("More", "number_input", "option-limit-total", 30.0, Options(limits=Limits(total=30.0))),
    ],
)
def test_a_control_is_kept_with_the_conversation(
    store: Store, tab: str, kind: str, key: str, value: Any, options: Options
) -> None:
    page = Page(store, weather(store))
    open_tab(page, tab)
    set_to(page, kind, key, value)
    assert kept(store).options == options


def test_thinking_offers_what_the_model_takes_and_a_budget_in_tokens(store: Store) -> None:
    store.save_connection(GATEWAY)
    page = Page(store, Setup(connection_id="gw", model=CLAUDE))
    open_tab(page, "Model")
    assert "a number of tokens" in page.at.selectbox(key="option-thinking").options
    set_to(page, "selectbox", "option-thinking", "budget")
    set_to(page, "number_input", "option-budget", 2048)
    assert kept(store).options.thinking == Effort("budget", 2048)
    assert page.has("chip-thinking")


def test_a_model_without_a_thinking_control_says_so(store: Store) -> None:
    store.save_connection(GATEWAY)
    page = Page(store, Setup(connection_id="gw", model="gpt-4o"))
    open_tab(page, "Model")
    assert "option-thinking" not in keys(page)
    assert "no control is known for gpt-4o in Chat" in page.text


@pytest.mark.parametrize(
    ("kind", "tab", "key", "typed", "said"),
    [
        ("text_input", "Model", "option-stop", "END", "Line 1, column 1"),
        ("text_input", "Model", "option-stop", '{"a": 1}', "JSON list of texts"),
        ("text_area", "More", "option-extra_body", '{"a": 1', "Line 1"),
        ("text_area", "More", "option-extra_body", "[1]", "JSON object"),
        ("text_area", "More", "option-extra_body", '{"key": "sk-canary-0123456789abcdef"}', "must not"),
    ],
)
def test_text_that_cannot_be_taken_stays_with_words(
    store: Store, kind: str, tab: str, key: str, typed: str, said: str
) -> None:
    page = Page(store, weather(store))
    open_tab(page, tab)
    set_to(page, kind, key, typed)
    assert said in page.text
    assert getattr(page.at, kind)(key=key).value == typed
    assert kept(store).options == Options()
    assert "canary" not in str(store.preference("last_setup"))
    set_to(page, kind, key, "")
    assert said not in page.text


def test_a_refused_text_is_given_up_when_its_option_is_set_elsewhere(store: Store) -> None:
    page = Page(store, weather(store, options=Options(extra_body={"a": 1})))
    open_tab(page, "More")
    set_to(page, "text_area", "option-extra_body", "{")
    page.click("chip-extra_body")
    assert page.at.text_area(key="option-extra_body").value == ""


def test_a_way_out_elsewhere_shows_in_an_open_control(store: Store) -> None:
    page = Page(store, weather(store, options=Options(temperature=0.5)))
    open_tab(page, "Model")
    assert page.at.number_input(key="option-temperature").value == 0.5
    page.click("chip-temperature")
    assert page.at.number_input(key="option-temperature").value is None
