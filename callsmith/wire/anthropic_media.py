"""Images and files of a user's message as blocks of the Messages format."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from callsmith.types.parts import Media

_IMAGES = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp"))


def media_block(media: Media) -> dict[str, Any]:
    """An image or a document; what the format has no block for is named in a text, so that nothing is lost unsaid."""
    kind = media.media_type
    if kind in _IMAGES or (kind.startswith("image/") and media.url):
        return {"type": "image", "source": _source(media)}
    if kind == "application/pdf":
        return _titled({"type": "document", "source": _source(media)}, media)
    text = _plain_text(media) if kind.startswith("text/") or kind == "application/json" else None
    if text:
        source = {"type": "text", "media_type": "text/plain", "data": text}
        return _titled({"type": "document", "source": source}, media)
    name = media.name or "without a name"
    return {"type": "text", "text": f"[A file of type {kind} ({name}) was left out: this format cannot carry it]"}


def _source(media: Media) -> dict[str, Any]:
    if media.url and not media.data:
        return {"type": "url", "url": media.url}
    return {"type": "base64", "media_type": media.media_type, "data": media.data}


def _titled(block: dict[str, Any], media: Media) -> dict[str, Any]:
    return {**block, "title": media.name} if media.name else block


def _plain_text(media: Media) -> str | None:
    try:
        return base64.b64decode(media.data, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
