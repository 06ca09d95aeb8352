"""What the user answers beside results: leave for remote calls, a way out of a refusal; and what an open tab still
holds when the server was started again."""

from __future__ import annotations

import pytest

from callsmith.conversation import APPROVAL_REQUEST, PAUSED
from callsmith.results import Draft
from callsmith.store import Store
from callsmith.types.options import Options
from callsmith.types.parts import Opaque, Text, ToolCall
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from tests.pages.playground import Page, replied, weather

pytestmark = pytest.mark.slow

CALL = ToolCall("call_1", "get_current_weather", '{"location": "Rome"}')


def request(identifier: str, name: str) -> Opaque:
    data = {"type": APPROVAL_REQUEST, "id": identifier, "server_label": "wiki", "name": name, "arguments": '{"q": 1}'}
    return Opaque(APPROVAL_REQUEST, data)


def asking(store: Store, *more: ToolCall) -> Page:
    setup = Setup(model="demo-instant", wire="openai-responses", tools=weather(store).tools)
    parts = (Text("I ask."), request("mcpr_1", "read"), request("mcpr_2", "delete"), *more)
    return Page(store, conversation_id=replied(store, *parts, setup=setup, wire="openai-responses"))


def head_key(page: Page) -> str:
    conversation = page.store.load(page.conversation_id)
    assert conversation is not None and conversation.head is not None
    return conversation.head[:12]


def choose(page: Page, number: int, choice: str) -> None:
    control = page.at.segmented_control(key=f"leave-{head_key(page)}-leave-{number}")
    control.set_value(choice)
    page.run()


def test_each_remote_call_waits_for_its_own_leave(store: Store) -> None:
    page = asking(store)
    assert page.text.count("waiting for your leave") == 2
    assert [summary.state for summary in store.recent()] == ["waiting"]
    assert page.at.button(key="continue").disabled
    assert "read (allow or refuse it); delete (allow or refuse it)" in page.text
    assert "refused" in page.at.chat_input(key="composer").placeholder
    choose(page, 0, "allow")
    assert page.at.button(key="continue").disabled
    choose(page, 1, "refuse")
    assert page.at.button(key="continue").label == "Continue with 2 decisions"

    again = Page(store, conversation_id=page.conversation_id)
    assert not again.at.button(key="continue").disabled
    again.click("continue")
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    answers = conversation.path()[2].message.parts
    assert [part.data for part in answers if isinstance(part, Opaque)] == [
        {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True},
        {"type": "mcp_approval_response", "approval_request_id": "mcpr_2", "approve": False},
    ]
    assert again.text.count("material/check: allowed") == 1
    assert again.text.count("material/block: refused") == 1
    assert "waiting for your leave" not in again.text


def test_results_and_leave_are_sent_together(store: Store) -> None:
    page = asking(store, CALL)
    choose(page, 0, "allow")
    choose(page, 1, "allow")
    assert page.at.button(key="continue").disabled
    page.type(0, Draft('{"temperature": 21}'))
    assert page.at.button(key="continue").label == "Continue with 1 result and 2 decisions"
    page.click("continue")
    conversation = store.load(page.conversation_id)
    assert conversation is not None
    assert [part.kind for part in conversation.path()[2].message.parts] == ["tool_result", "opaque", "opaque"]


def test_writing_on_refuses_what_waits_for_leave(store: Store) -> None:
    page = asking(store)
    page.say("Never mind")
    assert page.roles == ["user", "assistant", "tool", "user", "assistant"]
    assert page.text.count("material/block: refused") == 2


def test_a_way_out_changes_the_setup_and_asks_again(store: Store) -> None:
    refused = Problem("http", "Unsupported parameter: 'temperature'", 400, param="temperature")
    setup = Setup(model="demo-instant", options=Options(temperature=0.5, max_tokens=50))
    page = Page(store, conversation_id=replied(store, setup=setup, problem=refused))
    assert page.roles == ["user"]
    assert page.has("problem-retry")
    page.click("problem-fix-0")
    assert page.roles == ["user", "assistant"]
    options = store.setup(page.conversation_id).options
    assert (options.temperature, options.max_tokens) == (None, 50)
    assert not page.has("problem-retry")


def test_a_refusal_of_no_known_cause_has_no_way_out_but_retry(store: Store) -> None:
    refused = Problem("http", "Something is wrong", 400)
    page = Page(store, conversation_id=replied(store, setup=Setup(model="demo-instant"), problem=refused))
    assert page.has("problem-retry")
    assert not page.has("problem-fix-0")


def test_retry_after_a_pause_that_failed_asks_from_the_pause(store: Store) -> None:
    setup = Setup(model="demo-instant")
    conversation = replied(store, Text("I search."), setup=setup, finish=PAUSED)
    failed = Problem("connection", "No answer")
    replied(store, prompt="", conversation_id=conversation, problem=failed)
    page = Page(store, conversation_id=conversation)
    page.click("problem-retry")
    assert page.roles == ["user", "assistant", "assistant"]


def tab(store: Store) -> Page:
    return Page(store, conversation_id=replied(store, CALL, setup=weather(store), finish="tool_calls"))


def typed(page: Page, text: str, revision: int = 0) -> None:
    """What the browser holds of the slot, and nobody was called for."""
    page.at.session_state[f"result-{page.slot(0)}"] = {"typed": {"text": text, "revision": revision}}
    page.run()


def test_a_new_server_hears_what_an_open_tab_holds(store: Store) -> None:
    page = tab(store)
    typed(page, '{"temperature": 30}')
    assert not page.at.button(key="continue").disabled
    kept = store.draft(page.conversation_id, page.slot(0))
    assert kept["text"] == '{"temperature": 30}'


def test_what_it_hears_it_also_judges(store: Store) -> None:
    page = tab(store)
    typed(page, '{"temperature": ')
    assert page.text.count("Not JSON") == 2  # in the slot, and beside Continue


def test_it_hears_it_once_since_another_tab_may_have_typed_since(store: Store) -> None:
    page = tab(store)
    typed(page, '{"temperature": 30}')
    page.type(0, Draft('{"temperature": 5}'))
    typed(page, '{"temperature": 30}')
    assert store.draft(page.conversation_id, page.slot(0))["text"] == '{"temperature": 5}'


def test_what_was_typed_before_a_sample_stays_unheard_after_a_restart(store: Store) -> None:
    page = tab(store)
    page.click(f"result-{page.slot(0)}-sample")
    again = Page(store, conversation_id=page.conversation_id)
    typed(again, "nonsense")
    assert store.draft(page.conversation_id, page.slot(0))["text"] != "nonsense"
    typed(again, '{"temperature": 8}', revision=1)
    assert store.draft(page.conversation_id, page.slot(0))["text"] == '{"temperature": 8}'
