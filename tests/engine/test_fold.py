"""What the fold settles for every format."""

import json

import pytest

from callsmith.conversation import Conversation, answer, append, pending_calls
from callsmith.reading import Reader
from callsmith.types.message import Origin
from callsmith.types.parts import ToolResult
from callsmith.wire.registry import WIRES

BODIES = {
    "anthropic": {"content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}] * 3},
    "openai-responses": {
        "status": "completed",
        "output": [{"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"}] * 3,
    },
}


@pytest.mark.parametrize("wire", BODIES)
def test_calls_under_one_id_are_told_apart_and_can_be_answered(wire: str) -> None:
    reader = Reader(WIRES[wire], 200, stream=False)
    reader.feed(json.dumps(BODIES[wire]).encode())
    reader.close()
    message = reader.turn().message(Origin("x", "C", wire, "m"))
    assert message is not None
    asked = append(Conversation("c"), message)
    assert [call.id for call in pending_calls(asked)] == ["a", "a_2", "a_3"]
    answered = answer(asked, [ToolResult(call.id, "1") for call in pending_calls(asked)])
    assert not pending_calls(answered)
