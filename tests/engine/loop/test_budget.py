"""A turn that runs by itself ends where the conversation's budget is spent; a person still sends."""

from __future__ import annotations

from pathlib import Path

from callsmith.budget import Spending, over, words
from callsmith.starters import STARTERS
from callsmith.types.setup import LoopLimits, Setup
from tests.engine.loop.kit import AUTO, WEATHER, Table, answered, ended

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


def test_no_budget_is_no_bound_and_unknown_prices_count_for_nothing() -> None:
    spent = Spending(0.5, 2)
    assert over(None, spent) == over(0.51, spent) == ""
    assert over(0.5, spent) and over(0.0, Spending())
    assert words(1.0, spent).endswith("is spent, not counted: 2 exchanges without a known price")
