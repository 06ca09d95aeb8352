"""What outlives a reload, and how conversations are found again, renamed, deleted and brought back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from callsmith.types.setup import Setup
from tests.browser.playground import Open
from tests.browser.seeded import weather_setup
from tests.browser.served import App

pytestmark = pytest.mark.browser

DRAFT = '{"temperature": 7,\n "conditions": "sleet"'


def test_a_reload_loses_nothing(app: App, window: Open) -> None:
    app.begin_with(weather_setup(app.store))
    page = window(app)
    page.say("weather in Paris and Tokyo")
    expect(page.calls()).to_have_count(2)
    page.settled()
    page.slot("get_current_weather", 0).fill(DRAFT)
    page.slot("get_current_weather", 1).fill("closed")
    page.calls().nth(1).get_by_text("Text", exact=True).click()
    page.calls().nth(1).get_by_text("Return as error").click()
    expect(page.waits_for).to_have_text(re.compile(r"^Waiting for: get_current_weather \(Not JSON[^;]*$"))
    conversation = page.conversation_id

    page.reload()
    expect(page.slot("get_current_weather", 0)).to_have_value(DRAFT)
    expect(page.slot("get_current_weather", 1)).to_have_value("closed")
    expect(page.calls().nth(1).get_by_role("checkbox", name="Return as error")).to_be_checked()
    expect(page.calls().nth(1).get_by_role("radio", name="Text")).to_be_checked()
    assert page.conversation_id == conversation
    expect(page.calls().first).to_contain_text("arguments valid")


def test_the_sidebar_brings_conversations_back(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.say("write 12 words")
    expect(page.messages).to_have_count(2)
    page.settled()
    first = page.conversation_id
    page.press("new-conversation")
    expect(page.key("start-weather")).to_be_visible()
    expect(page.messages).to_have_count(0)
    page.say("write 15 words")
    expect(page.messages).to_have_count(2)
    page.settled()
    assert page.conversation_id != first

    page.press(f"open-{first}")
    expect(page.messages.first).to_contain_text("write 12 words")
    page.ready()
    assert page.conversation_id == first

    page.press("conversation")
    title = page.page.get_by_role("textbox", name="Title")
    title.fill("Twelve *words*")
    title.press("Enter")
    expect(page.key("title-row")).to_contain_text("Twelve *words*")
    expect(page.key(f"open-{first}")).to_contain_text("Twelve *words*")
    page.shot("renamed")


def test_a_deleted_conversation_comes_back_by_undo(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.say("write 14 words")
    expect(page.messages).to_have_count(2)
    page.settled()
    deleted = page.conversation_id
    page.press("conversation")
    page.press("delete-conversation")
    expect(page.key("start-weather")).to_be_visible()
    expect(page.key(f"open-{deleted}")).to_have_count(0)
    expect(page.page.get_by_text("does not exist here")).to_have_count(0)
    page.press("undo-delete")
    expect(page.messages.first).to_contain_text("write 14 words")
    expect(page.key(f"open-{deleted}")).to_be_visible()
    page.ready()
    assert page.conversation_id == deleted


def test_a_cleared_conversation_can_be_gone_back_to(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.say("write 13 words")
    expect(page.messages).to_have_count(2)
    page.settled()
    page.press("conversation")
    page.press("clear")
    expect(page.key("start-weather")).to_be_visible()
    expect(page.messages).to_have_count(0)
    page.press("unclear")
    expect(page.messages).to_have_count(2)
    expect(page.messages.first).to_contain_text("write 13 words")


def test_the_pages_keep_the_conversation(app: App, window: Open) -> None:
    """Away to another page and back by the page list: the same conversation is in view."""
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.say("write 11 words")
    expect(page.messages).to_have_count(2)
    page.settled()
    conversation = page.conversation_id
    page.page.get_by_role("link", name="Usage").click()
    expect(page.page.get_by_role("heading", name="Usage")).to_be_visible()
    page.page.get_by_role("link", name="Playground").click()
    expect(page.messages.first).to_contain_text("write 11 words")
    page.ready()
    assert page.conversation_id == conversation


def test_the_sidebar_of_another_page_leads_back(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.say("write 16 words")
    expect(page.messages).to_have_count(2)
    page.settled()
    conversation = page.conversation_id
    page.open("/usage")
    page.press(f"open-{conversation}")
    expect(page.messages.first).to_contain_text("write 16 words")
    page.ready()
    assert page.conversation_id == conversation
    page.page.get_by_role("link", name="Tools").click()
    expect(page.key("tool-new")).to_be_visible()
    page.press("new-conversation")
    expect(page.key("start-weather")).to_be_visible()
    expect(page.messages).to_have_count(0)


def test_a_link_to_a_conversation_that_is_not_there(app: App, window: Open) -> None:
    page = window(app, "/?conversation=0123456789abcdef")
    expect(page.page.get_by_text("The conversation in this link does not exist here.")).to_be_visible()
    expect(page.key("start-weather")).to_be_visible()
