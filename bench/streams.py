"""Made-up streams of each wire format, shaped as the providers send them: text, and a tool call's arguments."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

EVENTS = 20_000


def streams() -> dict[tuple[str, str], bytes]:
    """The bytes by wire format and content; about ``EVENTS`` events each."""
    return {
        ("openai-chat", "text"): _bare(_chat({"content": f" word{at}"}) for at in range(EVENTS)),
        ("openai-chat", "arguments"): _bare(_chat(delta) for delta in _chat_arguments()),
        ("openai-responses", "text"): _named(_responses_text()),
        ("openai-responses", "arguments"): _named(_responses_arguments()),
        ("anthropic", "text"): _named(_anthropic({"type": "text", "text": ""}, _texts)),
        ("anthropic", "arguments"): _named(
            _anthropic({"type": "tool_use", "id": "toolu_a", "name": "f", "input": {}}, _jsons)
        ),
        ("gemini", "text"): _bare(_gemini({"text": f" word{at}"}) for at in range(EVENTS)),
        ("gemini", "calls"): _bare(
            _gemini({"functionCall": {"name": "f", "args": {"at": at}}}) for at in range(EVENTS)
        ),
    }


def _bare(documents: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(b"data: " + json.dumps(document).encode() + b"\n\n" for document in documents)


def _named(documents: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(
        b"event: %b\ndata: %b\n\n" % (document["type"].encode(), json.dumps(document).encode())
        for document in documents
    )


def _chat(delta: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-bench",
        "object": "chat.completion.chunk",
        "created": 1749366275,
        "model": "bench-model",
        "system_fingerprint": "fp_bench",
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}],
        "usage": None,
    }


def _chat_arguments() -> Iterable[dict[str, Any]]:
    call = {"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}
    yield {"tool_calls": [call]}
    for at in range(EVENTS - 1):
        yield {"tool_calls": [{"index": 0, "function": {"arguments": f'"{at}",'}}]}


def _responses_text() -> Iterable[dict[str, Any]]:
    item = {"id": "msg_a", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    yield {"type": "response.output_item.added", "output_index": 0, "item": item, "sequence_number": 0}
    part = {"type": "output_text", "text": "", "annotations": []}
    where = {"item_id": "msg_a", "output_index": 0, "content_index": 0}
    yield {"type": "response.content_part.added", **where, "part": part, "sequence_number": 1}
    for at in range(EVENTS):
        delta = {"delta": f" word{at}", "logprobs": [], "sequence_number": at + 2}
        yield {"type": "response.output_text.delta", **where, **delta}


def _responses_arguments() -> Iterable[dict[str, Any]]:
    item = {
        "id": "fc_a",
        "type": "function_call",
        "call_id": "a",
        "name": "f",
        "arguments": "",
        "status": "in_progress",
    }
    yield {"type": "response.output_item.added", "output_index": 0, "item": item, "sequence_number": 0}
    for at in range(EVENTS):
        rest = {"item_id": "fc_a", "output_index": 0, "delta": f'"{at}",', "sequence_number": at + 1}
        yield {"type": "response.function_call_arguments.delta", **rest}


def _anthropic(block: dict[str, Any], deltas: Any) -> Iterable[dict[str, Any]]:
    usage = {"input_tokens": 10, "output_tokens": 1}
    message = {"id": "msg_a", "type": "message", "role": "assistant", "model": "bench-model", "content": []}
    yield {"type": "message_start", "message": {**message, "stop_reason": None, "stop_sequence": None, "usage": usage}}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    for delta in deltas():
        yield {"type": "content_block_delta", "index": 0, "delta": delta}


def _texts() -> Iterable[dict[str, Any]]:
    return ({"type": "text_delta", "text": f" word{at}"} for at in range(EVENTS))


def _jsons() -> Iterable[dict[str, Any]]:
    return ({"type": "input_json_delta", "partial_json": f'"{at}",'} for at in range(EVENTS))


def _gemini(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0}],
        "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15},
        "modelVersion": "bench-model",
        "responseId": "bench",
    }
