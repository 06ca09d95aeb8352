"""The sums of what exchanges used are those of the exchanges, whoever wrote them and however often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from callsmith.store import Store, usage_tally
from callsmith.store.usage_tables import TABLES, Span
from callsmith.store.usage_tally import RATIO, bucket_of, count_all, seconds_of
from callsmith.types.exchange import Marks
from callsmith.types.setup import Setup
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage
from tests.engine.store_kit import exchange, turn, url_in

AT = 1_700_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(url_in(tmp_path))
    yield opened
    opened.close()


def ended(store: Store, name: str, usage: Usage | None, *, at: float = AT, plays: str = "", **changes: Any) -> str:
    conversation_id = store.create(Setup())
    sent = replace(exchange(name, started=at), marks=Marks(at, 0.0, 0.1, 0.3, 2.0), **changes)
    if plays:
        store.begin_played(sent, conversation_id, plays)
    else:
        store.begin_exchange(sent, conversation_id, None)
    store.finish_exchange(sent, turn(usage=usage), None)
    return conversation_id


def kept(store: Store) -> list[list[tuple[Any, ...]]]:
    with store._read() as connection:
        return [sorted(tuple(row) for row in connection.execute(sa.select(table))) for table in TABLES]


def anew(store: Store) -> list[list[tuple[Any, ...]]]:
    with store._write() as connection:
        for table in TABLES:
            connection.execute(sa.delete(table))
        count_all(connection)
    return kept(store)


def test_sums_are_those_of_the_exchanges(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage_tally, "_BATCH", 2)
    ended(store, "a", Usage(input=100, output=20, cache_read=60))
    ended(store, "b", Usage(input=1, output=2), at=AT + 10)
    ended(store, "c", None)
    ended(store, "d", Usage(input=250_000, output=5), at=AT + 86_400, plays="weather")
    kinds = {kind.id: kind for kind in store.usage_kinds()}
    assert {(kind.known, kind.size, kind.plays) for kind in kinds.values()} == {
        (True, 0, ""),
        (False, 0, ""),
        (True, 5, "weather"),
    }
    plain = next(number for number, kind in kinds.items() if kind.known and not kind.plays)
    (row,) = store.usage_sums([plain], Span(), step=24)
    assert (row.exchanges, row.input, row.output, row.cache_read, row.total) == (2, 101, 22, 60, 123)
    assert store.usage_sums(list(kinds), Span(AT + 3_600), step=24)[0].input == 250_000
    assert len(store.usage_sums(list(kinds), Span(None, AT + 3_600), step=1)) == 2
    assert kept(store) == anew(store)


def test_an_exchange_that_was_taken_for_dead_is_counted_once(store: Store) -> None:
    conversation_id = store.create(Setup())
    sent = exchange("a", started=AT)
    store.begin_exchange(sent, conversation_id, None)
    assert not store.usage_kinds()
    store.finish_exchange(sent, Turn(state="interrupted"), None)
    store.finish_exchange(sent, turn(usage=Usage(input=7, output=1)), None)
    store.finish_exchange(sent, turn(usage=Usage(input=7, output=1)), None)
    kinds = [kind.id for kind in store.usage_kinds() if kind.state == "finished"]
    (row,) = store.usage_sums(kinds, Span(), step=24)
    assert (row.exchanges, row.input) == (1, 7)
    assert (
        sum(row.exchanges for row in store.usage_sums([kind.id for kind in store.usage_kinds()], Span(), step=24)) == 1
    )


def test_another_owner_sees_nothing_of_it(store: Store, tmp_path: Path) -> None:
    ended(store, "a", Usage(input=1, output=1))
    other = Store(url_in(tmp_path), "other")
    assert not other.usage_kinds() and not other.usage_is_many(0)
    assert store.usage_is_many(0) and not store.usage_is_many(1)
    other.close()


def test_conversations_with_the_most_tokens_come_with_their_title(store: Store) -> None:
    small, large = (ended(store, name, Usage(input=size, output=1)) for name, size in (("a", 5), ("b", 500)))
    store.rename(large, "Long one")
    rows = store.usage_sessions([kind.id for kind in store.usage_kinds()], Span(), 1)
    assert [(row.conversation_id, row.title, row.input) for row in rows] == [(large, "Long one", 500)]
    store.delete(large)
    rows = store.usage_sessions([kind.id for kind in store.usage_kinds()], Span(), 9)
    assert {(row.conversation_id, row.title) for row in rows} == {(small, ""), (large, "")}


@pytest.mark.parametrize("seconds", [0.0005, 0.02, 0.3, 4.0, 900.0])
def test_a_bucket_knows_its_time(seconds: float) -> None:
    assert seconds_of(bucket_of(seconds)) == pytest.approx(max(seconds, 0.001), rel=(RATIO - 1) / 2 + 0.001)
