"""Images, files and sound beside the words: what each wire format carries and where, and how a file becomes a part.

``CARRIES`` says what a format has a place for. What a single model accepts is narrower, and its own to say.
"""

from __future__ import annotations

import base64
import binascii
import io
import mimetypes
import re
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from callsmith.types.connection import WireName
from callsmith.types.parts import Media

MAX_FILE = 20_000_000  # bytes; one request with several of them still fits the providers' limits
_PCM = re.compile(r"audio/(?:l16|pcm|x-pcm|raw|pcm16)\b", re.IGNORECASE)
_RATE = re.compile(r"rate=(\d{4,6})")
_PCM_RATE = 24_000  # what OpenAI's pcm16 and Gemini's speech models send: 16 bits, one channel
_UNKNOWN_TYPE = "application/octet-stream"
_KEPT_TYPES = ("text/", "image/", "application/json")


class CannotAttach(ValueError):
    """The file cannot be attached; the text names it, says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Carries:
    """Media types, or their beginnings, that have a place in a user's message and in a tool result."""

    message: tuple[str, ...]
    result: tuple[str, ...]


_FILES = ("image/", "application/", "text/", "video/")
_CHAT_SOUNDS = ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/mpeg", "audio/mp3")
_ANTHROPIC = ("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/", "application/json")
CARRIES: Mapping[WireName, Carries] = MappingProxyType(
    {
        # Content parts image_url, input_audio (wav, mp3) and file; tool content is text alone (notes, 1.2 and 2.3).
        "openai-chat": Carries((*_FILES, *_CHAT_SOUNDS), ()),
        # input_image and input_file, in a message and in a call's output alike (notes, 3.2).
        "openai-responses": Carries(_FILES, _FILES),
        # Blocks image and document (PDF, plain text), also inside tool_result (notes, 4.2).
        "anthropic": Carries(_ANTHROPIC, _ANTHROPIC),
        # inlineData of any type; in a result functionResponse.parts (notes, 5.2).
        "gemini": Carries(("",), ("",)),
    }
)


def takes(wire: WireName, media_type: str) -> bool:
    """Whether a user's message has a place for it in this format."""
    known = CARRIES.get(wire)
    return known is None or media_type.startswith(known.message)


def takes_result_media(wire: WireName, media_type: str = "") -> bool:
    """Whether a tool result can hold this type, or without one any media at all."""
    known = CARRIES.get(wire)
    if known is None:
        return False
    return media_type.startswith(known.result) if media_type else bool(known.result)


def size(media: Media) -> int:
    """Bytes of the decoded data; 0 where it is only linked."""
    return len(media.data) * 3 // 4 - media.data[-2:].count("=")


def decoded(media: Media) -> bytes:
    """The bytes. ValueError where the data is not base64."""
    try:
        return base64.b64decode(media.data, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error


def from_file(name: str, media_type: str, data: bytes) -> Media:
    """A file as a part. Text of any kind (code, YAML, CSV) travels as text. CannotAttach where it is empty or too
    large."""
    if not data:
        raise CannotAttach(f"{name} is empty, so it was not attached.")
    if len(data) > MAX_FILE:
        said = f"{len(data) / 1e6:.1f} MB"
        raise CannotAttach(f"{name} has {said}; a file may have {MAX_FILE // 10**6} MB at most.")
    if not media_type or media_type == _UNKNOWN_TYPE:
        media_type = mimetypes.guess_type(name)[0] or _UNKNOWN_TYPE
    if not media_type.startswith(_KEPT_TYPES) and _is_text(data):
        media_type = "text/plain"
    return Media(media_type, base64.b64encode(data).decode("ascii"), name=name)


def _is_text(data: bytes) -> bool:
    if b"\0" in data or data.startswith(b"%PDF"):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_raw_sound(media: Media) -> bool:
    """Samples without a header, as speech models send them."""
    return bool(_PCM.match(media.media_type))


def playable(media: Media) -> tuple[bytes, str]:
    """Sound as a browser plays it, and its type: raw samples get the header of a WAV file. ValueError as
    ``decoded``."""
    data = decoded(media)
    if not is_raw_sound(media):
        return data, media.media_type
    rate = _RATE.search(media.media_type)
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(int(rate[1]) if rate else _PCM_RATE)
        sound.writeframes(data)
    return out.getvalue(), "audio/wav"
