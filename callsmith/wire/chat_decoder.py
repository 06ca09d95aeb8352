"""Chat Completions replies, streamed or whole, as events (wire-format notes, 2.4 to 2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.events import Ended, Event, Extra, Failed, Finished, Meta, Unknown, UsageSeen
from callsmith.types.problem import Problem
from callsmith.wire.chat_delta import ReplyMessage
from callsmith.wire.chat_usage import read_usage
from callsmith.wire.jsonbytes import dumps, loads
from callsmith.wire.problems import MAX_RAW, error_in, from_error, unreadable
from callsmith.wire.stream import StreamDecoder

_CHUNK_KEYS = frozenset(("choices", "usage", "error", "obfuscation", "object"))
# Log probabilities are asked for with an extra body alone; they stay in the raw answer.
_CHOICE_KEYS = frozenset(("index", "delta", "message", "finish_reason", "logprobs"))
# Fields beside the choices that belong to the message: Perplexity's and xAI's sources, the same in every chunk.
_OF_MESSAGE = frozenset(("citations", "search_results"))


def chat_decoder() -> StreamDecoder:
    """One streamed reply. A body that is plain JSON although a stream was asked for is read too."""
    return StreamDecoder(_Reply(), read_body)


def read_body(body: bytes) -> list[Event]:
    """A whole reply: the same events a stream of it would give."""
    try:
        document = loads(body)
    except ValueError:
        return [Failed(unreadable(body))]
    reply = _Reply()
    reply.done_marker()
    events: list[Event] = []
    if not isinstance(document, dict):
        error = error_in(document)
        return [Failed(unreadable(body) if error is None else from_error(error, kind="stream"))]
    if not document.get("choices") and error_in(document) is None:
        problem = Problem("unreadable", "The answer has no choices", code="no_choices", raw=dumps(document)[:MAX_RAW])
        return [Failed(problem)]
    reply.event(document, "", events)
    reply.end(events)
    return events


class _Reply:
    """What has been seen of one reply; shared by the stream and its unstreamed twin."""

    def __init__(self) -> None:
        self.ended = False
        self._failed = False
        self._finish = ""
        self._message = ReplyMessage()
        self._meta_seen: frozenset[str] = frozenset()
        self._choice: Any = None

    def event(self, chunk: Any, name: str, events: list[Event]) -> None:
        if not isinstance(chunk, dict):
            events.append(Unknown("stream event", dumps(chunk)))
            return
        if chunk.get("error"):
            self.fail(chunk, dumps(chunk), events)
        usage = chunk.get("usage")
        if usage:
            self._usage(usage, events)
        if chunk.keys() - _CHUNK_KEYS - self._meta_seen:
            self._meta(chunk, events)
        choices = chunk.get("choices")
        if choices:
            self._choices(choices, events)

    def _choices(self, choices: Any, events: list[Event]) -> None:
        if not isinstance(choices, list):
            events.append(Unknown("choices", dumps(choices)))
            return
        choice = choices[0]
        if len(choices) > 1 or not isinstance(choice, dict) or (choice.get("index") or 0) != self._choice:
            choice = self._follow(choices, events)
            if choice is None:
                return
        delta = choice.get("delta")
        if isinstance(delta, dict):
            self._message.delta(delta, events)
        message = choice.get("message")
        if isinstance(message, dict):
            # The whole answer: the unstreamed form, or a relay's last chunk (rule 3).
            self._message.whole(message, events)
        if not choice.keys() <= _CHOICE_KEYS or type(delta) is str or type(message) is str:
            self._more_of_choice(choice, events)
        reason = choice.get("finish_reason")
        if reason:
            self._finish = str(reason)
            events.append(Finished(self._finish))

    def _more_of_choice(self, choice: Mapping[str, Any], events: list[Event]) -> None:
        """Words where an object belongs, or where the older completions had them; measurements beside the message."""
        for key, value in choice.items():
            if key in ("delta", "message") and isinstance(value, str):
                self._message.delta({"content": value}, events)
            elif key == "text" and isinstance(value, str):
                # Some relays fill it beside the delta, with the same words.
                if not choice.get("delta") and not choice.get("message"):
                    self._message.delta({"content": value}, events)
            elif key not in _CHOICE_KEYS and value is not None:
                events.append(Meta(key, value))

    def done_marker(self) -> None:
        self.ended = True

    def fail(self, document: Any, raw: str, events: list[Event]) -> None:
        self._failed = True
        error = error_in(document)
        if error is None:
            error = document["error"]
        status = error.get("status_code") if isinstance(error, dict) else None
        problem = from_error(error, kind="stream", status=status if isinstance(status, int) else None, raw=raw)
        events.append(Failed(problem))

    def end(self, events: list[Event]) -> None:
        ended = bool(self.ended or self._finish)
        whole = ended and not self._failed and self._finish not in ("length", "content_filter")
        self._message.end(events, whole=whole)
        if self._failed:
            return
        if ended:
            events.append(Ended())
        else:
            events.append(Failed(Problem("interrupted", "The answer broke off before its end", retryable=True)))

    def _usage(self, raw: Any, events: list[Event]) -> None:
        usage = read_usage(raw)
        if usage is not None:
            events.append(UsageSeen(usage))

    def _meta(self, chunk: Mapping[str, Any], events: list[Event]) -> None:
        """Fields of the response around the message, the first time each is seen."""
        new = chunk.keys() - _CHUNK_KEYS - self._meta_seen
        self._meta_seen |= new
        for key in chunk:
            if key in new:
                events.append(Extra(key, chunk[key]) if key in _OF_MESSAGE else Meta(key, chunk[key]))

    def _follow(self, choices: list[Any], events: list[Event]) -> Mapping[str, Any] | None:
        """The choice this reply is made of: the first index seen. Others (``n`` above 1) are kept as they came."""
        found: Mapping[str, Any] | None = None
        for choice in choices:
            if isinstance(choice, dict) and self._choice is None:
                self._choice = choice.get("index") or 0
            if found is None and isinstance(choice, dict) and (choice.get("index") or 0) == self._choice:
                found = choice
            else:
                events.append(Unknown("another choice", dumps(choice)))
        return found
