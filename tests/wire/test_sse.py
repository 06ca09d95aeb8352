"""The SSE decoder on hand-made bytes, split everywhere, and against httpx-sse as an oracle."""

import random

import httpx
import pytest
from httpx_sse import EventSource
from hypothesis import given
from hypothesis import strategies as st

from callsmith.wire.sse import SseDecoder

CASES = {
    "plain": (b"data: a\n\ndata: b\n\n", [b"a", b"b"]),
    "no space": (b"data:a\n\n", [b"a"]),
    "crlf": (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"]),
    "cr": (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
    "several data lines": (b"data: a\ndata: b\n\n", [b"a\nb"]),
    "comments": (b": PING\n\n: x\ndata: a\n\n", [b"a"]),
    "byte order mark": (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
    "no end": (b"data: a\n\ndata: b", [b"a", b"b"]),
    "one line end": (b"data: a\n", [b"a"]),
    "utf-8": ("data: gr\u00fc\u00df \U0001f600\u2028\n\n".encode(), ["gr\u00fc\u00df \U0001f600\u2028".encode()]),
    "other fields": (b"id: 1\nretry: 5\nevent: x\ndata: a\n\n", [b"a"]),
    "event without data": (b"event: x\n\ndata: a\n\n", [b"a"]),
    "data without colon": (b"data\ndata\n\n", [b"\n"]),
    "mixed ends": (b"data: a\n\r\ndata: b\r\n\n", [b"a", b"b"]),
}


def decode(body: bytes, cuts: list[int]) -> list[bytes]:
    decoder = SseDecoder()
    found = []
    at = 0
    for cut in [*sorted(cuts), len(body)]:
        found += decoder.feed(body[at:cut])
        at = cut
    return [event.data for event in found + decoder.close()]


@pytest.mark.parametrize("name", CASES)
def test_every_way_to_cut_gives_the_same_events(name: str) -> None:
    body, expected = CASES[name]
    assert decode(body, []) == expected
    assert decode(body, list(range(len(body)))) == expected
    for first in range(len(body)):
        assert decode(body, [first]) == expected, f"cut at {first}"


def test_event_names_are_kept() -> None:
    decoder = SseDecoder()
    events = decoder.feed(b"event: error\ndata: x\n\ndata: y\n\n")
    assert [(event.event, event.data) for event in events] == [("error", b"x"), ("", b"y")]


def test_lines_that_are_no_events_are_kept_as_stray() -> None:
    decoder = SseDecoder()
    decoder.feed(b'data: a\n\n{"error": {"message": "upstream')
    decoder.feed(b' died"}}')
    decoder.close()
    assert decoder.stray.strip() == b'{"error": {"message": "upstream died"}}'


@pytest.mark.parametrize("step", [7, 1000])
def test_an_oversized_event_is_dropped_and_the_next_one_read(step: int) -> None:
    decoder = SseDecoder(max_event=100)
    body = b"data: " + b"x" * 500 + b"\n\ndata: after\n\n"
    found = []
    for at in range(0, len(body), step):
        found += decoder.feed(body[at : at + step])
    found += decoder.close()
    assert [event.data for event in found] == [b"after"]
    assert decoder.oversized == 1
    assert decoder.stray == b""


class _Chunks(httpx.SyncByteStream):
    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self):
        yield from self._chunks


LINES = st.sampled_from(["data: a", "data:b", "data: {}", ": c", "event: e", "id: 1", "", "", "data: \u00e9\u2028x"])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(st.lists(st.tuples(LINES, ENDS), max_size=30), st.integers(0, 1000))
@pytest.mark.slow
def test_agrees_with_httpx_sse(lines: list[tuple[str, str]], seed: int) -> None:
    body = ("".join(line + end for line, end in lines) + "\n\n").encode()
    rng = random.Random(seed)
    cuts = sorted(rng.sample(range(len(body)), min(len(body), 5)))
    chunks = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    response = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=_Chunks(chunks))
    oracle = [event.data.encode() for event in EventSource(response).iter_sse() if event.data]
    ours = [data for data in decode(body, cuts) if data]
    assert ours == oracle
