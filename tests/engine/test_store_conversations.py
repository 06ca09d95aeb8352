"""Conversations are kept whole: every arm, the head, the setup, a title; and never mixed between owners."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callsmith.conversation import Conversation, answer, append, edit, pending_calls
from callsmith.store import NotFound, Store
from callsmith.types.message import Message, Origin
from callsmith.types.options import Limits, Options
from callsmith.types.parts import Text, Thinking, ToolCall, ToolResult
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import ToolChoice
from callsmith.types.turn import Turn
from tests.engine.store_kit import exchange, exchanged, reply, said, turn, url_in

CALL = ToolCall("c1", "weather", '{"city": "Paris"}')


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(url_in(tmp_path))
    yield made
    made.close()


def talk() -> Conversation:
    """Two arms: an edited question beside the one that led to a tool call and its result."""
    conversation = append(Conversation("c"), Message("user", (Text("Weather?"),)))
    first = conversation.head or ""
    parts = (Thinking("hm", "reasoning_content", {"signature": "s"}), Text("Let me see"), CALL)
    conversation = append(
        conversation, Message("assistant", parts, Origin("e1", "Demo", "openai-chat", "m"), "tool_calls")
    )
    conversation = answer(conversation, [ToolResult("c1", '{"t": 21}', name="weather")])
    return edit(conversation, first, "Weather in Rome?")


def test_a_tree_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    conversation_id = store.create(Setup(), "Trip")
    before = talk()
    store.save_nodes(conversation_id, list(before.nodes.values()), before.head)
    store.close()
    again = Store(url_in(tmp_path))
    loaded = again.load(conversation_id)
    again.close()
    assert loaded is not None
    assert list(loaded.nodes.items()) == list(before.nodes.items())
    assert (loaded.id, loaded.title, loaded.head) == (conversation_id, "Trip", before.head)


def test_saving_again_adds_nothing_and_keeps_the_order(store: Store) -> None:
    conversation_id = store.create(Setup())
    nodes = list(talk().nodes.values())
    store.save_nodes(conversation_id, nodes[:2], nodes[1].id)
    store.save_nodes(conversation_id, nodes, nodes[-1].id)
    loaded = store.load(conversation_id)
    assert loaded is not None and list(loaded.nodes.values()) == nodes


def test_a_message_that_hangs_nowhere_is_refused_and_nothing_changes(store: Store) -> None:
    conversation_id = store.create(Setup())
    first = said("one")
    store.save_nodes(conversation_id, [first], first.id)
    stamp = store.stamp(conversation_id)
    with pytest.raises(Exception, match="FOREIGN KEY"):
        store.save_nodes(conversation_id, [said("two", "nowhere")], first.id)
    with pytest.raises(NotFound, match="no message nowhere"):
        store.save_nodes(conversation_id, [said("three", first.id)], "nowhere")
    loaded = store.load(conversation_id)
    assert loaded is not None and list(loaded.nodes) == [first.id] and loaded.head == first.id
    assert store.stamp(conversation_id) == stamp


def test_setup_round_trip(store: Store) -> None:
    setup = Setup(
        "demo",
        "openai-chat",
        "demo-agent",
        "Be brief",
        (ToolUse("t1"), ToolUse("t2", on=False)),
        Options(
            ToolChoice("named", "weather"), False, 0.0, stop=("END",), extra_body={"kind": [1]}, limits=Limits(1.0)
        ),
    )
    conversation_id = store.create(Setup())
    store.save_setup(conversation_id, setup)
    assert store.setup(conversation_id) == setup
    with pytest.raises(NotFound):
        store.setup("unknown")
    with pytest.raises(NotFound):
        store.save_setup("unknown", setup)


def test_the_title_is_the_first_words_until_it_is_renamed(store: Store) -> None:
    conversation_id = store.create(Setup())
    long = said("What is\n the  weather like in Boston today, and would you take an umbrella along?")
    store.save_nodes(conversation_id, [long], long.id)
    title = store.recent()[0].title
    assert title == "What is the weather like in Boston today, and would you…"
    store.save_nodes(conversation_id, [said("Another start")], long.id)
    assert store.recent()[0].title == title
    store.rename(conversation_id, " Boston\n trip ")
    assert store.recent()[0].title == "Boston trip"
    store.rename(conversation_id, "  ")
    assert store.recent()[0].title == title


def test_recent_is_newest_first_and_paged(store: Store) -> None:
    ids = [store.create(Setup(), title) for title in "abc"]
    first = said()
    store.save_nodes(ids[0], [first], first.id)
    assert [item.title for item in store.recent()] == ["a", "c", "b"]
    assert [item.title for item in store.recent(limit=1, offset=1)] == ["c"]
    seen = datetime.now(UTC) - store.recent()[0].updated_at
    assert 0 <= seen.total_seconds() < 60


def test_looking_at_another_arm_does_not_bring_a_conversation_up(store: Store) -> None:
    conversation_id = store.create(Setup(), "old")
    first, second = said("one"), said("two")
    store.save_nodes(conversation_id, [first, second], first.id)
    store.create(Setup(), "new")
    store.set_head(conversation_id, second.id)
    store.rename(conversation_id, "older")
    assert [item.title for item in store.recent()] == ["new", "older"]


def test_states_of_recent_conversations(store: Store) -> None:
    def state() -> str:
        return store.recent()[0].state

    conversation_id = store.create(Setup())
    question, asked = said(), exchange()
    store.begin_exchange(asked, conversation_id, question.id, nodes=[question])
    assert state() == "running"
    cut = turn("partial", state="interrupted")
    store.finish_exchange(asked, cut, reply(asked, question, cut))
    assert state() == "interrupted"
    assert store.recent()[0].model == "m"
    store.set_head(conversation_id, question.id)
    assert state() == "idle"

    again = exchange("e2")
    store.begin_exchange(again, conversation_id, question.id)
    called = turn("Let me see", CALL)
    answered = reply(again, question, called)
    store.finish_exchange(again, called, answered)
    assert state() == "waiting"
    loaded = store.load(conversation_id)
    assert loaded is not None and pending_calls(loaded) == (CALL,)
    results = answer(loaded, [ToolResult("c1", "sunny")])
    store.save_nodes(conversation_id, list(results.nodes.values()), results.head)
    assert state() == "idle"
    store.set_head(conversation_id, answered.id)
    assert state() == "waiting"
    store.set_head(conversation_id, None)
    assert state() == "idle"


def test_interrupted_before_anything_arrived(store: Store) -> None:
    conversation_id = store.create(Setup())
    question, asked = said(), exchange()
    store.begin_exchange(asked, conversation_id, question.id, nodes=[question])
    store.finish_exchange(asked, Turn(state="interrupted"), None)
    assert store.recent()[0].state == "interrupted"


def test_delete_can_be_undone(store: Store) -> None:
    conversation_id = exchanged(store, answer=turn())
    store.delete(conversation_id)
    assert store.recent() == [] and store.load(conversation_id) is None and store.stamp(conversation_id) is None
    store.restore(conversation_id)
    loaded = store.load(conversation_id)
    assert loaded is not None and len(loaded.nodes) == 2


def test_the_stamp_grows_with_every_change_one_can_see(store: Store) -> None:
    conversation_id = store.create(Setup())
    question, asked = said(), exchange()
    answered = turn()
    stamps = [store.stamp(conversation_id)]
    for change in (
        lambda: store.begin_exchange(asked, conversation_id, question.id, nodes=[question]),
        lambda: store.finish_exchange(asked, answered, reply(asked, question, answered)),
        lambda: store.set_head(conversation_id, question.id),
        lambda: store.save_nodes(conversation_id, [], None),
        lambda: store.rename(conversation_id, "Title"),
    ):
        change()
        stamps.append(store.stamp(conversation_id))
    assert None not in stamps and len(set(stamps)) == len(stamps)


def test_owners_see_only_their_own(store: Store, tmp_path: Path) -> None:
    mine = exchanged(store, answer=turn())
    other = Store(url_in(tmp_path), owner="ann")
    assert other.recent() == [] and other.load(mine) is None and other.stamp(mine) is None
    assert other.exchange("e1") is None and other.exchange_turn_info(mine) == {} and other.usage_rows() == []
    node = said("not yours")
    for intrusion in (
        lambda: other.save_nodes(mine, [node], node.id),
        lambda: other.set_head(mine, None),
        lambda: other.rename(mine, "x"),
        lambda: other.delete(mine),
        lambda: other.setup(mine),
        lambda: other.begin_exchange(exchange("e9"), mine, None),
        lambda: other.finish_exchange(exchange(), turn(), None),
    ):
        with pytest.raises(NotFound):
            intrusion()
    other.close()
    assert len(store.recent()) == 1


def test_lone_surrogates_and_nul_are_kept(store: Store) -> None:
    odd = "half \ud83d and \x00 and \x01 end"
    conversation_id = store.create(Setup(system=odd))
    node = said(odd)
    store.save_nodes(conversation_id, [node], node.id)
    loaded = store.load(conversation_id)
    assert loaded is not None and loaded.nodes[node.id].message.text == odd
    assert store.setup(conversation_id).system == odd
    assert store.recent()[0].title == " ".join(odd.split())
    store.rename(conversation_id, "\x01plain")
    assert store.recent()[0].title == "\x01plain"
