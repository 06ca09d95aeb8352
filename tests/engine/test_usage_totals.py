"""Sums that the database keeps, sums made exchange by exchange, and the exchanges themselves say the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from callsmith import usage_totals
from callsmith.prices_own import OwnPrices
from callsmith.store import Store, call_verdicts
from callsmith.store.call_verdicts import exchange_calls, judge_all
from callsmith.store.usage_tables import DAY, TABLES, Span
from callsmith.store.usage_tally import count_all
from callsmith.types.exchange import Marks
from callsmith.types.parts import ToolCall
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage
from callsmith.usage_totals import Picked, Totals, called_in, conversations, totals
from tests.engine.store_kit import exchange, reply, said, turn, url_in

AT = 1_700_000_000.0
TOOLS = ("weather", "time", "stranger")
CITY = {"type": "object", "required": ["city"]}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(url_in(tmp_path))
    yield opened
    opened.close()


def sent(store: Store, name: str, calls: list[ToolCall], *, at: float, model: str, usage: Usage | None) -> str:
    tools = [store.save_tool(Tool(tool, parameters=CITY)) for tool in TOOLS[:2]]
    conversation_id = store.create(Setup(tools=tuple(ToolUse(tool) for tool in tools)), f"About {name}")
    question = said(name)
    asked = replace(exchange(name, started=at, model=model), marks=Marks(at, 0.0, 0.1, 0.3, 2.0))
    answer = turn("", *calls, usage=usage)
    store.begin_exchange(replace(asked, status=None, headers=()), conversation_id, question.id, nodes=[question])
    store.finish_exchange(asked, answer, reply(asked, question, answer))
    return conversation_id


def filled(store: Store) -> list[str]:
    """Sixty exchanges of twelve days, of two models, each with up to three calls."""
    chance = random.Random(5)
    made = []
    for number in range(60):
        arguments = ('{"city": "Bern"}', "{}", "{cut")
        calls = [
            ToolCall(f"c{place}", chance.choice(TOOLS), chance.choice(arguments))
            for place in range(chance.randrange(4))
        ]
        usage = None if number % 7 == 0 else Usage(input=chance.randrange(50_000), output=number, cache_read=3)
        at = AT + chance.randrange(12 * DAY)
        made.append(sent(store, f"e{number}", calls, at=at, model=chance.choice(("gpt-5", "other")), usage=usage))
    return made


def told(found: Totals) -> object:
    """All but whether it is exact."""
    sums = {
        name: {key: (one.values, round(one.cost, 9), one.unpriced) for key, one in part.items()}
        for name, part in (("series", found.series), ("models", found.models), ("connections", found.connections))
    }
    return found.whole.values, sums, dict(found.times), found.time, dict(found.called), found.step


def from_the_database(store: Store, picked: Picked, monkeypatch: pytest.MonkeyPatch) -> Totals:
    with monkeypatch.context() as patch:
        patch.setattr(usage_totals, "EXACT", 0)
        return totals(store, picked, OwnPrices())


@pytest.mark.parametrize(
    "picked",
    [
        Picked(),
        Picked(models=("gpt-5",)),
        Picked(tools=("weather",)),
        Picked(tools=("weather", "stranger"), models=("other",)),
        Picked(tools=TOOLS, shift=-5),
        Picked(span=Span(AT // DAY * DAY + DAY, AT // DAY * DAY + 5 * DAY), tools=("time",)),
        Picked(connections=("nowhere",)),
    ],
)
@pytest.mark.slow
def test_what_is_kept_is_what_is_summed_one_by_one(
    store: Store, picked: Picked, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store)
    exact, kept = totals(store, picked, OwnPrices()), from_the_database(store, picked, monkeypatch)
    assert exact.exact and not kept.exact
    assert told(exact) == told(kept)
    rows, verdicts = store.usage_each(picked.span)
    passing = [
        row
        for row in rows
        if picked.asks(row.model, row.connection)
        and (not picked.tools or {call.tool for call in verdicts.get(row.exchange_id, ())} & set(picked.tools))
    ]
    assert exact.exchanges == len(passing)
    assert exact.whole["input"] == sum((row.usage.input or 0) for row in passing if row.usage)
    assert exact.called == picked.of_tools(called_in(verdicts.get(row.exchange_id, ()) for row in passing))


@pytest.mark.slow
def test_made_anew_they_are_the_same(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(store)
    before = told(from_the_database(store, Picked(tools=TOOLS), monkeypatch))
    with store._write() as connection:
        kept = connection.execute(sa.select(exchange_calls)).all()
        for table in (exchange_calls, *TABLES):
            connection.execute(sa.delete(table))
        judge_all(connection)
        assert connection.execute(sa.select(exchange_calls)).all() == kept
        count_all(connection)
    assert told(from_the_database(store, Picked(tools=TOOLS), monkeypatch)) == before


def test_a_verdict_stays_when_the_tool_changes_and_the_message_goes(store: Store) -> None:
    fits = [ToolCall("c", "weather", '{"city": "Bern"}')]
    conversation_id = sent(store, "e", fits, at=AT, model="m", usage=None)
    tool_id = store.setup(conversation_id).tools[0].tool_id
    store.save_tool(Tool("weather", parameters={"type": "object", "required": ["later"]}), tool_id)
    whole = store.load(conversation_id)
    assert whole is not None and whole.head is not None
    store.delete_nodes(conversation_id, [whole.head], None)
    ((verdict,),) = store.usage_each(Span())[1].values()
    assert (verdict.tool, verdict.version, verdict.valid) == ("weather", 1, True)


def test_an_exchange_that_ends_anew_is_judged_anew(store: Store) -> None:
    conversation_id, question, asked = store.create(Setup()), said("q"), exchange("e", started=AT)
    store.begin_exchange(asked, conversation_id, question.id, nodes=[question])
    cut = Turn(state="interrupted", parts=(ToolCall("a", "one", "{}"), ToolCall("b", "two", "{}")))
    store.finish_exchange(asked, cut, None)
    store.finish_exchange(asked, turn("", ToolCall("a", "one", "{}")), None)
    assert {tool: made.calls for tool, made in totals(store, Picked(), OwnPrices()).called.items()} == {"one": 1}
    assert len(store.usage_each(Span())[1]["e"]) == 1


@pytest.mark.slow
def test_whatever_a_model_calls_its_exchange_ends(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of names, a very long one, half characters, marks of a search, and a judge that fails."""
    names = [*(f"tool_{number}" for number in range(2_000)), "x" * 100_000, "\ud83d", "%_", "\0", "", "weather"]
    calls = [ToolCall(f"c{place}", name, "[" * 3_000) for place, name in enumerate(names)]
    sent(store, "many", [*calls, ToolCall("last", "weather", '{"city": "Bern"}')], at=AT, model="m", usage=None)
    found = totals(store, Picked(), OwnPrices()).called
    assert set(found) == {name if len(name) < 200 else "x" * 199 + "…" for name in names} and (
        found["weather"].valid,
        found["weather"].invalid,
    ) == (1, 1)
    sent(store, "some", calls[-5:], at=AT, model="m", usage=None)

    def fails(*given: object) -> None:
        raise RecursionError

    monkeypatch.setattr(call_verdicts, "judge", fails)
    sent(store, "unjudged", [ToolCall("c", "weather", "{}")], at=AT, model="other", usage=None)
    assert totals(store, Picked(models=("other",)), OwnPrices()).called["weather"].unjudged == 1


@pytest.mark.slow
def test_conversations_are_told_alone_to_the_second(store: Store) -> None:
    made = filled(store)
    chosen = Picked(conversations=tuple(made[:3]), span=Span(AT, AT + 12 * DAY))
    assert totals(store, chosen, OwnPrices()).exchanges == 3
    assert {one[0] for one in conversations(store, chosen, OwnPrices())} == set(made[:3])
    rows, _ = store.usage_each(Span(), made[:3])
    first = rows[0].marks.started
    assert totals(store, replace(chosen, span=Span(first, first + 1)), OwnPrices()).exchanges == 1


@pytest.mark.slow
def test_long_spans_are_in_weeks_from_monday(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        sent(store, f"e{number}", [], at=AT + number * 10 * DAY, model="m", usage=Usage(input=1, output=1))
    for found in (totals(store, Picked(), OwnPrices()), from_the_database(store, Picked(shift=3), monkeypatch)):
        assert found.step == 7 * DAY and found.exchanges == 30
        places = list(found.series)
        # The fifth day of 1970 was its first Monday.
        assert all((place - 4 * DAY) % (7 * DAY) == 0 for place in places)
        assert all(later - place >= 7 * DAY for place, later in pairwise(places))
