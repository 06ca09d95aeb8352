"""Recorded Messages conversations carried on with our own turns: the same body, but for what is argued here."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callsmith.continuation import continued
from callsmith.replay import recordings
from callsmith.types.parts import Text, ToolCall
from callsmith.wire.anthropic_continue import continuation, plain
from tests.wire.anthropic_kit import SIGNED, assistant, says

ARGUED = {
    "caller dropped": "The client dropped the caller that came with its call; content goes back unchanged (4.2)",
    "blank text added": "The client put a text of one space before the calls; blank texts are refused (4.2)",
    "text dropped": "The client dropped what the model said before its call; content goes back unchanged (4.2)",
}


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    if ours.keys() != theirs.keys() or any(ours[key] != theirs[key] for key in ours if key != "messages"):
        yield "what was not ours to change"
    for mine, other in zip(ours["messages"], theirs["messages"], strict=True):
        if mine != other:
            yield from block_differences(mine["content"], list(other["content"]))


def block_differences(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[str]:
    if theirs[0] == says(" "):
        yield "blank text added"
        theirs = theirs[1:]
    if len(theirs) < len(ours) and ours[0]["type"] == "text":
        yield "text dropped"
        ours = ours[1:]
    for mine, other in zip(ours, theirs, strict=True):
        if mine.get("caller") == {"type": "direct"} and "caller" not in other:
            yield "caller dropped"
            mine = {key: mine[key] for key in mine if key != "caller"}
        if mine != other:
            yield f"another block: {mine} | {other}"


@pytest.mark.slow
def test_recorded_conversations_are_carried_on_as_they_were(shared: Path) -> None:
    exchanges = {exchange["id"]: exchange for exchange in recordings([shared / "recordings" / "anthropic"])}
    built = {row["id"]: row["request"] for row in continued(exchanges.values())}
    kinds: Counter[str] = Counter()
    for exchange_id, request in built.items():
        found = set(differences(plain(request), plain(exchanges[exchange_id]["request"]["json"])))
        assert found <= ARGUED.keys(), (exchange_id, found - ARGUED.keys())
        kinds.update(found)
    assert kinds.keys() == ARGUED.keys()
    # Where the exchange that made the calls is not in the recording there is no turn to build from.
    answers = [exchange for exchange in exchanges.values() if exchange["has_tool_results"]]
    assert {item["id"] for item in answers if item["id"] not in built and item["turn"] > 0} == set()
    assert len(built) > 50


PREVIOUS = {"model": "m", "messages": [{"role": "user", "content": "time?"}]}
ASKED = assistant(SIGNED, ToolCall("a", "f", '{"tz": "x"}'), ToolCall("b", "f", "{}"))
RECORDED_TURN = [
    {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
    {"type": "tool_use", "id": "a", "name": "f", "input": {"tz": "x"}},
    {"type": "tool_use", "id": "b", "name": "f", "input": {}},
]
IMAGE = [{"type": "image", "source": {"type": "url", "url": "u"}}]
RECORDED_ANSWER = [
    {"type": "tool_result", "tool_use_id": "a", "content": IMAGE},
    {"type": "tool_result", "tool_use_id": "b", "content": "no", "is_error": True},
    {"type": "text", "text": "and?"},
]


def following(*added: dict[str, Any]) -> dict[str, Any]:
    return {**PREVIOUS, "max_tokens": 9, "messages": [*PREVIOUS["messages"], *added]}


def test_continuation_builds_the_recorded_request_again() -> None:
    recorded = following(
        {"role": "assistant", "content": RECORDED_TURN},
        {"role": "user", "content": RECORDED_ANSWER},
        {"role": "assistant", "content": "later"},
    )
    assert continuation(PREVIOUS, ASKED, recorded) == recorded
    plain = following({"role": "assistant", "content": [says("Ten. ")]}, {"role": "user", "content": [says("ok")]})
    assert continuation(PREVIOUS, assistant(Text("Ten. ")), plain) == plain


def test_continuation_drops_the_thinking_when_the_model_changed() -> None:
    recorded = following({"role": "assistant", "content": []}, {"role": "user", "content": RECORDED_ANSWER})
    built = continuation(PREVIOUS, ASKED, {**recorded, "model": "other"})
    assert built is not None
    assert built["messages"][1]["content"] == RECORDED_TURN[1:]


@pytest.mark.parametrize(
    "added",
    [
        (),
        ({"role": "user", "content": "else"},),
        ({"role": "assistant", "content": []}, {"role": "user", "content": RECORDED_ANSWER[1:]}),
    ],
)
def test_continuation_is_none_where_the_turn_is_not_carried_on(added: tuple[dict[str, Any], ...]) -> None:
    assert continuation(PREVIOUS, ASKED, following(*added)) is None


def test_continuation_without_calls_needs_the_same_messages_before_it() -> None:
    recorded = following({"role": "assistant", "content": "Ten"}, {"role": "user", "content": "ok"})
    other = {**PREVIOUS, "messages": [{"role": "user", "content": "else?"}]}
    assert continuation(other, assistant(Text("Ten")), recorded) is None
