"""A turn that runs by itself: what it does, where it ends, what it never loses."""

from __future__ import annotations

import json
import threading

import pytest

from callsmith import slots as places
from callsmith.conversation import pending_calls
from callsmith.execute.occasion import CannotAnswer, Occasion
from callsmith.loop.loop import Busy
from callsmith.types.answering import Answer
from callsmith.types.setup import LoopLimits
from tests.engine.loop.kit import ASK, AUTO, FETCH, HAND, SEARCH, WEATHER, Tables, answered, ended, until

WEATHER_PROMPT = "What's the weather like in Boston today?"
SEARCH_PROMPT = "Find the page about our refund policy and tell me what it says"


def library(occasion: Occasion) -> Answer:
    if occasion.call.name == SEARCH.name:
        return answered('{"matches": [{"id": "doc-17", "title": "Refund policy"}]}')
    return answered('{"title": "Refund policy", "text": "Thirty days."}')


@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses", "anthropic", "gemini"])
@pytest.mark.slow
def test_two_steps_run_to_the_answer_by_themselves(table: Tables, wire: str) -> None:
    at = table(library)
    run = at.say(SEARCH_PROMPT, at.plan((SEARCH, AUTO), (FETCH, AUTO), wire=wire))
    assert ended(run).reason == "answered"
    messages = [node.message for node in at.conversation.path()]
    assert [message.role for message in messages] == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert "Thirty days" in messages[-1].text
    assert [result.made.by for message in messages for result in message.results if result.made] == ["rules"] * 2
    used = run.snapshot().used
    assert used.steps == 3
    assert used.tokens > 100
    assert at.store.drafts(at.conversation_id) == {}


def test_without_an_automatic_tool_it_waits_for_the_person(table: Tables) -> None:
    at = table()
    for answering in (ASK, HAND):
        run = at.say(WEATHER_PROMPT, at.plan((WEATHER, answering)))
        assert ended(run).reason == "waiting"
        assert "get_current_weather" in ended(run).words
        assert len(pending_calls(at.conversation)) == 1


def test_parallel_calls_run_at_the_same_time_and_go_back_in_call_order(table: Tables) -> None:
    together = threading.Barrier(3)

    def answer(occasion: Occasion) -> Answer:
        together.wait(10)
        return answered(json.dumps({"arguments": occasion.call.arguments, "number": occasion.number}))

    at = table(answer)
    run = at.say("What's the weather in Boston, in Tokyo and in Paris?", at.plan((WEATHER, AUTO)))
    assert ended(run).reason == "answered"
    asked, given = at.conversation.path()[1].message.calls, at.conversation.path()[2].message.results
    assert [result.call_id for result in given] == [call.id for call in asked]
    assert [json.loads(result.content)["number"] for result in given] == [1, 2, 3]


def test_one_that_fails_does_not_lose_the_others(table: Tables) -> None:
    def answer(occasion: Occasion) -> Answer:
        if occasion.number == 2:
            raise CannotAnswer("Set WEATHER_KEY first")
        if occasion.number == 3:
            raise ZeroDivisionError
        return answered()

    at = table(answer)
    run = at.say("What's the weather in Boston, in Tokyo and in Paris?", at.plan((WEATHER, AUTO)))
    assert ended(run).reason == "waiting"
    kept = places.slots(at.store, at.conversation)
    assert [slot.draft.text for slot in kept] == ['{"ok": true}', "", ""]
    assert kept[1].draft.note == "Set WEATHER_KEY first"
    assert "ZeroDivisionError" in kept[2].draft.note
    assert [call.state for call in run.snapshot().calls] == ["answered", "unanswered", "unanswered"]


def test_asked_for_by_a_person_all_run_and_the_turn_goes_on(table: Tables) -> None:
    at = table()
    plan = at.plan((WEATHER, ASK))
    ended(at.say(WEATHER_PROMPT, plan))
    run = at.loop.answer(at.conversation_id, plan, None)
    assert ended(run).reason == "answered"


def test_one_call_answered_for_review_does_not_go_on(table: Tables) -> None:
    at = table()
    plan = at.plan((WEATHER, ASK))
    ended(at.say(WEATHER_PROMPT, plan))
    slot = places.slots(at.store, at.conversation)[0]
    assert ended(at.loop.answer(at.conversation_id, plan, {slot.key}, go_on=False)).reason == "waiting"
    assert places.slots(at.store, at.conversation)[0].draft.text == '{"ok": true}'
    assert len(pending_calls(at.conversation)) == 1


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        (LoopLimits(steps=3), "steps"),
        (LoopLimits(tokens=300), "tokens"),
        (LoopLimits(cost=0.02), "cost"),
    ],
)
@pytest.mark.slow
def test_each_limit_ends_a_model_that_never_stops(table: Tables, limits: LoopLimits, limit: str) -> None:
    at = table()
    at.prices = lambda usage: 0.01
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO), model="demo-looping", limits=limits))
    end = ended(run)
    assert (end.reason, end.limit) == ("limit", limit)
    assert "without a person" in end.words
    assert places.slots(at.store, at.conversation)[0].draft.text, "the result is kept for whoever goes on"
    if limit == "steps":
        assert run.snapshot().used.steps == 3


@pytest.mark.slow
def test_the_time_limit_ends_a_tool_that_never_answers(table: Tables) -> None:
    never = threading.Event()

    def answer(occasion: Occasion) -> Answer:
        never.wait(30)
        return answered("too late")

    at = table(answer)
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO), limits=LoopLimits(seconds=0.5)))
    assert ended(run).limit == "seconds"
    never.set()


@pytest.mark.slow
def test_the_time_limit_ends_an_exchange_that_stalls(table: Tables) -> None:
    at = table()
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO), model="demo-stall", limits=LoopLimits(seconds=0.5)))
    assert ended(run).limit == "seconds"
    assert at.store.running_exchange(at.conversation_id) is None


def test_an_answer_after_the_stop_is_not_kept(table: Tables) -> None:
    begun, go = threading.Event(), threading.Event()
    finished = threading.Event()

    def answer(occasion: Occasion) -> Answer:
        begun.set()
        go.wait(20)
        finished.set()
        return answered("too late")

    at = table(answer)
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO)))
    assert begun.wait(10)
    run.stop()
    assert ended(run).reason == "stopped"
    go.set()
    assert finished.wait(10)
    threading.Event().wait(0.1)
    slot = places.slots(at.store, at.conversation)[0]
    assert slot.draft.text == ""
    assert len(pending_calls(at.conversation)) == 1


def test_stop_while_the_model_speaks(table: Tables) -> None:
    at = table()
    run = at.say("write 300 words", at.plan((WEATHER, AUTO), model="demo-agent"))
    until(lambda: at.store.running_exchange(at.conversation_id) is not None)
    run.stop()
    assert ended(run).reason == "stopped"


def test_a_stopped_wait_is_woken(table: Tables) -> None:
    def answer(occasion: Occasion) -> Answer:
        occasion.cancel.pause(60)
        return answered()

    at = table(answer)
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO)))
    until(lambda: bool(run.snapshot().calls))
    run.stop()
    assert ended(run).reason == "stopped"


def test_paused_before_the_tools_then_stepped_to_the_end(table: Tables) -> None:
    at = table(library)
    plan = at.plan((SEARCH, AUTO), (FETCH, AUTO))
    run = at.say(SEARCH_PROMPT, plan, one_step=True)
    assert ended(run).reason == "paused"
    assert len(at.conversation.path()) == 2
    lengths = []
    while ended(run).reason == "paused":
        used = run.snapshot().used
        run = at.loop.answer(at.conversation_id, plan, one_step=True, used=used)
        ended(run)
        lengths.append(len(at.conversation.path()))
    # The tools, the next exchange, the tools, the last exchange.
    assert lengths == [2, 4, 4, 6]
    assert ended(run).reason == "answered"
    assert run.snapshot().used.steps == 3


def test_pause_while_a_tool_runs_ends_before_the_model_is_asked(table: Tables) -> None:
    begun, go = threading.Event(), threading.Event()

    def answer(occasion: Occasion) -> Answer:
        begun.set()
        go.wait(20)
        return answered()

    at = table(answer)
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO)))
    assert begun.wait(10)
    run.pause()
    assert run.snapshot().pausing
    go.set()
    assert ended(run).reason == "paused"
    assert places.slots(at.store, at.conversation)[0].draft.text == '{"ok": true}'


def test_a_failed_exchange_ends_it_with_the_providers_words(table: Tables) -> None:
    at = table()
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO), model="demo-unauthorized"))
    assert ended(run).reason == "failed"
    assert ended(run).words


def test_two_at_once_are_refused(table: Tables) -> None:
    go = threading.Event()

    def answer(occasion: Occasion) -> Answer:
        go.wait(20)
        return answered()

    at = table(answer)
    plan = at.plan((WEATHER, AUTO))
    run = at.say(WEATHER_PROMPT, plan)
    until(lambda: bool(run.snapshot().calls))
    with pytest.raises(Busy):
        at.loop.answer(at.conversation_id, plan)
    go.set()
    assert ended(run).reason == "answered"


def test_it_ends_when_someone_moved_the_conversation(table: Tables) -> None:
    begun, go = threading.Event(), threading.Event()

    def answer(occasion: Occasion) -> Answer:
        begun.set()
        go.wait(20)
        return answered()

    at = table(answer)
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO)))
    assert begun.wait(10)
    at.store.set_head(at.conversation_id, None)
    go.set()
    assert ended(run).reason == "stopped"
    assert "changed meanwhile" in ended(run).words


@pytest.mark.slow
def test_the_failed_call_of_a_model_that_retries(table: Tables) -> None:
    at = table(lambda occasion: answered('{"error": "down"}', is_error=occasion.number < 3))
    run = at.say(WEATHER_PROMPT, at.plan((WEATHER, AUTO), model="demo-retrying"))
    assert ended(run).reason == "answered"
    results = [result for node in at.conversation.path() for result in node.message.results]
    assert [result.is_error for result in results] == [True, True, False]
