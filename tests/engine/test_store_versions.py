"""Versions of tools, copies for one conversation, sets and tags, recorded calls: kept, each owner's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsmith.store import NotFound, Store, tool_versions
from callsmith.types.parts import ToolCall
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Origin, Tool
from tests.engine.store_kit import Stores, exchange, exchanged, reply, said, turn
from tests.engine.test_store_threads import at_once


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    made = Stores(tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(stores: Stores) -> Store:
    return stores()


def history(store: Store, tool_id: str) -> list[tuple[int, str, str]]:
    return [(version.number, version.tool.name, version.how) for version in store.versions(tool_id)]


def test_every_change_is_a_version_and_no_change_is_none(store: Store) -> None:
    tool_id = store.save_tool(Tool("a"))
    store.save_tool(Tool("b"), tool_id)
    store.save_tool(Tool("b"), tool_id)
    store.save_tool(Tool("c"), tool_id, how="imported")
    assert history(store, tool_id) == [(3, "c", "imported"), (2, "b", "edited"), (1, "a", "created")]
    found = store.version(tool_id, 2)
    assert found is not None and found.tool == Tool("b") and store.version(tool_id, 4) is None
    assert [version.number for version in store.versions(tool_id, limit=1)] == [3]
    store.delete_tool(tool_id)
    assert len(store.versions(tool_id)) == 3


def test_another_order_of_keys_is_a_change(store: Store) -> None:
    tool_id = store.save_tool(Tool("a", parameters={"type": "object", "title": "x"}))
    store.save_tool(Tool("a", parameters={"title": "x", "type": "object"}), tool_id)
    record = store.tool(tool_id)
    assert record is not None and record.tool.parameters is not None
    assert list(record.tool.parameters) == ["title", "type"] and len(store.versions(tool_id)) == 2


def test_typing_on_in_one_step_is_one_version(store: Store) -> None:
    tool_id = store.save_tool(Tool("a"))
    store.save_tool(Tool("ab"), tool_id)
    store.save_tool(Tool("abc"), tool_id, same_step=True)
    assert history(store, tool_id) == [(2, "abc", "edited"), (1, "a", "created")]
    store.name_version(tool_id, 2, " the  one ")
    store.save_tool(Tool("abcd"), tool_id, same_step=True)
    assert history(store, tool_id)[:2] == [(3, "abcd", "edited"), (2, "abc", "edited")]
    store.save_tool(Tool("abc"), tool_id, how="undone", same_step=True)
    store.save_tool(Tool("a"), tool_id, how="undone", same_step=True)
    assert history(store, tool_id)[:2] == [(4, "a", "undone"), (3, "abcd", "edited")]
    named = store.version(tool_id, 2)
    assert named is not None and named.name == "the one"
    with pytest.raises(NotFound):
        store.name_version(tool_id, 9, "none")


def test_beyond_the_limit_the_oldest_without_a_name_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_versions, "MOST", 4)
    tool_id = store.save_tool(Tool("v1"))
    store.save_tool(Tool("v2"), tool_id)
    store.name_version(tool_id, 2, "kept")
    for number in range(3, 8):
        store.save_tool(Tool(f"v{number}"), tool_id)
    assert [version.number for version in store.versions(tool_id)] == [7, 6, 2, 1]


def test_a_copy_for_one_conversation_stands_outside_the_library(store: Store) -> None:
    original = store.save_tool(Tool("a", "Words"))
    conversation = store.create(Setup(tools=(ToolUse(original),)))
    copy = store.copy_for(conversation, original)
    found = store.tool(copy)
    assert found is not None and found.tool == Tool("a", "Words")
    assert (found.conversation_id, found.copy_of) == (conversation, original)
    assert [record.id for record in store.tools()] == [original]
    assert [record.id for record in store.tools_with([copy, original, "x"])] == [original, copy]
    assert history(store, copy) == [(1, "a", "created")]
    store.put_into_library(copy)
    assert [record.id for record in store.tools()] == [original, copy]
    with pytest.raises(NotFound):
        store.copy_for(conversation, "unknown")


def test_sets_and_tags_are_no_change_of_the_tool(store: Store) -> None:
    ids = [store.save_tool(Tool(name)) for name in "ab"]
    store.put_into_folder(ids, " my  set ")
    store.tag_tool(ids[0], ["x", " y ", "x", ""])
    assert [(record.folder, record.tags) for record in store.tools()] == [("my set", ("x", "y")), ("my set", ())]
    store.save_tool(Tool("c"), ids[0])
    record = store.tool(ids[0])
    assert record is not None and (record.folder, record.tags) == ("my set", ("x", "y"))
    store.put_into_folder(ids[:1], "")
    assert [record.folder for record in store.tools()] == ["", "my set"]
    assert len(store.versions(ids[1])) == 1


def test_conversations_that_use_a_tool_are_counted(store: Store) -> None:
    tool_id = store.save_tool(Tool("a"), 'odd "id" 100%')
    first = store.create(Setup(tools=(ToolUse(tool_id), ToolUse("other"))))
    second = store.create(Setup(tools=(ToolUse(tool_id, on=False),)))
    store.create(Setup(system=f'Speaks of "{tool_id}" only', tools=(ToolUse("other"),)))
    assert store.conversations_with(tool_id) == 2
    assert store.conversations_with(tool_id, besides=first) == 1
    store.delete(second)
    assert store.conversations_with(tool_id, besides=first) == 0


def called(name: str, arguments: str = "{}", call_id: str = "c1") -> ToolCall:
    return ToolCall(call_id, name, arguments)


def test_recorded_calls_are_found_by_each_name_a_tool_has_or_had(store: Store) -> None:
    tool_id = store.save_tool(Tool("old_name", origin=Origin("bfcl", name="dotted.näme_%")))
    store.save_tool(Tool("new_name"), tool_id)
    store.save_tool(Tool("new_name", origin=Origin("bfcl", name="dotted.näme_%")), tool_id)
    first = exchanged(store, "One", turn("", called("old_name", '{"a": "\\ud800"}'), called("other")), "e1")
    exchanged(store, "Two", turn("", called("dotted.näme_%", "{oh"), called("new_name", "[1]", "c2")), "e2")
    gone = exchanged(store, "Three", turn("", called("new_name")), "e3")
    exchanged(store, "new_name says who", turn('"name": "new_name", "kind": "tool_call"', called("new_name_2")), "e4")
    store.delete(gone)
    assert store.names_of(tool_id) == {"old_name", "new_name", "dotted.näme_%"}
    calls = store.calls_of(tool_id)
    assert [(call.title, call.name, call.arguments, call.call_id) for call in calls] == [
        ("Two", "dotted.näme_%", "{oh", "c1"),
        ("Two", "new_name", "[1]", "c2"),
        ("One", "old_name", '{"a": "\\ud800"}', "c1"),
    ]
    assert calls[2].conversation_id == first and calls[2].model == "m" and abs(calls[2].at - time.time()) < 60
    assert len(store.calls_of(tool_id, limit=2)) == 2
    assert store.calls_of("unknown") == []


def test_the_stamp_of_history_moves_with_every_reply(store: Store) -> None:
    before = store.history_stamp()
    conversation = exchanged(store, "One", turn("Hi"))
    after = store.history_stamp()
    store.delete(conversation)
    assert after not in (before, store.history_stamp())


@pytest.mark.slow
def test_owners_have_their_own(stores: Stores) -> None:
    mine, hers = stores(), stores("ann")
    tool_id = mine.save_tool(Tool("weather"))
    conversation = exchanged(mine, "One", turn("", called("weather")))
    mine.save_setup(conversation, Setup(tools=(ToolUse(tool_id),)))
    assert hers.versions(tool_id) == [] and hers.version(tool_id, 1) is None
    assert hers.calls_of(tool_id) == [] and hers.names_of(tool_id) == frozenset()
    assert hers.conversations_with(tool_id) == 0 and hers.tools_with([tool_id]) == []
    her_own = hers.save_tool(Tool("weather"))
    assert hers.calls_of(her_own) == [] and len(mine.calls_of(tool_id)) == 1
    for intrusion in (
        lambda: hers.name_version(tool_id, 1, "x"),
        lambda: hers.tag_tool(tool_id, ["x"]),
        lambda: hers.put_into_folder([tool_id], "x"),
        lambda: hers.put_into_library(tool_id),
        lambda: hers.copy_for("c", tool_id),
    ):
        with pytest.raises(NotFound):
            intrusion()


@pytest.mark.slow
def test_many_hands_number_their_versions_one_after_the_other(stores: Stores) -> None:
    tool_id = stores().save_tool(Tool("start"))

    def writer(store: Store, name: str) -> None:
        for number in range(10):
            store.save_tool(Tool(f"{name}{number}"), tool_id)

    hands = [(stores(), name) for name in "abcd"]
    at_once(*(lambda hand=hand: writer(*hand) for hand in hands))
    assert [version.number for version in stores().versions(tool_id)] == list(range(41, 0, -1))


@pytest.mark.slow
def test_ten_thousand_calls_are_found(store: Store) -> None:
    tool_id = store.save_tool(Tool("weather"))
    for conversation in range(20):
        conversation_id = store.create(Setup(), f"Conversation {conversation}")
        asked = exchange(f"e{conversation}")
        question = said(f"Question {conversation}")
        store.begin_exchange(asked, conversation_id, question.id, nodes=[question])
        store.finish_exchange(asked, turn(), reply(asked, question, turn()))
        calls = [[called("weather", f'{{"n": {n}}}', f"c{n}-{m}") for m in range(2)] for n in range(250)]
        nodes = [reply(asked, question, turn(str(number), *pair)) for number, pair in enumerate(calls)]
        store.save_nodes(conversation_id, nodes, None)
    assert len(store.calls_of(tool_id)) == 10_000
