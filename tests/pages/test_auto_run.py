"""The page around a turn that runs by itself: limits, who runs alone, how it ended, who made a typed result."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.conversation import Conversation
from callsmith.results import Draft
from callsmith.store import Store
from callsmith.types.answering import Answering, Reply, Rule
from callsmith.types.setup import LoopLimits, Setup
from tests.pages.playground import Page, weather

pytestmark = pytest.mark.slow

PROMPT = "What's the weather like in Boston today?"
SUNNY = Answering(by="rules", auto=True, rules=(Rule(Reply('{"temperature": 21}'), name="sunny"),))


def alone(store: Store, model: str = "demo-instant", steps: int = 10) -> Setup:
    setup = weather(store, model)
    store.save_answering(setup.tools[0].tool_id, SUNNY)
    return replace(setup, loop=LoopLimits(steps=steps))


def loaded(page: Page) -> Conversation:
    found = page.store.load(page.conversation_id)
    assert found is not None
    return found


def opened(page: Page) -> AppTest:
    page.at.session_state["auto-run"] = True
    page.run()
    return page.at


def settled(page: Page) -> None:
    """The page draws itself anew until the run has ended; a test's run may end in between."""
    for _ in range(20):
        if not page.has("stop"):
            return
        page.run()


def test_the_limits_are_in_sight_where_a_tool_runs_by_itself(store: Store) -> None:
    page = Page(store, alone(store))
    assert "1 tool runs by itself, at most 10 exchanges, 5.0 min, 200,000 tokens, $1" in page.text
    assert "runs by itself, at most" not in Page(store, weather(store)).text


def test_a_changed_limit_is_kept(store: Store) -> None:
    page = Page(store, alone(store))
    opened(page).number_input(key="limit-steps").set_value(3)
    page.run()
    assert "at most 3 exchanges" in page.text
    page.say(PROMPT)
    settled(page)
    assert store.setup(page.conversation_id).loop == LoopLimits(steps=3)


def test_it_runs_to_the_answer_and_the_result_says_who_made_it(store: Store) -> None:
    page = Page(store, alone(store))
    page.say(PROMPT)
    settled(page)
    assert page.roles == ["user", "assistant", "tool", "assistant"]
    assert "by rule 1, sunny" in page.text
    assert not page.has("run-step")


def test_a_limit_is_told_with_what_was_used_and_the_way_on(store: Store) -> None:
    page = Page(store, alone(store, "demo-looping", steps=2))
    page.say(PROMPT)
    settled(page)
    page.run()
    assert "Stopped at the limit of 2 exchanges with the model without a person" in page.text
    assert "2 of 2 exchanges" in page.text
    page.click("run-step")
    settled(page)
    assert len(page.roles) > 4


def test_step_by_step_it_pauses_before_the_tools(store: Store) -> None:
    page = Page(store, alone(store))
    opened(page).toggle(key="run-step-by-step").set_value(True)
    page.run()
    page.say(PROMPT)
    settled(page)
    page.run()
    assert page.roles == ["user", "assistant"]
    assert "paused" in page.text
    page.click("run-step")
    settled(page)
    page.run()
    assert page.at.button(key="continue").label == "Continue with 1 result"


def test_a_typed_result_says_how_long_it_took(store: Store) -> None:
    page = Page(store, weather(store))
    page.say(PROMPT)
    page.type(0, Draft('{"temperature": 3}'))
    page.click("continue")
    settled(page)
    result = loaded(page).path()[2].message.results[0]
    assert result.made is not None
    assert (result.made.by, result.made.edited) == ("hand", False)
    assert result.made.seconds is not None and result.made.seconds > 0
