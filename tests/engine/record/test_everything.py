"""Conversations of every kind, made from the types themselves: out, into an empty database, and out again equal.

A field that is added to a type is in these at once.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsmith.conversation import Node, node_id
from callsmith.record.document import dumps, whole
from callsmith.record.written import FORMAT, VERSION, WrittenConversation, WrittenExchange, WrittenRequest
from callsmith.store import Store
from callsmith.types.codec import to_json
from callsmith.types.features import McpServer
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.setup import Setup
from callsmith.wire.registry import WIRES
from tests.engine.record.kit import document, opened, reads, taken

texts = st.one_of(st.sampled_from(["", "a", "Grüße 😀", "\0", "<b>", "{{user}}"]), st.text(max_size=5))
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e6, 1e6), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(texts, inner, max_size=2)),
    max_leaves=4,
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    **{str: texts, int: st.integers(0, 10**6), float: st.floats(0, 1e6), bool: st.booleans(), Any: json_values},
    bytes: st.binary(max_size=5),
}
ROLES: dict[str, tuple[type, ...]] = {
    "user": (Text, Media),
    "assistant": (Text, Thinking, Refusal, ToolCall, Opaque, Media),
    "tool": (ToolResult,),
}


def of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type; where a field has a default, that as often as another."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if is_dataclass(kind):
        return _object(typing.cast(type, kind))
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([st.none() if one is types.NoneType else of(one) for one in inner])
    if origin is tuple:
        many = inner[-1] is Ellipsis
        return st.lists(of(inner[0]), max_size=2).map(tuple) if many else st.tuples(*map(of, inner))
    return st.dictionaries(texts, of(inner[1]), max_size=2) if origin is not None else PLAIN[kind]


def _object(kind: type) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(kind)
    made = {}
    for field in fields(kind):
        given = st.sampled_from(["", *WIRES]) if field.name == "wire" else of(hints[field.name])
        has_default = field.default is not MISSING or field.default_factory is not MISSING
        made[field.name] = (has_default, given)
    required = {name: given for name, (has_default, given) in made.items() if not has_default}
    optional = {name: given for name, (has_default, given) in made.items() if has_default and name != "kind"}
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: kind(**values))


# A server that is sent a secret comes in switched off; ids of tools stand once.
setups = _object(Setup).map(
    lambda made: replace(
        made,
        options=replace(
            made.options, mcp=tuple(McpServer(one.label, "https://x", on=one.on) for one in made.options.mcp)
        ),
        tools=tuple({use.tool_id: use for use in made.tools}.values()),
    )
)


@st.composite
def trees(draw: st.DrawFn) -> tuple[Node, ...]:
    made: dict[str, Node] = {}
    for _ in range(draw(st.integers(0, 5))):
        role = draw(st.sampled_from(sorted(ROLES)))
        parts = draw(st.lists(st.one_of([of(one) for one in ROLES[role]]), max_size=3))
        message = replace(draw(of(Message)), role=role, parts=tuple(parts))
        parent = draw(st.sampled_from([None, *made]))
        node = Node(node_id(message, parent), parent, message)
        made.setdefault(node.id, node)
    return tuple(made.values())


@st.composite
def conversations(draw: st.DrawFn, number: int) -> WrittenConversation:
    messages = draw(trees())
    ids = st.sampled_from([None, *(node.id for node in messages)])
    exchanges = []
    for at in range(draw(st.integers(0, 2))):
        made = draw(of(WrittenExchange))
        request = WrittenRequest("POST", "https://x.example/v1", (("accept", "*/*"),), draw(texts))
        exchanges.append(
            replace(
                made,
                id=f"{number}-{at}",
                wire=made.wire or "gemini",
                request=request,
                response=replace(made.response, headers=(), body_base64=""),
                parent=draw(ids),
                node=draw(ids),
            )
        )
    exchanges.sort(key=lambda one: (one.marks.started, one.id))
    return WrittenConversation(
        id=f"conversation {number}",
        created_at=draw(st.floats(0, 1e9)),
        updated_at=draw(st.floats(0, 1e9)),
        title=draw(texts) or "Named",
        setup=draw(setups),
        head=draw(ids),
        forked_from=draw(st.sampled_from([None, "conversation 0"])),
        hidden=draw(st.booleans()),
        tags=tuple(draw(st.lists(st.sampled_from(["a", "b c", "ü"]), unique=True))),
        pinned=draw(st.booleans()),
        archived=draw(st.booleans()),
        messages=messages,
        exchanges=tuple(exchanges),
    )


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Store, Store]]:
    stores = opened(tmp_path, "one"), opened(tmp_path, "two")
    yield stores
    for store in stores:
        store.close()


@pytest.mark.slow
def test_all_kinds_of_conversations_come_back_equal(two: tuple[Store, Store]) -> None:
    first, second = two
    numbers = iter(range(10_000))

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def comes_back(data: st.DataObject) -> None:
        made = data.draw(conversations(next(numbers)))
        written = {"format": FORMAT, "version": VERSION, "conversations": [to_json(made)]}
        report = taken(first, dumps(written))
        assert report.added == (made.id,), list(report.lines())
        kept = first.kept_conversation(made.id)
        assert kept is not None and to_json(whole(first, kept)) == to_json(made)
        one = document(first, made.id)
        assert taken(second, one).added == (made.id,)
        assert document(second, made.id) == one
        assert taken(second, one).there == 1

    comes_back()
    assert document(first) == document(second)
    before, after = reads(first), reads(second)
    for name in before:
        assert after[name] == before[name], name
