"""The switch between wire formats, and what is said before a request is sent. The demo model serves every format."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from callsmith.models import Model, ModelList
from callsmith.store import Store
from callsmith.types.connection import Connection
from callsmith.types.exchange import HttpRequest
from callsmith.types.features import Effort
from callsmith.types.options import Options
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import ToolChoice
from components.connections import check
from tests.pages.options_kit import CLAUDE, GATEWAY, kept
from tests.pages.playground import WEATHER, Page, replied, weather

pytestmark = pytest.mark.slow


def formats(page: Page) -> list[str]:
    return list(page.at.segmented_control(key="format").options)


def switch(page: Page, wire: str) -> None:
    page.at.segmented_control(key="format").set_value(wire)
    page.run()


def choose_model(page: Page, model: str) -> None:
    page.at.selectbox(key="picker-model").set_value(model)
    page.run()


def known(store: Store, *models: Model, at: Connection = GATEWAY) -> None:
    """A connection whose list of models was asked for."""
    store.save_connection(at)
    check.catalog().put(at, None, ModelList(models))


def sent(page: Page) -> HttpRequest:
    """The request that left last."""
    infos = page.store.exchange_turn_info(page.conversation_id)
    last = max(infos.values(), key=lambda info: info.marks.started)
    exchange = page.store.exchange(last.id)
    assert exchange is not None
    return exchange.request


@pytest.mark.parametrize(
    ("wire", "path", "field"),
    [
        ("openai-chat", "/v1/chat/completions", "messages"),
        ("openai-responses", "/v1/responses", "input"),
        ("anthropic", "/v1/messages", "max_tokens"),
        ("gemini", ":streamGenerateContent?alt=sse", "contents"),
    ],
)
def test_the_chosen_format_is_the_one_sent(store: Store, wire: str, path: str, field: str) -> None:
    page = Page(store, weather(store))
    switch(page, wire)
    page.say("weather in Paris")
    assert sent(page).url.endswith(path)
    assert field in sent(page).json()
    assert page.roles == ["user", "assistant"]


def test_the_request_tab_shows_the_chosen_format_before_sending(store: Store) -> None:
    page = Page(store, weather(store))
    page.at.session_state["panel-tabs"] = "Request"
    page.run()
    assert "/v1/chat/completions" in page.text
    switch(page, "anthropic")
    assert "/v1/messages" in page.text
    assert "input_schema" in page.text


def test_a_conversation_goes_on_in_another_format(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant"))
    page.say("first")
    switch(page, "gemini")
    page.say("second")
    said = [part["text"] for turn in sent(page).json()["contents"] for part in turn["parts"] if "text" in part]
    assert said[0] == "first"
    assert said[-1] == "second"


def test_the_proposed_format_is_marked_and_a_click_on_it_gives_the_choice_up(store: Store) -> None:
    store.save_connection(GATEWAY)
    page = Page(store, Setup(connection_id="gw", model=CLAUDE))
    assert page.at.segmented_control(key="format").value == "anthropic"
    assert [label for label in formats(page) if "proposed" in label] == ["Messages :small[(proposed)]"]
    switch(page, "openai-chat")
    assert kept(store).wire == "openai-chat"
    switch(page, "anthropic")
    assert kept(store).wire == ""


def test_another_model_brings_its_own_format_back_and_that_is_said(store: Store) -> None:
    known(store, Model(CLAUDE), Model("gpt-4o"))
    page = Page(store, Setup(connection_id="gw", model=CLAUDE, wire="gemini"))
    choose_model(page, "gpt-4o")
    assert kept(store).wire == ""
    assert page.at.segmented_control(key="format").value == "openai-chat"
    assert "The format is Chat again, as proposed for gpt-4o." in page.text
    switch(page, "gemini")
    assert "The format is" not in page.text


def test_a_format_chosen_by_hand_stays_where_the_other_model_is_served_in_it_too(store: Store) -> None:
    known(store, Model(CLAUDE), Model("gpt-4o", endpoint_types=("openai", "gemini")))
    page = Page(store, Setup(connection_id="gw", model=CLAUDE, wire="gemini"))
    choose_model(page, "gpt-4o")
    assert kept(store).wire == "gemini"
    assert page.at.segmented_control(key="format").value == "gemini"
    assert "The format is" not in page.text


def test_a_change_of_model_that_leaves_the_format_is_not_remarked_on(store: Store) -> None:
    known(store, Model(CLAUDE), Model("gpt-4o"))
    page = Page(store, Setup(connection_id="gw", model=CLAUDE))
    choose_model(page, "gpt-4o")
    assert page.at.segmented_control(key="format").value == "openai-chat"
    assert "The format is" not in page.text


def test_what_the_provider_says_of_a_model_decides_what_is_proposed(store: Store) -> None:
    known(store, Model("house-model", endpoint_types=("gemini",)), Model("embedder", endpoint_types=("embeddings",)))
    page = Page(store, Setup(connection_id="gw", model="house-model"))
    assert page.at.segmented_control(key="format").value == "gemini"
    assert page.at.selectbox(key="picker-model").options == ["house-model"]


def test_a_format_that_the_provider_does_not_list_for_a_model_may_be_chosen_and_is_remarked_on(store: Store) -> None:
    known(store, Model("house-model", endpoint_types=("gemini", "openai")))
    page = Page(store, Setup(connection_id="gw", model="house-model"))
    assert "is listed for" not in page.text
    switch(page, "anthropic")
    assert "house-model is listed for Chat and Gemini alone." in page.text


def test_models_that_only_other_formats_serve_are_not_listed(store: Store) -> None:
    chat_alone = replace(GATEWAY, wires=("openai-chat",))
    known(store, Model("a", endpoint_types=("anthropic",)), Model("b", endpoint_types=("openai",)), at=chat_alone)
    page = Page(store, Setup(connection_id="gw", model="b"))
    assert page.at.selectbox(key="picker-model").options == ["b"]


def test_formats_that_the_connection_does_not_speak_are_not_offered(store: Store) -> None:
    store.save_connection(replace(GATEWAY, wires=("anthropic", "openai-chat")))
    page = Page(store, Setup(connection_id="gw", model="gpt-4o", wire="gemini"))
    assert formats(page) == ["Chat :small[(proposed)]", "Messages"]
    assert page.at.segmented_control(key="format").value == "openai-chat"
    (said,) = [item.help for item in page.at.caption if item.value == "other formats"]
    assert said.startswith("Responses and Gemini: added to this connection on the Connections page")


def test_a_connection_with_one_format_has_nothing_to_switch(store: Store) -> None:
    store.save_connection(Connection("one", "One", "https://one.example.com/v1", wires=("openai-responses",)))
    page = Page(store, Setup(connection_id="one", model="gpt-4o"))
    assert not page.at.segmented_control or "format" not in [item.key for item in page.at.segmented_control]
    assert "Responses format" in page.text


def test_a_request_that_will_be_refused_is_said_with_ways_out(store: Store) -> None:
    store.save_connection(GATEWAY)
    options = Options(thinking=Effort("high"), tool_choice=ToolChoice("required"))
    tools = (ToolUse(store.save_tool(WEATHER)),)
    page = Page(store, Setup(connection_id="gw", model=CLAUDE, tools=tools, options=options))
    assert "Refused" in page.text
    (fix, *_) = [item.key for item in page.at.button if item.label == "Let the model choose its tools"]
    page.click(str(fix))
    assert kept(store).options.tool_choice == ToolChoice()
    assert kept(store).options.thinking == Effort("high")
    assert "Refused" not in page.text


def test_what_has_no_effect_is_folded_into_one_line(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant", wire="openai-responses", options=Options(seed=7)))
    assert [item.label for item in page.at.expander if "on this request" in item.label] == ["1 note on this request"]
    switch(page, "openai-chat")
    assert not [item for item in page.at.expander if "on this request" in item.label]


def test_an_error_whose_cause_is_known_offers_its_way_out(store: Store) -> None:
    options = Options(temperature=0.5)
    problem = Problem(
        "request",
        "Unsupported parameter: 'temperature' is not supported with this model.",
        400,
        code="unsupported_parameter",
        param="temperature",
        raw=json.dumps({"error": {}}),
    )
    conversation_id = replied(
        store, prompt="Hello", setup=Setup(model="demo-instant", options=options), problem=problem
    )
    page = Page(store, conversation_id=conversation_id)
    page.click("problem-fix-0")
    assert store.setup(conversation_id).options.temperature is None
    assert "temperature" not in sent(page).json()
    assert page.roles[-1] == "assistant"
