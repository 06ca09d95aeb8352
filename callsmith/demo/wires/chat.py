"""Chat Completions as the demo provider writes it: chunks and bodies shaped like OpenAI's (wire-format notes, 2).

Steps that the format has no word for (a web search itself) are left out; what they found is in the annotations.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from callsmith.demo.ask import Ask, Refused
from callsmith.demo.models import find_model
from callsmith.demo.script import Call, Refuse, Remote, Say, Script, Search, Step, Think, content, tokens
from callsmith.demo.wires.base import Route, Stamp
from callsmith.demo.wires.chat_audio import spoken_deltas, spoken_reply
from callsmith.demo.wires.chat_request import read_ask
from callsmith.demo.wires.text import json_bytes
from callsmith.types.usage import Usage

FINGERPRINT = "fp_callsmith_demo"
DONE = b"data: [DONE]\n\n"


class DemoChat:
    endpoint_type = "openai"

    def ask(self, document: Any, seed: str, today: date, route: Route) -> Ask:
        return read_ask(document, seed, today)

    def stream(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> Iterator[tuple[int, bytes]]:
        said, steps = 0, _shown(script)
        speaks = ask.spoken is not None
        opening = "" if not speaks and any(isinstance(step, Say) for step in steps) else None
        yield said, self._chunk(ask, stamp, {"role": "assistant", "content": opening, "refusal": None})
        calls = 0
        for step in steps:
            if isinstance(step, Call):
                opened = _legacy_opening(step) if _is_legacy(ask) else {"tool_calls": [_opening(calls, step)]}
                yield said, self._chunk(ask, stamp, opened)
                calls += 1
            if isinstance(step, Say) and speaks:
                for delta in spoken_deltas(step, stamp):
                    said += 1
                    yield said, self._chunk(ask, stamp, {"audio": delta})
                continue
            for token in tokens(step):
                said += 1
                yield said, self._chunk(ask, stamp, _delta(ask, step, token, calls - 1))
        annotations = _annotations(steps)
        if annotations:
            yield said, self._chunk(ask, stamp, {"annotations": annotations})
        yield said, self._chunk(ask, stamp, {}, _finish(ask, script))
        if ask.include_usage and usage is not None:
            document = {**_frame(ask, stamp, "chat.completion.chunk"), "choices": [], "usage": _usage(usage)}
            yield said, _event(document)
        yield said, DONE

    def whole(self, ask: Ask, script: Script, usage: Usage | None, stamp: Stamp) -> bytes:
        steps = _shown(script)
        text = _joined(steps, Say)
        message: dict[str, Any] = {"role": "assistant", "content": None if ask.spoken is not None else text}
        thinking = _joined(steps, Think)
        if thinking is not None:
            message["reasoning_content"] = thinking
        calls = [step for step in steps if isinstance(step, Call)]
        if calls and _is_legacy(ask):
            message["function_call"] = {"name": calls[0].name, "arguments": calls[0].arguments}
        elif calls:
            message["tool_calls"] = [_whole_call(call) for call in calls]
        message |= {"refusal": _joined(steps, Refuse), "annotations": _annotations(steps)}
        if ask.spoken is not None and text is not None:
            message["audio"] = spoken_reply(ask.spoken, text, stamp)
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(ask, script)}
        document = {**_frame(ask, stamp, "chat.completion"), "choices": [choice]}
        if usage is not None:
            document["usage"] = _usage(usage)
        return json_bytes(document)

    def failed(self, ask: Ask, refused: Refused) -> bytes:
        return b"data: " + self.error(refused) + b"\n\n"

    def error(self, refused: Refused) -> bytes:
        error = {"message": refused.message, "type": refused.type, "param": refused.param, "code": refused.code}
        return json_bytes({"error": error})

    def _chunk(self, ask: Ask, stamp: Stamp, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        document = {**_frame(ask, stamp, "chat.completion.chunk"), "choices": [choice]}
        if ask.include_usage:
            document["usage"] = None
        return _event(document)


def _shown(script: Script) -> list[Step]:
    return [
        step
        for step in script.steps
        if not isinstance(step, Search | Remote) and not (isinstance(step, Think) and step.redacted)
    ]


def _is_legacy(ask: Ask) -> bool:
    """Asked with ``functions``, or a model that never learned ``tool_calls``."""
    model = find_model(ask.model)
    return "functions" in ask.document or (model is not None and model.habit == "legacy-calls")


def _finish(ask: Ask, script: Script) -> str:
    if script.finish == "tool_calls" and _is_legacy(ask):
        return "function_call"
    return script.finish


def _frame(ask: Ask, stamp: Stamp, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-demo-{stamp.id}",
        "object": kind,
        "created": stamp.created,
        "model": ask.model,
        "system_fingerprint": FINGERPRINT,
    }


def _legacy_opening(call: Call) -> dict[str, Any]:
    return {"function_call": {"name": call.name, "arguments": ""}}


def _opening(index: int, call: Call) -> dict[str, Any]:
    inside = {"custom": {"name": call.name, "input": ""}} if call.custom else {}
    inside = inside or {"function": {"name": call.name, "arguments": ""}}
    return {"index": index, "id": call.id, "type": next(iter(inside)), **inside}


def _delta(ask: Ask, step: Step, token: str, call_index: int) -> dict[str, Any]:
    match step:
        case Call() if _is_legacy(ask):
            return {"function_call": {"arguments": token}}
        case Call(custom=True):
            return {"tool_calls": [{"index": call_index, "custom": {"input": token}}]}
        case Call():
            return {"tool_calls": [{"index": call_index, "function": {"arguments": token}}]}
        case Think():
            return {"reasoning_content": token}
        case Refuse():
            return {"refusal": token}
        case _:
            return {"content": token}


def _whole_call(call: Call) -> dict[str, Any]:
    if call.custom:
        return {"id": call.id, "type": "custom", "custom": {"name": call.name, "input": call.arguments}}
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def _annotations(steps: list[Step]) -> list[dict[str, Any]]:
    """Offsets count characters of the whole text."""
    found: list[dict[str, Any]] = []
    before = 0
    for step in steps:
        if not isinstance(step, Say):
            continue
        for cited in step.citations:
            place = {"start_index": before + cited.start, "end_index": before + cited.end}
            citation = {**place, "title": cited.source.title, "url": cited.source.url}
            found.append({"type": "url_citation", "url_citation": citation})
        before += len(step.text)
    return found


def _joined(steps: list[Step], kind: type[Step]) -> str | None:
    texts = [content(step) for step in steps if isinstance(step, kind)]
    return "".join(texts) if texts else None


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning,
            "audio_tokens": usage.audio_out,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _event(document: Any) -> bytes:
    return b"data: " + json_bytes(document) + b"\n\n"
