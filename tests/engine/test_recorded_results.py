"""The results that calls were answered with, found again for rules and as earlier results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from callsmith.conversation import append
from callsmith.store import Store
from callsmith.types.message import Message
from callsmith.types.parts import Made, Text, ToolCall, ToolResult
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool
from tests.engine.store_kit import Stores, exchanged, turn


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    made = Stores(tmp_path)
    yield made
    made.close()


@pytest.fixture
def store(stores: Stores) -> Store:
    return stores()


def answered(store: Store, title: str, calls: list[ToolCall], results: list[ToolResult], exchange_id: str) -> str:
    conversation_id = exchanged(store, title, turn("", *calls), exchange_id)
    conversation = store.load(conversation_id)
    assert conversation is not None
    more = append(conversation, Message("tool", tuple(results)))
    store.save_nodes(conversation_id, [node for key, node in more.nodes.items() if key not in conversation.nodes], None)
    store.set_head(conversation_id, more.head)
    return conversation_id


def call(number: int, name: str = "weather") -> ToolCall:
    return ToolCall(f"c{number}", name, f'{{"n": {number}}}')


def result(number: int, by: str = "hand") -> ToolResult:
    return ToolResult(f"c{number}", f"result {number}", made=Made(by), is_error=number == 3)  # type: ignore[arg-type]


def test_results_are_matched_to_their_calls_newest_first(store: Store) -> None:
    tool_id = store.save_tool(Tool("old"))
    store.save_tool(Tool("weather"), tool_id)
    first = answered(store, "One", [call(1, "old"), call(2, "other")], [result(1), result(2)], "e1")
    answered(store, "Two", [call(3), call(4)], [result(3, "rules"), result(4)], "e2")
    exchanged(store, "Three waits", turn("", call(5)), "e3")
    found = store.results_of(tool_id)
    assert [(one.title, one.call.arguments, one.result.content) for one in found] == [
        ("Two", '{"n": 3}', "result 3"),
        ("Two", '{"n": 4}', "result 4"),
        ("One", '{"n": 1}', "result 1"),
    ]
    made = [one.result.made for one in found]
    assert [one.by for one in made if one is not None] == ["rules", "hand", "hand"]
    assert found[0].result.is_error and found[2].conversation_id == first
    assert [one.result.content for one in store.results_of(tool_id, 2)] == ["result 3", "result 4"]
    assert store.results_of("unknown") == []


def test_a_fork_counts_once_and_hidden_ones_not_at_all(store: Store) -> None:
    tool_id = store.save_tool(Tool("weather"))
    first = answered(store, "One", [call(1)], [result(1)], "e1")
    conversation = store.load(first)
    assert conversation is not None and conversation.head is not None
    store.fork(first, conversation.head, Setup(), "Two", hidden=False)
    assert len(store.results_of(tool_id)) == 1
    hidden = store.fork(first, conversation.head, Setup(), "Hidden", hidden=True)
    branched = store.load(hidden)
    assert branched is not None
    question = next(node for node in branched.nodes.values() if node.message.calls)
    other = append(branched, Message("tool", (result(1, "fault"), Text("more"))), question.id, at_head=False)
    store.save_nodes(hidden, [node for key, node in other.nodes.items() if key not in branched.nodes], None)
    assert [one.title for one in store.results_of(tool_id)] in (["One"], ["Two"])


def test_the_same_id_twice_and_another_owner(stores: Stores) -> None:
    mine, hers = stores(), stores("ann")
    tool_id = mine.save_tool(Tool("weather"))
    twice = [ToolCall("same", "weather", '{"n": 1}'), ToolCall("same", "weather", '{"n": 2}')]
    answered(mine, "One", twice, [ToolResult("same", "first"), ToolResult("same", "second")], "e1")
    assert [(one.call.arguments, one.result.content) for one in mine.results_of(tool_id)] == [
        ('{"n": 1}', "first"),
        ('{"n": 2}', "second"),
    ]
    assert hers.results_of(tool_id) == [] and hers.results_of(hers.save_tool(Tool("weather"))) == []
