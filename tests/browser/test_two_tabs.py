"""Two tabs on the same conversation: both may send, and neither loses what the other said."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from callsmith.types.setup import Setup
from tests.browser.playground import Open, Playground
from tests.browser.seeded import weather_setup
from tests.browser.served import App

pytestmark = pytest.mark.browser


def test_one_tab_waits_for_the_reply_of_the_other(app: App, window: Open) -> None:
    """What it sent meanwhile is not sent and not lost: it stands in the composer again, with the reason."""
    first, second = _two_tabs(app, window)
    first.say("write 120 words")
    expect(first.key("stop")).to_be_visible()
    second.composer.fill("write 130 words")
    second.composer.press("Enter")
    expect(second.page.get_by_text("This conversation is going on just now")).to_be_visible()
    first.settled()
    second.settled()
    expect(second.composer).to_have_value("write 130 words")
    expect(second.messages.filter(has_text="write 120 words")).to_be_visible()
    second.composer.press("Enter")
    expect(second.messages.filter(has_text="write 130 words")).to_be_visible()
    second.settled()
    assert _replies(app, first) == [5, 120, 130]
    first.reload()
    expect(first.messages.filter(has_text="write 130 words")).to_be_visible()


def test_both_tabs_edit_the_same_message(app: App, window: Open) -> None:
    first, second = _two_tabs(app, window)
    for page in (first, second):
        page.messages.first.get_by_role("button", name="Edit").click()
        page.messages.first.get_by_role("textbox", name="Message").fill(f"write 6{1 + (page is second)} words")
    first.press("edit-send")
    expect(first.messages.first).to_contain_text("arm 2 of 2")
    first.settled()
    second.press("edit-send")
    expect(second.messages.first).to_contain_text("arm 3 of 3")
    second.settled()
    assert _replies(app, first) == [5, 61, 62]
    assert _users(app, first) == ["write 5 words", "write 61 words", "write 62 words"]


def test_an_edit_refused_meanwhile_is_not_lost(app: App, window: Open) -> None:
    first, second = _two_tabs(app, window)
    second.messages.first.get_by_role("button", name="Edit").click()
    second.messages.first.get_by_role("textbox", name="Message").fill("write 62 words")
    first.say("write 120 words")
    expect(first.key("stop")).to_be_visible()
    second.press("edit-send")
    expect(second.page.get_by_text("This conversation is going on just now")).to_be_visible()
    first.settled()
    second.settled()
    expect(second.messages.first.get_by_role("textbox", name="Message")).to_have_value("write 62 words")
    second.press("edit-send")
    expect(second.messages.first).to_contain_text("arm 2 of 2")
    second.settled()
    assert _replies(app, first) == [5, 62, 120]


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


def _two_tabs(app: App, window: Open) -> tuple[Playground, Playground]:
    """Both on a conversation of one question and its reply of five words."""
    app.begin_with(Setup(model="demo-agent"))
    first = window(app)
    first.say("write 5 words")
    expect(first.messages).to_have_count(2)
    first.settled()
    second = window(app, f"/?conversation={first.conversation_id}")
    expect(second.messages).to_have_count(2)
    second.ready()
    return first, second


def _replies(app: App, page: Playground) -> list[int]:
    """How many words each reply in the database has, all arms."""
    return sorted(len(text.split()) for text in _texts(app, page, "assistant"))


def _users(app: App, page: Playground) -> list[str]:
    return sorted(_texts(app, page, "user"), key=lambda text: int(text.split()[1]))


def _texts(app: App, page: Playground, role: str) -> list[str]:
    conversation = app.store.load(page.conversation_id)
    assert conversation is not None
    return [node.message.text for node in conversation.nodes.values() if node.message.role == role]
