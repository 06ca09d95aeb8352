"""Responses answers as bytes: a stream of typed events, or one JSON document."""

from __future__ import annotations

from callsmith.types.events import Event, Failed
from callsmith.types.problem import Problem
from callsmith.wire.jsonbytes import dumps, loads
from callsmith.wire.problems import MAX_RAW, error_in, unreadable
from callsmith.wire.responses_reply import Reply
from callsmith.wire.stream import StreamDecoder


def responses_decoder() -> StreamDecoder:
    """One streamed answer. A body that is plain JSON although a stream was asked for is read too."""
    return StreamDecoder(Reply(), read_body)


def read_body(body: bytes) -> list[Event]:
    """A whole answer: the same parts a stream of it would give."""
    try:
        document = loads(body)
    except ValueError:
        return [Failed(unreadable(body))]
    events: list[Event] = []
    reply = Reply()
    if isinstance(document, dict) and ("output" in document or document.get("object") == "response"):
        reply.final(document, events)
    elif error_in(document) is not None:
        reply.fail(document, body.decode("utf-8", "replace"), events)
    else:
        message = "The answer has no output: it is no Responses answer"
        return [Failed(Problem("unreadable", message, code="no_output", raw=dumps(document)[:MAX_RAW]))]
    reply.end(events)
    return events
