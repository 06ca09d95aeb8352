"""The Conversations page in a browser: found as one types, several at once, the way back, open on click."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from callsmith.conversation import Node, node_id
from callsmith.types.message import Message
from callsmith.types.parts import Text, ToolCall
from callsmith.types.setup import Setup
from tests.browser.playground import Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser

SAID = (
    ("Weather in Málaga", "It is sunny there, with a light wind from the sea.", "get_current_weather"),
    ("Flights to Osaka", "There are three flights on Tuesday.", "search_flights"),
    ("大阪の天気", "晴れです。", "get_current_weather"),
    ("A table for two", "Booked for eight o'clock at the corner of the square.", ""),
)


@pytest.fixture(scope="module")
def kept(app: App) -> dict[str, str]:
    """The ids of conversations by title."""
    return {title: _keep(app, title, text, tool) for title, text, tool in SAID}


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 800)])
def test_search_bulk_actions_and_the_way_back(
    app: App, window: Open, kept: dict[str, str], theme: str, width: int
) -> None:
    page = window(app, "/conversations", width=width, theme=theme)
    _shows(page, 4)
    search = page.key("sessions-search").get_by_role("searchbox")
    expect(search).to_be_visible()
    page.shot(f"conversations-{theme}-{width}")

    search.press_sequentially("malaga")
    _shows(page, 1)
    expect(_rows(page)).to_contain_text("Weather in Málaga")
    search.fill("sunny")
    expect(_rows(page)).to_contain_text("light wind")
    page.shot(f"conversations-found-{theme}-{width}")
    search.fill("天気")
    expect(_rows(page)).to_contain_text("大阪の天気")
    search.fill("nothing like this")
    page.press("sessions-reset")
    _shows(page, 4)

    for title in ("Flights to Osaka", "A table for two"):
        _rows(page).filter(has_text=title).get_by_test_id("stCheckbox").click()
        page.ready()
    expect(page.key("sessions-bulk")).to_contain_text("2 conversations picked")
    page.shot(f"conversations-picked-{theme}-{width}")
    tag = page.key("sessions-bulk-tag").get_by_role("textbox")
    tag.fill("for Ana")
    tag.press("Enter")
    expect(_rows(page).filter(has_text="for Ana")).to_have_count(2)
    page.shot(f"conversations-tagged-{theme}-{width}")
    page.press("sessions-undo-last")
    expect(_rows(page).filter(has_text="for Ana")).to_have_count(0)

    page.press("sessions-all")
    page.key("sessions-delete").get_by_role("button", name="Delete 4 conversations").click()
    expect(page.key("sessions-undo-row")).to_contain_text("Undo: deleted 4 conversations")
    _shows(page, 0)
    page.press("sessions-undo-last")
    _shows(page, 4)


def test_a_conversation_opens_by_the_keyboard(app: App, window: Open, kept: dict[str, str]) -> None:
    page = window(app, "/conversations")
    page.page.get_by_role("button", name="Flights to Osaka").last.focus()
    page.page.keyboard.press("Enter")
    expect(page.messages).to_have_count(2)
    assert page.conversation_id == kept["Flights to Osaka"]


def _rows(page: Playground) -> Locator:
    opener = page.page.locator("[class*='st-key-session-open-']")
    return page.page.locator("[class*='st-key-session-']").filter(has=opener)


def _shows(page: Playground, number: int) -> None:
    expect(_rows(page)).to_have_count(number)
    page.ready()


def _keep(app: App, title: str, text: str, tool: str) -> str:
    made = app.store.create(Setup(model="demo-agent"), title)
    asked = Message("user", (Text(f"About {title}"),))
    question = Node(node_id(asked, None), None, asked)
    parts = (Text(text), ToolCall("c1", tool, '{"location": "Lisbon"}')) if tool else (Text(text),)
    said = Message("assistant", parts)
    reply = Node(node_id(said, question.id), question.id, said)
    app.store.save_nodes(made, [question, reply], reply.id)
    return made
