"""The content blocks of a Messages request, checked one by one and read into parts (wire-format notes, 4.2)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.signature import is_genuine
from callsmith.demo.wires.anthropic_checks import (
    ID,
    NAME,
    check_pattern,
    check_tag,
    need,
    need_list,
    need_object,
    need_text,
    one_of,
)
from callsmith.types.parts import Media, Opaque, Part, Text, Thinking, ToolCall, ToolResult

_IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")
_PDF = ("application/pdf",)
_USER = ("text", "image", "document", "tool_result", "search_result")
_ASSISTANT = (
    *("text", "thinking", "redacted_thinking", "tool_use", "server_tool_use", "web_search_tool_result"),
    *("mcp_tool_use", "mcp_tool_result"),
)
# What the provider ran itself: the block of the call, that of its result, and what the brain calls it.
SERVER_STEPS = {"web_search_tool_result": ("server_tool_use", "search"), "mcp_tool_result": ("mcp_tool_use", "remote")}


class Blocks:
    """Reads one request; knows which ids were used. ``model`` is the one that must have signed the thoughts."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._ids: set[str] = set()
        self._running: dict[str, Mapping[str, Any]] = {}

    def read(self, role: str, content: list[Mapping[str, Any]], number: int) -> list[Part]:
        parts: list[Part] = []
        if role == "user":
            self._check_run(number - 1)
        for place, block in enumerate(content):
            at = f"messages.{number}.content.{place}"
            kind = check_tag(block, at, _USER if role == "user" else _ASSISTANT)
            match kind:
                case "text":
                    parts.append(self._text(block, at))
                case "thinking" | "redacted_thinking":
                    parts += self._thought(block, at)
                case "tool_use":
                    parts.append(self._call(block, at))
                case "tool_result":
                    parts += _result(block, at)
                case "image" | "document":
                    parts.append(_media(block, at))
                case "search_result":
                    parts.append(Text(str(block.get("title") or "")))
                case _:
                    parts += self._server_step(kind, block, at)
        return parts

    def _text(self, block: Mapping[str, Any], at: str) -> Text:
        text = need_text(block, "text", f"{at}.text")
        if not text:
            raise Refused("messages: text content blocks must be non-empty")
        if not text.strip():
            raise Refused("messages: text content blocks must contain non-whitespace text")
        for citation in block.get("citations") or ():
            url = str(citation.get("url"))
            if citation.get("type") == "web_search_result_location" and not is_genuine(
                str(citation.get("encrypted_index")), self._model, "citation", url
            ):
                raise Refused(f"{at}: Invalid `encrypted_index` in `text` block")  # words unverified
        return Text(text)

    def _thought(self, block: Mapping[str, Any], at: str) -> list[Part]:
        kind = block["type"]
        if kind == "redacted_thinking":
            if not is_genuine(need_text(block, "data", f"{at}.{kind}"), self._model, "redacted", ""):
                raise Refused(f"{at}: Invalid `data` in `redacted_thinking` block")
            return []
        if block.get("cache_control") is not None:
            raise Refused(f"{at}.thinking.cache_control: Extra inputs are not permitted")
        if not isinstance(block.get("thinking"), str):
            raise Refused(f"{at}.thinking.thinking: Field required")
        signature = need_text(block, "signature", f"{at}.thinking")
        if not is_genuine(signature, self._model, "thinking", block["thinking"]):
            raise Refused(f"{at}: Invalid `signature` in `thinking` block")
        return [Thinking(block["thinking"])]

    def _call(self, block: Mapping[str, Any], at: str) -> ToolCall:
        call_id = self._id(block, f"{at}.tool_use", at)
        name = need_text(block, "name", f"{at}.tool_use")
        check_pattern(name, NAME, f"{at}.tool_use.name")
        given = need_object(need(block, "input", f"{at}.tool_use"), f"{at}.tool_use.input")
        return ToolCall(call_id, name, json.dumps(given, ensure_ascii=False))

    def _server_step(self, kind: str, block: Mapping[str, Any], at: str) -> list[Part]:
        if kind not in SERVER_STEPS:
            self._running[self._id(block, f"{at}.{kind}", at)] = block
            return []
        call_id = need_text(block, "tool_use_id", f"{at}.{kind}")
        call, step = SERVER_STEPS[kind]
        if call_id not in self._running:
            raise Refused(
                f"{at}: unexpected `tool_use_id` found in `{kind}` blocks: {call_id}. Each `{kind}` block must have a "
                f"corresponding `{call}` block before it."
            )
        del self._running[call_id]
        content = need_list(block.get("content") or [], f"{at}.{kind}.content")
        for found in content if kind == "web_search_tool_result" else ():
            if not is_genuine(str(found.get("encrypted_content")), self._model, "page", str(found.get("url"))):
                raise Refused(f"{at}: Invalid `encrypted_content` in `{kind}` block")  # words unverified
        return [Opaque(step, json.dumps(content, ensure_ascii=False))]

    def _check_run(self, number: int) -> None:
        """What the provider began to run in an assistant message has its result there too, unless it ends the list."""
        if not self._running:
            return
        use_id, block = next(iter(self._running.items()))
        result = next(kind for kind, (call, _) in SERVER_STEPS.items() if call == block["type"])
        raise Refused(
            f"messages.{number}: `{block.get('name')}` tool use with id `{use_id}` was found without a corresponding "
            f"`{result}` block"
        )

    def _id(self, block: Mapping[str, Any], where: str, at: str) -> str:
        call_id = need_text(block, "id", where)
        check_pattern(call_id, ID, f"{where}.id")
        if call_id in self._ids:
            raise Refused(f"{at}: `tool_use` ids must be unique")
        self._ids.add(call_id)
        return call_id


def _result(block: Mapping[str, Any], at: str) -> list[Part]:
    """The result, and the media that came with it."""
    call_id = need_text(block, "tool_use_id", f"{at}.tool_result")
    content, failed = block.get("content"), block.get("is_error") is True
    if failed and not content:
        raise Refused(f"{at}.tool_result: content cannot be empty if `is_error` is true")
    if isinstance(content, str) or content is None:
        return [ToolResult(call_id, content or "", is_error=failed)]
    texts: list[str] = []
    media: list[Part] = []
    for place, inner in enumerate(need_list(content, f"{at}.tool_result.content")):
        where = f"{at}.tool_result.content.{place}"
        kind = check_tag(need_object(inner, where), where, ("text", "image", "document", "search_result"))
        if kind in ("image", "document"):
            media.append(_media(inner, where, of_result=True))
        else:
            texts.append(need_text(inner, "text" if kind == "text" else "title", f"{where}.{kind}"))
    return [ToolResult(call_id, "\n".join(texts), is_error=failed), *media]


def _media(block: Mapping[str, Any], at: str, *, of_result: bool = False) -> Media:
    kind = block["type"]
    source = need_object(need(block, "source", f"{at}.{kind}"), f"{at}.{kind}.source")
    allowed = ("base64", "url", "file") if kind == "image" else ("base64", "url", "file", "text", "content")
    how = check_tag(source, f"{at}.{kind}.source", allowed)
    name = str(block.get("title") or "")
    extra = {"of_result": True} if of_result else {}
    at = f"{at}.{kind}.source.{how}"
    if how == "base64":
        media_type = one_of(source.get("media_type"), f"{at}.media_type", _IMAGES if kind == "image" else _PDF)
        return Media(media_type, _base64(need_text(source, "data", at), at), name=name, extra=extra)
    if how == "text":
        data = base64.b64encode(need_text(source, "data", at).encode()).decode()
        return Media("text/plain", data, name=name, extra=extra)
    url = need_text(source, "url" if how == "url" else "file_id", at) if how != "content" else ""
    return Media("image/*" if kind == "image" else "", url=url, name=name, extra=extra)


def _base64(data: str, at: str) -> str:
    try:
        base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(f"{at}: invalid base64 data") from error
    return data
