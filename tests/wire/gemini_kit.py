"""What the tests of the Gemini format share: framings, chunks and calls of replies; a connection, a tool, and the
messages of requests."""

import json
from typing import Any

from callsmith.reading import Reader
from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Part, Text
from callsmith.types.tool import Tool
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

WIRE = WIRES["gemini"]
USAGE = {"promptTokenCount": 28, "candidatesTokenCount": 5, "thoughtsTokenCount": 52, "totalTokenCount": 85}


def read(body: bytes, *, stream: bool = True, step: int | None = None) -> Turn:
    reader = Reader(WIRE, 200, stream=stream)
    for at in range(0, len(body), step or len(body) or 1):
        reader.feed(body[at : at + (step or len(body))])
    reader.close()
    return reader.turn()


def sse(*chunks: object) -> bytes:
    return "".join(f"data: {json.dumps(chunk, ensure_ascii=False)}\r\n\r\n" for chunk in chunks).encode()


def array(*chunks: object) -> bytes:
    """As Google writes it: indented, a line with a comma between elements."""
    return ("[" + "\n,\n".join(json.dumps(chunk, indent=2, ensure_ascii=False) for chunk in chunks) + "\n]").encode()


def chunk(*parts: object, finish: Any = None, **fields: object) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    if finish is not None:
        candidate["finishReason"] = finish
    return {"candidates": [candidate | fields], "modelVersion": "m"}


def call(name: str, args: object = None, **beside: object) -> dict[str, Any]:
    return {"functionCall": {"name": name, "args": args or {}}, **beside}


KEYED = Connection("c", "C", "https://host.example/v1/", key=KeyRef("environment", "K"), headers={"X-Team": "a"})
SCHEMA = {"type": "object", "properties": {"tz": {"type": "string"}}, "additionalProperties": False}
TOOL = Tool("get_time", "Time", SCHEMA, strict=True)
MODEL = "gemini-3-flash"


def body(
    *messages: Message,
    model: str = MODEL,
    tools: tuple[Tool, ...] = (),
    system: str = "",
    connection: Connection = KEYED,
    **options: Any,
) -> Any:
    target = Target(connection, "gemini", model)
    return json.loads(WIRES["gemini"].request(target, Thread(system, messages), tools, Options(**options)).body)


def sent(*messages: Message, model: str = MODEL) -> Any:
    return body(*messages, model=model)["contents"]


def user(text: str = "Hi") -> Message:
    return Message("user", (Text(text),))


def assistant(*parts: Part, wire: str = "gemini", model: str = MODEL, **more: Any) -> Message:
    return Message("assistant", parts, Origin("x", "C", wire, model), **more)


def results(*parts: Part) -> Message:
    return Message("tool", parts)
