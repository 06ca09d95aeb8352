"""A script as the parts of a Gemini reply, in the chunks in which it streams (wire-format notes, 5.2 and 5.3).

A call is whole in one chunk. The first call of a thinking model carries its signature; a reply without calls has
it on a last part of empty text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callsmith.demo.ask import Ask
from callsmith.demo.models import find_model
from callsmith.demo.script import Call, Refuse, Say, Script, Step, Think, tokens
from callsmith.demo.wires.base import Stamp
from callsmith.demo.wires.gemini_grounding import grounding
from callsmith.demo.wires.gemini_signatures import call_signature, text_signature
from callsmith.types.usage import Usage

_ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Chunk:
    """``said`` and ``thought`` count the tokens so far; ``part`` None adds nothing to the content."""

    said: int
    thought: int
    part: Mapping[str, Any] | None
    finish: Mapping[str, Any] | None = None


def chunks(ask: Ask, script: Script) -> list[Chunk]:
    """One a token of text, one a call; the last one ends the reply."""
    model = find_model(ask.model)
    signs = model is not None and model.thinks
    out: list[Chunk] = []
    said = thought = 0
    signed = malformed = False
    for step in script.steps:
        if isinstance(step, Think):
            for token in tokens(step):
                thought += 1
                if ask.shows and not step.redacted:
                    out.append(Chunk(said, thought, {"text": token, "thought": True}))
        elif isinstance(step, Say | Refuse):
            for token in tokens(step):
                said += 1
                out.append(Chunk(said, thought, {"text": token}))
        else:
            said += len(tokens(step))
            args = _arguments(step)
            if isinstance(step, Call) and args is None:
                malformed = True
            elif isinstance(step, Call) and args is not None:
                out.append(Chunk(said, thought, _call(ask, step, args, first=signs and not signed, ids=signs)))
                signed = True
    text = "".join(step.text for step in script.steps if isinstance(step, Say | Refuse))
    part = {"text": "", "thoughtSignature": text_signature(ask.model, text)} if signs and not signed else None
    finish = _finish(script, malformed=malformed)
    if part is None and out and not finish.keys() - {"finishReason"}:
        last = out.pop()
        return [*out, Chunk(said, thought, last.part, {**finish, **grounding(script)})]
    return [*out, Chunk(said, thought, part, {**finish, **grounding(script)})]


def _arguments(step: Step) -> Mapping[str, Any] | None:
    """The object that ``args`` must be; None where the model's words are none."""
    if not isinstance(step, Call):
        return None
    try:
        value = json.loads(step.arguments)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _call(ask: Ask, call: Call, args: Mapping[str, Any], *, first: bool, ids: bool) -> dict[str, Any]:
    """Google's older models give no ids; here it is those that do not sign."""
    inside: dict[str, Any] = {"name": call.name, "args": args}
    if ids:
        inside["id"] = call.id.removeprefix("call_")[:_ID_LENGTH]
    part: dict[str, Any] = {"functionCall": inside}
    if first:
        part["thoughtSignature"] = call_signature(ask.model, call.name, args)
    return part


def _finish(script: Script, *, malformed: bool) -> dict[str, Any]:
    """There is no field for a refusal: its words are text, and the reason says that they are one."""
    if script.finish == "length":
        return {"finishReason": "MAX_TOKENS"}
    if malformed:
        broken = next(step.arguments for step in script.steps if isinstance(step, Call) and _arguments(step) is None)
        return {"finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": f"Malformed function call: {broken}"}
    if any(isinstance(step, Refuse) for step in script.steps):
        return {"finishReason": "SAFETY"}
    return {"finishReason": "STOP"}


def whole(ask: Ask, script: Script) -> tuple[list[Mapping[str, Any]], Chunk]:
    """The parts of the unstreamed twin, texts of a kind run together, and the chunk that ends it."""
    told = chunks(ask, script)
    parts: list[dict[str, Any]] = []
    for chunk in told:
        if chunk.part is None:
            continue
        last = parts[-1] if parts else {}
        if chunk.part.keys() - {"text"} <= {"thought"} and last.keys() == chunk.part.keys():
            last["text"] += chunk.part["text"]
        else:
            parts.append(dict(chunk.part))
    return list(parts), told[-1]


def document(
    ask: Ask, stamp: Stamp, parts: Sequence[Mapping[str, Any]], chunk: Chunk, usage: Usage | None
) -> dict[str, Any]:
    """One GenerateContentResponse; its usage is that so far."""
    candidate: dict[str, Any] = {"content": {"parts": list(parts), "role": "model"}} if parts else {}
    candidate |= {**(chunk.finish or {}), "index": 0}
    out: dict[str, Any] = {"candidates": [candidate]}
    if usage is not None:
        out["usageMetadata"] = dict(_counts(usage, chunk))
    return {**out, "modelVersion": ask.model, "responseId": stamp.id}


def _counts(usage: Usage, chunk: Chunk) -> Iterator[tuple[str, Any]]:
    """Cumulative; what is 0 is left out. The total counts the thoughts, ``candidatesTokenCount`` does not."""
    prompt = usage.input or 0
    counts = {
        "promptTokenCount": prompt,
        "candidatesTokenCount": chunk.said,
        "totalTokenCount": prompt + chunk.said + chunk.thought,
        "cachedContentTokenCount": usage.cache_read,
        "thoughtsTokenCount": chunk.thought,
    }
    yield from ((name, count) for name, count in counts.items() if count)
    yield "promptTokensDetails", [{"modality": "TEXT", "tokenCount": prompt}]
