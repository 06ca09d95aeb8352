"""Decoder throughput, beside a bare split and ``json.loads`` loop over the same bytes."""

from __future__ import annotations

import json
import time

from bench.report import line, median
from callsmith.wire.registry import WIRES

EVENTS = 20_000
CHUNK = 1400


def run() -> None:
    for name, body in (("text", _text()), ("tool-call arguments", _arguments())):
        bare = median([_timed(lambda body=body: _bare(body)) for _ in range(5)])
        ours = median([_timed(lambda body=body: _decode(body)) for _ in range(5)])
        line(f"openai-chat, {name}: events", EVENTS / ours, "per s")
        line(f"openai-chat, {name}: ratio to split + json.loads", bare / ours, "x", 0.5, least=True)


def _chunk(delta: dict[str, object]) -> bytes:
    document = {
        "id": "chatcmpl-bench",
        "object": "chat.completion.chunk",
        "created": 1749366275,
        "model": "bench-model",
        "system_fingerprint": "fp_bench",
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}],
        "usage": None,
    }
    return b"data: " + json.dumps(document).encode() + b"\n\n"


def _text() -> bytes:
    return b"".join(_chunk({"content": f" word{at}"}) for at in range(EVENTS))


def _arguments() -> bytes:
    first = {"tool_calls": [{"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}]}
    more = [{"tool_calls": [{"index": 0, "function": {"arguments": f'"{at}",'}}]} for at in range(EVENTS - 1)]
    return b"".join(_chunk(delta) for delta in (first, *more))


def _bare(body: bytes) -> None:
    for block in body.split(b"\n\n"):
        if block.startswith(b"data: "):
            json.loads(block[6:])


def _decode(body: bytes) -> None:
    decoder = WIRES["openai-chat"].decoder()
    for at in range(0, len(body), CHUNK):
        decoder.feed(body[at : at + CHUNK])
    decoder.close()


def _timed(work: object) -> float:
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started
