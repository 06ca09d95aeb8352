"""Requests proved on recordings: the next request of a recorded conversation, built from our own turn.

For every exchange whose request carries results of tool calls, the turn before it is decoded from its
recorded answer and sent back by our own encoder; model, tools, options, results and new user text are
taken from the recorded request. What differs from the recorded request then is ours to explain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeGuard

from callsmith.reading import Reader
from callsmith.replay import answered, is_stream
from callsmith.types.message import Message, Origin
from callsmith.wire import anthropic_continue, chat_continue, gemini_continue, responses_continue
from callsmith.wire.anthropic_continue import plain
from callsmith.wire.jsonbytes import dumps
from callsmith.wire.registry import WIRES

Recorded = Mapping[str, Any]
Continue = Callable[[Recorded, Message, Recorded], dict[str, Any] | None]
CONTINUE: Mapping[str, Continue] = MappingProxyType(
    {
        "openai-chat": chat_continue.continuation,
        "openai-responses": responses_continue.continuation,
        "anthropic": anthropic_continue.continuation,
        "gemini": gemini_continue.continuation,
    }
)
_HISTORIES = ("messages", "input", "contents")
MODEL_IN_PATH = re.compile(r"models/([^:/?]+):")


def continued(exchanges: Iterable[Recorded]) -> Iterator[dict[str, Any]]:
    """``{"id", "request"}`` for each exchange that answers calls of an earlier one of its conversation.

    ``exchanges`` come conversation by conversation, each in recorded order.
    """
    earlier: list[Recorded] = []
    for exchange in exchanges:
        if earlier and earlier[-1].get("conversation") != exchange.get("conversation"):
            earlier = []
        if exchange.get("has_tool_results", True) and (body := _built(earlier, exchange)) is not None:
            yield {"id": exchange.get("id"), "request": body}
        earlier.append(exchange)


def _built(earlier: list[Recorded], exchange: Recorded) -> dict[str, Any] | None:
    """Of several earlier turns that can be carried on (branches, repeated answers), the one that was."""
    following = _request(exchange).get("json")
    wire = str(exchange.get("wire"))
    build = CONTINUE.get(wire)
    if build is None or not _is_body(following):
        return None
    best: tuple[tuple[bool, int, bool], dict[str, Any]] | None = None
    for before in reversed(earlier):
        previous = _request(before).get("json")
        if before.get("wire") != wire or not _is_body(previous) or (turn := _turn(before)) is None:
            continue
        body = build(previous, turn, following)
        if body is not None and (best is None or _fit(previous, turn, following) > best[0]):
            best = _fit(previous, turn, following), body
    return best[1] if best is not None else None


def _fit(previous: Recorded, turn: Message, following: Recorded) -> tuple[bool, int, bool]:
    """How well a turn is the one carried on: the user said the same before it, it comes late, its calls are there."""
    before, after = _history(previous), _history(following)
    same = all(_users(one) == _users(two) for one, two in zip(before, after, strict=False))
    added = dumps(after[len(before) :])
    here = all(call.id in added or call.arguments in added for call in turn.calls)
    return same, len(before), here


def _users(said: Any) -> Any:
    """What an entry of the history says, where it is the user's own: clients write the model's anew."""
    return plain(said) if isinstance(said, Mapping) and said.get("role") == "user" else None


def _history(body: Recorded) -> Sequence[Any]:
    return next((body[name] for name in _HISTORIES if isinstance(body.get(name), list)), ())


def _is_body(body: Any) -> TypeGuard[Recorded]:
    """A request whose history can be read: every entry is an object, or the whole is text."""
    return isinstance(body, Mapping) and all(isinstance(entry, Mapping) for entry in _history(body))


def _request(exchange: Recorded) -> Recorded:
    request = exchange.get("request")
    if not isinstance(request, Mapping):
        raise ValueError(f"{exchange.get('id')}: this exchange has no request with its json")
    return request


def _turn(exchange: Recorded) -> Message | None:
    """The assistant message in a recorded answer; None for an error."""
    wire, request = str(exchange.get("wire")), _request(exchange)
    if wire not in WIRES:
        return None
    status, answer = answered(exchange)
    if status >= 300:
        return None
    reader = Reader(WIRES[wire], status, stream=is_stream(exchange))
    reader.feed(answer)
    reader.close()
    body = request.get("json") or {}
    in_path = MODEL_IN_PATH.search(str(request.get("path", "")))
    model = in_path.group(1) if in_path else str(body.get("model", ""))
    return reader.turn().message(Origin(str(exchange.get("id")), str(request.get("host", "")), wire, model))
