"""Images and files of a user's message as blocks of the Messages format."""

from __future__ import annotations

from typing import Any

from callsmith.types.parts import Media
from callsmith.wire.in_words import left_out, plain_text

_IMAGES = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp"))


def media_block(media: Media) -> dict[str, Any]:
    """An image or a document; what the format has no block for is named in a text, so that nothing is lost unsaid."""
    kind = media.media_type
    if kind in _IMAGES or (kind.startswith("image/") and media.url):
        return {"type": "image", "source": _source(media)}
    if kind == "application/pdf":
        return _titled({"type": "document", "source": _source(media)}, media)
    if text := plain_text(media):
        source = {"type": "text", "media_type": "text/plain", "data": text}
        return _titled({"type": "document", "source": source}, media)
    return {"type": "text", "text": left_out(media)}


def _source(media: Media) -> dict[str, Any]:
    if media.url and not media.data:
        return {"type": "url", "url": media.url}
    return {"type": "base64", "media_type": media.media_type, "data": media.data}


def _titled(block: dict[str, Any], media: Media) -> dict[str, Any]:
    return {**block, "title": media.name} if media.name else block
