"""Exchanges in which a model plays a tool: kept and counted, but no turn of the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from callsmith.reading import read_exchange
from callsmith.store import NotFound, Store
from callsmith.types.setup import Setup
from callsmith.types.usage import Usage
from tests.engine.store_kit import Stores, exchange, exchanged, raw, reply, said, turn

WHOLE = b'data: {"choices":[{"index":0,"delta":{"content":"{}"}}]}\n\n'


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    made = Stores(tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(stores: Stores) -> Store:
    return stores()


def played(store: Store, conversation_id: str, exchange_id: str = "p1", usage: Usage | None = None) -> None:
    asked = exchange(exchange_id, model="player")
    store.begin_played(asked, conversation_id, "get_weather")
    answer = turn('{"temperature": 21}', usage=usage)
    # A sink that knows nothing of it still leaves no message.
    store.finish_exchange(asked, answer, reply(asked, said(), answer))


def test_it_leaves_the_conversation_as_it_was(store: Store) -> None:
    conversation_id = exchanged(store, answer=turn())
    before, stamp, listed = store.load(conversation_id), store.stamp(conversation_id), store.recent()
    played(store, conversation_id)
    assert store.load(conversation_id) == before
    assert store.stamp(conversation_id) == stamp
    assert store.recent() == listed


def test_it_is_no_turn_but_has_its_own_list(store: Store) -> None:
    conversation_id = exchanged(store, answer=turn())
    played(store, conversation_id)
    assert list(store.exchange_turn_info(conversation_id)) == ["e1"]
    (info,) = store.played_info(conversation_id).values()
    assert (info.id, info.plays, info.model, info.node_id) == ("p1", "get_weather", "player", None)
    assert store.exchange_turn_info(conversation_id)["e1"].plays == ""
    assert store.exchange("p1") is not None


def test_while_it_runs_the_conversation_does_not(store: Store) -> None:
    conversation_id = exchanged(store, answer=turn())
    store.begin_played(exchange("p1"), conversation_id, "get_weather")
    assert store.running_exchange(conversation_id) is None
    assert store.recent()[0].state == "idle"


def test_it_is_counted(store: Store) -> None:
    conversation_id = exchanged(store, answer=turn(usage=Usage(input=5)))
    played(store, conversation_id, usage=Usage(input=7))
    rows = store.usage_rows(conversation_id)
    assert [(row.plays, row.usage and row.usage.input, row.url) for row in rows] == [
        ("", 5, "http://x/v1"),
        ("get_weather", 7, "http://x/v1"),
    ]


def test_after_a_crash_it_is_closed_without_a_message(tmp_path: Path, stores: Stores) -> None:
    store = stores()
    conversation_id = exchanged(store, answer=turn())
    before = store.load(conversation_id)
    asked = exchange("p1")
    store.begin_played(replace(asked, status=None, headers=()), conversation_id, "get_weather")
    store.append_body("p1", WHOLE, asked.marks, status=200)
    with raw(tmp_path) as database:
        database.execute("UPDATE exchanges SET worker = 'elsewhere|1|1', heartbeat = heartbeat - 60 WHERE id = 'p1'")
    store.recover(read_exchange)
    assert store.played_info(conversation_id)["p1"].state == "interrupted"
    kept = store.exchange("p1")
    assert kept is not None and kept.body == WHOLE
    assert store.load(conversation_id) == before


def test_it_needs_a_conversation_of_the_same_owner(stores: Stores) -> None:
    theirs = stores("someone").create(Setup())
    for conversation_id in (theirs, "none", ""):
        with pytest.raises(NotFound):
            stores().begin_played(exchange("p1"), conversation_id, "get_weather")
    assert stores().exchange("p1") is None
