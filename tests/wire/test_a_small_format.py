"""A wire format is one small file: this one, made up, is read by the same reader as the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsmith.reading import Reader
from callsmith.types.connection import Connection, Target
from callsmith.types.events import CallDone, Ended, Event, Failed, Finished, TextDelta
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Message, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Text
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool
from callsmith.wire.base import Wire
from callsmith.wire.body import encode, headers
from callsmith.wire.jsonbytes import dumps, loads
from callsmith.wire.problems import error_in, from_error, http_problem
from callsmith.wire.stream import StreamDecoder


class Plainly:
    name = "plainly"
    label = "Plainly"

    def request(self, target: Target, thread: Thread, tools: Sequence[Tool], options: Options) -> HttpRequest:
        turns = [{"who": message.role, "says": message.text} for message in thread.messages]
        body = {"model": target.model, "turns": turns, "tools": [tool.name for tool in tools]}
        return HttpRequest("POST", f"{target.connection.base_url}/talk", headers(target.connection), encode(body))

    def decoder(self) -> StreamDecoder:
        return StreamDecoder(Reply(), read_body)

    def read(self, body: bytes) -> list[Event]:
        return read_body(body)

    def error(self, status: int, body: bytes) -> Problem:
        return http_problem(status, body)


class Reply:
    def __init__(self) -> None:
        self.ended = False
        self._slot = 0

    def event(self, document: Any, name: str, events: list[Event]) -> None:
        if error_in(document) is not None:
            self.fail(document, dumps(document), events)
        elif "says" in document:
            events.append(TextDelta(0, document["says"]))
        elif "calls" in document:
            self._slot += 1
            events.append(CallDone(self._slot, document["id"], document["calls"], dumps(document["with"])))
        elif "over" in document:
            events.append(Finished(document["over"]))
            self.done_marker()

    def done_marker(self) -> None:
        self.ended = True

    def fail(self, document: Any, raw: str, events: list[Event]) -> None:
        events.append(Failed(from_error(error_in(document), kind="stream", raw=raw)))

    def end(self, events: list[Event]) -> None:
        problem = Problem("interrupted", "The reply ended before its end", code="broken")
        events.append(Ended() if self.ended else Failed(problem))


def read_body(body: bytes) -> list[Event]:
    events: list[Event] = []
    reply = Reply()
    for document in loads(body):
        reply.event(document, "", events)
    reply.end(events)
    return events


SAID = [{"says": "One moment. "}, {"calls": "f", "id": "a", "with": {"x": 1}}, {"says": "Done"}, {"over": "all said"}]


def test_a_format_of_one_file_is_streamed_read_plain_and_failed() -> None:
    wire: Wire = Plainly()
    stream = b"".join(b"data: " + dumps(document).encode() + b"\n\n" for document in SAID)
    turns = []
    for body, streamed in ((stream, True), (dumps(SAID).encode(), False)):
        reader = Reader(wire, 200, stream=streamed)
        for at in range(len(body)):
            reader.feed(body[at : at + 1])
        reader.close()
        turns.append(reader.turn())
    assert turns[0] == turns[1]
    assert (turns[0].text, turns[0].calls[0].arguments, turns[0].finish) == ("One moment. Done", '{"x":1}', "all said")
    reader = Reader(wire, 200, stream=True)
    reader.feed(b'data: {"says": "One"}\n\ndata: {"error": {"message": "worn out"}}\n\n')
    reader.close()
    assert (reader.turn().text, reader.turn().state) == ("One", "failed")
    problem = reader.turn().problem
    assert problem is not None and problem.message == "worn out"


def test_its_request_needs_nothing_from_the_others() -> None:
    target = Target(Connection("c", "C", "http://x"), "plainly", "m")
    sent = Plainly().request(target, Thread("", (Message("user", (Text("hello"),)),)), [Tool("f")], Options())
    assert sent.json() == {"model": "m", "turns": [{"who": "user", "says": "hello"}], "tools": ["f"]}
