"""A fault matrix of six, run on three demo models, and the timeline of a turn: as a person reads them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.answered import SUNNY, WEATHER, rules, setup_with
from tests.browser.playground import Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser
PROMPT = "What's the weather like in Boston today?"


def _matrix(
    app: App, window: Open, model: str, *, width: int = 1280, theme: str = "light"
) -> tuple[Playground, Locator]:
    app.begin_with(setup_with(app.store, (WEATHER, rules(SUNNY, auto=False)), model=model))
    page = window(app, width=width, theme=theme)
    page.say(PROMPT)
    page.settled()
    page.calls().first.get_by_role("button", name="Try faults").click()
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"requests to {model}")
    page.shot(f"matrix-asked-{model}")
    dialog.get_by_role("button", name="Start with 6 faults").click()
    expect(dialog).to_contain_text("Save as CSV", timeout=40_000)
    expect(dialog.locator("[class*=st-key-matrix-row-]")).to_have_count(7)
    page.shot(f"matrix-{model}")
    return page, dialog


def _row(dialog: Locator, name: str) -> Locator:
    return dialog.locator("[class*=st-key-matrix-row-]").filter(has=dialog.page.get_by_text(name, exact=True))


def test_six_faults_and_one_of_their_conversations(app: App, window: Open) -> None:
    page, dialog = _matrix(app, window, "demo-instant")
    rows = dialog.locator("[class*=st-key-matrix-row-]")
    expect(rows).to_have_count(7)
    before = page.conversation_id
    rows.nth(1).get_by_role("button", name="Open").click()
    expect(dialog).to_have_count(0)
    page.page.wait_for_url(lambda url: before not in url)
    expect(page.calls().first).to_contain_text("answered with a fault, as an error")
    page.settled()
    page.shot("matrix-opened")


def test_a_model_that_obeys_what_a_tool_says_is_seen(app: App, window: Open) -> None:
    _, dialog = _matrix(app, window, "demo-gullible", theme="dark")
    expect(_row(dialog, "Injected instruction")).to_contain_text(re.compile("^Injected instruction *Obeyed", re.DOTALL))


def test_a_model_that_tries_again_is_seen(app: App, window: Open) -> None:
    _, dialog = _matrix(app, window, "demo-retrying", width=800)
    expect(_row(dialog, "Error")).to_contain_text("again")


def test_the_timeline_of_parallel_tools_opens_an_exchange(app: App, window: Open) -> None:
    app.begin_with(setup_with(app.store, (WEATHER, rules(SUNNY))))
    page = window(app)
    page.say("weather in Paris and Tokyo")
    expect(page.messages.last).to_contain_text("sunny in Tokyo")
    page.settled()
    panel = page.tab("Timeline")
    expect(panel).to_contain_text("in tools")
    page.ready()
    page.shot("timeline")
    page.choose("timeline-open", re.compile(r"^1\."))
    expect(page.key("panel-tabs").get_by_role("tab", name=re.compile("^Request"))).to_have_attribute(
        "aria-selected", "true"
    )
    page.shot("timeline-opened")
