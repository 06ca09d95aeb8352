"""Several calls in one reply: a slot for each, and all results go back together in call order."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.browser.playground import Open
from tests.browser.seeded import weather_setup
from tests.browser.served import App

pytestmark = pytest.mark.browser


def test_two_results_go_back_in_call_order(app: App, window: Open) -> None:
    app.begin_with(weather_setup(app.store))
    page = window(app)
    page.say("weather in Paris and Tokyo")
    paris, tokyo = page.calls().nth(0), page.calls().nth(1)
    expect(paris).to_contain_text("Paris")
    expect(tokyo).to_contain_text("Tokyo")
    page.settled()
    expect(page.go_on).to_contain_text("Continue with 2 results")
    expect(page.waits_for).to_have_text(
        "Waiting for: get_current_weather (No result yet); get_current_weather (No result yet)"
    )

    tokyo.get_by_text("Text", exact=True).click()
    page.slot("get_current_weather", 1).fill("station offline")
    tokyo.get_by_text("Return as error").click()
    expect(page.waits_for).to_have_text("Waiting for: get_current_weather (No result yet)")
    page.slot("get_current_weather", 0).fill('{"temperature": 24}')
    expect(page.go_on).to_be_enabled()
    page.shot("parallel-calls")
    page.go_on.click()
    expect(page.messages).to_have_count(3)
    expect(page.messages.last).to_contain_text("24")
    page.settled()
    expect(paris).to_contain_text("answered")
    expect(tokyo).to_contain_text("answered with an error")
    expect(tokyo).to_contain_text("station offline")

    conversation = app.store.load(page.conversation_id)
    assert conversation is not None
    asked, given = (node.message for node in conversation.path()[1:3])
    assert [result.call_id for result in given.results] == [call.id for call in asked.calls]
    assert [(result.content, result.is_error) for result in given.results] == [
        ('{"temperature": 24}', False),
        ("station offline", True),
    ]
    infos = app.store.exchange_turn_info(page.conversation_id).values()
    exchange = app.store.exchange(max(infos, key=lambda info: info.marks.started).id)
    assert exchange is not None
    sent = json.loads(exchange.request.body)["messages"][-2:]
    assert [message["tool_call_id"] for message in sent] == [call.id for call in asked.calls]
    assert "24" in sent[0]["content"]
    assert "station offline" in sent[1]["content"]


def test_a_message_instead_of_results_cancels_the_calls(app: App, window: Open) -> None:
    app.begin_with(weather_setup(app.store))
    page = window(app)
    page.say("weather in Paris and Tokyo")
    expect(page.calls()).to_have_count(2)
    page.settled()
    page.say("weather in Lima")
    expect(page.calls()).to_have_count(3)
    page.settled()
    expect(page.calls().nth(0)).to_contain_text("cancelled by user")
    expect(page.calls().nth(1)).to_contain_text("cancelled by user")
    expect(page.calls().nth(2)).to_contain_text("waiting")
    expect(page.go_on).to_contain_text("Continue with 1 result")


def test_a_sample_fills_the_slot_and_can_be_sent(app: App, window: Open) -> None:
    app.begin_with(weather_setup(app.store))
    page = window(app)
    page.say("weather in Oslo")
    expect(page.calls()).to_have_count(1)
    page.settled()
    page.calls().first.get_by_role("button", name="Fill in a sample").click()
    expect(page.go_on).to_be_enabled()
    sample = json.loads(page.slot("get_current_weather").input_value())
    assert set(sample) == {"temperature", "unit", "conditions"}
    page.go_on.click()
    expect(page.messages.last).to_contain_text(str(sample["conditions"]))
