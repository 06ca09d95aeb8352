"""Recorded Responses conversations carried on with our own turns: the same body, but for what is argued here."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from callsmith.continuation import continued
from callsmith.reading import Reader
from callsmith.replay import recordings
from callsmith.types.message import Origin
from callsmith.wire.registry import WIRES
from callsmith.wire.responses_continue import continuation

WIRE = "openai-responses"
OPTIONAL = frozenset(("id", "status", "phase", "type"))
ARGUED = {
    "optional field dropped": "The client left out id, status or phase, or wrote a message in its short form",
    "parts of content dropped": "The client left out annotations or logprobs of a text",
    "own call ids": "The client answered under call ids of its own (the item's id, or a hash)",
    "reasoning dropped": "The client sent the call without the reasoning before it; the vendor wants it back (3.2)",
    "encrypted at another time": "The client took the encrypted text of the done item, we that of the final answer",
    "encrypted dropped": "The client sent open reasoning text without the encrypted copy that came with it",
    "empty assistant message": "The client put an assistant message with empty text before the calls",
    "tool search rewritten": "The client wrote the server's tool search anew, or dropped its output",
    "null dropped": "A field that is null was left out",
    "sound as a file": "The client sent sound as a file, which the vendor refused: we name it in words",
}


def items(request: Mapping[str, Any]) -> list[dict[str, Any]]:
    said = request.get("input")
    return [{"role": "user", "content": said}] if isinstance(said, str) else list(said or ())


def differences(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[str]:
    """What differs, by kind; an item-by-item walk in order."""
    rest = list(theirs)
    names: dict[str, str] = {}
    for item in ours:
        kind = kind_of(item)
        while rest and kind_of(rest[0]) == "message" and kind != "message" and rest[0].get("content") == "":
            rest.pop(0)
            yield "empty assistant message"
        if kind == "function_call" and rest and rest[0].get("call_id") != item["call_id"]:
            names[item["call_id"]] = str(rest[0].get("call_id"))
            yield "own call ids"
        if rest and kind_of(rest[0]) == kind:
            yield from fields(item, rest.pop(0), names)
        elif kind == "reasoning":
            yield "reasoning dropped"
        elif kind == "tool_search_output":
            yield "tool search rewritten"
        else:
            yield f"no {kind} in the recorded request"
    yield from (f"only in the recorded request: {kind_of(item)}" for item in rest)


def fields(ours: Mapping[str, Any], theirs: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    kind = kind_of(ours)
    for name in sorted(ours.keys() | theirs.keys()):
        mine, yours = ours.get(name), theirs.get(name)
        if name == "call_id" and str(mine) in names:
            mine = names[str(mine)]
        if mine == yours or (not mine and not yours):
            if (name in ours) != (name in theirs):
                yield "null dropped"
        elif name in OPTIONAL and name not in theirs:
            yield "optional field dropped"
        elif name == "content" and texts(mine) == texts(yours):
            yield from () if kind == "user" else ("parts of content dropped",)
        elif kind.startswith("tool_search"):
            yield "tool search rewritten"
        elif name == "output" and "audio/" in str(mine):
            yield "sound as a file"
        elif name == "encrypted_content" and mine and yours:
            yield "encrypted at another time"
        elif name == "encrypted_content" and mine and theirs.get("content"):
            yield "encrypted dropped"
        else:
            yield f"{kind}.{name}"


def kind_of(item: Mapping[str, Any]) -> str:
    return "message" if item.get("role") == "assistant" else str(item.get("type") or item.get("role"))


def texts(content: Any) -> list[Any]:
    """Content without what a client may leave out; a string is one text part."""
    parts = [{"text": content}] if isinstance(content, str) else content
    return [
        {name: value for name, value in part.items() if name not in ("annotations", "logprobs", "type")}
        for part in parts or ()
    ]


@pytest.mark.slow
def test_every_recorded_continuation_is_built_and_equivalent(shared: Path) -> None:
    exchanges = list(recordings([shared / "recordings" / WIRE]))
    recorded = {exchange["id"]: exchange["request"]["json"] for exchange in exchanges}
    built = {row["id"]: row["request"] for row in continued(exchanges)}
    kinds: Counter[str] = Counter()
    equal, unargued = 0, []
    for exchange_id, request in built.items():
        wanted = recorded[exchange_id]
        assert {**request, "input": None} == {**wanted, "input": None}
        found = set(differences(items(request), items(wanted)))
        equal += not found
        kinds.update(found)
        unargued += [(exchange_id, kind) for kind in sorted(found - ARGUED.keys())]
    print(f"{len(built)} built, {equal} the same to the letter, differences {dict(kinds)}")
    asked = {exchange["id"]: exchange["turn"] for exchange in exchanges if exchange["has_tool_results"]}
    assert unargued == []
    # The first exchange of a file answers a turn that was not recorded.
    assert {turn for exchange_id, turn in asked.items() if exchange_id not in built} == {0}
    assert built.keys() == {exchange_id for exchange_id, turn in asked.items() if turn}
    # Each argument is needed.
    assert kinds.keys() == ARGUED.keys()


def test_a_request_that_does_not_answer_the_turn_is_none(shared: Path) -> None:
    document = json.loads((shared / "recordings" / WIRE / "0265410a9792ff.json").read_text())
    first, _, third, _ = document["exchanges"]
    reader = Reader(WIRES[WIRE], 200, stream=True)
    reader.feed(first["response"]["body_text"].encode())
    reader.close()
    turn = reader.turn().message(Origin("x", "c", WIRE, "m"))
    assert turn is not None
    assert continuation(first["request"]["json"], turn, third["request"]["json"]) is None
