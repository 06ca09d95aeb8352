"""Decoder throughput of each wire format, beside a bare split and ``json.loads`` loop and the official SDKs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from bench.report import line, median
from bench.sdks import readers
from bench.streams import streams
from callsmith.wire.registry import WIRES

CHUNK = 1400
# Goals: so many times as fast as the official SDK. None is set for Google's.
_SDK_GOALS = {"openai-chat": 10.0, "openai-responses": 10.0, "anthropic": 3.0}


def run() -> None:
    sdks = readers(CHUNK)
    for (wire, what), body in streams().items():
        events = body.count(b"data: ")
        bare = _median(lambda body=body: _bare(body))
        ours = _median(lambda body=body, wire=wire: _decode(wire, body))
        theirs = _median(lambda body=body, wire=wire: sdks[wire](body), times=3)
        line(f"{wire}, {what}: events", events / ours, "per s")
        line(f"{wire}, {what}: ratio to split + json.loads", bare / ours, "x", 0.5, least=True)
        line(f"{wire}, {what}: ratio to the official SDK", theirs / ours, "x", _SDK_GOALS.get(wire), least=True)


def _bare(body: bytes) -> None:
    for block in body.split(b"\n\n"):
        at = block.find(b"data: ")
        if at >= 0:
            json.loads(block[at + 6 :])


def _decode(wire: str, body: bytes) -> None:
    decoder = WIRES[wire].decoder()
    for at in range(0, len(body), CHUNK):
        decoder.feed(body[at : at + CHUNK])
    decoder.close()


def _median(work: Callable[[], None], times: int = 5) -> float:
    return median([_timed(work) for _ in range(times)])


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
