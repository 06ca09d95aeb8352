"""Messages replies, streamed or whole, as events (wire-format notes, 4.2 and 4.3).

A block gets its slot when it starts, so two blocks that a relay gives the same index stay apart. Blocks that only
the provider can read (redacted thinking, server tools and their results, what is not known yet) become opaque parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callsmith.types.events import Ended, Event, Extra, Failed, Finished, Meta, Unknown, UsageSeen
from callsmith.types.problem import Problem
from callsmith.wire.anthropic_blocks import Block, open_block
from callsmith.wire.anthropic_usage import read_usage, replaced
from callsmith.wire.jsonbytes import dumps, loads
from callsmith.wire.problems import error_in, from_error, retryable, unreadable
from callsmith.wire.stream import StreamDecoder

# Errors that pass by themselves; inside a stream they come without a status (4.4, and Anthropic's list of errors).
_PASSING = frozenset(("overloaded_error", "rate_limit_error", "api_error", "timeout_error"))
_MESSAGE_KEYS = frozenset(("type", "role", "content", "usage", "stop_reason", "container"))
_EVENT_KEYS = frozenset(("type", "index", "message", "content_block", "delta", "usage"))
_IMPLIED = {"text_delta": "text", "citations_delta": "text", "thinking_delta": "thinking"}


def stream_decoder() -> StreamDecoder:
    return StreamDecoder(_Reply(), read_body)


def read_body(body: bytes) -> list[Event]:
    """A whole reply: the same events a stream of it would give."""
    try:
        document = loads(body)
    except ValueError:
        return [Failed(unreadable(body))]
    events: list[Event] = []
    reply = _Reply()
    if error_in(document) is not None:
        reply.fail(document, dumps(document), events)
        return events
    if not isinstance(document, dict) or not isinstance(document.get("content"), list | str):
        raw = body.decode("utf-8", "replace")[:20000]
        return [Failed(Problem("unreadable", "The answer has no content", code="no_content", raw=raw))]
    reply.done_marker()
    reply.message(document, events)
    reply.end(events)
    return events


def told_apart(problem: Problem, document: Any) -> Problem:
    """Anthropic has no codes: the type of the error tells them apart. The request id stands beside the error."""
    body = document[0] if isinstance(document, list) and document else document
    request_id = body.get("request_id") if isinstance(body, dict) else None
    code = problem.code or problem.type
    passing = problem.status is None and problem.type in _PASSING
    return replace(
        problem,
        code=code,
        request_id=problem.request_id or (request_id if isinstance(request_id, str) else ""),
        retryable=passing or retryable(problem.status, code),
    )


class _Reply:
    """What has been seen of one reply; shared by the stream and its unstreamed twin."""

    def __init__(self) -> None:
        self.ended = False
        self._failed = False
        self._finish = ""
        self._usage: dict[str, Any] = {}
        self._slots = 0
        self._open: dict[int | None, Block] = {}
        self._latest: Block | None = None

    def done_marker(self) -> None:
        """Not Anthropic's own; relays add it."""
        self.ended = True

    def event(self, event: Any, name: str, events: list[Event]) -> None:
        kind = event.get("type") if isinstance(event, dict) else None
        if kind == "content_block_delta":
            delta = event.get("delta")
            index = event.get("index")
            block = self._open.get(index) if type(index) is int else None
            if block is None or type(delta) is not dict:
                self._lost_delta(event, delta, events)
            else:
                block.delta(delta, events)
            if len(event) > 3:
                self._fields(event, _EVENT_KEYS, events)
        elif kind == "ping":
            return
        else:
            self._other_event(kind, event, events)

    def _other_event(self, kind: Any, event: Any, events: list[Event]) -> None:
        if error_in(event) is not None:
            self.fail(event, dumps(event), events)
        elif kind == "content_block_start":
            self._start(_index(event), event.get("content_block"), events)
            self._fields(event, _EVENT_KEYS, events)
        elif kind == "content_block_stop":
            self._stop(_index(event), events)
            self._fields(event, _EVENT_KEYS, events)
        elif kind == "message_start" and isinstance(event.get("message"), dict):
            self.message(event["message"], events)
            self._fields(event, _EVENT_KEYS, events)
        elif kind == "message_delta":
            if isinstance(event.get("delta"), dict):
                self._outcome(event["delta"], events)
            self._count(event.get("usage"), events)
            self._fields(event, _EVENT_KEYS, events)
        elif kind == "message_stop":
            self.ended = True
            self._fields(event, _EVENT_KEYS, events)
        elif kind == "message" and isinstance(event.get("content"), list | str):
            # A relay's whole answer in one event.
            self.ended = True
            self.message(event, events)
        else:
            events.append(Unknown("stream event", dumps(event)))

    def message(self, message: Mapping[str, Any], events: list[Event]) -> None:
        """A whole message, or the empty one that starts a stream."""
        content = message.get("content")
        blocks = content if isinstance(content, list) else [{"type": "text", "text": content}] if content else []
        for block in blocks:
            self._start(None, block, events)
            self._stop(None, events)
        self._outcome(message, events)
        self._count(message.get("usage"), events)

    def fail(self, document: Any, raw: str, events: list[Event]) -> None:
        self._failed = True
        problem = from_error(error_in(document), kind="stream", raw=raw)
        events.append(Failed(told_apart(problem, document)))

    def end(self, events: list[Event]) -> None:
        whole = not self._failed and bool(self.ended or self._finish)
        for block in self._open.values():
            block.stop(events, whole=whole)
        self._open.clear()
        if whole:
            events.append(Ended())
        elif not self._failed:
            events.append(Failed(Problem("interrupted", "The answer broke off before its end", retryable=True)))

    def _start(self, index: int | None, block: Any, events: list[Event]) -> None:
        if not isinstance(block, dict) or not isinstance(block.get("type"), str):
            events.append(Unknown("content block", dumps(block)))
            return
        self._stop(index, events)
        self._latest = self._open[index] = open_block(self._slots, block, events)
        self._slots += 1

    def _stop(self, index: int | None, events: list[Event]) -> None:
        block = self._open.pop(index, None)
        if block is not None:
            block.stop(events, whole=True)

    def _lost_delta(self, event: Mapping[str, Any], delta: Any, events: list[Event]) -> None:
        """A delta without an index belongs to the latest block. One whose block never started, or is over already,
        starts one where its type says which; else it is kept as it came."""
        index = _index(event)
        latest = self._latest
        kind = _IMPLIED.get(str(delta.get("type"))) if isinstance(delta, dict) else None
        if index is None and latest is not None and isinstance(delta, dict) and latest in self._open.values():
            latest.delta(delta, events)
        elif kind:
            self._start(index, {"type": kind}, events)
            self._open[index].delta(delta, events)
        else:
            events.append(Unknown("delta without its block", dumps(event)))

    def _outcome(self, fields: Mapping[str, Any], events: list[Event]) -> None:
        """How the message ended, and the fields of the response around its content."""
        reason = fields.get("stop_reason")
        if reason:
            self._finish = str(reason)
            events.append(Finished(self._finish))
        if isinstance(fields.get("container"), dict):
            events.append(Extra("container", fields["container"]))
        self._fields(fields, _MESSAGE_KEYS, events)

    def _fields(self, fields: Mapping[str, Any], known: frozenset[str], events: list[Event]) -> None:
        for key, value in fields.items():
            if key not in known and value is not None:
                events.append(Meta(key, value))

    def _count(self, raw: Any, events: list[Event]) -> None:
        if isinstance(raw, dict) and raw:
            self._usage = replaced(self._usage, raw)
            usage = read_usage(self._usage)
            if usage is not None:
                events.append(UsageSeen(usage))


def _index(event: Mapping[str, Any]) -> int | None:
    index = event.get("index")
    return index if type(index) is int else None
