"""The four formats of a request's body, one function each."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from callsmith.bodies.body import Body, Reading, kind_of, text_of
from callsmith.bodies.media import gemini_part
from callsmith.types.parts import Media, Part, ToolResult

_UNDERSCORE = re.compile(r"_([a-z])")
_RESULTS = ("function_call_output", "custom_tool_call_output")
_SYSTEM = ("system", "developer")


def read(wire: str, body: Mapping[str, Any], model: str) -> Body:
    """``model``: the one that was asked, to which its signatures may go back."""
    found = Reading(wire, model)
    _READERS[wire](body, found)
    return Body("\n\n".join(filter(None, found.system)), tuple(found.messages), tuple(found.findings))


def _chat(body: Mapping[str, Any], found: Reading) -> None:
    for number, message in found.objects(body.get("messages"), "/messages"):
        place = f"/messages/{number}"
        role = message.get("role")
        if role == "assistant":
            finish = "tool_calls" if message.get("tool_calls") else "stop"
            said = _chat_reply(message, place, found)
            found.replied(place, {"choices": [{"index": 0, "message": said, "finish_reason": finish}]})
            continue
        content = list(found.parts(message.get("content"), f"{place}/content"))
        if role in _SYSTEM:
            found.system.append(text_of(content))
        elif role in ("tool", "function"):
            result = ToolResult(_word(message, "tool_call_id"), text_of(content), name=_word(message, "name"))
            found.answered([result, *_media(content)])
        else:
            if role != "user":
                found.wrong(f"{place}/role", f"{_shown(role)} is no role of Chat Completions")
            found.said(content)


def _chat_reply(message: Mapping[str, Any], place: str, found: Reading) -> Mapping[str, Any]:
    """Answers have their text as one string, a refusal beside it, and thinking (Mistral's) as parts of the content."""
    content = message.get("content")
    if not isinstance(content, list):
        return message
    text = text_of(list(found.parts(content, f"{place}/content", but=("refusal", "thinking"))))
    thoughts = [block for block in content if kind_of(block) == "thinking"]
    refusals = [_word(block, "refusal") for block in content if kind_of(block) == "refusal"]
    said = [*thoughts, {"type": "text", "text": text}] if thoughts else text
    return {**message, "content": said, **({"refusal": "\n\n".join(refusals)} if refusals else {})}


def _anthropic(body: Mapping[str, Any], found: Reading) -> None:
    found.system.append(text_of(list(found.parts(body.get("system"), "/system"))))
    for number, message in found.objects(body.get("messages"), "/messages"):
        place, role = f"/messages/{number}", message.get("role")
        content = message.get("content")
        blocks = content if isinstance(content, list) else []
        if role == "assistant":
            stop = "tool_use" if any(kind_of(block) == "tool_use" for block in blocks) else "end_turn"
            text = "" if blocks else text_of(list(found.parts(content, f"{place}/content")))
            given = [{"type": "text", "text": text}] if text else blocks
            found.replied(place, {"type": "message", "role": "assistant", "content": given, "stop_reason": stop})
        elif role == "system":
            found.system.append(text_of(list(found.parts(content, f"{place}/content"))))
        else:
            if role != "user":
                found.wrong(f"{place}/role", f"{_shown(role)} is no role of Messages")
            results = [part for block in blocks for part in _anthropic_result(block, place, found)]
            found.answered(results)
            found.said(list(found.parts(content, f"{place}/content", but=("tool_result",))))


def _anthropic_result(block: Any, place: str, found: Reading) -> list[Part]:
    if kind_of(block) != "tool_result":
        return []
    given = list(found.parts(block.get("content"), f"{place}/content"))
    failed = block.get("is_error") is True
    return [ToolResult(_word(block, "tool_use_id"), text_of(given), failed), *_media(given)]


def _responses(body: Mapping[str, Any], found: Reading) -> None:
    if body.get("previous_response_id") or body.get("conversation"):
        found.elsewhere("The earlier messages are kept at the provider and are not in this body; they are left out")
    found.system.append(text_of(list(found.parts(body.get("instructions"), "/instructions"))))
    given = body.get("input")
    turn: list[Mapping[str, Any]] = []
    place = ""

    def flush() -> None:
        if turn:
            found.replied(place, {"status": "completed", "output": list(turn)})
            turn.clear()

    given = [{"role": "user", "content": given}] if isinstance(given, str) else given
    for number, item in found.objects(given, "/input"):
        role, kind = item.get("role"), item.get("type")
        if role == "assistant" or kind not in (None, "message", *_RESULTS):
            place = place if turn else f"/input/{number}"
            turn.append(_output_item(item))
            continue
        flush()
        if kind in _RESULTS:
            parts = list(found.parts(item.get("output"), f"/input/{number}/output"))
            found.answered([ToolResult(_word(item, "call_id"), text_of(parts)), *_media(parts)])
            continue
        parts = list(found.parts(item.get("content"), f"/input/{number}/content"))
        if role in _SYSTEM:
            found.system.append(text_of(parts))
        else:
            if role != "user":
                found.wrong(f"/input/{number}/role", f"{_shown(role)} is no role of Responses")
            found.said(parts)
    flush()


def _output_item(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item of the history as the output it was: a message may be written short, with a role and a text."""
    if item.get("role") != "assistant":
        return item
    content = item.get("content")
    blocks = [{"type": "output_text", "text": content, "annotations": []}] if isinstance(content, str) else content
    return {"type": "message", "status": "completed", **item, "content": blocks}


def _gemini(body: Mapping[str, Any], found: Reading) -> None:
    system = body.get("systemInstruction") or body.get("system_instruction")
    given = system.get("parts") if isinstance(system, Mapping) else system
    given = [given] if isinstance(given, Mapping) else given
    found.system.append(text_of(list(found.parts(given, "/systemInstruction"))))
    contents = body.get("contents")
    for number, content in found.objects([contents] if isinstance(contents, Mapping) else contents, "/contents"):
        place, role = f"/contents/{number}/parts", content.get("role")
        listed = content.get("parts")
        parts = [_camel(part) for _, part in found.objects([listed] if isinstance(listed, Mapping) else listed, place)]
        if role == "model":
            candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}
            found.replied(place, {"candidates": [candidate]})
            continue
        if role not in (None, "user", "function"):
            found.wrong(f"/contents/{number}/role", f"{_shown(role)} is no role of Gemini")
        results: list[Part] = []
        own: list[Part] = []
        for part in parts:
            answer = part.get("functionResponse")
            if isinstance(answer, Mapping):
                results.append(_gemini_result(answer))
            elif part.get("thought") is True:
                found.left_out(place, {"type": "thought"})
            elif (known := gemini_part(part)) is not None:
                own.append(known)
            else:
                found.left_out(place, part)
        found.answered(results)
        found.said(own)


def _camel(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Field names as answers have them: recorded requests write them in both ways."""
    return {_UNDERSCORE.sub(lambda found: found.group(1).upper(), name): value for name, value in part.items()}


def _gemini_result(answer: Mapping[str, Any]) -> ToolResult:
    """Gemini wants an object; a text or list was wrapped in one. Its id is optional (notes, 5.2)."""
    response = answer.get("response")
    failed = isinstance(response, Mapping) and set(response) == {"error"}
    if isinstance(response, Mapping) and len(response) == 1:
        response = next((response[name] for name in ("result", "output", "error") if name in response), response)
    text = response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)
    return ToolResult(_word(answer, "id"), text, failed, _word(answer, "name"))


_READERS: Mapping[str, Callable[[Mapping[str, Any], Reading], None]] = {
    "openai-chat": _chat,
    "anthropic": _anthropic,
    "openai-responses": _responses,
    "gemini": _gemini,
}


def _word(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]


def _media(parts: list[Part]) -> list[Part]:
    return [part for part in parts if isinstance(part, Media)]
