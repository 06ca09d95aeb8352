"""Responses answers and their stream events, in a few words; for the tests of this format."""

import json
from typing import Any

from callsmith.reading import Reader
from callsmith.types.turn import Turn
from callsmith.wire.registry import WIRES

WIRE = WIRES["openai-responses"]


def read(body: bytes, *, stream: bool = True, status: int = 200, step: int | None = None) -> Turn:
    reader = Reader(WIRE, status, stream=stream)
    for at in range(0, len(body), step or len(body) or 1):
        reader.feed(body[at : at + (step or len(body))])
    reader.close()
    return reader.turn()


def sse(*events: Any, names: bool = True) -> bytes:
    lines = [
        (f"event: {event['type']}\n" if names else "") + f"data: {json.dumps(event, ensure_ascii=False)}\n\n"
        for event in events
    ]
    return "".join(lines).encode()


def added(item: dict[str, Any], index: int = 0) -> dict[str, Any]:
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def done(item: dict[str, Any], index: int = 0) -> dict[str, Any]:
    return {"type": "response.output_item.done", "output_index": index, "item": item}


def delta(kind: str, text: str, index: int = 0, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}.delta", "output_index": index, "item_id": "i", "delta": text, **more}


def final(*output: Any, status: str = "completed", **more: Any) -> dict[str, Any]:
    response = {"id": "r", "model": "m", "status": status, "output": list(output), **more}
    return {"type": f"response.{status}", "response": response}


def message(text: str, **more: Any) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {"type": "message", "id": "msg", "role": "assistant", "status": "completed", "content": content, **more}


def call(arguments: str = '{"a":1}', name: str = "f", number: int = 1) -> dict[str, Any]:
    ids = {"id": f"fc_{number}", "call_id": f"call_{number}"}
    return {"type": "function_call", **ids, "name": name, "arguments": arguments, "status": "completed"}


REASONING = {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "gAAA"}
OPEN_MESSAGE = added({"type": "message", "id": "i", "role": "assistant", "content": []})
USAGE = {"input_tokens": 80, "input_tokens_details": {"cached_tokens": 5}, "output_tokens": 23, "total_tokens": 103}
