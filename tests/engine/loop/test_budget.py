"""A turn that runs by itself ends where the conversation's budget is spent; a person still sends."""

from __future__ import annotations

from pathlib import Path

from callsmith.budget import Spending, over, words
from callsmith.execute.occasion import Occasion
from callsmith.slots import slots
from callsmith.starters import STARTERS
from callsmith.types.answering import Answer
from callsmith.types.setup import LoopLimits, Setup
from callsmith.types.usage import Usage
from tests.engine.loop.kit import AUTO, WEATHER, Table, answered, ended
from tests.engine.store_kit import exchange, turn

ASKS = STARTERS[0].prompt


def test_a_turn_ends_where_the_budget_is_spent_and_goes_on_when_it_is_raised(tmp_path: Path) -> None:
    at = Table(tmp_path, lambda occasion: answered())
    at.prices = lambda usage: 0.01
    at.store.save_setup(at.conversation_id, Setup(budget=0.01))
    plan = at.plan((WEATHER, AUTO), limits=LoopLimits(steps=5))
    end = ended(at.say(ASKS, plan))
    assert (end.reason, end.limit) == ("limit", "budget")
    assert end.words == "$0.01 of this conversation's budget of $0.01 is spent, so nothing more is asked by itself"
    assert len(at.store.exchange_turn_info(at.conversation_id)) == 1
    at.store.save_setup(at.conversation_id, Setup(budget=1.0))
    assert ended(at.loop.answer(at.conversation_id, plan, ())).reason == "answered"
    at.close()


def test_calls_that_run_when_the_budget_is_reached_are_answered_and_kept(tmp_path: Path) -> None:
    """Each call is played by a model for 0.006 dollars: the second one reaches the budget of 0.01."""

    def played(occasion: Occasion) -> Answer:
        sent = exchange(f"played-{occasion.call.id}", model="player")
        at.store.begin_played(sent, at.conversation_id, WEATHER.name)
        at.store.finish_exchange(sent, turn(usage=Usage(input=6)), None)
        return answered()

    at = Table(tmp_path, played)
    at.prices = lambda usage: 0.006 if usage.input == 6 else 0.0
    at.store.save_setup(at.conversation_id, Setup(budget=0.01))
    plan = at.plan((WEATHER, AUTO))
    end = ended(at.say("What's the weather like in Boston and in Tokyo?", plan))
    assert (end.reason, end.limit) == ("limit", "budget")
    assert "$0.012 of this conversation's budget of $0.01 is spent" in end.words
    assert len(at.store.played_info(at.conversation_id)) == 2
    assert [slot.problem for slot in slots(at.store, at.conversation)] == ["", ""]
    at.store.save_setup(at.conversation_id, Setup(budget=1.0))
    assert ended(at.loop.answer(at.conversation_id, plan, ())).reason == "answered"
    assert len(at.store.played_info(at.conversation_id)) == 2
    at.close()


def test_no_budget_is_no_bound_and_unknown_prices_count_for_nothing() -> None:
    spent = Spending(0.5, 2)
    assert over(None, spent) == over(0.51, spent) == ""
    assert over(0.5, spent) and over(0.0, Spending())
    assert words(1.0, spent).endswith("is spent, not counted: 2 exchanges without a known price")
