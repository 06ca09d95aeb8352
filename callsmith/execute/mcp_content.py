"""What an MCP tool sent back, as the text and the media of a result."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.media import MAX_FILE, size
from callsmith.types.parts import Media

_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,100}")
_UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Content:
    text: str
    media: tuple[Media, ...] = ()
    is_error: bool = False
    notes: tuple[str, ...] = ()


def read(result: Mapping[str, Any]) -> Content:
    """The result of ``tools/call``, which follows the protocol. Structured content wins where there is any."""
    pieces = [_piece(item) for item in result.get("content") or ()]
    text = "\n".join(piece for piece in pieces if isinstance(piece, str))
    media = tuple(piece for piece in pieces if isinstance(piece, Media))
    is_error = result.get("isError") is True
    structured = result.get("structuredContent")
    notes: tuple[str, ...] = ()
    if structured is not None and not (is_error and text):
        if text and not _says(text, structured):
            notes = ("The server also sent text, which is not part of the result: " + _short(text),)
        text = as_text(structured)
    if media and sum(map(size, media)) > MAX_FILE:
        return Content(f"The server sent media of more than {MAX_FILE // 1_000_000} MB.", is_error=True)
    if media and not text:
        text = ", ".join(f"[{one.name or 'Attached'}, {one.media_type}]" for one in media)
    if is_error and not text:
        text = "The server reports an error without saying which."
    return Content(text, media, is_error, notes)


def as_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _piece(item: Mapping[str, Any]) -> str | Media:
    match item.get("type"):
        case "text":
            return str(item["text"])
        case "image" | "audio" as kind:
            return _media(item.get("data"), item.get("mimeType"), "") or f"[{kind} whose data cannot be read]"
        case "resource":
            return _resource(item["resource"])
        case "resource_link":
            return _named("Link to a resource", item)
        case _:
            return as_text(item)


def _resource(held: Mapping[str, Any]) -> str | Media:
    if "text" in held:
        return f"{_named('Resource', held)}\n{held['text']}"
    found = _media(held.get("blob"), held.get("mimeType"), str(held.get("uri") or ""))
    return found or f"{_named('Resource', held)}, whose data cannot be read"


def _named(what: str, about: Mapping[str, Any]) -> str:
    return f"[{', '.join([what, *_facts(about)])}]"


def _facts(about: Mapping[str, Any]) -> Iterator[str]:
    for key in ("title", "name", "uri", "mimeType", "description"):
        if isinstance(value := about.get(key), str) and value:
            yield value


def _media(data: Any, media_type: Any, name: str) -> Media | None:
    """None where the data is not base64."""
    packed = "".join(str(data or "").split())
    try:
        base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None
    known = isinstance(media_type, str) and _TYPE.fullmatch(media_type)
    return Media(str(media_type) if known else _UNKNOWN_TYPE, packed, name=name[:200]) if packed else None


def _says(text: str, structured: Any) -> bool:
    """Whether the text is the structured content over again: as JSON, or as the one value in it."""
    alone = next(iter(structured.values())) if isinstance(structured, dict) and len(structured) == 1 else structured
    if text == alone:
        return True
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return isinstance(alone, list) and text == "\n".join(map(str, alone))
    return said in (structured, alone)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 200 else f"{flat[:200]}..."
