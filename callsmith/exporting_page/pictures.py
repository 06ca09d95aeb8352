"""Pictures for the page: drawn anew from their pixels, so that nothing else that was in the file comes along (where it
was taken, a script behind the pixels). What is no raster picture is named, never embedded."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

from PIL import Image, ImageOps, UnidentifiedImageError

from callsmith.exporting_page.inert import line
from callsmith.media import decoded, size
from callsmith.spoken import size_words
from callsmith.types.parts import Media

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_LARGEST = (1000, 1000)  # pixels
_MANY_PIXELS = 50_000_000


def figure(media: Media, clean: Callable[[str], str]) -> str:
    caption = line(clean(_described(media)))
    data = _drawn(media)
    if data is None:
        return f'<p class="file" dir="auto">{caption}</p>'
    alt = line(clean(media.name) or "A picture without a description")
    return f'<figure><img src="{data}" alt="{alt}"><figcaption dir="auto">{caption}</figcaption></figure>'


def _described(media: Media) -> str:
    where = f"linked, not loaded: {media.url}" if media.url and not media.data else size_words(size(media))
    return " · ".join(fact for fact in (media.name, media.media_type or "type not reported", where) if fact)


def _drawn(media: Media) -> str | None:
    """The picture as a ``data:`` address; None where it is no picture that can be drawn."""
    if not media.data or not media.media_type.lower().startswith("image/"):
        return None
    try:
        with Image.open(io.BytesIO(decoded(media)), formats=_FORMATS) as opened:
            if opened.width * opened.height > _MANY_PIXELS:
                return None
            opened.draft("RGB", _LARGEST)
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail(_LARGEST)
            clear = picture.has_transparency_data
            out = io.BytesIO()
            if clear or opened.format in ("PNG", "GIF"):
                bare = picture.convert("RGBA" if clear else "RGB")
                bare.info.clear()
                bare.save(out, "PNG", optimize=True)
                kind = "png"
            else:
                bare = picture.convert("RGB")
                bare.info.clear()
                bare.save(out, "JPEG", quality=82)
                kind = "jpeg"
    except (ValueError, OSError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    return f"data:image/{kind};base64,{base64.b64encode(out.getvalue()).decode('ascii')}"
