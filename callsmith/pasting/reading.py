"""The messages of a pasted body, format by format.

What the model said is read by the format's own decoder, wrapped as the answer it once was: so thinking, signatures and
everything else that must go back is kept as if it had just arrived.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callsmith.pasting.media import gemini_part, part_of
from callsmith.reading import Reader
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Made, Media, Part, Text, ToolCall, ToolResult
from callsmith.wire.registry import WIRES

_UNDERSCORE = re.compile(r"_([a-z])")
_RESULTS = ("function_call_output", "custom_tool_call_output")
_MADE = Made("hand", "pasted")


class Unreadable(ValueError):
    """What is wrong, and where: a JSON pointer into the body."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)


@dataclass(slots=True)
class Read:
    """``notes``: what was left out, in sentences."""

    wire: str
    model: str
    system: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reply(self, place: str, answer: Mapping[str, Any]) -> None:
        """An assistant message: ``answer`` is the body it would have come in."""
        reader = Reader(WIRES[self.wire], 200, stream=False)
        reader.feed(json.dumps(answer).encode())
        reader.close()
        turn = reader.turn()
        if turn.problem is not None:
            raise Unreadable(place, f"this is not what a model says: {turn.problem.message}")
        if turn.parts:
            origin = Origin("", "", self.wire, self.model)
            self.messages.append(Message("assistant", turn.parts, origin, turn.finish, extra=turn.extra))

    def results(self, parts: Sequence[Part]) -> None:
        """Results that follow each other are one message."""
        if self.messages and self.messages[-1].role == "tool":
            self.messages[-1] = Message("tool", (*self.messages[-1].parts, *parts))
        else:
            self.messages.append(Message("tool", tuple(parts)))

    def unanswered(self) -> list[ToolCall]:
        """The calls of the last reply that have no result yet."""
        last = next((at for at in range(len(self.messages) - 1, -1, -1) if self.messages[at].role == "assistant"), None)
        if last is None:
            return []
        given = {result.call_id for message in self.messages[last:] for result in message.results}
        return [call for call in self.messages[last].calls if call.id not in given]

    def said(self, parts: Sequence[Part]) -> None:
        if parts:
            self.messages.append(Message("user", tuple(parts)))


def chat(body: Mapping[str, Any], read: Read) -> None:
    for number, message in _objects(body.get("messages"), "/messages"):
        place = f"/messages/{number}"
        content = list(_parts(message.get("content"), place, read))
        match message.get("role"):
            case "system" | "developer":
                read.system.append(_text(content))
            case "user":
                read.said(content)
            case "tool" | "function":
                call_id = str(message.get("tool_call_id") or message.get("name") or "")
                read.results([_result(call_id, _text(content))])
            case "assistant":
                said = {key: value for key, value in message.items() if key != "content"}
                text = message.get("content")
                said["content"] = text if isinstance(text, str) or text is None else _text(content)
                finish = "tool_calls" if message.get("tool_calls") else "stop"
                read.reply(place, {"choices": [{"index": 0, "message": said, "finish_reason": finish}]})
            case role:
                raise Unreadable(f"{place}/role", f"{role!r} is no role of Chat Completions")


def messages(body: Mapping[str, Any], read: Read) -> None:
    if body.get("system"):
        read.system.append(_text(list(_parts(body["system"], "/system", read))))
    for number, message in _objects(body.get("messages"), "/messages"):
        place = f"/messages/{number}"
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if not isinstance(blocks, list):
            raise Unreadable(f"{place}/content", "it is a text or a list of blocks")
        if message.get("role") == "system":
            read.system.append(_text(list(_parts(blocks, f"{place}/content", read))))
            continue
        if message.get("role") == "assistant":
            stop = "tool_use" if any(_kind(block) == "tool_use" for block in blocks) else "end_turn"
            read.reply(place, {"type": "message", "role": "assistant", "content": blocks, "stop_reason": stop})
            continue
        results: list[Part] = []
        for block in blocks:
            if _kind(block) == "tool_result":
                given = list(_parts(block.get("content"), f"{place}/content", read))
                failed = block.get("is_error") is True
                results.append(_result(str(block.get("tool_use_id") or ""), _text(given), failed=failed))
                results += [part for part in given if isinstance(part, Media)]
        if results:
            read.results(results)
        read.said(list(_parts([one for one in blocks if _kind(one) != "tool_result"], f"{place}/content", read)))


def responses(body: Mapping[str, Any], read: Read) -> None:
    if isinstance(body.get("instructions"), str):
        read.system.append(body["instructions"])
    given = body.get("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    if body.get("previous_response_id") or body.get("conversation"):
        read.notes.append("The earlier messages are kept at the provider and are not in this body; they are left out.")
    turn: list[Mapping[str, Any]] = []
    start = 0

    def flush() -> None:
        if turn:
            read.reply(f"/input/{start}", {"status": "completed", "output": list(turn)})
            turn.clear()

    for number, item in _objects(items, "/input"):
        role, kind = item.get("role"), item.get("type")
        if role not in ("user", "system", "developer") and kind not in _RESULTS:
            if not turn:
                start = number
            turn.append(_output_item(item))
            continue
        flush()
        if kind in _RESULTS:
            parts = list(_parts(item.get("output"), f"/input/{number}/output", read))
            media = [part for part in parts if isinstance(part, Media)]
            read.results([_result(str(item.get("call_id") or ""), _text(parts)), *media])
        elif role == "user":
            read.said(list(_parts(item.get("content"), f"/input/{number}/content", read)))
        else:
            read.system.append(_text(list(_parts(item.get("content"), f"/input/{number}/content", read))))
    flush()


def gemini(body: Mapping[str, Any], read: Read) -> None:
    system = body.get("systemInstruction") or body.get("system_instruction")
    if isinstance(system, Mapping):
        given = system.get("parts")
        parts = [given] if isinstance(given, Mapping) else given
        read.system.append("".join(str(part.get("text") or "") for _, part in _objects(parts, "/systemInstruction")))
    elif isinstance(system, str):
        read.system.append(system)
    for number, content in _objects(body.get("contents"), "/contents"):
        place = f"/contents/{number}/parts"
        given = content.get("parts")
        listed = [given] if isinstance(given, Mapping) else given
        parts = [_camel(part) for _, part in _objects(listed, place)]
        if content.get("role") == "model":
            candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}
            read.reply(place, {"candidates": [candidate]})
            continue
        asked = read.unanswered()
        results: list[Part] = []
        own: list[Part] = []
        for part in parts:
            answer = part.get("functionResponse")
            if isinstance(answer, Mapping):
                response = answer.get("response")
                failed = isinstance(response, Mapping) and set(response) == {"error"}
                # Results name their function; an id is optional, and then they stand in call order (notes, 5.2).
                same = [call for call in asked if call.id == answer.get("id")]
                same = same or [call for call in asked if call.name == answer.get("name")] or asked
                call_id = same[0].id if same else str(answer.get("id") or "")
                asked = [call for call in asked if call.id != call_id]
                results.append(_result(call_id, _plain_result(response), failed=failed))
            elif (read_part := gemini_part(part)) is not None:
                own.append(read_part)
            else:
                read.notes.append(f"{place}: {_left_out(part)}")
        if results:
            read.results(results)
        read.said(own)


READERS: Mapping[str, Callable[[Mapping[str, Any], Read], None]] = {
    "openai-chat": chat,
    "anthropic": messages,
    "openai-responses": responses,
    "gemini": gemini,
}


def _camel(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Field names as answers have them: recorded requests write them in both ways."""
    return {_UNDERSCORE.sub(lambda found: found.group(1).upper(), name): value for name, value in part.items()}


def _output_item(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item of the history as the output it was: a message may be written short, with a role and a text."""
    if item.get("role") != "assistant":
        return item
    content = item.get("content")
    blocks = [{"type": "output_text", "text": content, "annotations": []}] if isinstance(content, str) else content
    return {"type": "message", "status": "completed", **item, "content": blocks}


def _plain_result(response: Any) -> str:
    """Gemini wants an object; a text or list was wrapped in one."""
    if isinstance(response, Mapping):
        for wrapped in ("result", "output", "error"):
            if set(response) == {wrapped}:
                response = response[wrapped]
                break
    return response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)


def _parts(content: Any, place: str, read: Read) -> Iterator[Part]:
    if isinstance(content, str):
        if content:
            yield Text(content)
        return
    if content is None:
        return
    if not isinstance(content, list):
        raise Unreadable(place, "it is a text or a list of parts")
    for number, block in enumerate(content):
        if (part := part_of(block)) is not None:
            yield part
        elif _kind(block) not in ("tool_use", "tool_result", "refusal"):
            read.notes.append(f"{place}/{number}: {_left_out(block)}")


def _left_out(block: Any) -> str:
    kind = _kind(block) or ", ".join(list(block)[:3]) if isinstance(block, Mapping) else type(block).__name__
    return f"a part of the kind {kind or 'unknown'} was left out."


def _kind(block: Any) -> str:
    return str(block.get("type") or "") if isinstance(block, Mapping) else ""


def _result(call_id: str, text: str, *, failed: bool = False) -> ToolResult:
    return ToolResult(call_id, text, failed, made=_MADE)


def _text(parts: Sequence[Part]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, Text))


def _objects(found: Any, place: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if not isinstance(found, list):
        raise Unreadable(place, "it is a list")
    for number, item in enumerate(found):
        if not isinstance(item, Mapping):
            raise Unreadable(f"{place}/{number}", "it is an object")
        yield number, item
