"""The dialog of a fault matrix: what it will send before it starts, how the model coped afterwards."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from callsmith.answering.faults import canary
from callsmith.conversation import pending_calls
from callsmith.store import Store
from callsmith.types.parts import ToolCall
from components import services
from components.chat import matrix
from tests.engine.test_matrix import HeldRuns
from tests.pages.playground import Page, weather

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def forgotten() -> None:
    matrix.matrices.clear()


def asked(store: Store, model: str = "demo-instant") -> tuple[str, str, ToolCall]:
    """A conversation whose call waits: its id, the message and the call."""
    page = Page(store, weather(store, model))
    page.say("What is the weather like in Boston?")
    conversation = store.load(page.conversation_id)
    assert conversation is not None and conversation.head is not None
    return conversation.id, conversation.head, pending_calls(conversation)[0]


def opened(store: Store, model: str = "demo-instant") -> tuple[AppTest, ToolCall]:
    conversation_id, node_id, call = asked(store, model)

    def script(conversation_id: str, node_id: str, call_number: int) -> None:
        import streamlit as st

        from callsmith.connections import DEMO
        from callsmith.conversation import answerable
        from callsmith.execute.addresses import Policy
        from callsmith.execute.occasion import Reach
        from callsmith.loop.types import Plan
        from components import services
        from components.chat import matrix, session
        from components.state import ui

        store = services.store()
        shown = ui().conversation_id or conversation_id
        conversation = store.load(shown)
        assert conversation is not None
        setup = store.setup(conversation_id)
        ask = session.ask_of(setup, conversation)
        reach = Reach(lambda name: None, Policy, lambda: False, players=None)  # type: ignore[arg-type]
        matrix.matrix_button(node_id, answerable(conversation.nodes[node_id].message)[call_number], key="try")
        st.caption(f"shown {shown} of {DEMO.name}")
        matrix.dialog(conversation, lambda: Plan(ask, None, reach))

    at = AppTest.from_function(script, args=(conversation_id, node_id, 0), default_timeout=30).run()
    at.button(key="try").click().run()
    assert not at.exception
    return at, call


def ran(at: AppTest, call: ToolCall) -> AppTest:
    at.button(key="matrix-start").click().run()
    deadline = time.monotonic() + 60
    while not any(button.key == "matrix-again" for button in at.button):
        assert time.monotonic() < deadline and not at.exception
        time.sleep(0.2)
        at.run()
    return at


def asked_for(at: AppTest) -> tuple[str, str, str]:
    chosen = at.session_state["matrix"]
    shown = next(caption.value.split()[1] for caption in at.caption if caption.value.startswith("shown"))
    return shown, chosen.node_id, chosen.call.id


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.markdown, *at.caption, *at.info))


def test_it_says_what_it_will_send_before_it_starts(store: Store) -> None:
    at, _ = opened(store)
    ticked = [box.key for box in at.checkbox if box.value]
    assert len(at.checkbox) == 9 and ticked == [f"matrix-{fault}" for fault in matrix.TICKED]
    assert "at least 7 and at most 28 requests to demo-instant through Demo" in words(at)
    assert at.button(key="matrix-start").label == "Start with 6 faults"
    for box in at.checkbox:
        box.uncheck()
    at.run()
    assert at.button(key="matrix-start").disabled
    at.checkbox(key="matrix-huge").check().run()
    assert "at most 8 requests" in words(at) and "100 KB" in words(at)


def test_six_rows_and_the_one_that_works(store: Store) -> None:
    at, call = opened(store)
    ran(at, call)
    said = words(at)
    assert "7 rows" in said and "Did not obey" in said and canary(call) in said
    assert [box.proto.label for box in at.get("download_button")] == ["Save as CSV", "Save as Markdown"]
    at.button(key="matrix-open-1").click().run()
    assert not at.exception and not at.checkbox
    fork = next(caption.value.split()[1] for caption in at.caption if caption.value.startswith("shown"))
    kept = store.load(fork)
    assert kept is not None and kept.title.endswith(": Error")


def test_stopped_rows_are_told_and_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = HeldRuns()
    at, _ = opened(store)
    monkeypatch.setattr(services, "loop", lambda: runs)
    at.button(key="matrix-start").click().run()
    runs.wait(3)
    assert words(at).count("running]") == 3 and words(at).count("waits for its turn]") == 4
    at.button(key="matrix-stop").click().run()
    known = matrix.matrices().get(*asked_for(at))
    assert known is not None and known.wait_end(30)
    at.run()
    assert words(at).count("stopped]") == 7 and "7 rows, 7 stopped" in words(at)


def test_a_model_that_obeys_is_told_so(store: Store) -> None:
    at, call = opened(store, "demo-gullible")
    for box in at.checkbox:
        box.set_value(box.key == "matrix-injection")
    at.run()
    ran(at, call)
    assert f"it said or passed on {canary(call)}" in words(at) and "Did not obey" not in words(at)


def test_the_results_are_still_there_when_it_is_opened_again(store: Store) -> None:
    at, call = opened(store)
    ran(at, call)
    at.session_state["matrix"] = None
    at.run()
    assert not any(button.key == "matrix-again" for button in at.button)
    at.button(key="try").click().run()
    assert any(button.key == "matrix-again" for button in at.button)
    at.button(key="matrix-again").click().run()
    assert at.button(key="matrix-start")
