"""Every model that misbehaves on purpose: what its user sees, and that a way on is there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from callsmith.types.setup import Setup
from tests.browser.playground import Open, Playground
from tests.browser.seeded import weather_setup
from tests.browser.served import App

pytestmark = pytest.mark.browser

PROMPT = "weather in Paris"


def test_malformed_arguments(app: App, window: Open) -> None:
    card = _called(_asked(app, window, "demo-malformed-arguments"))
    expect(card).to_contain_text("arguments invalid")
    expect(card).to_contain_text("its arguments are not readable as JSON")
    expect(card).to_contain_text(re.compile(r"Not JSON: .*line 1, column \d+"))
    expect(card.get_by_test_id("stCode").first).to_contain_text('{"location":"Paris"')


def test_invalid_arguments(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-invalid-arguments")
    card = _called(page)
    expect(card).to_contain_text("arguments invalid")
    expect(card).to_contain_text(re.compile(r"/location: .*string"))
    page.shot("invalid-arguments")


def test_an_invented_tool(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-invented-tool")
    card = _called(page)
    expect(card).to_contain_text("get_current_weather_plus")
    expect(card).to_contain_text("not one of your tools")
    page.slot("get_current_weather_plus").fill('{"temperature": 3}')
    expect(page.go_on).to_be_enabled()


def test_cut_off(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-cut", "write 40 words")
    expect(page.problem).to_contain_text("The reply broke off before its end")
    expect(page.problem).to_contain_text("on purpose")
    _can_retry(page)
    expect(page.messages).to_have_count(2)
    expect(page.messages.last).to_contain_text("This text is filler")
    page.shot("cut-off")


def test_a_call_cut_off_is_not_waited_for(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-cut")
    expect(page.problem).to_contain_text("The reply broke off before its end")
    expect(page.calls().first).to_contain_text("cut off, will not be sent")
    expect(page.go_on).to_have_count(0)
    _can_retry(page)


def test_rate_limited_and_then_answered(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-rate-limited")
    expect(page.live).to_contain_text(re.compile(r"status 429; trying again in 1\.0 s"))
    expect(_called(page)).to_contain_text("arguments valid")
    expect(page.problem).to_have_count(0)
    page.settled()
    panel = page.tab("Request")
    page.choose("request-shown", re.compile("^Exchange 1"))
    panel.get_by_role("tab", name="Times").click()
    expect(panel).to_contain_text(re.compile(r"Attempt 1 at .*: status 429, then waited 1\.0 s"))
    expect(panel).to_contain_text(re.compile(r"Attempt 2 at .*: status 200"))


def test_unauthorized(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-unauthorized")
    expect(page.problem).to_contain_text("The key was not accepted")
    expect(page.problem).to_contain_text("Incorrect API key provided.")
    expect(page.problem).to_contain_text(re.compile(r"status 401 · code invalid_api_key · request id req_demo_\w+"))
    expect(page.problem).to_contain_text("on purpose")
    page.shot("unauthorized")
    expect(page.messages).to_have_count(1)
    expect(page.messages.first).to_contain_text(PROMPT)
    _can_retry(page)


def test_a_server_error_in_html(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-server-error")
    expect(page.problem).to_contain_text("status 500")
    expect(page.problem).to_contain_text("3 attempts")
    expect(page.problem).to_contain_text(re.compile(r"Before: status 500 at .*, waited .*; status 500 at .*, waited"))
    page.shot("server-error")
    page.problem.get_by_text("Answer as received").click()
    expect(page.problem).to_contain_text("<h1>500 Internal Server Error</h1>")
    expect(page.messages.first).to_contain_text(PROMPT)
    _can_retry(page)


def test_a_stall_is_stopped(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-stall", "write 40 words")
    expect(page.live).to_contain_text("This text is filler")
    page.press("stop")
    expect(page.problem).to_contain_text("Stopped by you. What arrived is kept.")
    page.settled()
    expect(page.messages.last).to_contain_text("This text is filler")
    _can_retry(page)


def test_a_stall_ends_at_the_limit_between_bytes(app: App, window: Open) -> None:
    """The limit is set in the options, in seconds."""
    app.begin_with(Setup(model="demo-stall"))
    page = window(app)
    page.press("options")
    page.page.get_by_role("tab", name="More", exact=True).click()
    limit = page.page.get_by_role("spinbutton", name="Between bytes")
    limit.fill("1")
    limit.press("Enter")
    expect(page.key("chip-limits")).to_contain_text("own time limits")
    page.page.keyboard.press("Escape")
    page.say("write 40 words")
    expect(page.problem).to_contain_text("1 s")
    _can_retry(page)
    page.settled()
    expect(page.messages.last).to_contain_text("This text is filler")
    page.shot("between-bytes")


def test_usage_that_is_missing_is_said_to_be(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-no-usage")
    _called(page)
    page.settled()
    expect(page.messages.last).to_contain_text("tokens not reported")
    expect(page.tab("Usage")).to_contain_text(re.compile("not reported|unknown"))
    page.shot("no-usage")


def test_a_refusal(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-refusal")
    expect(page.messages.last).to_contain_text("Refused")
    expect(page.messages.last).to_contain_text("I decline: this demo model refuses every request")
    page.settled()
    expect(page.key("retry")).to_be_visible()


def test_another_model_can_be_chosen_after_an_error(app: App, window: Open) -> None:
    page = _asked(app, window, "demo-unauthorized")
    expect(page.problem).to_be_visible()
    page.choose_model("demo-instant")
    page.problem.get_by_role("button", name="Retry").click()
    expect(_called(page)).to_contain_text("arguments valid")
    expect(page.problem).to_have_count(0)


def _asked(app: App, window: Open, model: str, prompt: str = PROMPT) -> Playground:
    app.begin_with(weather_setup(app.store, model))
    page = window(app)
    page.say(prompt)
    return page


def _called(page: Playground) -> Locator:
    card = page.calls().first
    expect(card).to_contain_text("waiting")
    return card


def _can_retry(page: Playground) -> None:
    expect(page.problem.get_by_role("button", name="Retry")).to_be_enabled()
