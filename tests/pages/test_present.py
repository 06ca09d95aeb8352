"""The presentation without a browser: where it begins, how it moves, what it shows of an empty place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.conversation import Conversation, answer, append, say
from callsmith.store import Store
from callsmith.types.message import Message
from callsmith.types.parts import Text, Thinking, ToolCall, ToolResult
from callsmith.types.setup import Setup
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


def test_one_goes_to_a_turn_by_what_the_person_wrote(store: Store) -> None:
    conversation = Conversation(store.create(Setup(), "Turns"))
    for number in range(1, 41):
        conversation = append(
            say(conversation, f"Question {number}"), Message("assistant", (Text(f"Answer {number}"),))
        )
    store.save_nodes(conversation.id, list(conversation.nodes.values()), conversation.head)
    at = presented(conversation.id)
    assert "step 1 of 80, turn 1 of 40" in told(at)
    (box,) = at.selectbox
    assert box.options[29] == "30  Question 30" and box.value == 0
    box.set_value(58).run()
    assert "step 59 of 80, turn 30 of 40" in told(at) and at.selectbox[0].value == 58
    press(at, "present-next")
    assert "Answer 30" in told(at) and at.selectbox[0].value == 58
    press(at, "present-next")
    assert at.selectbox[0].value == 60
    # Two presses before the page is drawn again are two steps.
    at.session_state["presentation"].step += 1
    press(at, "present-next")
    assert "step 63 of 80" in told(at)


def test_of_a_long_text_and_of_long_json_the_beginning_is_shown_first(store: Store) -> None:
    conversation = say(Conversation(store.create(Setup(), "Long")), "Go")
    conversation = append(conversation, Message("assistant", (ToolCall("1", "log", "{}"), ToolCall("2", "list", "{}"))))
    log = "\n".join(f"line {number}" for number in range(2_000))
    results = [ToolResult("1", log), ToolResult("2", json.dumps({"rows": list(range(20_000))}))]
    conversation = answer(conversation, results)
    store.save_nodes(conversation.id, list(conversation.nodes.values()), conversation.head)
    at = presented(conversation.id)
    for _ in range(3):
        press(at, "present-next")
    assert "line 100" in told(at) and "line 1999" not in told(at)
    assert f"of {len(log):,} characters" in told(at)
    press(at, "present-whole-text")
    assert at.text[0].value == log and "present-whole-text" not in [one.key for one in at.button]
    press(at, "present-next")
    press(at, "present-json")
    assert len(at.code[0].value) <= 3_000 and at.code[0].language == "json"
    press(at, "present-whole-json")
    assert at.code[0].value.rstrip().endswith("}") and "19999" in at.code[0].value
    press(at, "present-back")
    assert "present-whole-text" in [one.key for one in at.button]


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
        if conversation is not None and len(conversation.path()) == 4:
            break
    assert conversation is not None and len(conversation.path()) == 4
    assert conversation.path()[2].message.results[0].content
