"""The history in a recorded request, whatever its format: who said what, in order.

Lenient, since it only shows what was sent: what is not known is left out, nothing is refused. Thoughts and a server's
own steps stand in the recorded answers, which are read by the wire formats themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from callsmith.types.parts import Media, ToolCall, ToolResult

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(slots=True)
class Said:
    """One message. ``results`` may lack the id of their call: Gemini answers by name."""

    role: Role
    text: str = ""
    media: list[Media] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    results: list[ToolResult] = field(default_factory=list)


def history(wire: str, body: Any) -> list[Said]:
    """Neighbours of one role are one message."""
    if not isinstance(body, Mapping):
        return []
    joined: list[Said] = []
    for said in _READ[wire](body):
        last = joined[-1] if joined else None
        if last is not None and last.role == said.role and said.role != "user":
            last.text = "\n\n".join(filter(None, (last.text, said.text)))
            last.media += said.media
            last.calls += said.calls
            last.results += said.results
        elif said.text or said.media or said.calls or said.results:
            joined.append(said)
    return joined


def _chat(body: Mapping[str, Any]) -> Iterator[Said]:
    for message in _objects(body.get("messages")):
        role, content = message.get("role"), message.get("content")
        if role in ("system", "developer"):
            yield Said("system", _text(content))
        elif role in ("tool", "function"):
            call_id, name = _word(message, "tool_call_id"), _word(message, "name")
            yield Said("tool", results=[ToolResult(call_id, _text(content), name=name)])
        elif role == "assistant":
            calls = [_call(call.get("id"), call.get("function")) for call in _objects(message.get("tool_calls"))]
            if isinstance(message.get("function_call"), Mapping):
                calls.append(_call("", message["function_call"]))
            yield Said("assistant", _text(content), calls=calls)
        else:
            yield Said("user", _text(content), _media(content))


def _responses(body: Mapping[str, Any]) -> Iterator[Said]:
    yield Said("system", _text(body.get("instructions")))
    given = body.get("input")
    if isinstance(given, str):
        yield Said("user", given)
    for item in _objects(given):
        kind = item.get("type", "message")
        if kind in ("function_call", "custom_tool_call"):
            arguments = item.get("arguments", item.get("input"))
            yield Said("assistant", calls=[_call(item.get("call_id"), {**item, "arguments": arguments})])
        elif kind in ("function_call_output", "custom_tool_call_output"):
            yield Said("tool", results=[ToolResult(_word(item, "call_id"), _text(item.get("output")))])
        elif kind == "message":
            content, role = item.get("content"), item.get("role")
            if role in ("system", "developer"):
                yield Said("system", _text(content))
            elif role == "assistant":
                yield Said("assistant", _text(content))
            else:
                yield Said("user", _text(content), _media(content))


def _anthropic(body: Mapping[str, Any]) -> Iterator[Said]:
    yield Said("system", _text(body.get("system")))
    for message in _objects(body.get("messages")):
        content = message.get("content")
        blocks = _objects(content)
        if message.get("role") == "assistant":
            uses = [block for block in blocks if block.get("type") == "tool_use"]
            calls = [_call(use.get("id"), {**use, "arguments": use.get("input")}) for use in uses]
            yield Said("assistant", _text(content), calls=calls)
            continue
        results = [block for block in blocks if block.get("type") == "tool_result"]
        yield Said("tool", results=[_anthropic_result(block) for block in results])
        yield Said("user", _text(content), _media(content))


def _anthropic_result(block: Mapping[str, Any]) -> ToolResult:
    return ToolResult(_word(block, "tool_use_id"), _text(block.get("content")), is_error=block.get("is_error") is True)


def _gemini(body: Mapping[str, Any]) -> Iterator[Said]:
    instruction = body.get("systemInstruction", body.get("system_instruction"))
    yield Said("system", _text(instruction.get("parts") if isinstance(instruction, Mapping) else instruction))
    given = body.get("contents")
    for content in [given] if isinstance(given, Mapping) else _objects(given):
        parts = content.get("parts")
        listed = [parts] if isinstance(parts, Mapping) else _objects(parts)
        said = [part for part in listed if part.get("thought") is not True]
        asked = [part.get("functionCall", part.get("function_call")) for part in listed]
        calls = [_call(one.get("id"), {**one, "arguments": one.get("args") or {}}) for one in _objects(asked)]
        if content.get("role") == "model":
            yield Said("assistant", _text(said), calls=calls)
            continue
        answered = [part.get("functionResponse", part.get("function_response")) for part in listed]
        results = [
            ToolResult(_word(one, "id"), _json(one.get("response")), name=_word(one, "name"))
            for one in _objects(answered)
        ]
        yield Said("tool", results=results)
        yield Said("user", _text(said), _media(said))


_READ = {"openai-chat": _chat, "openai-responses": _responses, "anthropic": _anthropic, "gemini": _gemini}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _word(value: Mapping[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _text(content: Any) -> str:
    """The words of a content that is text, a list of parts, or any JSON."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        texts = (_word(one, "text") for one in _objects(content) if one.get("type", "text").endswith("text"))
        return "\n\n".join(filter(None, texts))
    return "" if content is None else _json(content)


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _call(call_id: Any, function: Any) -> ToolCall:
    named = function if isinstance(function, Mapping) else {}
    arguments = named.get("arguments")
    return ToolCall(
        call_id if isinstance(call_id, str) else "",
        _word(named, "name"),
        "{}" if arguments is None else _json(arguments),
    )


def _media(content: Any) -> list[Media]:
    found = (_medium(part) for part in _objects(content))
    return [medium for medium in found if medium is not None]


def _medium(part: Mapping[str, Any]) -> Media | None:
    inline = part.get("inlineData", part.get("inline_data"))
    if isinstance(inline, Mapping):
        return Media(_word(inline, "mimeType") or _word(inline, "mime_type"), _word(inline, "data"))
    source = part.get("source")
    if isinstance(source, Mapping) and source.get("type") in ("base64", "url"):
        return Media(_word(source, "media_type"), _word(source, "data"), _word(source, "url"))
    image = part.get("image_url")
    url = _word(image, "url") if isinstance(image, Mapping) else image
    if not isinstance(url, str) or not url:
        return None
    head, comma, data = url.partition(";base64,")
    return Media(head.removeprefix("data:"), data) if comma else Media("image/*", url=url)
