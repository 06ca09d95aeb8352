"""Which format a pasted body is in, and what it says: system prompt, messages, tools, options."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callsmith import bodies
from callsmith.conversation import CANCELLED, answerable
from callsmith.importing import ImportProblem
from callsmith.importing import read as read_tools
from callsmith.types.message import Message
from callsmith.types.options import Options
from callsmith.types.parts import Made, Parsed, Part, ToolCall, ToolResult
from callsmith.types.tool import Tool

MAX_TEXT = 20_000_000
_MADE = Made("hand", "pasted")
_NUMBERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "topP": "top_p",
    "max_tokens": "max_tokens",
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "maxOutputTokens": "max_tokens",
    "seed": "seed",
}
_KNOWN = {"model", "messages", "input", "contents", "system", "instructions", "systemInstruction", "tools", "stream"}
_QUIET = {"generationConfig", "stream_options", "store", "system_instruction", "include", *_KNOWN, *_NUMBERS}


class PasteProblem(ValueError):
    """Why nothing can be begun from it, with the place, and what to paste instead."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """``notes`` are sentences: what was left out or filled in."""

    wire: str
    model: str
    system: str
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...]
    options: Options
    notes: tuple[str, ...] = ()


def read(text: str, wire: str = "") -> Pasted:
    """``wire``: the format it is in, where that is known. Raises ``PasteProblem``."""
    body = _document(text)
    wire = wire or wire_of(body)
    model = str(body.get("model") or "").removeprefix("models/")
    found = bodies.read(wire, body, model)
    if wrong := next((one for one in found.findings if one.kind == "wrong"), None):
        raise PasteProblem(f"{wrong}. The body was taken for {wire}.")
    if not found.messages:
        raise PasteProblem("There is no message in it.")
    notes = [f"{one}." for one in found.findings]
    messages = tuple(_in_turn(found.messages, notes))
    options, left = _options(body)
    notes += left
    return Pasted(wire, model, found.system, messages, tools_of(body, notes), options, tuple(notes))


def wire_of(body: Mapping[str, Any]) -> str:
    """The format a body is in, by what only that one has."""
    if "contents" in body:
        return "gemini"
    if "input" in body:
        return "openai-responses"
    said = body.get("messages")
    if not isinstance(said, list):
        raise PasteProblem(
            "This is no request body: it has none of messages (Chat, Messages), input (Responses), contents (Gemini). "
            "Paste the whole JSON that was sent, or only its list of messages."
        )
    tools = body.get("tools")
    tool = tools[0] if isinstance(tools, list) and tools and isinstance(tools[0], Mapping) else {}
    blocks = {
        str(block.get("type"))
        for message in said
        if isinstance(message, Mapping) and isinstance(message.get("content"), list)
        for block in message["content"]
        if isinstance(block, Mapping)
    }
    anthropic = {"tool_use", "tool_result", "thinking", "redacted_thinking", "document", "image", "server_tool_use"}
    if "system" in body or "input_schema" in tool or blocks & {*anthropic, "tool_addition"}:
        return "anthropic"
    roles = {str(message.get("role")) for message in said if isinstance(message, Mapping)}
    if roles & {"system", "developer", "tool", "function"} or "function" in tool:
        return "openai-chat"
    # Nothing but texts: Messages wants max_tokens in every request, and is spoken by Claude.
    return "anthropic" if "max_tokens" in body and "claude" in str(body.get("model")) else "openai-chat"


def _document(text: str) -> Mapping[str, Any]:
    if len(text) > MAX_TEXT:
        raise PasteProblem(f"It is longer than {MAX_TEXT // 1_000_000} MB.")
    call = ToolCall("", "", text).parsed()
    if not isinstance(call, Parsed):
        raise PasteProblem(f"Not JSON: {call.message}, line {call.line}, column {call.column}.")
    document = call.value
    if isinstance(document, list):
        is_gemini = any("parts" in one for one in document if isinstance(one, Mapping))
        document = {"contents" if is_gemini else "messages": document}
    if not isinstance(document, Mapping):
        raise PasteProblem("It is JSON, but no object.")
    return document


def _in_turn(read: Sequence[Message], notes: list[str]) -> list[Message]:
    """Every call answered once, in its place: a call without a result in the middle is answered as cancelled, and a
    result without a call is left out."""
    out: list[Message] = []
    for message in read:
        waiting = answerable(out[-1]) if out and out[-1].role == "assistant" else ()
        if message.role == "tool":
            message = _answers(message, waiting, notes)
            if not message.parts:
                continue
        missing = [call for call in waiting if call.id not in {result.call_id for result in message.results}]
        if missing and message.role == "tool":
            message = replace(message, parts=(*message.parts, *map(_cancelled, missing)))
        elif missing:
            out.append(Message("tool", tuple(map(_cancelled, missing))))
        if missing:
            notes.append(f"{', '.join(call.name for call in missing)} had no result and is answered as cancelled.")
        if message.role in ("assistant", "user") and out and out[-1].role == message.role:
            out[-1] = replace(out[-1], parts=(*out[-1].parts, *message.parts))
        else:
            out.append(message)
    return out


def _answers(message: Message, waiting: Sequence[ToolCall], notes: list[str]) -> Message:
    kept: list[Part] = []
    for said, (part, call) in zip(message.parts, bodies.paired(message.parts, waiting), strict=True):
        given = said.call_id if isinstance(said, ToolResult) else ""
        if call is not None:
            kept.append(replace(part, name=call.name, made=_MADE) if isinstance(part, ToolResult) else part)
            if given and given != call.id:
                notes.append(f"A result for {given} answers no call; it was taken for the one of {call.name}.")
        elif isinstance(part, ToolResult):
            notes.append(f"A result for {given or 'no call'} answers no call and is left out.")
    return replace(message, parts=tuple(kept))


def _cancelled(call: ToolCall) -> ToolResult:
    return ToolResult(call.id, CANCELLED, is_error=True, name=call.name, made=Made("cancelled"))


def tools_of(body: Mapping[str, Any], notes: list[str]) -> tuple[Tool, ...]:
    """What could not be read is told in ``notes``."""
    if not body.get("tools"):
        return ()
    try:
        found = read_tools(json.dumps(body["tools"]))
    except ImportProblem as error:
        notes.append(f"The tools were left out: {error}")
        return ()
    notes += [f"The tool {one.title} was left out: {one.refused}" for one in found.candidates if one.refused]
    return tuple(one.tool for one in found.candidates if not one.refused)


def _options(body: Mapping[str, Any]) -> tuple[Options, list[str]]:
    """What of the options is known here; the rest is named."""
    config = body.get("generationConfig")
    given = {**body, **(config if isinstance(config, Mapping) else {})}
    values: dict[str, Any] = {}
    for name, option in _NUMBERS.items():
        value = given.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            values[option] = value
    left = sorted(set(given) - _QUIET)
    notes = [f"Not taken over: {', '.join(left)}. Set them under Options where they are wanted."] if left else []
    return replace(Options(), **values), notes
