"""Chat Completions as the demo provider writes it: chunks and bodies shaped like OpenAI's (wire-format notes, 2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.script import Call, Refuse, Say, Script, Step, Think, content, tokens
from callsmith.demo.wires.base import Stamp
from callsmith.demo.wires.chat_request import read_ask
from callsmith.types.usage import Usage

FINGERPRINT = "fp_callsmith_demo"
DONE = b"data: [DONE]\n\n"


class DemoChat:
    endpoint_type = "openai"

    def ask(self, document: Any, seed: str, today: date) -> Ask:
        return read_ask(document, seed, today)

    def stream(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> Iterator[tuple[int, bytes]]:
        said = 0
        opening = "" if any(isinstance(step, Say) for step in script.steps) else None
        yield said, self._chunk(ask, stamp, {"role": "assistant", "content": opening, "refusal": None})
        calls = 0
        for step in script.steps:
            if isinstance(step, Call):
                yield said, self._chunk(ask, stamp, {"tool_calls": [_opening(calls, step)]})
                calls += 1
            for token in tokens(step):
                said += 1
                yield said, self._chunk(ask, stamp, _delta(step, token, calls - 1))
        yield said, self._chunk(ask, stamp, {}, script.finish)
        if ask.include_usage and usage is not None:
            document = {**_frame(ask, stamp, "chat.completion.chunk"), "choices": [], "usage": _usage(usage)}
            yield said, _event(document)
        yield said, DONE

    def whole(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> bytes:
        message: dict[str, Any] = {"role": "assistant", "content": _joined(script, Say)}
        thinking = _joined(script, Think)
        if thinking is not None:
            message["reasoning_content"] = thinking
        calls = [_whole_call(step) for step in script.steps if isinstance(step, Call)]
        if calls:
            message["tool_calls"] = calls
        message |= {"refusal": _joined(script, Refuse), "annotations": []}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": script.finish}
        document = {**_frame(ask, stamp, "chat.completion"), "choices": [choice]}
        if usage is not None:
            document["usage"] = _usage(usage)
        return _json(document)

    def error(self, refused: Refused) -> bytes:
        error = {"message": refused.message, "type": refused.type, "param": refused.param, "code": refused.code}
        return _json({"error": error})

    def _chunk(self, ask: Ask, stamp: Stamp, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        document = {**_frame(ask, stamp, "chat.completion.chunk"), "choices": [choice]}
        if ask.include_usage:
            document["usage"] = None
        return _event(document)


def _frame(ask: Ask, stamp: Stamp, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-demo-{stamp.id}",
        "object": kind,
        "created": stamp.created,
        "model": ask.model,
        "system_fingerprint": FINGERPRINT,
    }


def _opening(index: int, call: Call) -> dict[str, Any]:
    return {"index": index, "id": call.id, "type": "function", "function": {"name": call.name, "arguments": ""}}


def _delta(step: Step, token: str, call_index: int) -> dict[str, Any]:
    match step:
        case Call():
            return {"tool_calls": [{"index": call_index, "function": {"arguments": token}}]}
        case Think():
            return {"reasoning_content": token}
        case Refuse():
            return {"refusal": token}
        case _:
            return {"content": token}


def _whole_call(call: Call) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _joined(script: Script, kind: type[Step]) -> str | None:
    texts = [content(step) for step in script.steps if isinstance(step, kind)]
    return "".join(texts) if texts else None


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _json(document: Any) -> bytes:
    """UTF-8 as providers send it; a lone surrogate, which UTF-8 cannot hold, as an escape."""
    try:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(document, separators=(",", ":")).encode()


def _event(document: Any) -> bytes:
    return b"data: " + _json(document) + b"\n\n"
