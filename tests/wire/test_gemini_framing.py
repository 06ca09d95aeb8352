"""Gemini replies as bytes: SSE, JSON arrays in pieces, whole bodies, and bytes of no shape at all."""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from callsmith.wire.gemini_array import ArrayDecoder
from tests.wire.gemini_kit import USAGE, WIRE, array, call, chunk, read, sse

STREAMS = (
    (
        chunk({"text": 'Gr\u00fc\u00dfe ["{\\'}),
        chunk({"text": ' \U0001f600 }]"'}, finish="STOP") | {"usageMetadata": USAGE},
    ),
    (chunk(call("f", {"a": ']}\\"'}, thoughtSignature="s"), call("g")), chunk({"text": ""}, finish="STOP")),
    (chunk({"text": "a"}), {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}),
    (chunk({"text": "a"}),),
)


@pytest.mark.parametrize("step", [1, 2, 3, 7])
@pytest.mark.parametrize("framing", [sse, array])
@pytest.mark.parametrize("chunks", STREAMS)
def test_any_slicing_gives_the_same_turn(chunks: Any, framing: Any, step: int) -> None:
    body = framing(*chunks)
    assert read(body, step=step) == read(body)


@pytest.mark.parametrize("chunks", STREAMS[:3])
def test_both_framings_give_the_same_turn(chunks: Any) -> None:
    turn = read(sse(*chunks))
    assert (turn.parts, turn.usage, turn.state) == ((got := read(array(*chunks))).parts, got.usage, got.state)


def test_an_array_hands_out_each_element_with_its_last_bracket() -> None:
    decoder = WIRE.decoder()
    body = array(chunk({"text": "a"}), chunk({"text": "b"}, finish="STOP"))
    first = body.index(b"\n,\n")
    assert not [event for event in decoder.feed(body[: first - 1]) if event.kind == "text_delta"]
    assert [event.text for event in decoder.feed(body[first - 1 : first]) if event.kind == "text_delta"] == ["a"]


@pytest.mark.parametrize("step", [None, 1])
def test_white_space_and_a_byte_order_mark_before_an_array(step: int | None) -> None:
    body = b"\xef\xbb\xbf\r\n " + array(chunk({"text": "a"}, finish="STOP"))
    assert (read(body, step=step).text, read(body, step=step).unknown) == ("a", ())
    assert [event.kind for event in WIRE.decoder().feed(body)][0] == "meta"


def test_an_array_that_breaks_off_is_interrupted_and_its_rest_is_kept() -> None:
    body = array(chunk({"text": "a"}), chunk({"text": "lost"}, finish="STOP"))
    turn = read(body[:-30])
    assert (turn.text, turn.state) == ("a", "interrupted")
    assert "lost" in turn.unknown[0].raw


def test_an_array_element_too_large_is_dropped_and_counted() -> None:
    decoder = ArrayDecoder(max_element=20)
    found = [
        element for piece in (b'[{"a":1},{"b":"', b"x" * 50, b'"},{"c":', b"3}]") for element in decoder.feed(piece)
    ]
    assert (found, decoder.oversized, decoder.closed) == ([b'{"a":1}', b'{"c":3}'], 1, True)


def test_text_after_an_array_and_between_its_elements_is_kept() -> None:
    decoder = ArrayDecoder()
    assert decoder.feed(b'[{"a":1} oops ,{"b":2}] and {"more": "]"}') == [b'{"a":1}', b'{"b":2}']
    assert decoder.stray == b'oops\nand {"more": "]"}\n'


def test_trap_17_a_broken_stream_is_interrupted_and_has_no_usage() -> None:
    turn = read(sse(chunk({"text": "par"}))[:-2])
    assert (turn.text, turn.state, turn.usage) == ("par", "interrupted", None)
    assert turn.problem is not None and turn.problem.retryable


def _documents() -> Iterator[object]:
    rng = random.Random(11)
    values: list[object] = [
        None,
        True,
        3,
        "x",
        [],
        {},
        [None],
        {"a": 1},
        {"text": "t"},
        {"functionCall": {"name": "f"}},
    ]
    for _ in range(400):
        part = {
            key: rng.choice(values) for key in ("text", "thought", "functionCall", "inlineData", "thoughtSignature")
        }
        parts = rng.choice([[part], [part, rng.choice(values)], rng.choice(values)])
        content = rng.choice([{"parts": parts, "role": rng.choice(values)}, rng.choice(values)])
        candidate = {"content": content, "finishReason": rng.choice(values), "index": rng.choice(values)}
        yield {
            "candidates": rng.choice([[candidate], [candidate, candidate], rng.choice(values)]),
            "usageMetadata": rng.choice(values),
            "promptFeedback": rng.choice([{"blockReason": rng.choice(values)}, rng.choice(values)]),
            "error": rng.choice([None, None, None, rng.choice(values)]),
        }


def test_no_shape_of_chunk_raises() -> None:
    documents = list(_documents())
    read(sse(*documents))
    read(array(*documents), step=61)
    for document in documents:
        body = json.dumps(document).encode()
        assert read(body, stream=False) == read(body, stream=True)
