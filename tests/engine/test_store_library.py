"""Tools, connections, drafts and preferences: kept as they are, deleted softly, each owner's own."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsmith.store import NotFound, Store
from callsmith.types.connection import Connection, KeyRef
from callsmith.types.tool import Tool
from tests.engine.store_kit import url_in


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(url_in(tmp_path))
    yield made
    made.close()


def names(store: Store) -> list[str]:
    return [record.tool.name for record in store.tools()]


def test_a_tool_keeps_its_schema_key_by_key(store: Store) -> None:
    schema = {"type": "object", "properties": {"z": {"default": None}, "a": {"const": 1.0}}, "kind": "x", "$defs": {}}
    tool = Tool("weather", "Weather", schema, False, {"kind": "text"})
    tool_id = store.save_tool(tool)
    kept = store.tool(tool_id)
    assert kept is not None and kept.tool == tool
    assert json.dumps(kept.tool.parameters) == json.dumps(schema)


def test_saving_a_tool_again_changes_it_in_place(store: Store) -> None:
    first = store.save_tool(Tool("a"))
    store.save_tool(Tool("b"))
    assert store.save_tool(Tool("c"), first) == first
    assert names(store) == ["c", "b"]
    assert store.save_tool(Tool("starter"), "chosen-id") == "chosen-id"


def test_deleting_a_tool_can_be_undone_in_its_old_place(store: Store) -> None:
    ids = [store.save_tool(Tool(name)) for name in "abc"]
    store.delete_tool(ids[0])
    assert names(store) == ["b", "c"] and store.tool(ids[0]) is None
    store.restore_tool(ids[0])
    assert names(store) == ["a", "b", "c"]
    with pytest.raises(NotFound):
        store.delete_tool("unknown")


@pytest.mark.parametrize(("position", "order"), [(0, "cab"), (1, "acb"), (9, "abc"), (-1, "cab")])
def test_moving_a_tool(store: Store, position: int, order: str) -> None:
    ids = [store.save_tool(Tool(name)) for name in "abc"]
    store.move_tool(ids[2], position)
    assert names(store) == list(order)
    with pytest.raises(NotFound):
        store.move_tool("unknown", 0)


def test_connections_are_kept_in_order_with_a_reference_to_their_key(store: Store) -> None:
    first = Connection("c1", "One", "http://a/v1", key=KeyRef("environment", "A_KEY"), extra_body={"kind": 1})
    second = Connection("c2", "Two", "http://b/v1", headers={"X-Group": "{{GROUP}}"})
    store.save_connection(first)
    store.save_connection(second)
    renamed = Connection("c1", "Uno", "http://a/v1")
    store.save_connection(renamed)
    assert store.connections() == [renamed, second]
    store.delete_connection("c1")
    assert store.connections() == [second]
    store.restore_connection("c1")
    assert store.connections() == [renamed, second]
    with pytest.raises(NotFound):
        store.delete_connection("unknown")


def test_drafts(store: Store) -> None:
    odd_key = "call \ud800"
    store.save_draft("conversation", odd_key, {"text": "half \ud83d", "error": True})
    store.save_draft("conversation", "b", 1)
    store.save_draft("conversation", "b", [2])
    store.save_draft("other", "b", "x")
    assert store.drafts("conversation") == {odd_key: {"text": "half \ud83d", "error": True}, "b": [2]}
    assert store.draft("conversation", "missing") is None
    store.clear_draft("conversation", odd_key)
    store.clear_draft("conversation", odd_key)
    assert store.draft("conversation", odd_key) is None and store.draft("conversation", "b") == [2]


def test_preferences(store: Store) -> None:
    assert store.preference("model", "none yet") == "none yet"
    for value in ("demo-agent", {"a": [1, None]}, False, None):
        store.set_preference("model", value)
        assert store.preference("model", "none yet") == value


def test_owners_have_their_own(store: Store, tmp_path: Path) -> None:
    tool_id = store.save_tool(Tool("mine"))
    store.save_connection(Connection("c", "Mine", "http://a"))
    store.save_draft("s", "k", "mine")
    store.set_preference("p", "mine")
    other = Store(url_in(tmp_path), owner="ann")
    assert (other.tools(), other.tool(tool_id), other.connections()) == ([], None, [])
    assert (other.drafts("s"), other.preference("p")) == ({}, None)
    other.save_connection(Connection("c", "Hers", "http://b"))
    other.save_draft("s", "k", "hers")
    other.set_preference("p", "hers")
    for intrusion in (other.delete_tool, other.restore_tool):
        with pytest.raises(NotFound):
            intrusion(tool_id)
    other.close()
    assert [connection.name for connection in store.connections()] == ["Mine"]
    assert (store.draft("s", "k"), store.preference("p"), names(store)) == ("mine", "mine", ["mine"])
