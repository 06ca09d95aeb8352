"""A recorded Messages conversation carried on with our own turn, to prove that requests are right.

The recorded messages before the turn, what its results say (with the cache breakpoint on them, an option), and whatever
else follows are taken as they stand; the assistant message, and the results with their order, ids and error marks, are
ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.conversation import answerable
from callsmith.types.connection import Connection, Target
from callsmith.types.message import Message
from callsmith.types.parts import Text, ToolResult
from callsmith.wire.anthropic_messages import messages


def continuation(previous: Mapping[str, Any], turn: Message, following: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body of ``following`` as we would have built it; None when it does not carry the turn on: no assistant
    message in its place, results that are not those of its calls, or, without calls, other messages before it."""
    before, after = previous.get("messages"), following.get("messages")
    if not isinstance(before, list) or not isinstance(after, list):
        return None
    added = after[len(before) :]
    if not added or _role(added[0]) != "assistant":
        return None
    answer = _blocks(added[1]) if len(added) > 1 and _role(added[1]) == "user" else []
    recorded = {block["tool_use_id"]: block for block in answer if block.get("type") == "tool_result"}
    calls = answerable(turn)
    if recorded.keys() != {call.id for call in calls} or not (calls or _begins_with(after, before)):
        return None
    results = tuple(
        ToolResult(call.id, _text(recorded[call.id].get("content")), bool(recorded[call.id].get("is_error")))
        for call in calls
    )
    target = Target(Connection("", "", ""), "anthropic", str(following.get("model", "")))
    # A message after the turn: a turn at the very end is written as one that goes on.
    after_it = Message("tool", results) if results else Message("user", (Text("next"),))
    built = messages(target, [turn, after_it])
    if not results:
        built.pop()
    for block in built[-1]["content"] if results else ():
        said = recorded[block["tool_use_id"]]
        if isinstance(said.get("content"), list):
            block["content"] = said["content"]
        if said.get("cache_control"):
            block["cache_control"] = said["cache_control"]
    rest = [block for block in answer if block.get("type") != "tool_result"]
    if rest and results:
        built[-1]["content"] += rest
    elif rest:
        built.append({"role": "user", "content": rest})
    return {**following, "messages": [*after[: len(before)], *built, *(added[2:] if answer else added[1:])]}


def plain(value: Any) -> Any:
    """A part of a request without what means nothing: where the cache ends, nulls, a false error mark, empty lists of
    citations; a string for a list of one text, which says the same."""
    if isinstance(value, list):
        items = [plain(item) for item in value]
        return items[0]["text"] if len(items) == 1 and _is_bare_text(items[0]) else items
    if not isinstance(value, dict):
        return value
    kept = {key: plain(item) for key, item in value.items() if key != "cache_control" and item is not None}
    if kept.get("is_error") is False:
        del kept["is_error"]
    if kept.get("citations") == []:
        del kept["citations"]
    return kept


def _begins_with(messages_: Sequence[Any], beginning: Sequence[Any]) -> bool:
    return [plain(message) for message in messages_[: len(beginning)]] == [plain(message) for message in beginning]


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def _blocks(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _is_bare_text(block: Any) -> bool:
    return isinstance(block, dict) and block.keys() - {"cache_control"} == {"type", "text"} and block["type"] == "text"


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(block["text"] for block in content if _is_bare_text(block))
    return content if isinstance(content, str) else ""
