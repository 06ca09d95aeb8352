"""Requests proved on recordings: the next request of a recorded conversation, built from our own turn.

For every exchange whose request carries results of tool calls, the turn before it is decoded from its
recorded answer and sent back by our own encoder; model, tools, options, results and new user text are
taken from the recorded request. What differs from the recorded request then is ours to explain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from callsmith.reading import Reader
from callsmith.types.message import Message, Origin
from callsmith.wire import anthropic_continue, chat_continue, gemini_continue, responses_continue
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
_MODEL_IN_PATH = re.compile(r"models/([^:/?]+):")


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
    following = exchange["request"].get("json")
    build = CONTINUE.get(str(exchange.get("wire")))
    if build is None or not isinstance(following, dict):
        return None
    for before in reversed(earlier):
        previous, turn = before["request"].get("json"), _turn(before)
        if isinstance(previous, dict) and turn is not None and (body := build(previous, turn, following)) is not None:
            return body
    return None


def _turn(exchange: Recorded) -> Message | None:
    """The assistant message in a recorded answer; None for an error."""
    wire, response, request = str(exchange.get("wire")), exchange["response"], exchange["request"]
    if wire not in WIRES or response["status"] >= 300:
        return None
    reader = Reader(WIRES[wire], response["status"], stream=exchange.get("framing") != "single")
    reader.feed(response["body_text"].encode())
    reader.close()
    body = request.get("json") or {}
    in_path = _MODEL_IN_PATH.search(str(request.get("path", "")))
    model = in_path.group(1) if in_path else str(body.get("model", ""))
    return reader.turn().message(Origin(str(exchange.get("id")), str(request.get("host", "")), wire, model))
