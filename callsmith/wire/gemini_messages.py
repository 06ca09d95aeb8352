"""A thread as Gemini ``contents`` (wire-format notes, 5.2).

- Roles are ``user`` and ``model``; all results of a turn stand in one content, right after their calls,
  in their order, and as many as there are calls.
- What a part carried besides its text goes back on that very part, to the model that wrote it. Thoughts
  need not go back; one that carries a signature does.
- A call that another format or model made is given the documented stand-in for its signature.
- Only ids that Gemini itself gave are sent; a name that Gemini would refuse (7.6) is made legal, in its call and in
  its result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsmith.conversation import CANCELLED, answerable
from callsmith.types.connection import Target
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Parsed, Part, Refusal, Text, Thinking, ToolCall, ToolResult, finite
from callsmith.wire.body import is_own
from callsmith.wire.custom import ARGUMENT
from callsmith.wire.gemini_calls import CALL
from callsmith.wire.jsonbytes import dumps

SIGNATURE = "thoughtSignature"
STAND_IN = "skip_thought_signature_validator"
# From Gemini 3 on a response holds its media; for the models before, media stand after the responses.
BEFORE_3 = re.compile(r"gemini-[12](?:\D|$)")
_ILLEGAL = re.compile(r"[^A-Za-z0-9_.:-]")
_BEGINS = re.compile(r"[A-Za-z_]")
_MAX_NAME = 128


def contents(target: Target, messages: Sequence[Message]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    waiting: Sequence[ToolCall] = ()
    own = False
    inside = not BEFORE_3.search(target.model)

    def add(role: str, parts: list[dict[str, Any]]) -> None:
        if parts:
            out.append({"role": role, "parts": parts})

    for message in messages:
        if waiting or message.role == "tool":
            given = message.parts if message.role == "tool" else ()
            add("user", _results(given, waiting, own, media_inside=inside))
            waiting = ()
        if message.role == "assistant":
            own = is_own(message, target)
            waiting = answerable(message)
            add("model", list(_own_parts(message) if own else _foreign_parts(message)))
        elif message.role == "user":
            add("user", list(_user_parts(message)))
    return out


def _user_parts(message: Message) -> Iterator[dict[str, Any]]:
    for part in message.parts:
        if isinstance(part, Text) and part.text:
            yield {"text": part.text}
        elif isinstance(part, Media):
            yield _media(part)


def _own_parts(message: Message) -> Iterator[dict[str, Any]]:
    """A turn of the same model, part by part as it came."""
    sendable = {call.id for call in answerable(message)}
    for part in message.parts:
        if isinstance(part, Text) and (part.text or part.extra):
            yield {"text": part.text, **part.extra}
        elif isinstance(part, Thinking) and part.extra:
            yield {"text": part.text, "thought": True, **part.extra}
        elif isinstance(part, ToolCall) and part.id in sendable:
            beside = {key: part.extra[key] for key in part.extra if key != CALL}
            yield {"functionCall": {**part.extra.get(CALL, {}), **_call(part)}, **beside}
        elif isinstance(part, Media) and _goes_back(part.extra):
            yield {**_media(part), **part.extra}
        elif isinstance(part, Opaque) and isinstance(part.data, Mapping) and _goes_back(part.data):
            yield dict(part.data)


def _goes_back(fields: Mapping[str, Any]) -> bool:
    """A picture that was a thought is no more needed than a thought in words."""
    return SIGNATURE in fields or not fields.get("thought")


def _foreign_parts(message: Message) -> Iterator[dict[str, Any]]:
    """What another model or format said: words, calls and media; nothing opaque."""
    sendable = {call.id for call in answerable(message)}
    first = True
    for part in message.parts:
        if isinstance(part, Text | Refusal) and part.text:
            yield {"text": part.text}
        elif isinstance(part, ToolCall) and part.id in sendable:
            yield {"functionCall": _call(part), **({SIGNATURE: STAND_IN} if first else {})}
            first = False
        elif isinstance(part, Media) and not part.extra.get("thought"):
            yield _media(part)


def _call(call: ToolCall) -> dict[str, Any]:
    """``args`` must be an object: what is none (free text, broken JSON) goes inside one."""
    parsed = call.parsed()
    value = parsed.value if isinstance(parsed, Parsed) else call.arguments
    if call.type == "custom":
        value = {ARGUMENT: call.arguments}
    elif not isinstance(value, dict):
        value = {ARGUMENT: value} if value else {}
    return {"name": legal_name(call.name), "args": value}


def legal_name(name: str) -> str:
    legal = _ILLEGAL.sub("_", name)
    return (legal if _BEGINS.match(legal) else f"_{legal}")[:_MAX_NAME]


def _results(
    parts: Sequence[Part], calls: Sequence[ToolCall], own: bool, *, media_inside: bool
) -> list[dict[str, Any]]:
    """One response a call, in call order; a call without a result was cancelled. Media after a result, and before the
    next, are part of that result."""
    media: dict[str, list[dict[str, Any]]] = {}
    given: dict[str, ToolResult] = {}
    latest = ""
    for part in parts:
        if isinstance(part, ToolResult):
            latest = part.call_id
            given[latest] = part
        elif isinstance(part, Media):
            media.setdefault(latest, []).append(_media(part))
    responses: list[dict[str, Any]] = []
    beside: list[dict[str, Any]] = []
    for call in calls:
        held = media.get(call.id, [])
        result = given.get(call.id) or ToolResult(call.id, CANCELLED, is_error=True)
        response = _response(call, result, own)
        if held and not result.content and not result.is_error:
            response["response"] = {}
        if held and media_inside:
            response["parts"] = held
        else:
            beside += held
        responses.append({"functionResponse": response})
    return responses + beside


def _response(call: ToolCall, result: ToolResult, own: bool) -> dict[str, Any]:
    given = call.extra.get(CALL, {}).get("id") if own else None
    response = response_object(result.content, is_error=result.is_error)
    return {**({"id": given} if given else {}), "name": legal_name(call.name), "response": response}


def response_object(content: str, *, is_error: bool) -> dict[str, Any]:
    """The result as the object that ``response`` must be.

    ``output`` and ``error`` are read as its parts when present, and an object without them is the output
    as a whole (5.2): so an object with one of them among other fields is put under ``output``.
    """
    value = _value(content)
    if is_error:
        return value if isinstance(value, dict) and "error" in value else {"error": value}
    if isinstance(value, dict) and (len(value) == 1 or not value.keys() & {"output", "error"}):
        return value
    return {"output": value}


def _value(content: str) -> Any:
    """The JSON in a result's text. A bare number whose spelling would change (``1.10``) stays text."""
    try:
        value = json.loads(content, parse_constant=_refuse, parse_float=finite)
    except (ValueError, RecursionError):
        return content
    if isinstance(value, dict | list | str) or dumps(value) == content.strip():
        return value
    return content


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _media(part: Media) -> dict[str, Any]:
    if part.url:
        return {"fileData": {"mimeType": part.media_type, "fileUri": part.url}}
    return {"inlineData": {"mimeType": part.media_type, "data": part.data}}
