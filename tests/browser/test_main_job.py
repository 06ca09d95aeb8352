"""The main job: a starter, its tool call, a mock result, the answer, and what it cost."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from callsmith.types.setup import Setup
from tests.browser.playground import GROUND, Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser

RESULT = '{"temperature": 18, "unit": "celsius", "conditions": "light drizzle"}'


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 800)])
def test_a_starter_is_answered_and_continued(app: App, window: Open, theme: str, width: int) -> None:
    app.begin_with(Setup(model="demo-agent"))
    page = window(app, theme=theme, width=width)
    expect(page.page.get_by_test_id("stApp")).to_have_css("background-color", GROUND[theme])
    page.shots(f"{width}-1-empty")

    page.start("weather")
    card = page.calls().first
    expect(card).to_contain_text('location "Boston, MA"')
    expect(card).to_contain_text("waiting")
    expect(card).to_contain_text("arguments valid")
    page.settled()
    expect(page.go_on).to_be_disabled()
    expect(page.waits_for).to_have_text("Waiting for: get_current_weather (No result yet)")
    page.shots(f"{width}-2-waiting")

    slot = page.slot("get_current_weather")
    slot.fill('{"temperature": 18,\n "unit": }')
    expect(card).to_contain_text(re.compile(r"Not JSON: .*line 2, column 10"))
    expect(page.go_on).to_be_disabled()
    page.shots(f"{width}-3-malformed")

    slot.fill(RESULT)
    expect(page.go_on).to_be_enabled()
    if width == 1280:
        page.go_on.click()
    else:
        slot.press("ControlOrMeta+Enter")
    reply = page.messages.last
    expect(reply).to_contain_text("light drizzle")
    page.settled()
    expect(reply).to_contain_text(re.compile(r"demo-agent · [\d,]+ tokens in.*, \d+ tokens out · first token .* total"))
    expect(card).to_contain_text("answered")
    expect(card).to_contain_text("light drizzle")
    page.shots(f"{width}-4-answered")

    _usage(page)
    page.shots(f"{width}-5-usage")
    _request(page, app)
    page.shots(f"{width}-6-request")


def _usage(page: Playground) -> None:
    usage = page.tab("Usage")
    expect(usage.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    expect(usage).to_contain_text("tokens")
    header = page.page.get_by_test_id("stHeader").bounding_box()
    tab = page.key("panel-tabs").get_by_role("tab", name="Usage").bounding_box()
    assert header is not None and tab is not None
    assert tab["y"] >= header["y"] + header["height"] - 1, "the row of tabs is behind the header"


def _request(page: Playground, app: App) -> None:
    """Both requests of the turn are there byte for byte; the second carries the result as it was typed."""
    panel = page.tab("Request")
    expect(panel.get_by_test_id("stCode").first).to_contain_text("light drizzle")
    page.choose("request-shown", re.compile("^Exchange 2"))
    page.key("request-raw").first.get_by_text("Raw").first.click()
    infos = app.store.exchange_turn_info(page.conversation_id).values()
    last = max(infos, key=lambda info: info.marks.started)
    exchange = app.store.exchange(last.id)
    assert exchange is not None
    expect(panel.get_by_test_id("stCode").first.locator("code")).to_have_text(exchange.request.body.decode())
    message = json.loads(exchange.request.body)["messages"][-1]
    assert (message["role"], message["content"]) == ("tool", RESULT)


def test_mod_enter_sends_what_was_typed_a_moment_ago(app: App, window: Open) -> None:
    """The page has not heard of the last keys yet: neither that there is a result, nor which."""
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.start("weather")
    page.settled()
    slot = page.slot("get_current_weather")
    slot.press_sequentially('{"conditions": "hail"}')
    slot.press("ControlOrMeta+Enter")
    expect(page.messages.last).to_contain_text("hail")


def test_mod_enter_sends_the_last_change_of_a_result(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.start("weather")
    page.settled()
    slot = page.slot("get_current_weather")
    slot.fill('{"conditions": "fog"}')
    expect(page.go_on).to_be_enabled()
    slot.fill('{"conditions": "hail"}')
    slot.press("ControlOrMeta+Enter")
    expect(page.messages.last).to_contain_text("hail")


def test_mod_enter_does_not_send_what_was_just_broken(app: App, window: Open) -> None:
    app.begin_with(Setup(model="demo-instant"))
    page = window(app)
    page.start("weather")
    page.settled()
    slot = page.slot("get_current_weather")
    slot.fill('{"conditions": "fog"}')
    expect(page.go_on).to_be_enabled()
    slot.fill('{"conditions": }')
    slot.press("ControlOrMeta+Enter")
    expect(page.waits_for).to_contain_text("Not JSON")
    expect(slot).to_have_value('{"conditions": }')
    expect(page.messages).to_have_count(2)


def test_the_page_asks_no_other_host(app: App, window: Open) -> None:
    page = window(app)
    for path in ("/", "/tools", "/usage", "/connections"):
        page.open(path)
    assert page.outside == []
