"""The budget's line and the line about the next request."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from callsmith import prices_own, settings
from callsmith.prices_own import OwnPrice, OwnPrices
from callsmith.store import Store
from callsmith.types.setup import Setup
from callsmith.types.usage import Usage
from components import services
from tests.engine.store_kit import exchange, turn

pytestmark = pytest.mark.slow


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    opened = Store(settings.load().database_url)
    monkeypatch.setattr(services, "store", lambda: opened)
    opened.set_preference(prices_own.PREFERENCE, prices_own.to_json(OwnPrices((OwnPrice("", "", 1.0, None, 1.0),))))
    yield opened
    opened.close()


def spent(store: Store, budget: float | None) -> str:
    """A conversation that has cost 0.9 US dollars."""
    conversation_id = store.create(Setup(budget=budget))
    sent = exchange("a")
    store.begin_exchange(sent, conversation_id, None)
    store.finish_exchange(sent, turn(usage=Usage(input=800_000, output=100_000)), None)
    return conversation_id


def rows(conversation_id: str) -> AppTest:
    def script(conversation_id: str) -> None:
        from callsmith.budget import over
        from components.chat import budget, session
        from components.chat.next_tokens import next_tokens
        from components.state import ui

        ui().conversation_id = conversation_id
        opened = session.current()
        budget.budget_row(opened)
        next_tokens(opened)
        import streamlit as st

        allowed = opened.setup.budget
        stops = over(allowed, budget.spent_on(opened)) if allowed is not None else ""
        st.text(f"{stops}|{budget.warning(opened)}")

    at = AppTest.from_function(script, args=(conversation_id,), default_timeout=20).run()
    assert not at.exception
    return at


@pytest.mark.parametrize(
    ("allowed", "said", "colour", "stops", "warns"),
    [
        (None, "has cost $0.90 so far", "", False, False),
        (2.0, "$0.90 of this conversation's budget of $2.00 is spent", "", False, False),
        (1.0, "budget of $1.00 is spent", ":orange[", False, True),
        (0.5, "budget of $0.50 is spent", ":red[", True, True),
    ],
)
def test_what_is_spent(store: Store, allowed: float | None, said: str, colour: str, stops: bool, warns: bool) -> None:
    at = rows(spent(store, allowed))
    line, following = (caption.value.replace("\\", "") for caption in at.caption)
    assert said in line and line.startswith(colour)
    assert following.startswith("about ")
    over, warning = at.text[0].value.split("|")
    assert (bool(over), bool(warning)) == (stops, warns)


def test_a_budget_is_kept(store: Store) -> None:
    conversation_id = spent(store, None)
    rows(conversation_id).number_input(key=f"budget-{conversation_id}").set_value(3.5).run()
    assert store.setup(conversation_id).budget == 3.5
