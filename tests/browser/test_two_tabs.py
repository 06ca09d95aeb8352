"""Two tabs on the same conversation: both may send, and neither loses what the other said."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from callsmith.types.setup import Setup
from tests.browser.playground import Open, Playground
from tests.browser.seeded import weather_setup
from tests.browser.served import App

pytestmark = pytest.mark.browser


def test_both_tabs_send_while_a_reply_arrives(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-agent"))
    first = window(app)
    first.say("write 5 words")
    expect(first.messages).to_have_count(2)
    first.settled()
    second = window(app, f"/?conversation={first.conversation_id}")
    expect(second.messages).to_have_count(2)

    first.say("write 120 words")
    expect(first.key("stop")).to_be_visible()
    second.say("write 130 words")
    second.settled()
    first.settled()
    assert _replies(app, first) == [5, 120, 130]
    assert _users(app, first) == ["write 5 words", "write 120 words", "write 130 words"]
    for page in (first, second):
        page.reload()
        expect(page.page.get_by_text("write 130 words").first).to_be_visible()


def test_both_tabs_edit_the_same_message(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-agent"))
    first = window(app)
    first.say("write 5 words")
    expect(first.messages).to_have_count(2)
    first.settled()
    second = window(app, f"/?conversation={first.conversation_id}")
    for page in (first, second):
        page.messages.first.get_by_role("button", name="Edit").click()
    _edited(first, "write 61 words")
    _edited(second, "write 62 words")
    first.settled()
    second.settled()
    assert _replies(app, first) == [5, 61, 62]
    second.reload()
    expect(second.messages.first).to_contain_text("arm 3 of 3")


def test_both_tabs_answer_the_same_call(app: App, window: Open) -> None:
    """The tab that comes second finds the call answered; its draft does no harm."""
    app.begin_with(weather_setup(app.store))
    first = window(app)
    first.say("weather in Lima")
    expect(first.go_on).to_be_visible()
    first.settled()
    second = window(app, f"/?conversation={first.conversation_id}")
    second.slot("get_current_weather").fill('{"temperature": 2}')
    expect(second.go_on).to_be_enabled()
    first.slot("get_current_weather").fill('{"temperature": 1}')
    expect(first.go_on).to_be_enabled()
    first.go_on.click()
    expect(first.messages).to_have_count(3)
    first.settled()
    second.go_on.click()
    expect(second.messages).to_have_count(3)
    second.settled()
    expect(second.calls().first).to_contain_text('{"temperature": 1}')


def _edited(page: Playground, text: str) -> None:
    page.messages.first.get_by_role("textbox", name="Message").fill(text)
    page.press("edit-send")
    expect(page.page.get_by_text(text).first).to_be_visible()


def _replies(app: App, page: Playground) -> list[int]:
    """How many words each reply in the database has, all arms."""
    return sorted(len(text.split()) for text in _texts(app, page, "assistant"))


def _users(app: App, page: Playground) -> list[str]:
    return sorted(_texts(app, page, "user"), key=lambda text: int(text.split()[1]))


def _texts(app: App, page: Playground, role: str) -> list[str]:
    conversation = app.store.load(page.conversation_id)
    assert conversation is not None
    return [node.message.text for node in conversation.nodes.values() if node.message.role == role]
