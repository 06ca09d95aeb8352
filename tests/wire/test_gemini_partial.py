"""Arguments of a Gemini call that arrive in pieces (Vertex)."""

import json
from typing import Any

import pytest

from callsmith.conversation import answerable
from callsmith.types.message import Origin
from tests.wire.gemini_kit import chunk, read, sse


def pieces(*paths: tuple[str, dict[str, Any]], more: bool = True) -> dict[str, Any]:
    partial = [{"jsonPath": path} | value for path, value in paths]
    return {"functionCall": {"partialArgs": partial} | ({"willContinue": True} if more else {})}


def test_arguments_in_pieces_are_joined_by_their_paths() -> None:
    start = {"functionCall": {"name": "cook", "willContinue": True}, "thoughtSignature": "s"}
    body = sse(
        chunk(start),
        chunk(pieces(("$.r.items[0].name", {"stringValue": "Lasa", "willContinue": True}))),
        chunk(pieces(("$.r.items[0].name", {"stringValue": "gna"}), ("$.r.items[0].n", {"numberValue": 2}))),
        chunk(pieces(("$.r.items[1]", {"boolValue": True}), ("$.r['odd key']", {"nullValue": "NULL_VALUE"}))),
        chunk({"functionCall": {}}),
        chunk({"functionCall": {"name": "now", "willContinue": True}}),
        chunk({"functionCall": {}, "thoughtSignature": "late"}, finish="STOP"),
    )
    turn = read(body)
    assert [json.loads(item.arguments) for item in turn.calls] == [
        {"r": {"items": [{"name": "Lasagna", "n": 2}, True], "odd key": None}},
        {},
    ]
    assert [item.extra for item in turn.calls] == [{"thoughtSignature": "s"}, {"thoughtSignature": "late"}]
    assert turn.unknown == ()


@pytest.mark.parametrize("finish", [None, "MAX_TOKENS"])
def test_a_call_whose_pieces_stop_short_is_no_json(finish: Any) -> None:
    start = {"functionCall": {"name": "cook", "willContinue": True}}
    turn = read(sse(chunk(start), chunk(pieces(("$.a", {"stringValue": "x", "willContinue": True})), finish=finish)))
    assert turn.calls[0].arguments == '{"a":"x"'
    message = turn.message(Origin("x", "c", "gemini", "m"))
    assert message is not None and answerable(message) == ()


@pytest.mark.parametrize(
    "piece",
    [{"jsonPath": "$"}, {"jsonPath": "$.a[99999999]", "stringValue": ""}, {"stringValue": "x"}, 3, {"jsonPath": 1}],
)
def test_pieces_that_fit_nowhere_are_kept_as_unknown(piece: Any) -> None:
    start = {"functionCall": {"name": "f", "partialArgs": [piece], "willContinue": True}}
    turn = read(sse(chunk(start), chunk({"functionCall": {}}, finish="STOP")))
    assert (turn.calls[0].name, len(turn.unknown)) == ("f", 1)


def test_a_call_that_says_nothing_is_kept_as_unknown() -> None:
    turn = read(sse(chunk({"functionCall": {}}, finish="STOP")))
    assert (turn.calls, turn.unknown[0].where) == ((), "function call without a name")
