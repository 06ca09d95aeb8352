"""A Chat request, and a reply read, in a few words; for the tests of this format."""

import json
from typing import Any

from callsmith.reading import Reader
from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Text, ToolResult
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

WIRE = WIRES["openai-chat"]
KEYED = Connection("c", "C", "https://host.example/v1/", key=KeyRef("environment", "K"), headers={"X-Team": "a"})
TOOL = Tool("get_time", "Time", {"type": "object", "properties": {"tz": {"type": "string"}}}, strict=True)


def body(
    *messages: Message,
    model: str = "m",
    tools: tuple[Tool, ...] = (),
    system: str = "",
    connection: Connection = KEYED,
    **options: Any,
) -> Any:
    target = Target(connection, "openai-chat", model)
    return json.loads(WIRE.request(target, Thread(system, messages), tools, Options(**options)).body)


def user(text: str = "Hi") -> Message:
    return Message("user", (Text(text),))


def assistant(*parts: Any, model: str = "m", **more: Any) -> Message:
    return Message("assistant", parts, Origin("x", "C", "openai-chat", model), **more)


def results(*call_ids: str) -> Message:
    return Message("tool", tuple(ToolResult(call_id, "10:00") for call_id in call_ids))


def read(*chunks: object, stream: bool = True) -> Turn:
    """The turn of a stream of these chunks, or of the one body."""
    reader = Reader(WIRE, 200, stream=stream)
    for chunk in chunks:
        text = json.dumps(chunk)
        reader.feed((f"data: {text}\n\n" if stream else text).encode())
    if stream:
        reader.feed(b"data: [DONE]\n\n")
    reader.close()
    return reader.turn()


def delta(finish: str | None = None, **fields: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def whole(**fields: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": {"role": "assistant", **fields}, "finish_reason": "stop"}]}
