"""Recorded exchanges as conversations, and exchanges as lines that are recordings again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callsmith.record.lines import export
from callsmith.replay import recordings, replay
from callsmith.store import Store
from callsmith.types.tool import Tool
from tests.engine.record.kit import CANARY, document, filled, opened, taken
from tests.engine.record.test_hostile import whole


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened_store = opened(tmp_path, "one")
    yield opened_store
    opened_store.close()


def _check(store: Store, files: list[Path]) -> int:
    """Every file becomes one conversation with all its exchanges, whose answers say what replay reads in them. How many
    calls there were."""
    checked = 0
    for file in files:
        recording = json.loads(file.read_bytes())
        report = taken(store, file.read_bytes())
        assert report.added == (recording["conversation"],), (file.name, list(report.lines()))
        assert not report.skipped
        conversation = store.load(report.added[0])
        assert conversation is not None
        infos = store.exchange_turn_info(conversation.id)
        assert set(infos) == {one["id"] for one in recording["exchanges"]}
        for exchange in recording["exchanges"]:
            node_id = infos[exchange["id"]].node_id
            calls = () if node_id is None else conversation.nodes[node_id].message.calls
            read = [(one["id"], one["name"]) for one in replay(exchange)["tool_calls"]]
            assert [(call.id, call.name) for call in calls] == read, exchange["id"]
            checked += len(calls)
    return checked


@pytest.mark.slow
def test_recordings_become_conversations(store: Store, shared: Path) -> None:
    files = sorted((shared / "recordings").glob("*/*.json"))[::40]
    assert _check(store, files) > 5
    whole(store)


@pytest.mark.slow
def test_all_recordings_become_conversations(store: Store, shared: Path) -> None:
    files = sorted((shared / "recordings").glob("*/*.json"))
    assert _check(store, files) > 800
    ids = store.kept_ids()
    assert len(ids) == len(files)
    for file in files[::100]:
        assert taken(store, file.read_bytes()).there == 1


@pytest.mark.slow
def test_turns_that_carry_on_are_one_arm(store: Store, shared: Path) -> None:
    """Where a client sent an answer back, the recorded answer stands in its place, and its results below it."""
    joined = 0
    for wire in ("openai-chat", "openai-responses", "anthropic", "gemini"):
        for file in sorted((shared / "recordings" / wire).glob("*.json"))[:60]:
            exchanges = json.loads(file.read_bytes())["exchanges"]
            if len(exchanges) != 2 or not exchanges[1].get("has_tool_results") or exchanges[1]["error"]:
                continue
            conversation_id = taken(store, file.read_bytes()).added[0]
            arm = store.load(conversation_id).path()  # type: ignore[union-attr]
            answers = [node for node in arm if node.message.origin is not None]
            if len(answers) == 2:
                joined += 1
                results = [node for node in arm if node.message.role == "tool"]
                called = {call.id for node in arm for call in node.message.calls}
                assert results and all(one.call_id in called for node in results for one in node.message.results)
    assert joined >= 12


@pytest.mark.slow
def test_lines_are_recordings_and_come_back(store: Store, tmp_path: Path) -> None:
    main = filled(store)
    data = b"".join(export(store))
    rows = [json.loads(line) for line in data.splitlines()]
    assert [row["id"] for row in rows if row["conversation"] == main] == ["e1", "p1", "e2"] or len(rows) == 4
    assert {row["id"]: row.get("plays") for row in rows}["p1"] == "weather"
    for row in rows:
        assert replay(row)["id"] == row["id"]
    assert CANARY.encode() not in data
    (tmp_path / "x.jsonl").write_bytes(data)
    assert list(recordings([tmp_path / "x.jsonl"])) == rows
    other = opened(tmp_path, "other")
    try:
        report = taken(other, data)
        assert main in report.added and not report.skipped
        assert other.exchange("e1").marks == store.exchange("e1").marks  # type: ignore[union-attr]
        assert list(other.played_info(main)) == ["p1"]
        assert taken(other, data).there == len(report.added)
    finally:
        other.close()


@pytest.mark.slow
def test_a_line_that_is_none_is_told_and_the_others_come_in(store: Store, tmp_path: Path) -> None:
    filled(store)
    lines = b"".join(export(store)).splitlines()
    other = opened(tmp_path, "other")
    try:
        report = taken(other, b"\n".join([lines[0], b'{"broken": ', *lines[1:]]))
        assert [skip.what for skip in report.skipped] == ["line 2"]
        assert report.added
        whole(other)
        assert document(other)
    finally:
        other.close()


@pytest.mark.slow
def test_a_recording_brings_the_tools_it_was_asked_with(store: Store) -> None:
    """The library's own where it has the same definition, else a new one, once however many conversations use it."""
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    known = store.save_tool(Tool("known", "Is here", schema))
    store.save_tool(Tool("other", "Is here with another schema"))
    declared = [
        {"type": "function", "function": {"name": "known", "description": "Is here", "parameters": schema}},
        {"type": "function", "function": {"name": "other", "description": "Is new", "parameters": schema}},
        {"type": "function", "function": {"name": 5}},
    ]
    answer = {"choices": [{"message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop"}]}
    rows = [
        {
            **{"id": f"r{number}", "conversation": f"talk {number}", "wire": "openai-chat"},
            "request": {"json": {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "tools": declared}},
            "response": {"status": 200, "body_text": json.dumps(answer)},
        }
        for number in range(2)
    ]
    data = "\n".join(map(json.dumps, rows)).encode()
    report = taken(store, data)
    assert report.added == ("talk 0", "talk 1") and len(report.tools) == 1
    uses = [[use.tool_id for use in store.setup(one).tools] for one in report.added]
    assert uses == [[known, report.tools[0]]] * 2
    new = store.tool(report.tools[0])
    assert new is not None and (new.tool.name, new.tool.description, new.tool.parameters) == ("other", "Is new", schema)
    assert not new.answering.auto and [one.how for one in store.versions(new.id)] == ["imported"]
    said = "\n".join(report.lines())
    assert "1 tool added" in said and "its tools 'known', 'other'" in said and "left out" in said
    store.save_tool(Tool("known", "Changed"), known)
    again = taken(store, data)
    assert (again.there, again.conversations, again.tools) == (2, (), ())
    whole(store)


def _row(number: int, messages: list[Any], message: Any) -> dict[str, Any]:
    answer = {"choices": [{"message": {"role": "assistant", **message}, "finish_reason": "stop"}]}
    return {
        **{"id": f"r{number}", "conversation": "talk", "wire": "openai-chat"},
        "request": {"json": {"model": "m", "messages": messages}},
        "response": {"status": 200, "body_text": json.dumps(answer)},
    }


def test_results_answer_the_recorded_calls_though_the_client_made_up_their_ids(store: Store) -> None:
    functions = [{"name": "time", "arguments": f'{{"in": "{city}"}}'} for city in ("Rome", "Oslo")]
    recorded = [{"id": "", "type": "function", "function": one} for one in functions]
    sent = [{"id": f"own {at}", "type": "function", "function": one} for at, one in enumerate(functions)]
    hi = {"role": "user", "content": "Hi"}
    results = [{"role": "tool", "tool_call_id": f"own {at}", "content": text} for at, text in ((1, "two"), (0, "one"))]
    rows = [
        _row(0, [hi], {"tool_calls": recorded}),
        _row(1, [hi, {"role": "assistant", "tool_calls": sent}, *results], {"content": "Both"}),
    ]
    arm = store.load(taken(store, "\n".join(map(json.dumps, rows)).encode()).added[0]).path()  # type: ignore[union-attr]
    assert [node.message.role for node in arm] == ["user", "assistant", "tool", "assistant"]
    ids = {call.id: json.loads(call.arguments)["in"] for call in arm[1].message.calls}
    assert {ids[one.call_id]: one.content for one in arm[2].message.results} == {"Oslo": "two", "Rome": "one"}


def test_what_a_request_says_that_is_not_known_is_told_once_and_the_rest_comes_in(store: Store) -> None:
    asked = {"role": "user", "content": [{"type": "hologram"}, {"type": "text", "text": "See?"}]}
    told = [asked, {"role": "assistant", "content": "Yes"}, 7]
    rows = [_row(0, [asked], {"content": "Yes"}), _row(1, told, {"content": "Bye"})]
    report = taken(store, "\n".join(map(json.dumps, rows)).encode())
    arm = store.load(report.added[0]).path()  # type: ignore[union-attr]
    assert [node.message.text for node in arm] == ["See?", "Yes", "Bye"]
    said = "\n".join(report.lines())
    assert said.count("hologram was left out") == 1 and "/messages/2: it is an object" in said
