"""Images, files and sound in a user's message or a result, as each format writes them (wire-format notes, 2.2, 3.2, 4.2
and 5.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.parts import Media, Part, Text

_TEXTS = ("text", "input_text", "output_text")


def part_of(block: Any) -> Part | None:
    """One content part of Chat, Responses or Messages; None where it is of no known kind."""
    if isinstance(block, str):
        return Text(block)
    if not isinstance(block, Mapping):
        return None
    kind = block.get("type")
    if (kind is None or kind in _TEXTS) and isinstance(block.get("text"), str):
        return Text(block["text"])
    match kind:
        case "image_url":
            image = block.get("image_url")
            return linked(str(image.get("url") if isinstance(image, Mapping) else image or ""), "image/*")
        case "input_image":
            return linked(str(block.get("image_url") or ""), "image/*")
        case "input_audio":
            sound = _object(block, "input_audio")
            return Media(f"audio/{sound.get('format') or 'wav'}", str(sound.get("data") or ""))
        case "file" | "input_file":
            return _file(block)
        case "image" | "document":
            return _sourced(block)
    return None


def gemini_part(block: Mapping[str, Any]) -> Part | None:
    """One part of a Gemini content, its own field names in camel case."""
    if isinstance(block.get("text"), str):
        return Text(block["text"])
    inline = _object(block, "inlineData")
    if inline:
        return Media(str(inline.get("mimeType") or inline.get("mime_type") or ""), str(inline.get("data") or ""))
    file = _object(block, "fileData")
    if file:
        url = str(file.get("fileUri") or file.get("file_uri") or "")
        return Media(str(file.get("mimeType") or file.get("mime_type") or "application/octet-stream"), url=url)
    return None


def linked(address: str, media_type: str, name: str = "") -> Media | None:
    """A data: address as its bytes, any other as where they are."""
    if not address:
        return None
    head, comma, data = address.partition(",")
    if head.startswith("data:") and comma:
        return Media(head.removeprefix("data:").removesuffix(";base64") or media_type, data, name=name)
    return Media(media_type, url=address, name=name)


def _file(block: Mapping[str, Any]) -> Media | None:
    held = _object(block, "file") or block
    name = str(held.get("filename") or "")
    for field in ("file_data", "file_url"):
        if held.get(field):
            return linked(str(held[field]), "application/octet-stream", name)
    if held.get("file_id"):
        return Media("application/octet-stream", name=name, extra={"file_id": held["file_id"]})
    return None


def _sourced(block: Mapping[str, Any]) -> Part | None:
    source = _object(block, "source")
    name = str(block.get("title") or "")
    kind = "image/*" if block.get("type") == "image" else "application/pdf"
    match source.get("type"):
        case "base64":
            return Media(str(source.get("media_type") or kind), str(source.get("data") or ""), name=name)
        case "url":
            return Media(kind, url=str(source.get("url") or ""), name=name)
        case "text":
            return Text(str(source.get("data") or ""))
    return None


def _object(block: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    found = block.get(field)
    return found if isinstance(found, Mapping) else {}
