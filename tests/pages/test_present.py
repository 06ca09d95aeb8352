"""The presentation without a browser: where it begins, how it moves, what it shows of an empty place."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.store import Store
from callsmith.types.parts import Text, Thinking
from tests.pages.playground import Page, replied, weather

pytestmark = pytest.mark.slow

APP = Path(__file__).resolve().parents[2] / "app.py"


def presented(conversation_id: str) -> AppTest:
    at = AppTest.from_file(str(APP), default_timeout=30)
    at.query_params["conversation"] = conversation_id
    at.switch_page("pages/present.py")
    at.run()
    assert not at.exception, at.exception
    return at


def told(at: AppTest) -> str:
    return "\n".join(part.value for part in (*at.title, *at.markdown, *at.caption, *at.code))


def press(at: AppTest, key: str) -> None:
    at.button(key=key).click()
    at.run()
    assert not at.exception, at.exception


def test_it_goes_through_the_steps_and_back(store: Store) -> None:
    at = presented(replied(store, Thinking("hm"), Text("It is **dry**.\n\n<b>not bold</b>"), prompt="weather?"))
    assert "step 1 of 3" in told(at)
    assert at.button(key="present-back").disabled
    press(at, "present-next")
    press(at, "present-next")
    assert "step 3 of 3" in told(at)
    assert "It is **dry**." in told(at)
    assert at.button(key="present-next").disabled
    press(at, "present-first")
    assert "step 1 of 3" in told(at)


def test_without_a_conversation_it_says_what_to_do(store: Store) -> None:
    assert "Nothing to present yet" in told(presented(""))


def test_waiting_calls_are_answered_with_a_made_up_result_at_one_press(store: Store) -> None:
    page = Page(store, weather(store))
    page.say("What's the weather like in Boston today?")
    for _ in range(20):
        if not page.has("stop"):
            break
        page.run()
    at = presented(page.conversation_id)
    press(at, "present-last")
    press(at, "present-answer")
    for _ in range(10):
        at.run()
        conversation = store.load(page.conversation_id)
        assert conversation is not None
        if len(conversation.path()) == 4:
            break
    assert len(conversation.path()) == 4
    assert conversation.path()[2].message.results[0].content
