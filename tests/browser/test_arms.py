"""Stop, retry, edit: each keeps what there was, and every arm can be returned to."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from callsmith.types.setup import Setup
from tests.browser.playground import Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("way", ["click", "Esc", "Esc in the composer"])
def test_stop_keeps_what_came(app: App, window: Open, way: str) -> None:
    app.begin_with(Setup(model="demo-agent"))
    page = window(app)
    page.say("write 400 words")
    _comes(page)
    if way == "click":
        page.press("stop")
    else:
        page.page.keyboard.press("Escape")
    expect(page.problem).to_contain_text("Stopped by you. What arrived is kept.")
    page.settled()
    kept = _replies(page.app, page.conversation_id)[-1]
    assert 0 < len(kept.split()) < 400
    expect(page.messages.last).to_contain_text(" ".join(kept.split()[:5]))
    page.shot(f"stopped-{way}")


def test_a_retry_is_an_arm_of_its_own(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-agent"))
    page = window(app)
    page.say("write 150 words")
    _comes(page)
    page.press("stop")
    expect(page.problem).to_contain_text("Stopped by you")
    page.settled()
    page.problem.get_by_role("button", name="Retry").click()
    arms = page.page.get_by_text("arm 2 of 2")
    expect(arms).to_be_visible()
    page.settled()
    cut, whole = _replies(app, page.conversation_id)
    assert whole.startswith(cut[:20])
    assert len(cut.split()) < len(whole.split()) == 150
    expect(page.problem).to_have_count(0)

    page.page.get_by_role("button", name="Earlier arm").click()
    expect(page.page.get_by_text("arm 1 of 2")).to_be_visible()
    expect(page.problem).to_contain_text("Stopped by you")
    page.page.get_by_role("button", name="Later arm").click()
    expect(arms).to_be_visible()
    expect(page.problem).to_have_count(0)


def test_an_edited_message_is_a_new_arm(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.say("write 10 words")
    expect(page.messages).to_have_count(2)
    page.settled()
    page.say("write 20 words")
    expect(page.messages).to_have_count(4)
    page.settled()

    page.messages.first.get_by_role("button", name="Edit").click()
    page.messages.first.get_by_role("textbox", name="Message").fill("write 17 words")
    page.press("edit-send")
    expect(page.messages).to_have_count(2)
    expect(page.messages.first).to_contain_text("write 17 words")
    expect(page.messages.first).to_contain_text("arm 2 of 2")
    page.settled()
    page.shot("edited")

    page.page.get_by_role("button", name="Earlier arm").click()
    expect(page.messages).to_have_count(4)
    expect(page.messages.first).to_contain_text("write 10 words")
    expect(page.messages.nth(2)).to_contain_text("write 20 words")
    assert len(_replies(app, page.conversation_id)) == 3


def test_another_widget_does_not_disturb_a_reply(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-agent"))
    page = window(app)
    page.say("write 150 words")
    _comes(page)
    page.tab("Usage")
    expect(page.key("stop")).to_be_visible()
    page.settled()
    assert [len(reply.split()) for reply in _replies(app, page.conversation_id)] == [150]


def _comes(page: Playground) -> None:
    """The first words of the reply are painted and Stop is there."""
    expect(page.live).to_contain_text("demo")
    expect(page.key("stop")).to_be_visible()


def _replies(app: App, conversation_id: str) -> list[str]:
    """The texts of all replies in the database, all arms, oldest first."""
    conversation = app.store.load(conversation_id)
    assert conversation is not None
    return [node.message.text for node in conversation.nodes.values() if node.message.role == "assistant"]
