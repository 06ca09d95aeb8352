"""A thread as the messages of Chat Completions (wire-format notes, 2.3 and 6).

Reasoning and opaque fields go back to the model that wrote them and to no other, in conversations that use tools.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.conversation import answerable
from callsmith.types.connection import Target
from callsmith.types.message import Message, Thread
from callsmith.types.parts import Media, Part, Text, Thinking, ToolCall, ToolResult
from callsmith.wire.body import is_own
from callsmith.wire.chat_calls import LEGACY
from callsmith.wire.chat_media import AUDIO
from callsmith.wire.custom import call_as_function
from callsmith.wire.in_words import error_text, left_out, plain_text
from callsmith.wire.profile import Profile

_REASONING = ("reasoning_content", "reasoning")
_SOUNDS = {"wav": "wav", "x-wav": "wav", "wave": "wav", "vnd.wave": "wav", "mpeg": "mp3", "mp3": "mp3"}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def messages(target: Target, thread: Thread, profile: Profile, *, offers_tools: bool) -> list[dict[str, Any]]:
    """The whole history, one message for each result."""
    with_tools = offers_tools or any(message.calls for message in thread.messages)
    out: list[dict[str, Any]] = []
    if thread.system:
        out.append({"role": profile.system_role, "content": thread.system})
    calls: Mapping[str, ToolCall] = {}
    for message in thread.messages:
        if message.role == "user":
            out.append({"role": "user", "content": _content(message)})
        elif message.role == "assistant":
            calls = {call.id: call for call in message.calls}
            written = assistant_message(message, target, profile, with_tools=with_tools)
            if written is not None:
                out.append(written)
        else:
            out += result_messages(message, calls, profile)
    return out


def assistant_message(message: Message, target: Target, profile: Profile, *, with_tools: bool) -> dict[str, Any] | None:
    """An assistant message as it goes back; None when nothing of a cut-off reply can be sent.

    ``with_tools``: the conversation uses tools, so reasoning goes back to the model that wrote it (section 6).
    """
    calls = answerable(message)
    own = is_own(message, target)
    spoken = _spoken(message) if own else {}
    content: Any = message.text or message.refusal
    if spoken and content == spoken.get("transcript"):
        content = ""
    if not calls and not content and not spoken:
        return None
    out: dict[str, Any] = {"role": "assistant", "content": content or None}
    if with_tools:
        _reasoning(out, message, profile, own=own)
    if own and with_tools:
        out.update((key, message.extra[key]) for key in profile.echoed if key in message.extra)
    if spoken:
        out["audio"] = {"id": spoken["id"]}
    if calls and calls[0].type == LEGACY:
        out[LEGACY] = {"name": calls[0].name, "arguments": calls[0].arguments}
    elif calls:
        out["tool_calls"] = [_call(call, profile, own=own) for call in calls]
    if calls and out["content"] is None and profile.empty_content == "empty":
        out["content"] = ""
    return out


def result_messages(message: Message, calls: Mapping[str, ToolCall], profile: Profile) -> Iterator[dict[str, Any]]:
    """One message a result: role ``tool``, or ``function`` for a legacy call. Content is text only, so media after a
    result is named in it."""
    for at, part in enumerate(message.parts):
        if not isinstance(part, ToolResult):
            continue
        said = [part.content] if part.content else []
        content = "\n".join([*said, *map(left_out, _media_of(message.parts[at + 1 :]))])
        content = error_text(content) if part.is_error else content
        call = calls.get(part.call_id)
        if call is not None and call.type == LEGACY:
            yield {"role": "function", "name": call.name, "content": content}
        else:
            yield {"role": "tool", "tool_call_id": legal_id(part.call_id, profile), "content": content}


def legal_id(identifier: str, profile: Profile) -> str:
    """The id itself, or one made from it where the vendor wants a fixed length (trap 36)."""
    length = profile.call_id_length
    if length is None or (len(identifier) == length and identifier.isascii() and identifier.isalnum()):
        return identifier
    digest = hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).digest()
    return "".join(_DIGITS[byte % len(_DIGITS)] for byte in digest[:length])


def _reasoning(out: dict[str, Any], message: Message, profile: Profile, *, own: bool) -> None:
    if profile.reasoning_back == "never":
        return
    thoughts = []
    for part in message.parts if own else ():
        if isinstance(part, Thinking) and part.source in _REASONING:
            out[part.source] = out.get(part.source, "") + part.text
        elif isinstance(part, Thinking) and part.source == "content":
            thoughts.append({"type": "thinking", "thinking": [{"type": "text", "text": part.text}]})
    if thoughts:
        # Mistral: thoughts are parts of the content.
        said = [{"type": "text", "text": out["content"]}] if out["content"] else []
        out["content"] = [*thoughts, *said]
    if profile.reasoning_back == "always" and not any(name in out for name in _REASONING):
        out["reasoning_content"] = profile.reasoning_lost


def _spoken(message: Message) -> Mapping[str, Any]:
    """What the model's own sound is called, so that it need not be sent."""
    for part in message.parts:
        fields = part.extra.get(AUDIO) if isinstance(part, Media) else None
        if isinstance(fields, Mapping) and fields.get("id"):
            return fields
    return {}


def _call(call: ToolCall, profile: Profile, *, own: bool) -> dict[str, Any]:
    extra = call.extra if own else {}
    call_id = legal_id(call.id, profile)
    if call.type == "custom" and (own or profile.custom_tools):
        return {**extra, "id": call_id, "type": "custom", "custom": {"name": call.name, "input": call.arguments}}
    # A gateway drops a call whose arguments are no object (trap 48).
    arguments = call_as_function(call).arguments.strip() or "{}"
    function = {**extra.get("function", {}), "name": call.name, "arguments": arguments}
    return {**extra, "id": call_id, "type": "function", "function": function}


def _media_of(parts: tuple[Part, ...]) -> Iterator[Media]:
    for part in parts:
        if isinstance(part, ToolResult):
            return
        if isinstance(part, Media):
            yield part


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not any(isinstance(part, Media) for part in message.parts):
        return message.text
    out = []
    for part in message.parts:
        if isinstance(part, Media):
            out.append(_media(part))
        elif isinstance(part, Text) and part.text:
            out.append({"type": "text", "text": part.text})
    return out


def _media(media: Media) -> dict[str, Any]:
    """An image by address or whole, sound and files whole; text files as text, for not every vendor knows files."""
    kind, _, subtype = media.media_type.partition("/")
    inline = f"data:{media.media_type};base64,{media.data}" if media.data else ""
    if kind == "image" and (inline or media.url):
        detail = {"detail": media.extra["detail"]} if "detail" in media.extra else {}
        return {"type": "image_url", "image_url": {"url": inline or media.url, **detail}}
    if kind == "audio" and subtype in _SOUNDS and media.data:
        return {"type": "input_audio", "input_audio": {"data": media.data, "format": _SOUNDS[subtype]}}
    text = plain_text(media)
    if text is not None:
        return {"type": "text", "text": f"{media.name}:\n\n{text}" if media.name else text}
    if inline and kind != "audio":
        return {"type": "file", "file": {"filename": media.name or f"file.{subtype}", "file_data": inline}}
    return {"type": "text", "text": left_out(media)}
