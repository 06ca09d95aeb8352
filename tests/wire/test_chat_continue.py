"""The next request of every recorded Chat conversation, built from our own turn, but for what is argued here."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from callsmith.continuation import continued
from callsmith.replay import recordings

ARGUED = {
    "empty field": "The client wrote out a field that is null or empty, or left one out",
    "arguments laid out again": "The client read the arguments and wrote them again: white space, escapes",
    "content as one text part": "A string and a list of one text say the same",
    "field of the client's own": "index, prefix, annotations, cache_control, refusal: no request field of this vendor",
    "reasoning under its other name": "The client sent it under the name the vendor did not use, or under both",
    "reasoning dropped": "The client left it out; the model that wrote it takes it back (2.3)",
    "reasoning details written anew": "The client kept their outline without the text or the encrypted data",
    "signature dropped": "The client left out the extra_content that goes back to the same model (2.3)",
    "own call id": "The provider sent no id and the client made one up",
    "some text pieces only": "The client kept only one of the text pieces that came",
    "empty assistant message": "The client put an assistant message of its own, without text, before the calls",
}
_CLIENTS_OWN = frozenset(("index", "prefix", "annotations", "cache_control", "refusal", "name"))
_REASONING = ("reasoning", "reasoning_content")
# The first exchange of its file: the turn it answers was not recorded.
NOT_BUILT = {"d5de07fad3b1d9-00"}


def differences(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[str]:
    """What differs, by kind."""
    at = len(ours) - len(theirs)
    rest = list(theirs)
    for message in ours:
        if at < 0 and message["role"] == "assistant" and rest and not (rest[0].get("content") or _calls(rest[0])):
            rest.pop(0)
            at += 1
            yield "empty assistant message"
        if not rest:
            yield f"a {message['role']} message too many"
            return
        yield from fields(message, rest.pop(0))
    yield from (f"a {message['role']} message is missing" for message in rest)


def fields(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    if any(name in ours or name in theirs for name in _REASONING):
        yield from reasoning({ours.get(name) for name in _REASONING}, {theirs.get(name) for name in _REASONING})
    for name in sorted((ours.keys() | theirs.keys()) - {"tool_calls", *_REASONING}):
        mine, yours = ours.get(name), theirs.get(name)
        if mine == yours or (not mine and not yours):
            if (name in ours) != (name in theirs) or mine != yours:
                yield "empty field"
        elif name in _CLIENTS_OWN and not (name in ours and name in theirs):
            yield "field of the client's own"
        elif name == "content":
            yield from contents(text(mine), text(yours))
        elif name == "reasoning_details":
            yield "reasoning details written anew" if yours else "reasoning dropped"
        elif name == "extra_content" and not yours:
            yield "signature dropped"
        elif name == "tool_call_id":
            yield "own call id"
        else:
            yield f"{ours['role']}.{name}"
    mine, yours = _calls(ours), _calls(theirs)
    if len(mine) != len(yours):
        yield f"{len(mine)} calls for {len(yours)}"
    for call, recorded in zip(mine, yours, strict=False):
        yield from calls(call, recorded)


def contents(mine: str, yours: str) -> Iterator[str]:
    if mine == yours:
        yield "content as one text part"
    else:
        yield "some text pieces only" if yours and yours in mine else "other content"


def reasoning(ours: set[Any], theirs: set[Any]) -> Iterator[str]:
    mine, yours = ours - {None, ""}, theirs - {None, ""}
    if mine and not yours:
        yield "reasoning dropped"
    elif {said.strip() for said in mine} != {said.strip() for said in yours}:
        yield "other reasoning"
    elif ours != theirs:
        yield "empty field"
    else:
        yield "reasoning under its other name"


def calls(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(ours.keys() | theirs.keys()):
        mine, yours = ours.get(name), theirs.get(name)
        if mine == yours:
            continue
        if name == "function" and isinstance(mine, dict) and isinstance(yours, dict) and mine["name"] == yours["name"]:
            same = json.loads(mine["arguments"]) == json.loads(yours["arguments"] or "{}")
            yield "arguments laid out again" if same else "other arguments"
        elif name in _CLIENTS_OWN and name not in ours:
            yield "field of the client's own"
        elif name == "extra_content" and not yours:
            yield "signature dropped"
        else:
            yield "own call id" if name == "id" else f"call.{name}"


def _calls(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(message.get("tool_calls") or ())


def text(content: Any) -> str:
    return "".join(part.get("text", "") for part in content) if isinstance(content, list) else str(content or "")


@pytest.mark.slow
def test_every_recorded_continuation_is_built_and_equivalent(shared: Path) -> None:
    exchanges = list(recordings([shared / "recordings" / "openai-chat"]))
    recorded = {exchange["id"]: exchange["request"]["json"] for exchange in exchanges}
    built = {row["id"]: row["request"] for row in continued(exchanges)}
    kinds: Counter[str] = Counter()
    unargued, equal, null_only = [], 0, 0
    for exchange_id, request in built.items():
        wanted = recorded[exchange_id]
        assert {**request, "messages": None} == {**wanted, "messages": None}
        found = set(differences(request["messages"], wanted["messages"]))
        equal += request["messages"] == wanted["messages"]
        null_only += found == {"empty field"}
        kinds.update(found)
        unargued += [(exchange_id, kind) for kind in sorted(found - ARGUED.keys())]
    print(f"{len(built)} built, {equal} the same to the letter, {null_only} but for empty fields, {dict(kinds)}")
    asked = {exchange["id"] for exchange in exchanges if exchange["has_tool_results"]}
    assert unargued == []
    assert asked - built.keys() == NOT_BUILT
    # Each argument is needed.
    assert kinds.keys() == ARGUED.keys()
