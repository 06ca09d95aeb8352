"""A turn that runs by itself: by rules to its end, to each limit, paused, stepped, stopped."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from callsmith import prices_own
from callsmith.demo.server import DemoServer
from callsmith.prices_own import OwnPrice, OwnPrices
from callsmith.types.answering import Reply, Rule
from callsmith.types.connection import Connection
from callsmith.types.setup import LoopLimits
from tests.browser.answered import (
    FETCH,
    FOUND,
    NOTHING,
    PAGE,
    SEARCH,
    SEARCH_PROMPT,
    SUNNY,
    WEATHER,
    rules,
    setup_with,
)
from tests.browser.playground import Open, Playground
from tests.browser.served import App

pytestmark = pytest.mark.browser
PROMPT = "What's the weather like in Boston today?"


def test_rules_answer_a_search_of_two_steps(app: App, window: Open) -> None:
    app.begin_with(setup_with(app.store, (SEARCH, rules(FOUND, NOTHING)), (FETCH, rules(PAGE, NOTHING))))
    page = window(app)
    expect(page.key("format-row")).to_contain_text("2 tools run by themselves, at most 10 exchanges")
    page.say(SEARCH_PROMPT)
    expect(page.messages.last).to_contain_text("within 30 days")
    page.settled()
    expect(page.calls()).to_have_count(2)
    expect(page.calls().nth(0)).to_contain_text("rule 1, refunds")
    expect(page.calls().nth(1)).to_contain_text("rule 1, the policy")
    expect(page.go_on).to_have_count(0)
    page.shot("auto-run")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (LoopLimits(steps=3), "3 exchanges with the model"),
        (LoopLimits(tokens=400), "400 tokens"),
    ],
    ids=["steps", "tokens"],
)
def test_a_model_that_never_stops_is_stopped_by_a_limit(app: App, window: Open, limits: LoopLimits, words: str) -> None:
    app.begin_with(setup_with(app.store, (WEATHER, rules(SUNNY)), model="demo-looping", limits=limits))
    _stops_at(window(app), words)


def test_a_model_that_never_stops_is_stopped_by_its_cost(app: App, window: Open) -> None:
    """The demo model costs nothing, so a server of one's own with one's own prices speaks for it."""
    server = DemoServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app.store.save_connection(Connection("own", "Priced", server.base_url))
    app.store.set_preference(
        prices_own.PREFERENCE, prices_own.to_json(OwnPrices((OwnPrice("Priced", "", 30.0, None, 60.0),)))
    )
    setup = setup_with(app.store, (WEATHER, rules(SUNNY)), model="demo-looping", limits=LoopLimits(cost=0.01))
    app.begin_with(replace(setup, connection_id="own"))
    try:
        _stops_at(window(app), "$0.01")
    finally:
        app.store.delete_connection("own")
        server.shutdown()
        server.server_close()


def _stops_at(page: Playground, words: str) -> None:
    """And goes on where a person says so, until it is stopped again."""
    page.say(PROMPT)
    ended = page.key("run-ended")
    expect(ended).to_contain_text(f"Stopped at the limit of {words}")
    page.settled()
    page.shot(f"limit-{words.split()[0].strip('$')}")
    before = page.calls().count()
    expect(page.go_on).to_contain_text("Continue with 1 result")
    page.go_on.click()
    expect(page.calls().nth(before)).to_be_visible(timeout=20_000)
    expect(ended).to_contain_text(f"Stopped at the limit of {words}")


def test_the_time_limit_ends_a_slow_tool(app: App, window: Open) -> None:
    slow = rules(Rule(Reply("{}", delay=60.0), name="slow"))
    app.begin_with(setup_with(app.store, (WEATHER, slow), limits=LoopLimits(seconds=2)))
    page = window(app)
    page.say(PROMPT)
    expect(page.key("run-ended")).to_contain_text("Stopped at the limit of 2 seconds")
    page.settled()
    expect(page.calls().first).to_contain_text("waiting")
    expect(page.go_on).to_contain_text("Run 1 tool and continue")


def test_tools_are_seen_while_they_run_and_can_be_given_up(app: App, window: Open) -> None:
    slow = rules(Rule(Reply("{}", delay=60.0), name="slow"))
    app.begin_with(setup_with(app.store, (WEATHER, slow)))
    page = window(app)
    page.say("weather in Paris and Tokyo")
    first = page.calls().first
    expect(first).to_contain_text("by rules, running for")
    expect(first).to_contain_text("waits 60 s")
    page.shot("tools-running")
    first.get_by_role("button", name="Give up this call").click()
    expect(first).to_contain_text("no answer after")
    expect(page.calls().nth(1)).to_contain_text("running for")
    page.press("stop")
    page.settled()
    expect(page.calls().nth(1)).to_contain_text("waiting")
    page.shot("tools-stopped")


def test_step_by_step_to_the_end(app: App, window: Open) -> None:
    app.begin_with(setup_with(app.store, (SEARCH, rules(FOUND, NOTHING)), (FETCH, rules(PAGE, NOTHING))))
    page = window(app)
    page.press("auto-run")
    page.page.get_by_text("Step by step").click()
    page.ready()
    page.shot("auto-run-popover")
    page.page.keyboard.press("Escape")
    page.say(SEARCH_PROMPT)
    ended = page.key("run-ended")
    expect(ended).to_contain_text("paused")
    page.settled()
    page.shot("paused")
    expect(page.calls()).to_have_count(1)
    page.press("run-step")
    expect(page.calls().first).to_contain_text("rule 1, refunds")
    page.settled()
    page.press("run-step")
    expect(page.calls()).to_have_count(2)
    page.settled()
    page.press("run-step")
    expect(page.calls().nth(1)).to_contain_text("rule 1, the policy")
    page.settled()
    page.press("run-step")
    expect(page.messages.last).to_contain_text("within 30 days")
    page.settled()
    expect(ended).to_have_count(0)


def test_asked_each_time_the_tools_run_at_one_click(app: App, window: Open) -> None:
    app.begin_with(setup_with(app.store, (WEATHER, rules(SUNNY, auto=False))))
    page = window(app)
    page.say(PROMPT)
    expect(page.go_on).to_contain_text("Run 1 tool and continue")
    page.settled()
    page.shot("run-and-continue")
    page.go_on.click()
    expect(page.messages.last).to_contain_text("sunny in Boston")


def test_a_call_that_is_being_answered_shows_nothing_of_its_slot(app: App, window: Open) -> None:
    slow = rules(Rule(Reply("{}", delay=60.0), name="slow"), auto=False)
    app.begin_with(setup_with(app.store, (WEATHER, slow)))
    page = window(app)
    page.say(PROMPT)
    call = page.calls().first
    expect(call).to_contain_text("Rule 1, slow, answers this call")
    call.get_by_role("button", name="Run").click()
    expect(call.get_by_role("button", name="Give up this call")).to_be_visible()
    # The code block has a button without words.
    expect(call.get_by_role("button").filter(has_text=re.compile(r"\w"))).to_have_count(1)
    expect(call).not_to_contain_text("answers this call")
    page.shot("call-running")
    call.get_by_role("button", name="Give up this call").click()
    expect(call.get_by_role("button", name="Run")).to_be_visible()
    page.settled()
