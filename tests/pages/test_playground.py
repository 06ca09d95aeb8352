"""The Playground's logic without a browser: what may be done when, and what is kept. The demo model answers
without delay."""

from __future__ import annotations

import pytest

from callsmith.results import Draft
from callsmith.starters import STARTERS
from callsmith.store import Store
from callsmith.types.connection import Connection, KeyRef
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from components.state import WINDOW
from tests.pages.playground import Page, weather


@pytest.mark.slow
def test_the_empty_page_offers_ways_to_begin(store: Store) -> None:
    page = Page(store)
    assert [page.has(f"start-{starter.id}") for starter in STARTERS] == [True] * 4
    assert not page.has("continue")
    assert not page.has("stop")
    assert not page.at.chat_input(key="composer").disabled
    assert "conversation" not in page.at.query_params
    assert store.recent() == []


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.id)
@pytest.mark.slow
def test_a_starter_makes_a_call_that_waits(store: Store, starter: object) -> None:
    page = Page(store, Setup(model="demo-instant"))
    page.click(f"start-{starter.id}")  # type: ignore[attr-defined]
    assert page.roles == ["user", "assistant"]
    assert starter.tools[0].name in page.text
    assert "waiting" in page.text
    assert "arguments valid" in page.text
    assert page.at.button(key="continue").disabled
    assert [record.tool for record in store.tools()] == list(starter.tools)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_a_starter_used_twice_brings_its_tools_once(store: Store) -> None:
    for _ in range(2):
        Page(store, Setup(model="demo-instant")).click("start-search")
    assert len(store.tools()) == 2


@pytest.mark.slow
def test_continue_waits_for_every_result(store: Store) -> None:
    page = Page(store, weather(store))
    page.say("weather in Paris and Tokyo")
    assert page.at.button(key="continue").disabled
    assert page.text.count("(No result yet)") == 2

    page.type(1, Draft('{"temperature": 30'))
    assert page.at.button(key="continue").disabled
    assert "Not JSON" in page.text
    assert "line 1, column 19" in page.text

    page.type(1, Draft("typhoon", "Text", is_error=True))
    assert page.at.button(key="continue").disabled
    page.type(0, Draft('{"temperature": 20}'))
    assert not page.at.button(key="continue").disabled

    page.click("continue")
    assert page.roles == ["user", "assistant", "tool", "assistant"]
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    results = conversation.path()[2].message.results
    assert [(result.content, result.is_error) for result in results] == [
        ('{"temperature": 20}', False),
        ("typhoon", True),
    ]
    assert not page.has("continue")


@pytest.mark.slow
def test_continue_takes_the_last_key_with_it(store: Store) -> None:
    """The slot's own report and the click come together, and the click is told first."""
    page = Page(store, weather(store))
    page.say("weather in Paris")
    page.type(0, Draft('{"conditions": "fog"}'))
    slot = f"result-{page.slot(0)}"
    page.at.session_state[slot] = {"typed": {"text": '{"conditions": "hail"}', "revision": 0}}
    page.click("continue")
    assert "hail" in page.text
    assert "fog" not in page.text


@pytest.mark.slow
def test_continue_does_not_send_what_is_no_json_any_more(store: Store) -> None:
    page = Page(store, weather(store))
    page.say("weather in Paris")
    page.type(0, Draft('{"conditions": "fog"}'))
    page.at.session_state[f"result-{page.slot(0)}"] = {"typed": {"text": '{"conditions": ', "revision": 0}}
    page.click("continue")
    assert page.roles == ["user", "assistant"]
    assert "Not JSON" in page.text


@pytest.mark.slow
def test_what_was_typed_before_a_sample_is_not_taken(store: Store) -> None:
    page = Page(store, weather(store))
    page.say("weather in Paris")
    slot = f"result-{page.slot(0)}"
    page.at.session_state[slot] = {"typed": {"text": "nonsense", "revision": 0}}
    page.click(f"{slot}-sample")
    assert not page.at.button(key="continue").disabled
    page.click("continue")
    assert "nonsense" not in page.text
    assert page.roles == ["user", "assistant", "tool", "assistant"]


@pytest.mark.slow
def test_a_message_cancels_the_calls_that_wait(store: Store) -> None:
    page = Page(store, weather(store))
    page.say("weather in Paris")
    page.say("weather in Lima")
    assert page.roles == ["user", "assistant", "tool", "user", "assistant"]
    assert "cancelled by user" in page.text


@pytest.mark.slow
def test_a_missing_key_keeps_the_prompt_and_says_what_to_set(store: Store) -> None:
    connection = Connection("mine", "Mine", "http://127.0.0.1:9/v1", key=KeyRef("environment", "MY_TEST_KEY"))
    store.save_connection(connection)
    page = Page(store, Setup(connection_id="mine", model="some-model"))
    page.say("Keep this sentence")
    assert page.roles == ["user"]
    assert "Keep this sentence" in page.text
    assert "MY_TEST_KEY" in page.text
    assert store.usage_rows() == []
    assert page.has("retry") or page.has("problem-retry")


@pytest.mark.slow
def test_chips_show_what_differs_and_take_it_back(store: Store) -> None:
    page = Page(store, weather(store, options=Options(temperature=0.5, max_tokens=50)))
    assert page.at.button(key="chip-temperature").label == "temperature 0.5"
    assert page.at.button(key="chip-max_tokens").label == "max tokens 50"
    page.click("chip-temperature")
    assert not page.has("chip-temperature")
    assert page.has("chip-max_tokens")
    page.say("weather in Paris")
    setup = store.setup(page.conversation_id)
    assert (setup.options.temperature, setup.options.max_tokens) == (None, 50)


def test_a_reply_that_is_not_streamed(store: Store) -> None:
    page = Page(store, weather(store, options=Options(stream=False)))
    assert page.has("chip-stream")
    page.say("weather in Paris")
    assert "arguments valid" in page.text
    (row,) = store.usage_rows()
    exchange = store.exchange(row.exchange_id)
    assert exchange is not None
    assert not exchange.stream
    assert exchange.body.startswith(b"{")


@pytest.mark.parametrize(
    ("model", "says", "roles"),
    [
        ("demo-unauthorized", "The key was not accepted", ["user"]),
        ("demo-server-error", "status 500", ["user"]),
        ("demo-cut", "broke off before its end", ["user", "assistant"]),
    ],
)
@pytest.mark.slow
def test_an_error_is_a_card_with_retry_and_loses_nothing(store: Store, model: str, says: str, roles: list[str]) -> None:
    page = Page(store, Setup(model=model))
    page.say("write 30 words")
    assert says in page.text
    assert "on purpose" in page.text
    assert page.roles == roles
    assert "write 30 words" in page.text
    page.at.selectbox(key="picker-model").set_value("demo-instant")
    page.run()
    page.click("problem-retry")
    assert page.roles == ["user", "assistant"]
    assert not page.has("problem-retry")


@pytest.mark.slow
def test_a_429_is_tried_again_by_itself(store: Store) -> None:
    page = Page(store, weather(store, "demo-rate-limited"))
    page.say("weather in Paris")
    assert "arguments valid" in page.text
    assert not page.has("problem-retry")
    (info,) = store.exchange_turn_info(page.conversation_id).values()
    assert [attempt.status for attempt in info.attempts] == [429, 200]


@pytest.mark.slow
def test_a_retry_is_another_arm(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant"))
    page.say("write 30 words")
    page.click("retry")
    assert "arm 2 of 2" in page.text
    (earlier,) = [button.key for button in page.at.button if str(button.key).startswith("arm-earlier")]
    page.click(str(earlier))
    assert "arm 1 of 2" in page.text
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    assert len(conversation.nodes) == 3


@pytest.mark.slow
def test_an_edited_message_is_another_arm(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant"))
    page.say("write 11 words")
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    first = conversation.path()[0].id[:12]
    page.click(f"edit-{first}")
    page.at.text_area(key=f"edit-text-{first}").set_value("write 12 words")
    page.click("edit-send")
    assert "arm 2 of 2" in page.text
    assert page.roles == ["user", "assistant"]
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    assert conversation.path()[0].message.text == "write 12 words"
    assert len(conversation.nodes) == 4


@pytest.mark.slow
def test_a_long_conversation_shows_its_end(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant"))
    for number in range(WINDOW + 2):
        page.say(f"write {number + 1} words")
    asked = [message for message in page.at.chat_message if message.name == "user"]
    assert len(asked) == WINDOW
    assert page.at.button(key="show-earlier").label == "Show earlier (2 turns)"
    page.click("show-earlier")
    asked = [message for message in page.at.chat_message if message.name == "user"]
    assert len(asked) == WINDOW + 2


@pytest.mark.slow
def test_the_link_opens_the_conversation(store: Store) -> None:
    first = Page(store, Setup(model="demo-instant"))
    first.say("write 11 words")
    again = Page(store, conversation_id=first.conversation_id)
    assert "write 11 words" in again.text
    again.click("new-conversation")
    assert again.has("start-weather")
    assert "conversation" not in again.at.query_params


def test_a_link_to_nothing_says_so(store: Store) -> None:
    page = Page(store, conversation_id="0123456789")
    assert "does not exist here" in page.text
    assert page.has("start-weather")


@pytest.mark.slow
def test_usage_of_this_conversation_stands_beside_it(store: Store) -> None:
    page = Page(store, Setup(model="demo-instant"))
    page.say("write 30 words")
    assert [tab.label.split()[0] for tab in page.at.tabs][:3] == ["Tools", "Request", "Usage"]
    page.at.session_state["panel-tabs"] = page.at.tabs[2].label
    page.run()
    assert any(metric.value == "30" for metric in page.at.metric)
