"""Responses output items as parts, and parts as input items again.

An item must go back as it came, in its place (wire-format notes, 3.2): what a part has no field for is
kept in its ``extra``, a reasoning item is kept whole, and an item without a part of its own is opaque.
The extras are read here only. A part of a reply that broke off before its item was done has none, so it
goes back, if at all, as if another format had made it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.conversation import answerable
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Part, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.wire.in_words import error_text, left_out
from callsmith.wire.jsonbytes import dumps

MESSAGE = "message"  # extra of the first part of a message item: its other fields; {} on the parts after it
REASONING = "reasoning"  # extra of a Thinking part: the whole item
PARTIAL = "partial"  # extra of an Opaque part whose item was never done
CUSTOM = "custom"
# Items that a client writes itself; they may stand in a user or tool message as opaque parts.
CLIENT_ITEMS = frozenset(
    (
        "mcp_approval_response",
        "computer_call_output",
        "local_shell_call_output",
        "shell_call_output",
        "apply_patch_call_output",
        "tool_search_output",
        "item_reference",
    )
)
MAX_CALL_ID = 64
CALLS = {"function_call": ("function", "arguments"), "custom_tool_call": (CUSTOM, "input")}
_CONTENT = {"output_text": "text", "refusal": "refusal"}


def parts_of(item: Mapping[str, Any], position: int) -> list[Part]:
    """What one output item says. ``position`` names a call that came without an id."""
    kind = text_field(item, "type")
    if kind == MESSAGE and item.get("content"):
        return list(_message_parts(item))
    if kind == "reasoning":
        text = thinking_text(item)
        if text:
            source = "reasoning_text" if _texts(item.get("content")) else "reasoning_summary"
            return [Thinking(text, source, {REASONING: item})]
    if kind in CALLS:
        return [_call_part(item, position)]
    return [Opaque(kind or "item", item)]


def thinking_text(item: Mapping[str, Any]) -> str:
    """The summaries, a blank line between them, then the reasoning itself where the host shows it."""
    summary = "\n\n".join(_texts(item.get("summary")))
    content = "".join(_texts(item.get("content")))
    return f"{summary}\n\n{content}" if summary and content else summary or content


def _texts(parts: Any) -> list[str]:
    if isinstance(parts, str):
        return [parts] if parts else []
    found = [part.get("text") for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    return [text for text in found if isinstance(text, str) and text]


def _message_parts(item: Mapping[str, Any]) -> Iterator[Part]:
    header: Mapping[str, Any] = {key: value for key, value in item.items() if key not in ("type", "content")}
    content = item["content"]
    for entry in content if isinstance(content, list) else [content]:
        part: Mapping[str, Any] = entry if isinstance(entry, dict) else {"type": "output_text", "text": entry}
        kind = text_field(part, "type")
        field = _CONTENT.get(kind)
        value = part.get(field) if field else None
        if isinstance(value, str):
            extra = {MESSAGE: header, **{key: part[key] for key in part if key not in ("type", field)}}
            yield Refusal(value, extra) if field == "refusal" else Text(value, extra)
        else:
            yield Opaque(kind, entry, {MESSAGE: header})
        header = {}


def _call_part(item: Mapping[str, Any], position: int) -> ToolCall:
    kind, field = CALLS[item["type"]]
    value = item.get(field)
    text = value if isinstance(value, str) else "" if value is None else dumps(value)
    if kind == "function" and not text.strip():
        text = "{}"
    extra = {key: item[key] for key in item if key not in ("type", "call_id", "name", field)}
    return ToolCall(call_id(item, position), text_field(item, "name"), text, kind, extra)


def call_id(item: Mapping[str, Any], position: int) -> str:
    """``call_id`` links call and result; the item's own ``id`` stands in only where a relay left it out."""
    return text_field(item, "call_id") or text_field(item, "id") or f"call_{position + 1}"


def text_field(item: Mapping[str, Any], name: str) -> str:
    """A field that is text; empty where a relay left it out or put something else there."""
    value = item.get(name)
    return value if isinstance(value, str) else ""


def items_of(message: Message, *, verbatim: bool, stored: bool) -> list[dict[str, Any]]:
    """The input items that say an assistant message again.

    ``verbatim``: the same model behind the same format made it, so opaque data goes back. ``stored``:
    the server keeps the items (``store`` true), so a reasoning item may go back by its id alone.
    """
    written = _Items()
    sendable = {call.id for call in answerable(message)}
    for part in message.parts:
        if isinstance(part, Text | Refusal):
            written.content(part, verbatim)
        elif isinstance(part, ToolCall) and part.id in sendable:
            written.add(call_item(part, verbatim), whole=True)
        elif verbatim and isinstance(part, Thinking) and REASONING in part.extra:
            written.add(dict(part.extra[REASONING]), whole=True)
        elif verbatim and isinstance(part, Opaque) and PARTIAL not in part.extra:
            if MESSAGE in part.extra:
                written.append(part.data, part.extra[MESSAGE])
            else:
                written.add(part.data, whole=True)
    return written.finish(stored)


_NO_ITEM: dict[str, Any] = {"type": ""}


class _Items:
    """``whole`` marks an item as the model's own, complete: only such a one may follow its reasoning."""

    def __init__(self) -> None:
        self._items: list[tuple[dict[str, Any], bool]] = []

    def add(self, item: dict[str, Any], *, whole: bool) -> None:
        self._items.append((item, whole))

    def content(self, part: Text | Refusal, verbatim: bool) -> None:
        field = "text" if isinstance(part, Text) else "refusal"
        entry = {"type": "output_text" if field == "text" else "refusal", field: part.text}
        if verbatim and MESSAGE in part.extra:
            entry.update((key, part.extra[key]) for key in part.extra if key != MESSAGE)
            self.append(entry, part.extra[MESSAGE])
        elif part.text:
            self.append(entry, None)

    def append(self, entry: Any, header: Mapping[str, Any] | None) -> None:
        """A content part: of a new message item, or of the one before it."""
        if header:
            self.add({"type": MESSAGE, **header, "content": [entry]}, whole=True)
            return
        last, whole = self._items[-1] if self._items else (_NO_ITEM, False)
        if last.get("type", MESSAGE) == MESSAGE and whole is (header is not None):
            last["content"].append(entry)
        else:
            # ``type`` is optional for OpenAI; llama.cpp refuses an assistant message without it.
            self.add({"type": MESSAGE, "role": "assistant", "content": [entry]}, whole=False)

    def finish(self, stored: bool) -> list[dict[str, Any]]:
        """Without reasoning that would be refused: kept nowhere (trap 30), or with nothing after it (trap 31)."""
        kept: list[dict[str, Any]] = []
        lost = followed = False
        for item, whole in reversed(self._items):
            if item.get("type") == "reasoning" and not (followed and (stored or _stands_alone(item))):
                lost = True
                continue
            kept.append(item)
            followed = whole
        kept.reverse()
        if lost and not stored:
            # An item whose id the server knows is refused without its reasoning (3.2). Without an id a message or a
            # call passes; the steps of server tools cannot do without theirs and stay behind.
            return [_nameless(item) for item in kept if item.get("type") in (MESSAGE, *CALLS)]
        return kept


def _stands_alone(item: Mapping[str, Any]) -> bool:
    """Encrypted, or open reasoning text as open-weight hosts send it: readable without the server's copy."""
    return bool(item.get("encrypted_content") or _texts(item.get("content")))


def _nameless(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key != "id"}


def call_item(call: ToolCall, verbatim: bool) -> dict[str, Any]:
    head = {"call_id": legal_id(call.id), "name": call.name}
    extra = call.extra if verbatim else {}
    if call.type == CUSTOM:
        return {"type": "custom_tool_call", **extra, **head, "input": call.arguments}
    return {"type": "function_call", **extra, **head, "arguments": call.arguments or "{}"}


def result_items(message: Message, calls: Mapping[str, ToolCall]) -> Iterator[dict[str, Any]]:
    """One output item a result. Media after a result, and before the next, are part of that result."""
    open_result: ToolResult | None = None
    media: list[Media] = []
    for part in message.parts:
        if isinstance(part, Media):
            media.append(part)
            continue
        if open_result is not None:
            yield _result_item(open_result, media, calls)
        open_result, media = (part, []) if isinstance(part, ToolResult) else (None, [])
        if isinstance(part, Opaque) and part.type in CLIENT_ITEMS:
            yield part.data
    if open_result is not None:
        yield _result_item(open_result, media, calls)


def _result_item(result: ToolResult, media: list[Media], calls: Mapping[str, ToolCall]) -> dict[str, Any]:
    text = error_text(result.content) if result.is_error else result.content
    output: Any = text
    if media:
        output = ([{"type": "input_text", "text": text}] if text else []) + [media_part(part) for part in media]
    call = calls.get(result.call_id)
    kind = "custom_tool_call_output" if call is not None and call.type == CUSTOM else "function_call_output"
    return {"type": kind, "call_id": legal_id(result.call_id), "output": output}


def media_part(part: Media) -> dict[str, Any]:
    """An image, or a file of any other kind but sound, as content. ``extra`` may hold ``detail`` or a ``file_id``."""
    where = part.url or (f"data:{part.media_type};base64,{part.data}" if part.data else "")
    if part.media_type.startswith("image/"):
        return {"type": "input_image", **({"image_url": where} if where else {}), **part.extra}
    if part.media_type.startswith("audio/"):
        return {"type": "input_text", "text": left_out(part)}
    source = {"file_url": where} if part.url else {"file_data": where} if where else {}
    name = part.name or (f"file.{part.media_type.rpartition('/')[2]}" if part.data else "")
    return {"type": "input_file", **({"filename": name} if name else {}), **source, **part.extra}


def legal_id(identifier: str) -> str:
    """OpenAI takes call ids of up to 64 characters; a longer one from elsewhere is replaced by its hash."""
    if len(identifier) <= MAX_CALL_ID:
        return identifier
    return "call_" + hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:32]
