"""The next request of every recorded Chat conversation, built from our own turn, says what was recorded.

Legitimate differences, all made by the recording clients: null or empty fields left out or written out;
arguments laid out again; fields of their own (``cache_control``, ``index``, ``prefix``, ``annotations``);
reasoning dropped, or sent under the other of its two names; ids made up where the provider sent none.
"""

import json
from pathlib import Path
from typing import Any

from callsmith.continuation import continued
from callsmith.replay import recordings

ARGUED = {
    "03423adf11ddd7-01": "the client made up the id",
    "dbfe052157e7ae-01": "the client kept only one of the text pieces that came",
    "0fd9984e794fb3-01": "the client wrote an empty assistant message of its own before the calls",
    "5c5f9328d0c5cc-01": "the same",
    "8a4bb63832e908-01": "the same",
    "e8e55cf9492708-01": "the same",
}
# The first exchange of its file: the turn it answers was not recorded.
NOT_BUILT = {"d5de07fad3b1d9-00"}


def said(message: dict[str, Any]) -> dict[str, Any]:
    """What a message says, without how a client writes it down."""
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content if part.get("type") == "text")
    calls = [
        (call.get("id"), call["function"]["name"], arguments(call["function"]["arguments"]))
        for call in message.get("tool_calls") or []
    ]
    if legacy := message.get("function_call"):
        calls.append((None, legacy["name"], arguments(legacy["arguments"])))
    return {"role": message["role"], "text": content or "", "calls": calls, "answers": message.get("tool_call_id")}


def arguments(text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except ValueError:
        return text


def test_continuations_say_what_was_recorded(shared: Path) -> None:
    exchanges = list(recordings([shared / "recordings" / "openai-chat"]))
    recorded = {exchange["id"]: exchange["request"]["json"] for exchange in exchanges}
    built = {row["id"]: row["request"] for row in continued(exchanges)}
    different = []
    for exchange_id, request in built.items():
        ours = [said(message) for message in request["messages"]]
        theirs = [said(message) for message in recorded[exchange_id]["messages"]]
        if ours != theirs and exchange_id not in ARGUED:
            different.append((exchange_id, [pair for pair in zip(ours, theirs, strict=False) if pair[0] != pair[1]]))
    wanted = [exchange["id"] for exchange in exchanges if exchange["has_tool_results"]]
    assert different == []
    assert {exchange_id for exchange_id in wanted if exchange_id not in built} == NOT_BUILT
