"""What the contract suite needs: conversations of every kind, damaged replies, and each format's history in one shape.

A new wire format adds its line to ``HISTORY``; everything else is the same for all.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from callsmith.conversation import Conversation, answer, append, pending_calls, say
from callsmith.fold import Fold
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Media, Opaque, Part, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.turn import Turn
from callsmith.wire.base import Wire
from callsmith.wire.registry import WIRES

PNG = Media("image/png", "iVBORw0KGgo=", name="dot.png")
# Ends in the middle of a call's arguments, in some format's words, or not.
FINISHES = st.sampled_from(["stop", "tool_calls", "length", "completed", "tool_use", "max_tokens", "STOP", None])

_words = st.sampled_from(["", "Hello", "søndag\n\t\u2028", "lone \ud800 surrogate", '"}{][', " "])
_names = st.sampled_from(["get_weather", "f", "a" * 64, "with.dot", "mit Umlaut ü", ""])
_ids = st.sampled_from(["call_1", "toolu_01A", "", "id with spaces", "Ω", "x" * 90, "functions.f:0", "a|b"])
_arguments = st.sampled_from(
    ["{}", "", '{"a": 1}', '{"a": "søndag \\ud800"}', "[1]", "null", '{"a": NaN}', '{"a": ', "not json", "[" * 2_000]
)
_thinking = st.builds(
    Thinking, _words, st.sampled_from(["", "reasoning_content", "reasoning"]), st.sampled_from([{}, {"signature": "s"}])
)
_plain = st.one_of(
    st.builds(Text, _words), _thinking, st.builds(Refusal, _words), st.just(Opaque("web_search_call", {"type": "x"}))
)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """What the pure operations can make of any replies: every waiting call is answered, or cancelled by a message."""
    made = say(Conversation("c"), draw(_words), draw(st.sampled_from([(), (PNG,)])))
    for _ in range(draw(st.integers(0, 3))):
        made = append(made, draw(_replies()))
        calls = pending_calls(made)
        if calls and draw(st.booleans()):
            results = [ToolResult(call.id, draw(_words), draw(st.booleans()), call.name) for call in calls]
            made = answer(made, results, media={calls[0].id: (PNG,)} if draw(st.booleans()) else {})
        else:
            made = say(made, draw(_words))
    return made


@st.composite
def _replies(draw: st.DrawFn) -> Message:
    ids = draw(st.lists(_ids, unique=True, max_size=3))
    calls: list[Part] = [ToolCall(call_id, draw(_names), draw(_arguments)) for call_id in ids]
    parts = [*draw(st.lists(_plain, max_size=3)), *calls]
    origin = draw(st.sampled_from([None, *(Origin("x", "C", wire, "m") for wire in WIRES)]))
    return Message("assistant", tuple(parts), origin, draw(FINISHES), draw(st.booleans()))


@dataclass(frozen=True, slots=True)
class Step:
    """What one message of a request asks for, and answers: ids, or place and name where the format has none."""

    calls: tuple[Any, ...] = ()
    results: tuple[Any, ...] = ()


def assert_legal(steps: Sequence[Step]) -> None:
    """Every call is answered once, in order, by what follows it directly; nothing else is answered."""
    waiting: tuple[Any, ...] = ()
    for step in steps:
        assert step.results == waiting[: len(step.results)], steps
        waiting = waiting[len(step.results) :]
        # Chat and Responses give each result a message of its own; elsewhere all come in one.
        assert not waiting or (step.results and not step.calls), steps
        waiting = waiting or step.calls
        assert len(set(step.calls)) == len(step.calls), steps
    assert waiting == (), steps


def _chat(body: Mapping[str, Any]) -> list[Step]:
    steps = []
    for message in body["messages"]:
        calls = message.get("tool_calls") or ()
        assert all(isinstance(call["function"]["arguments"], str) for call in calls)
        results = (message["tool_call_id"],) if message["role"] == "tool" else ()
        steps.append(Step(tuple(call["id"] for call in calls), results))
    return steps


def _responses(body: Mapping[str, Any]) -> list[Step]:
    """One reply's items stand one after the other: its calls are one step."""
    steps: list[Step] = []
    for item in body["input"]:
        kind = item.get("type", "message")
        if kind == "function_call":
            assert isinstance(item["arguments"], str)
            last = steps.pop() if steps and steps[-1].calls else Step()
            steps.append(Step((*last.calls, item["call_id"])))
        elif kind == "function_call_output":
            steps.append(Step(results=(item["call_id"],)))
        elif item.get("role") != "assistant":
            steps.append(Step())
    return steps


def _anthropic(body: Mapping[str, Any]) -> list[Step]:
    steps = []
    for message in body["messages"]:
        blocks = message["content"] if isinstance(message["content"], list) else ()
        calls = [block for block in blocks if block["type"] == "tool_use"]
        results = tuple(block["tool_use_id"] for block in blocks if block["type"] == "tool_result")
        first = [block["type"] for block in blocks[: len(results)]]
        assert first == ["tool_result"] * len(results), "results come first in their message"
        ids = tuple(call["id"] for call in calls)
        assert all(re.fullmatch(r"[A-Za-z0-9_-]+", call_id) for call_id in ids)
        assert all(isinstance(call["input"], dict) for call in calls)
        steps.append(Step(ids, results))
    return steps


def _gemini(body: Mapping[str, Any]) -> list[Step]:
    steps = []
    for content in body["contents"]:
        calls = [part["functionCall"] for part in content["parts"] if "functionCall" in part]
        results = [part["functionResponse"] for part in content["parts"] if "functionResponse" in part]
        assert all(isinstance(result["response"], dict) for result in results)
        assert all(isinstance(call.get("args", {}), dict) for call in calls)
        steps.append(
            Step(*(tuple((part.get("id", at), part["name"]) for at, part in enumerate(of)) for of in (calls, results)))
        )
    return steps


HISTORY: Mapping[str, Callable[[Mapping[str, Any]], list[Step]]] = {
    "openai-chat": _chat,
    "openai-responses": _responses,
    "anthropic": _anthropic,
    "gemini": _gemini,
}


def read(wire: Wire, *chunks: bytes) -> Turn:
    """A streamed answer in these pieces."""
    decoder, fold = wire.decoder(), Fold()
    for chunk in chunks:
        fold.apply(decoder.feed(chunk))
    fold.apply(decoder.close())
    return fold.turn()


def read_whole(wire: Wire, body: bytes) -> Turn:
    fold = Fold()
    fold.apply(wire.read(body))
    return fold.turn()


def places(document: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a JSON document, the document itself among them."""
    inside: list[tuple[Any, Any]] = []
    if isinstance(document, dict):
        inside = list(document.items())
    elif isinstance(document, list):
        inside = list(enumerate(document))
    return [at, *(place for key, value in inside for place in places(value, (*at, key)))]


def replaced(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at ``place``."""
    if not place:
        return value
    out = copy.deepcopy(document)
    inside = out
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    return out


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 2**70, 10**400, 1e308, "", "søndag", "\ud800", "9" * 400, {}, [], [[]], {"": None}]),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
        max_leaves=5,
    ),
)


@st.composite
def damaged(draw: st.DrawFn, body: bytes) -> bytes:
    """A JSON body, or a stream of them, in which something stands that the format does not know."""
    blocks = body.split(b"\n\n") if body.lstrip()[:1] not in b"{[" else [body]
    at = draw(st.sampled_from([index for index, block in enumerate(blocks) if _document(block) is not None]))
    head, document = _document(blocks[at])
    place = draw(st.sampled_from(places(document)))
    changed = json.dumps(replaced(document, place, draw(ODD))).encode()
    return b"\n\n".join([*blocks[:at], head + changed, *blocks[at + 1 :]])


def _document(block: bytes) -> tuple[bytes, Any] | None:
    head, mark, data = block.rpartition(b"data: ") if not block.startswith((b"{", b"[")) else (b"", b"", block)
    try:
        return head + mark, json.loads(data)
    except ValueError:
        return None
