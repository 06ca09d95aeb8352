"""An exchange is kept as it was sent and as it came, from before the first byte to its end."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from callsmith.store import Changed, ExchangeInfo, NotFound, Store
from callsmith.types.exchange import Marks
from callsmith.types.parts import ToolCall
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage
from tests.engine.store_kit import exchange, exchanged, raw, reply, said, turn, url_in

USAGE = Usage(80, 23, 0, None, 5, total=103, raw={"prompt_tokens": 80, "cost": None})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(url_in(tmp_path))
    yield made
    made.close()


def begun(store: Store) -> str:
    return exchanged(store)


def test_begin_keeps_the_question_and_the_request(store: Store) -> None:
    conversation_id = begun(store)
    loaded = store.load(conversation_id)
    assert loaded is not None and loaded.head == said().id
    kept = store.exchange("e1")
    assert kept is not None and kept.request == exchange().request and kept.body == b""
    assert store.exchange_turn_info(conversation_id)["e1"].state == "running"


def test_begin_is_all_or_nothing(store: Store) -> None:
    conversation_id = begun(store)
    second = said("second")
    with pytest.raises(Exception, match="UNIQUE"):
        store.begin_exchange(exchange("e1"), conversation_id, second.id, nodes=[second])
    loaded = store.load(conversation_id)
    assert loaded is not None and second.id not in loaded.nodes and loaded.head == said().id


def test_what_arrived_can_be_read_while_it_runs(store: Store) -> None:
    begun(store)
    store.append_body("e1", b"data: a", Marks(1.0, first_byte=0.2), status=200, headers=(("x", "y"),))
    store.append_body("e1", b"", Marks(1.0, first_byte=0.2))
    store.append_body("e1", b"bc\n\n\xff", Marks(1.0, first_byte=0.2, first_token=0.4))
    kept = store.exchange("e1")
    assert kept is not None
    assert kept.body == b"data: abc\n\n\xff"
    assert (kept.status, kept.headers, kept.marks.first_token) == (200, (("x", "y"),), 0.4)


def test_finish_keeps_everything_and_moves_the_head(store: Store, tmp_path: Path) -> None:
    conversation_id = begun(store)
    store.append_body("e1", b"hel", Marks(1.0))
    whole = exchange(body=b"hello")
    ended = replace(turn("Hi", ToolCall("c", "t", "{}"), usage=USAGE), problem=Problem("stream", "odd", 200, "x"))
    node = reply(whole, said(), ended)
    store.finish_exchange(whole, ended, node)
    assert store.exchange("e1") == whole
    loaded = store.load(conversation_id)
    assert loaded is not None and loaded.head == node.id and loaded.nodes[node.id] == node
    assert store.exchange_turn_info(conversation_id) == {
        "e1": ExchangeInfo(
            "e1",
            "finished",
            "Demo",
            "openai-chat",
            "m",
            whole.marks,
            whole.attempts,
            USAGE,
            "stop",
            ended.problem,
            said().id,
            node.id,
        )
    }
    with raw(tmp_path) as database:
        assert database.execute("SELECT count(*) FROM exchange_chunks").fetchone() == (0,)


def test_the_light_rows_leave_the_bytes_alone(store: Store) -> None:
    conversation_id = begun(store)
    asked: list[str] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    store.exchange_turn_info(conversation_id)
    store.usage_rows()
    selects = [statement for statement in asked if statement.startswith("SELECT")]
    assert len(selects) == 2 and not any("body" in statement for statement in selects)


def test_finish_twice_changes_nothing(store: Store) -> None:
    conversation_id = begun(store)
    whole, ended = exchange(body=b"hello"), turn()
    node = reply(whole, said(), ended)
    store.finish_exchange(whole, ended, node)
    stamp = store.stamp(conversation_id)
    store.finish_exchange(whole, turn("Something else", state="stopped"), None)
    store.append_body("e1", b"late", Marks(1.0))
    assert store.exchange("e1") == whole
    assert store.stamp(conversation_id) == stamp
    assert store.exchange_turn_info(conversation_id)["e1"].node_id == node.id


def test_the_head_stays_where_the_user_went_meanwhile(store: Store) -> None:
    conversation_id = begun(store)
    elsewhere = said("elsewhere")
    store.save_nodes(conversation_id, [elsewhere], elsewhere.id)
    whole, ended = exchange(), turn()
    store.finish_exchange(whole, ended, reply(whole, said(), ended))
    loaded = store.load(conversation_id)
    assert loaded is not None and loaded.head == elsewhere.id and len(loaded.nodes) == 3


def test_a_failure_without_a_reply_leaves_the_question(store: Store) -> None:
    conversation_id = begun(store)
    problem = Problem("http", "Invalid key", 401, "invalid_api_key", request_id="r1", raw="{}")
    store.finish_exchange(replace(exchange(), status=401), Turn(state="failed", problem=problem), None)
    info = store.exchange_turn_info(conversation_id)["e1"]
    assert (info.state, info.problem, info.node_id, info.usage) == ("failed", problem, None, None)
    loaded = store.load(conversation_id)
    assert loaded is not None and loaded.head == said().id


def test_an_unfinished_turn_is_no_end(store: Store) -> None:
    begun(store)
    with pytest.raises(ValueError, match="streaming"):
        store.finish_exchange(exchange(), Turn(), None)
    with pytest.raises(NotFound):
        store.finish_exchange(exchange("unknown"), turn(), None)
    assert store.exchange("unknown") is None


@pytest.mark.slow
def test_nothing_reported_differs_from_zero_and_from_empty(store: Store) -> None:
    usages = {"none": None, "empty": Usage(), "zero": Usage(input=0, output=0), "null": Usage(raw=None)}
    conversation_id = store.create(Setup())
    question = said()
    store.save_nodes(conversation_id, [question], question.id)
    for exchange_id, usage in usages.items():
        store.begin_exchange(exchange(exchange_id), conversation_id, question.id)
        store.finish_exchange(exchange(exchange_id), turn(exchange_id, usage=usage), None)
    assert {key: info.usage for key, info in store.exchange_turn_info(conversation_id).items()} == usages


def test_absurd_token_counts_do_not_lose_the_reply(store: Store) -> None:
    conversation_id = exchanged(store, answer=turn(usage=Usage(input=10**30, output=3, raw={"prompt_tokens": 10**30})))
    usage = store.exchange_turn_info(conversation_id)["e1"].usage
    assert usage is not None and (usage.input, usage.output) == (None, 3) and usage.raw["prompt_tokens"] == 10**30


def test_surrogates_from_a_provider_are_kept(store: Store) -> None:
    odd = "\udcff\x00"
    ended = replace(turn(odd, ToolCall(odd, odd, odd)), finish=odd, problem=Problem("stream", odd))
    conversation_id = exchanged(store, answer=ended)
    info = store.exchange_turn_info(conversation_id)["e1"]
    assert info.finish == odd and info.problem is not None and info.problem.message == odd


def test_usage_rows_are_oldest_first_and_outlive_a_deleted_conversation(store: Store) -> None:
    first = exchanged(store, "One", turn(usage=USAGE), "e2")
    second = exchanged(store, "Two", turn("Hi", ToolCall("c", "t", "{}")), "e1")
    rows = store.usage_rows()
    assert [(row.exchange_id, row.title, row.calls, row.usage) for row in rows] == [
        ("e2", "One", 0, USAGE),
        ("e1", "Two", 1, None),
    ]
    assert [row.exchange_id for row in store.usage_rows(second)] == ["e1"]
    store.delete(first)
    assert [(row.exchange_id, row.title) for row in store.usage_rows()] == [("e2", ""), ("e1", "Two")]


def test_nothing_is_begun_where_someone_else_changed_the_conversation(store: Store) -> None:
    conversation_id = exchanged(store, answer=turn())
    seen = store.stamp(conversation_id)
    store.rename(conversation_id, "Another title")
    more = said("more", (store.load(conversation_id) or pytest.fail()).head)
    with pytest.raises(Changed):
        store.begin_exchange(exchange("e2"), conversation_id, more.id, nodes=[more], seen=seen)
    assert store.exchange("e2") is None
    assert more.id not in (store.load(conversation_id) or pytest.fail()).nodes
    store.begin_exchange(exchange("e2"), conversation_id, more.id, nodes=[more], seen=store.stamp(conversation_id))
    with pytest.raises(NotFound):
        store.begin_exchange(exchange("e3"), "nowhere", None, seen=1)


def test_the_last_exchanges_of_a_format_are_found_by_hour(store: Store) -> None:
    conversation_id = store.create(Setup())
    hour = 3600.0
    for number, (wire, used) in enumerate(
        [
            *(("openai-chat", Usage(10, 1)), ("gemini", Usage(20, 1)), ("gemini", Usage(None, 1))),
            *(("gemini", None), ("gemini", Usage(30, 1)), ("openai-chat", Usage(40, 1))),
        ]
    ):
        sent = replace(exchange(f"e{number}", started=number * hour / 2), wire=wire)
        store.begin_exchange(sent, conversation_id, None)
        store.finish_exchange(sent, turn(usage=used), None)
    store.begin_exchange(replace(exchange("e9", started=9 * hour), wire="gemini"), conversation_id, None)
    assert [row.exchange_id for row in store.last_usage_rows("gemini", 5)] == ["e1", "e4"]
    assert [row.exchange_id for row in store.last_usage_rows("gemini", 1)] == ["e4"]
    assert [row.exchange_id for row in store.last_usage_rows("openai-chat", 5)] == ["e0", "e5"]
    assert store.last_usage_rows("anthropic", 5) == []


def test_a_reply_whose_question_was_deleted_meanwhile_ends_without_a_message(store: Store) -> None:
    conversation_id = begun(store)
    store.delete_nodes(conversation_id, [said().id], None)
    ended = exchange(body=b"all of it")
    store.finish_exchange(ended, turn("Hi", usage=USAGE), reply(ended, said(), turn("Hi")))
    info = store.exchange_turn_info(conversation_id)["e1"]
    assert (info.state, info.node_id, info.usage) == ("finished", None, USAGE)
    loaded = store.load(conversation_id)
    assert loaded is not None and not loaded.nodes and loaded.head is None
    kept = store.exchange("e1")
    assert kept is not None and kept.body == b"all of it"
