"""Images, sound and files as they look on the page, always with their size; base64 is never drawn."""

from __future__ import annotations

import io

import streamlit as st
from PIL import Image, UnidentifiedImageError

from callsmith.media import decoded, is_raw_sound, playable, size
from callsmith.spoken import size_words
from callsmith.types.parts import Media
from components.words import plain

__all__ = ["described", "draw_media", "icon", "size_words"]

_PREVIEW = (420, 420)  # pixels, at most
_MANY_PIXELS = 100_000_000


def described(media: Media) -> str:
    """Name, type and size in one line of plain text."""
    where = "linked, not loaded" if media.url and not media.data else size_words(size(media))
    return " · ".join(fact for fact in (media.name, media.media_type or "type not reported", where) if fact)


def icon(media_type: str) -> str:
    kind = media_type.partition("/")[0]
    return {"image": ":material/image:", "audio": ":material/volume_up:", "video": ":material/movie:"}.get(
        kind, ":material/description:"
    )


def draw_media(media: Media, key: str) -> None:
    """``key`` names this very content: what was made from it once is kept under it."""
    if not media.data:
        _linked(media)
        return
    with st.container(key=key, gap="small"):
        kind = media.media_type.partition("/")[0]
        drawn = _image(media, key) if kind == "image" else _sound(media) if kind == "audio" else True
        why = "" if drawn else " · cannot be shown here"
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{icon(media.media_type)} {plain(described(media))}{why}", width="content")
            _download(media, key)


def _linked(media: Media) -> None:
    web = media.url.lower().startswith(("http://", "https://"))
    name = plain(media.name or media.url or "media without data")
    link = f"[{name}]({media.url})" if web else name
    st.markdown(f"{icon(media.media_type)} {link} · {plain(media.media_type or 'type not reported')}")


def _image(media: Media, key: str) -> bool:
    preview = _preview(key, media)
    if preview is not None:
        st.image(preview, width="content", alt=media.name or "Image without a description")
    return preview is not None


def _sound(media: Media) -> bool:
    try:
        data, kind = playable(media)
    except ValueError:
        return False
    st.audio(data, format=kind)
    return True


def _download(media: Media, key: str) -> None:
    st.download_button(
        "Save",
        lambda: _bytes(media),
        file_name=media.name or f"reply.{_saved_type(media).partition('/')[2].partition(';')[0] or 'bin'}",
        mime=_saved_type(media) or None,
        key=f"{key}-save",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def _saved_type(media: Media) -> str:
    return "audio/wav" if is_raw_sound(media) else media.media_type


def _bytes(media: Media) -> bytes:
    """What to save: the file, or as it was received where that is not base64."""
    try:
        return playable(media)[0]
    except ValueError:
        return media.data.encode()


@st.cache_data(max_entries=128, show_spinner=False)
def _preview(key: str, _media: Media) -> bytes | None:
    """A small copy; None where it is no picture that can be drawn. A copy of 40 KB is made once, where the
    whole, of some MB, would be read and scaled with every click."""
    del key
    try:
        with Image.open(io.BytesIO(decoded(_media))) as image:
            if image.width * image.height > _MANY_PIXELS:
                return None
            image.thumbnail(_PREVIEW)
            out = io.BytesIO()
            if image.has_transparency_data:
                image.convert("RGBA").save(out, "PNG")
            else:
                image.convert("RGB").save(out, "JPEG", quality=88)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None
