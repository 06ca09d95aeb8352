"""A presentation by keyboard alone: step by step, JSON on demand, the tools answering, a question, and out again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from callsmith.types.answering import Answering
from callsmith.types.setup import Setup, ToolUse
from tests.browser.answered import WEATHER, setup_with
from tests.browser.playground import Open
from tests.browser.served import App
from tests.engine.story_kit import trip

pytestmark = pytest.mark.browser


def test_a_tool_call_is_shown_and_carried_on_with_the_keyboard(app: App, window: Open) -> None:
    app.begin_with(setup_with(app.store, (WEATHER, Answering())))
    page = window(app)
    page.open()
    page.say("What's the weather like in Boston today?")
    page.settled()
    page.open(f"/present?conversation={page.conversation_id}")
    step, keyboard = page.key("present-step"), page.page.keyboard
    expect(step).to_contain_text("step 1 of 4")
    expect(step).to_contain_text("it can only ask")
    expect(page.page.get_by_test_id("stSidebar")).to_have_count(0)
    # The page hears keys once it is drawn to its end.
    expect(page.key("present-next").get_by_role("button")).to_be_enabled()
    page.ready()
    for number in (2, 3):
        keyboard.press("ArrowRight")
        expect(step).to_contain_text(f"step {number} of 4")
    page.ready()
    expect(step).to_contain_text("Boston")
    keyboard.press("j")
    expect(page.key("present-code")).to_contain_text('"location"')
    page.shot("presentation")
    keyboard.press("End")
    expect(page.key("present-answer")).to_be_visible()
    page.ready()
    keyboard.press("Enter")
    expect(step).to_contain_text("get_current_weather answers", timeout=20_000)
    page.ready()
    keyboard.press("ArrowRight")
    expect(step).to_contain_text("The model answers", timeout=20_000)
    page.ready()
    keyboard.press("Home")
    expect(step).to_contain_text("step 1 of")
    page.ready()
    keyboard.press("End")
    expect(step).to_contain_text("The model answers")
    page.page.get_by_test_id("stChatInputTextArea").fill("And in Tokyo?")
    page.page.get_by_test_id("stChatInputTextArea").press("Enter")
    expect(step).to_contain_text("Tokyo", timeout=20_000)
    expect(step).to_contain_text(re.compile("step [67] of 8"), timeout=20_000)
    page.ready()
    keyboard.press("Escape")
    page.page.wait_for_url(re.compile(r"/\?conversation="))
    expect(page.messages.first).to_be_visible()


def test_a_recorded_conversation_is_told_with_the_keyboard_at_800_pixels(app: App, window: Open) -> None:
    conversation, _, tools = trip()
    uses = tuple(ToolUse(app.store.save_tool(tool)) for tool in tools.values())
    kept = app.store.create(
        Setup(model="demo-instant", system="You help {{user}}.", tools=uses, variables={"user": "Ana"})
    )
    app.store.save_nodes(kept, tuple(conversation.nodes.values()), conversation.head)
    page = window(app, f"/present?conversation={kept}", width=800, theme="dark")
    step = page.key("present-step")
    expect(step).to_contain_text("You help Ana.")
    expect(page.page.get_by_test_id("stMainMenu")).to_be_hidden()
    seen = []
    for number in range(1, 14):
        expect(step).to_contain_text(f"step {number} of 13")
        seen.append(step.get_by_role("heading").inner_text())
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 800
        page.ready()
        page.page.keyboard.press("ArrowRight")
    assert [number for number, text in enumerate(seen, start=1) if "book_table fails" in text] == [12]
    assert seen[-1].endswith("The model answers")
    page.page.keyboard.press("Home")
    expect(step).to_contain_text("step 1 of 13")
    page.ready()
    # A turn is chosen by what was asked, and the keys are the page's again.
    step.get_by_role("combobox", name="Go to").click()
    page.page.get_by_role("option").last.click()
    expect(step).to_contain_text("turn 2 of 2")
    page.ready()
    page.shot("presentation-turn")
    page.page.keyboard.press("End")
    expect(step).to_contain_text("step 13 of 13, turn 2 of 2")
