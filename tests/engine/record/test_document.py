"""The record: everything out and into an empty database with equal content; twice adds nothing; copies say so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import jsonschema_rs
import pytest

from callsmith.record.document import export
from callsmith.record.schema import schema, schema_text
from callsmith.record.written import WrittenConversation, WrittenExchange, WrittenTool
from callsmith.store import Store
from callsmith.store.records_io import BESIDE, KeptConversation
from callsmith.store.schema import conversations, exchanges, tools
from callsmith.types.tool import Tool
from tests.engine.record.kit import CANARY, document, filled, opened, reaching, reads, taken
from tests.engine.store_kit import exchange, exchanged, said, turn

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path, "one")
    yield opened_store
    opened_store.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path, "two")
    yield opened_store
    opened_store.close()


@pytest.mark.slow
def test_everything_comes_back_equal(store: Store, empty: Store) -> None:
    filled(store)
    data = document(store)
    report = taken(empty, data)
    assert not report.skipped and not report.copied and not report.notes
    assert set(report.added) == set(store.kept_ids()) and len(report.added) == 4
    before, after = reads(store), reads(empty)
    for name in before:
        assert after[name] == before[name], name
    assert document(empty) == data


@pytest.mark.slow
def test_a_second_import_adds_nothing(store: Store, empty: Store) -> None:
    filled(store)
    data = document(store)
    taken(empty, data)
    before = document(empty)
    again = taken(empty, data)
    assert (again.added, again.copied, again.skipped, again.tools, again.there) == ((), (), (), (), 4)
    at_home = taken(store, data)
    assert (at_home.added, at_home.copied, at_home.there) == ((), (), 4)
    assert document(empty) == before


@pytest.mark.slow
def test_another_content_under_an_id_comes_in_as_a_copy_once(store: Store, empty: Store) -> None:
    main = filled(store)
    data = document(store)
    taken(empty, data)
    empty.rename(main, "Mine now")
    report = taken(empty, data)
    assert [copy.id for copy in report.copied] == [main] and report.there == 3
    assert "The main one" in report.copied[0].what and "copy" in report.copied[0].why
    copy = empty.load(report.copied[0].new_id)
    mine = empty.load(main)
    assert copy is not None and mine is not None
    assert (copy.title, mine.title) == ("The main one", "Mine now")
    assert copy.head == mine.head and list(copy.nodes) == list(mine.nodes)
    ids = {node.message.origin.exchange_id for node in copy.nodes.values() if node.message.origin}
    infos = empty.exchange_turn_info(copy.id)
    assert ids == set(infos) and not ids & set(empty.exchange_turn_info(main))
    made = [result.made.exchange_id for node in copy.nodes.values() for result in node.message.results if result.made]
    assert [one for one in made if one] == list(empty.played_info(copy.id))
    again = taken(empty, data)
    assert not again.copied and not again.added and again.there == 4


@pytest.mark.slow
def test_an_exchange_of_another_conversation_keeps_its_place(store: Store, empty: Store) -> None:
    main = filled(store)
    taken(empty, document(store, main))
    lines = document(store, main).decode().replace(f'"id": "{main}"', '"id": "another"')
    report = taken(empty, lines.encode())
    assert [copy.id for copy in report.copied] == ["another"]
    assert empty.exchange("e1") == store.exchange("e1")


@pytest.mark.slow
def test_a_deleted_conversation_comes_back(store: Store, empty: Store) -> None:
    main = filled(store)
    data = document(store, main)
    taken(empty, data)
    empty.delete(main)
    assert taken(empty, data).added == (main,)
    assert empty.load(main) == store.load(main)


@pytest.mark.slow
def test_a_tool_that_is_here_in_another_form_stays(store: Store, empty: Store) -> None:
    main = filled(store)
    tool_id = store.setup(main).tools[0].tool_id
    empty.save_tool(Tool("weather", "My own"), tool_id)
    report = taken(empty, document(store, main))
    assert empty.tool(tool_id).tool.description == "My own"  # type: ignore[union-attr]
    used = empty.tool(empty.setup(main).tools[0].tool_id)
    assert used is not None and used.tool == store.tool(tool_id).tool  # type: ignore[union-attr]
    assert (used.conversation_id, used.copy_of) == (main, tool_id)
    assert report.added == (main,)
    assert taken(empty, document(store, main)).there == 1


def test_a_tool_from_a_file_asks_before_it_reaches_out(store: Store, empty: Store) -> None:
    tool_id = store.save_tool(Tool("fetch"))
    store.save_answering(tool_id, reaching())
    report = taken(empty, document(store))
    kept = empty.tool(tool_id)
    assert kept is not None and kept.answering == replace(reaching(), auto=False)
    assert any("fetch" in note and "asks" in note for note in report.notes)
    assert not taken(empty, document(store)).tools


@pytest.mark.slow
def test_the_document_fits_its_schema(store: Store) -> None:
    filled(store)
    data = document(store)
    jsonschema_rs.validator_for(schema()).validate(json.loads(data))
    published = (DOCS / "record.schema.json").read_text(encoding="utf-8")
    how = "from callsmith.record.schema import schema_text; print(schema_text(), end='')"
    assert published == schema_text(), f'write it anew: python -c "{how}" > docs/record.schema.json'


def test_bytes_that_are_no_text_are_base64(store: Store) -> None:
    main = filled(store)
    exchanges = json.loads(document(store, main))["conversations"][0]["exchanges"]
    played = next(one for one in exchanges if one["id"] == "p1")
    assert played["response"]["body_base64"] == "//4gbm90IHRleHQ=" and "body" not in played["response"]


def test_a_running_exchange_is_told_as_interrupted(store: Store, empty: Store) -> None:
    running = exchanged(store, "Hello", None, "e9")
    store.append_body("e9", b"half", exchange("e9").marks, status=200)
    report = taken(empty, document(store, running))
    assert report.added == (running,)
    assert empty.exchange_turn_info(running)["e9"].state == "interrupted"
    assert empty.exchange("e9").body == b"half"  # type: ignore[union-attr]


def test_exchanges_come_a_few_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first piece of a conversation is there before its last exchange was read."""
    conversation = exchanged(store, "Hello", turn(), "e0")
    for number in range(1, 4):
        one = exchange(f"e{number}", body=b"x")
        store.begin_exchange(one, conversation, said("Hello").id)
        store.finish_exchange(one, turn(str(number)), None)
    read: list[str] = []
    kept = store.kept_exchanges

    def noted(conversation_id: str) -> Iterator[object]:
        for one in kept(conversation_id):
            read.append(one.exchange.id)
            yield one

    monkeypatch.setattr(store, "kept_exchanges", noted)
    pieces = export(store)
    assert b'"e0"' in next(piece for piece in pieces if b'"state"' in piece)
    assert read == ["e0"]
    pieces.close()


@pytest.mark.slow
def test_no_key_is_in_the_record(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_API_KEY", CANARY)
    filled(store)
    store.set_preference("x", CANARY)
    store.save_draft("chat", "y", CANARY)
    assert CANARY.encode() not in document(store)
    assert b"{{api_key}}" in document(store)


@pytest.mark.slow
def test_an_exchange_whose_message_was_deleted_points_nowhere(store: Store, empty: Store) -> None:
    main = filled(store)
    conversation = store.load(main)
    assert conversation is not None and conversation.head is not None
    node = conversation.nodes[conversation.head]
    store.delete_nodes(main, [node.id], node.parent)
    assert taken(empty, document(store, main)).added == (main,)
    assert empty.load(main) == store.load(main)
    assert empty.exchange_turn_info(main)["e2"].node_id is None
    assert taken(store, document(store, main)).there == 1


# What a database keeps for its own work: it is made anew, or says where a thing stands.
WORK = {
    "conversations": {"owner", "waiting", "revision", "deleted_at"},
    "exchanges": {"owner", "conversation_id", "worker", "heartbeat", "started_at"},
    "tools": {"owner", "position", "deleted_at"},
}


def test_every_column_is_carried() -> None:
    """A new column stands in the record too, or is named here: else an import would lose it."""
    carried = {field.name for field in fields(KeptConversation)} | set(BESIDE)
    assert {column.name for column in conversations.c} - WORK["conversations"] <= carried
    assert set(BESIDE) <= {field.name for field in fields(WrittenConversation)}
    tool_fields = {field.name for field in fields(WrittenTool)}
    assert {column.name for column in tools.c} - WORK["tools"] <= tool_fields
    renamed = {"parent_id": "parent", "node_id": "node", "usage_raw": "usage", "status": "response", "body": "response"}
    renamed |= {"headers": "response"} | {column.name: "usage" for column in exchanges.c if "_tokens" in column.name}
    renamed |= {column.name: "request" for column in exchanges.c if column.name.startswith("request_")}
    names = {renamed.get(column.name, column.name) for column in exchanges.c} - WORK["exchanges"]
    assert names <= {field.name for field in fields(WrittenExchange)}
