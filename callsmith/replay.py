"""Recorded exchanges read again: the proof of the decoders, and a way to look at any saved exchange.

A recording is a JSON file ``{"conversation", "exchanges": [...]}``; an exchange saved from the app is
such a file; one whose name ends in ``.jsonl`` has an exchange on each line. ``replay`` yields one plain
object an exchange, documented in ``docs/replay.md``.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from callsmith.reading import Reader
from callsmith.types.parts import Parsed, Thinking, ToolCall
from callsmith.types.problem import Problem
from callsmith.types.turn import Turn
from callsmith.types.usage import Usage
from callsmith.wire.registry import WIRES


def recordings(paths: Sequence[Path]) -> Iterator[Mapping[str, Any]]:
    """Every exchange in files and folders, in name order. ValueError names a file that is no recording."""
    for path in paths:
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        for file in files:
            try:
                text = file.read_text("utf-8")
                if file.suffix == ".jsonl":
                    document: Any = {"exchanges": [json.loads(line) for line in text.split("\n") if line.strip()]}
                else:
                    document = json.loads(text)
            except ValueError as error:
                raise ValueError(f"{file} is not JSON: {error}") from error
            exchanges = document.get("exchanges") if isinstance(document, dict) else None
            if isinstance(exchanges, list):
                if not all(isinstance(exchange, dict) for exchange in exchanges):
                    raise ValueError(f"{file}: every exchange must be an object")
                yield from exchanges
            elif not path.is_dir():
                raise ValueError(f"{file} is no recording: it has no list of exchanges")


def replay(exchange: Mapping[str, Any], rng: random.Random | None = None) -> dict[str, Any]:
    """What one recorded exchange says. ValueError when its wire format is not known."""
    name = str(exchange.get("wire"))
    if name not in WIRES:
        raise ValueError(f"{exchange.get('id')}: unknown wire format {name!r}")
    status, body = answered(exchange)
    reader = Reader(WIRES[name], status, stream=is_stream(exchange))
    for piece in _slices(body, rng):
        reader.feed(piece)
    reader.close()
    turn = reader.turn()
    counted = turn.usage.reasoning if turn.usage is not None else None
    apart = name == "anthropic"
    return {
        "id": exchange.get("id"),
        "text": turn.extra.get("content", turn.text),
        "reasoning": _thinking(turn, in_content=False),
        "content_thinking": _thinking(turn, in_content=True),
        "tool_calls": [_call(call) for call in turn.calls],
        "finish": turn.finish,
        "usage": _usage(turn.usage, None if apart else counted),
        # Anthropic's own SDK counts no reasoning apart from the output, so that the rows can be laid side by side.
        "thinking_tokens": counted if apart else None,
        "error": _error(turn.problem),
    }


def answered(exchange: Mapping[str, Any]) -> tuple[int, bytes]:
    """Status and body of a recorded answer. ValueError where it has none."""
    response = exchange.get("response")
    status, body = (response.get("status"), response.get("body_text")) if isinstance(response, Mapping) else (None, "")
    if not isinstance(status, int) or not isinstance(body, str):
        raise ValueError(f"{exchange.get('id')}: this exchange has no response with a status and a body_text")
    return status, body.encode("utf-8", "replace")


def is_stream(exchange: Mapping[str, Any]) -> bool:
    return bool(exchange.get("framing", "sse" if exchange.get("stream") else "single") != "single")


def _usage(usage: Usage | None, reasoning: int | None) -> dict[str, int | None] | None:
    if usage is None:
        return None
    return {
        "input": usage.input,
        "output": usage.output,
        "cache_read": usage.cache_read,
        "reasoning": reasoning,
        "total": usage.total,
    }


def _thinking(turn: Turn, *, in_content: bool) -> str:
    """Thinking from fields of its own, or thinking that came as parts of the content (Mistral)."""
    thoughts = (part for part in turn.parts if isinstance(part, Thinking))
    return "".join(part.text for part in thoughts if (part.source == "content") is in_content)


def _call(call: ToolCall) -> dict[str, Any]:
    parsed = call.parsed()
    if isinstance(parsed, Parsed):
        return {"id": call.id, "name": call.name, "arguments": parsed.value}
    return {"id": call.id, "name": call.name, "raw_arguments": call.arguments}


def _error(problem: Problem | None) -> dict[str, Any] | None:
    if problem is None:
        return None
    return {"status": problem.status, "code": problem.code or problem.kind, "message": problem.message}


def _slices(body: bytes, rng: random.Random | None) -> Iterator[bytes]:
    if rng is None:
        yield body
        return
    at = 0
    while at < len(body):
        end = at + rng.choice((1, 1, 2, 3, 5, 8, 13, 40, 200, 1000))
        yield body[at:end]
        at = end
