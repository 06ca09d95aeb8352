"""The outline of a streamed answer: what the bytes mean around its JSON documents, whatever the format."""

from typing import Any

import pytest

from callsmith.types.events import Ended, Event, Failed, Meta, Unknown
from callsmith.types.problem import Problem
from callsmith.wire.sse import SseDecoder
from callsmith.wire.stream import StreamDecoder


class Told:
    """A reply that only writes down what it was told."""

    def __init__(self) -> None:
        self.ended = False

    def event(self, document: Any, name: str, events: list[Event]) -> None:
        events.append(Meta(name, document))

    def done_marker(self) -> None:
        self.ended = True

    def fail(self, document: Any, raw: str, events: list[Event]) -> None:
        events.append(Failed(Problem("stream", document["error"], raw=raw)))

    def end(self, events: list[Event]) -> None:
        events.append(Ended())


def decoder(**more: Any) -> StreamDecoder:
    return StreamDecoder(Told(), lambda body: [Unknown("body", body.decode())], **more)


def told(body: bytes) -> list[Event]:
    reader = decoder()
    return reader.feed(body) + reader.close()


def test_documents_come_with_the_name_of_their_event() -> None:
    assert told(b"event: x\ndata: [1]\n\ndata: 2\n\n") == [Meta("x", [1]), Meta("", 2), Ended()]


def test_the_end_mark_is_seen_before_the_close() -> None:
    reader = decoder()
    assert reader.feed(b"data: 1\n\n") and not reader.ended
    assert reader.feed(b"data: [DONE]  \n\n") == [] and reader.ended
    assert reader.close() == [Ended()]


@pytest.mark.parametrize("late", [b"data: 1\n\n", b"x", b""])
def test_nothing_after_the_close_is_part_of_the_answer(late: bytes) -> None:
    reader = decoder()
    reader.feed(b"data: 1\n\n")
    reader.close()
    assert (reader.feed(late), reader.close()) == ([], [])


def test_a_body_that_is_no_stream_is_read_as_one() -> None:
    assert told(b'{"a":\n1}') == [Unknown("body", '{"a":\n1}')]


@pytest.mark.parametrize(("body", "code"), [(b"", "empty"), (b": PING\n\n", "empty"), (b"data: oops\n\n", "not_json")])
def test_bytes_without_any_document_are_no_answer(body: bytes, code: str) -> None:
    problem = told(body)[-1]
    assert isinstance(problem, Failed) and problem.problem.code == code


def test_an_error_after_the_stream_or_on_a_broken_line_is_an_error() -> None:
    for tail, raw in (
        (b'{"error": "died"}', '{"error": "died"}'),
        (b'data: {"a": "b{"error": "died"}\n\n', '{"a": "b{"error": "died"}'),
    ):
        events = told(b"data: 1\n\n" + tail)
        assert events == [Meta("", 1), Failed(Problem("stream", "died", raw=raw)), Ended()]


def test_text_that_belongs_nowhere_is_kept() -> None:
    assert told(b"data: 1\n\nsorry")[1] == Unknown("text outside the stream's events", "sorry")
    assert told(b"data: 1\n\ndata: sorry\n\n")[1] == Unknown("stream event that is not JSON", "sorry")


def test_events_too_large_to_keep_are_counted() -> None:
    reader = decoder(frames=SseDecoder(max_event=10))
    assert reader.feed(b"data: 1\n\ndata: " + b"1" * 20 + b"\n\n") == [Meta("", 1)]
    assert reader.close() == [Unknown("stream", "1 event(s) were too large to keep"), Ended()]
