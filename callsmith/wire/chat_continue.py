"""A recorded Chat Completions conversation carried on with our own turn, to prove that requests are right.

The recorded messages before the turn, its results and whatever follows them are taken as they stand; the
assistant message between them is ours, built from the decoded turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.connection import Connection, Target
from callsmith.types.message import Message
from callsmith.types.parts import ToolResult
from callsmith.wire.chat_messages import assistant_message, result_messages
from callsmith.wire.profile import profile_of


def continuation(previous: Mapping[str, Any], turn: Message, following: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body of ``following`` as we would have built it; None when it does not answer the turn's calls.

    The connection of the turn's origin is the host it came from: what its vendor does otherwise counts.
    """
    before, after = previous.get("messages"), following.get("messages")
    if not isinstance(before, list) or not isinstance(after, list) or not turn.calls:
        return None
    answers = _answers(after[len(before) :])
    if answers is None:
        return None
    results, rest = answers
    if len(results) != len(turn.calls):
        return None
    if turn.origin is None:
        return None
    connection = Connection("", "", f"https://{turn.origin.connection}")
    target = Target(connection, "openai-chat", str(following.get("model", "")))
    profile = profile_of(connection, target.model)
    said = assistant_message(turn, target, profile, with_tools=True)
    if said is None:
        return None
    by_id = {result.get("tool_call_id"): result for result in results}
    built = []
    for call, in_order in zip(turn.calls, results, strict=True):
        # A client that made up ids of its own answers in call order.
        recorded = by_id.get(call.id, in_order)
        answer = Message("tool", (ToolResult(call.id, ""),))
        built += [
            {**message, "content": recorded.get("content")}
            for message in result_messages(answer, {call.id: call}, profile)
        ]
    return {**following, "messages": [*before, said, *built, *rest]}


def _answers(added: list[Any]) -> tuple[list[Mapping[str, Any]], list[Any]] | None:
    """The result messages after the assistant message (some clients write it in two), and what follows them."""
    at = 0
    while at < len(added) and isinstance(added[at], dict) and added[at].get("role") == "assistant":
        at += 1
    results: list[Mapping[str, Any]] = []
    for message in added[at:] if at else []:
        if not isinstance(message, dict) or message.get("role") not in ("tool", "function"):
            break
        results.append(message)
    return (results, added[at + len(results) :]) if results else None
