"""Files from anywhere: damaged, cut off, newer, made to harm. Never a traceback, nothing half-written."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.record import entries, take
from callsmith.record.report import MOST_SAID
from callsmith.store import Store
from tests.engine.record.kit import document, filled, opened, reads, taken


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    store = opened(tmp_path_factory.mktemp("full"), "full")
    filled(store)
    store.create(store.setup(store.kept_ids()[0]), "Another")
    made = document(store)
    store.close()
    return made


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    store = opened(tmp_path, "empty")
    yield store
    store.close()


def whole(store: Store) -> None:
    """Whatever came in can be read by everything that reads it, and goes out again."""
    reads(store)
    for one in store.kept_ids():
        conversation = store.load(one)
        assert conversation is not None
        for node in conversation.nodes:
            conversation.path(node)
    again = document(store)
    assert not taken(store, again).skipped


def as_pretty(document: Any) -> bytes:
    return json.dumps(document, indent=1).encode()


@pytest.mark.slow
def test_a_damaged_line_is_told_and_the_others_come_in(data: bytes, empty: Store) -> None:
    lines = data.split(b"\n")
    at = next(number for number, line in enumerate(lines) if b"The main one" in line)
    lines[at] = lines[at].replace(b'"head": "', b'"head": ', 1)
    report = taken(empty, b"\n".join(lines))
    assert [skip.what for skip in report.skipped] == [f"line {at + 1}"]
    assert "not JSON" in report.skipped[0].why or "quotation mark" in report.skipped[0].why
    assert len(report.added) == 4
    whole(empty)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.99])
def test_a_file_that_is_cut_off_gives_what_is_whole(data: bytes, empty: Store, share: float) -> None:
    cut = data[: int(len(data) * share)]
    report = taken(empty, cut)
    assert any("cut off" in skip.why for skip in report.skipped)
    assert len(report.added) == max(cut.count(b'"exchanges": [') and cut.count(b"\n{") - 3 - 1, 0)
    whole(empty)


@pytest.mark.slow
def test_a_newer_version_is_told_and_what_fits_is_taken(data: bytes, empty: Store) -> None:
    newer = json.loads(data)
    newer["version"] = 7
    newer["conversations"][0]["messages"][0]["message"]["parts"].append({"kind": "hologram", "rays": 3})
    newer["conversations"][1]["mood"] = "sunny"
    text = as_pretty(newer)
    report = taken(empty, text)
    assert "version 7" in report.notes[0]
    assert [skip.what.partition(", ")[2] for skip in report.skipped] == [
        "/conversations/0, /messages/0/message/parts/2/kind"
    ] or "hologram" in report.skipped[0].why
    assert len(report.added) == len(newer["conversations"]) - 1
    whole(empty)


def test_the_same_laid_out_otherwise(data: bytes, empty: Store) -> None:
    assert len(taken(empty, b"\xef\xbb\xbf" + as_pretty(json.loads(data))).added) == 5
    assert document(empty) == data


def test_lines_that_end_as_on_windows(data: bytes, empty: Store) -> None:
    assert len(taken(empty, data.replace(b"\n", b"\r\n")).added) == 5


Change = Callable[[dict[str, Any]], Any]


def _set(*path: Any, to: Any) -> Change:
    def change(conversation: dict[str, Any]) -> None:
        at: Any = conversation
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = to

    return change


def _cycle(conversation: dict[str, Any]) -> None:
    messages = conversation["messages"]
    messages[0]["parent"] = messages[-1]["id"]


def _twice(name: str) -> Change:
    return lambda conversation: conversation[name].append(copy.deepcopy(conversation[name][0]))


def _deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


HOSTILE: list[tuple[Change, str]] = [
    (_set("messages", 1, "parent", to="nowhere"), "/messages/1/parent"),
    (_cycle, "/messages/0/parent"),
    (_twice("messages"), "/id"),
    (_twice("exchanges"), "/id"),
    (_set("head", to="nowhere"), "/head"),
    (_set("head", to=5), "/head"),
    (_set("title", to=["x"]), "/title"),
    (_set("title", to=None), "/title"),
    (_set("created_at", to=1e300), "/created_at"),
    (_set("created_at", to=True), "/created_at"),
    (_set("updated_at", to=-5), "/updated_at"),
    (_set("messages", to={}), "/messages"),
    (_set("messages", 0, "message", "role", to="root"), "/messages/0/message/role"),
    (_set("messages", 0, "message", "parts", 0, "text", to=5), "/messages/0/message/parts/0/text"),
    (_set("messages", 0, "message", "parts", 0, to={"kind": "tool_call"}), "/messages/0/message/parts/0"),
    (
        _set("messages", 0, "message", "parts", 0, to={"kind": "tool_call", "id": "1", "name": "x", "arguments": "{}"}),
        "/messages/0/message/parts/0",
    ),
    (_set("exchanges", 0, "wire", to="telegraph"), "/exchanges/0/wire"),
    (_set("exchanges", 0, "state", to="running"), "/exchanges/0/state"),
    (_set("exchanges", 0, "parent", to="nowhere"), "/exchanges/0/parent"),
    (_set("exchanges", 0, "calls", to=2**70), "/exchanges/0/calls"),
    (_set("exchanges", 0, "response", "status", to=2**40), "/exchanges/0/response/status"),
    (_set("exchanges", 0, "response", "body_base64", to="!!!"), "/exchanges/0/response/body_base64"),
    (_set("exchanges", 0, "request", "method", to="POST; touch x"), "/exchanges/0/request/method"),
    (_set("exchanges", 0, "id", to="a\nb"), "/exchanges/0/id"),
    (_set("exchanges", 0, "id", to="x" * 10_000), "/exchanges/0/id"),
    (_set("exchanges", 0, "request", "headers", to=[["a"]]), "/exchanges/0/request/headers/0"),
    (_set("exchanges", 0, "usage", to={"input": 2**80}), "/exchanges/0/usage/input"),
    (_set("exchanges", 0, "marks", to={"started": 1e18}), "/exchanges/0/marks/started"),
    (_set("setup", "options", to={"extra_body": {"a": _deep(300)}}), "/setup/options/extra_body"),
    (_set("setup", "tools", to=[{"tool_id": None}]), "/setup/tools/0/tool_id"),
    (_set("id", to=""), "/id"),
    (_set("id", to="x" * 10_000), "/id"),
]


@pytest.mark.parametrize(
    ("change", "place"), HOSTILE, ids=[place or str(number) for number, (_, place) in enumerate(HOSTILE)]
)
@pytest.mark.slow
def test_what_does_not_fit_is_told_with_its_place(data: bytes, empty: Store, change: Change, place: str) -> None:
    made = json.loads(data)
    main = next(one for one in made["conversations"] if one["title"] == "The main one")
    change(main)
    made["conversations"] = [main, made["conversations"][-1]]
    report = taken(empty, as_pretty(made))
    assert len(report.skipped) == 1 and place in report.skipped[0].what and report.skipped[0].why.endswith(".")
    assert len(report.added) == 1
    whole(empty)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n\n",
        b"null",
        b"[]",
        b"{}",
        b"5",
        b'"x"',
        b"\x1f\x8b\x08compressed",
        b"PK\x03\x04zip",
        b"\xff\xfe\xfd",
        b"\0" * 100,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"format": "callsmith-record", "version": 1, "tools": [\n' + b"[" * 200_000,
        b'{"format": "callsmith-record", "version": 1, "tools": [\n{"id": ' + b"[" * 200_000 + b"]" * 200_000 + b"}\n",
        b'{"format": "callsmith-record", "version": 1, "tools": {}, "conversations": 7}',
        b'{"format": "callsmith-record", "version": 1, "conversations": [1, null, [], {}, "x"]}',
        b'{"format": "callsmith-record", "version": 1, "tools": [1, null, [], {}, "x"]}',
        b'{"format": "callsmith-record", "version": 1, "tools": [{"id": "a", "updated_at": NaN}]}',
        b'{"format": "callsmith-record", "version": 1, "conversations": [' + b"9" * 5000 + b"]}",
        b'{"format": "callsmith-record", "version": 1, "conversations": [1e999]}',
        b'{"exchanges": [1, null, {}, {"id": "a"}, {"id": "a", "wire": "openai-chat"}]}',
        b'{"exchanges": [{"id": "a", "wire": "gemini", "request": {"json": 5}, "response": {"status": "x"}}]}',
        b'{"request": 1, "response": 2}\n{"request": {}, "response": {}}\nx\n',
    ],
)
def test_files_that_are_none(empty: Store, text: bytes) -> None:
    report = taken(empty, text)
    assert report.skipped and not report.conversations and not report.tools
    assert all(skip.what and skip.why for skip in report.skipped)
    assert not empty.kept_ids() and not empty.kept_tool_ids()


@pytest.mark.slow
def test_many_messages_in_a_circle(empty: Store) -> None:
    """Refused at the first one, in linear time and without recursion."""
    count = 30_000
    messages = [
        {"id": str(place), "parent": str((place + 1) % count), "message": {"role": "user", "parts": []}}
        for place in range(count)
    ]
    conversation = {"id": "c", "created_at": 1, "updated_at": 1, "messages": messages}
    made = {"format": "callsmith-record", "version": 1, "conversations": [conversation]}
    report = taken(empty, json.dumps(made).encode())
    assert "/messages/0/parent" in report.skipped[0].what and not empty.kept_ids()


@pytest.mark.slow
def test_a_chain_of_many_messages_comes_in(empty: Store) -> None:
    messages = [
        {"id": str(place), "parent": str(place - 1) if place else None, "message": {"role": "user", "parts": []}}
        for place in range(5_000)
    ]
    conversation = {"id": "c", "created_at": 1, "updated_at": 1, "messages": messages, "head": "4999"}
    made = {"format": "callsmith-record", "version": 1, "conversations": [conversation]}
    assert taken(empty, json.dumps(made).encode()).added == ("c",)
    assert len(empty.load("c").path()) == 5_000  # type: ignore[union-attr]


def test_lines_without_end_are_left_out(data: bytes, empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_LINE", 1500)
    report = taken(empty, data)
    assert any("more than" in skip.why for skip in report.skipped)
    assert report.added
    whole(empty)


def test_too_many_lists_are_not_read(data: bytes, empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_OBJECTS", 60)
    report = taken(empty, data)
    assert any("objects and lists" in skip.why for skip in report.skipped) and report.added


def test_a_very_bad_file_has_a_short_report(empty: Store) -> None:
    head = b'{"format": "callsmith-record", "version": 1, "tools": [\n'
    report = taken(empty, head + b"{}\n" * (MOST_SAID + 500))
    assert len(report.skipped) == MOST_SAID and report.unsaid == 501
    assert len(list(report.lines())) == MOST_SAID + 2


def test_a_database_that_refuses_keeps_nothing_of_it(
    data: bytes, empty: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = take.kept_exchange
    seen: list[str] = []

    def broken(written: Any) -> Any:
        kept = real(written)
        seen.append(written.id)
        if len(seen) == 3:
            object.__setattr__(kept.exchange, "status", 2**80)
        return kept

    monkeypatch.setattr(take, "kept_exchange", broken)
    report = taken(empty, data)
    assert len(report.skipped) == 1 and "database" in report.skipped[0].why
    assert len(empty.kept_ids()) == len(report.added) == 4
    monkeypatch.undo()
    assert len(taken(empty, data).added) == 1


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_damage_to_the_bytes(data: bytes, tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject) -> None:
    damaged = bytearray(data)
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, len(damaged) - 1))
        how = draw.draw(st.sampled_from(["flip", "cut", "insert", "repeat", "newline"]))
        if how == "flip":
            damaged[at] = draw.draw(st.integers(0, 255))
        elif how == "cut":
            del damaged[at : at + draw.draw(st.integers(1, 3000))]
        elif how == "insert":
            damaged[at:at] = draw.draw(st.binary(max_size=20))
        elif how == "repeat":
            damaged[at:at] = damaged[at : at + draw.draw(st.integers(1, 3000))]
        else:
            damaged[at:at] = b"\n"
    store = opened(tmp_path_factory.mktemp("damaged"), "x")
    try:
        taken(store, bytes(damaged))
        whole(store)
    finally:
        store.close()


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "\ud800", "\0", "{{api_key}}", "x" * 300]),
    st.sampled_from([[], {}, [[]], {"kind": "text"}, {"a": [1]}]),
)


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    entries_of = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in entries_of:
        yield from _places(item, (*at, name))


@pytest.mark.slow
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_value_in_any_place(data: bytes, tmp_path_factory: pytest.TempPathFactory, draw: st.DataObject) -> None:
    made = json.loads(data)
    for _ in range(draw.draw(st.integers(1, 3))):
        path = draw.draw(st.sampled_from(list(_places(made))))
        at: Any = made
        for name in path[:-1]:
            at = at[name]
        if draw.draw(st.booleans()):
            at[path[-1]] = draw.draw(VALUES)
        else:
            del at[path[-1]]
    store = opened(tmp_path_factory.mktemp("changed"), "x")
    try:
        taken(store, json.dumps(made).encode())
        whole(store)
    finally:
        store.close()


def test_reading_never_takes_more_than_asked(empty: Store) -> None:
    """An endless stream without a line end is given up at the bound."""

    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self.given += len(buffer)
            buffer[:] = b"x" * len(buffer)
            return len(buffer)

    endless = Endless()
    report = take.take(empty, io.BufferedReader(endless))
    assert "more than" in report.skipped[0].why and endless.given < 2 * entries.MOST_WHOLE
