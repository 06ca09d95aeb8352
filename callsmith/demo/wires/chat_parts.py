"""The content of one Chat message: text, or a list of parts, read and checked (wire-format notes, 2.1)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.types.parts import Media, Part, Text

_USER_PARTS = ("text", "image_url", "input_audio", "file")
_DATA_URL = re.compile(r"^data:([\w.+/-]+)(?:;[\w=.-]+)*;base64,(.*)$", re.S)


def read_content(content: Any, number: int, role: str) -> tuple[Part, ...]:
    """Text and media in their order. Raises ``Refused``."""
    if isinstance(content, str):
        return (Text(content),) if content else ()
    if not isinstance(content, list):
        return ()
    return tuple(_part(part, f"messages[{number}].content[{place}]", role) for place, part in enumerate(content))


def text_of(parts: tuple[Part, ...]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, Text))


def _part(part: Any, at: str, role: str) -> Part:
    kind = part.get("type") if isinstance(part, Mapping) else None
    allowed = _USER_PARTS if role == "user" else ("text", "refusal") if role == "assistant" else ("text",)
    if not isinstance(part, Mapping) or kind not in allowed:
        quoted = ", ".join(f"'{name}'" for name in allowed)
        raise Refused(
            f"Invalid value: '{kind}'. Supported values are: {quoted}.", param=f"{at}.type", code="invalid_value"
        )
    if kind in ("text", "refusal"):
        text = part.get(kind)
        if not isinstance(text, str):
            raise _missing(f"{at}.{kind}")
        return Text(text)
    if kind == "image_url":
        return _image(part, at)
    return _audio(part, at) if kind == "input_audio" else _file(part, at)


def _image(part: Mapping[str, Any], at: str) -> Media:
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, Mapping) else None
    if not isinstance(url, str):
        raise _missing(f"{at}.image_url.url")
    if url.startswith(("http://", "https://")):
        return Media("image/*", url=url)
    media = _data_url(url, f"{at}.image_url.url")
    if media is None:
        message = f"Failed to download image from {url[:60]}. Image URL is not valid."
        raise Refused(message, param=f"{at}.image_url.url", code="invalid_image_url")
    return media


def _audio(part: Mapping[str, Any], at: str) -> Media:
    audio = part.get("input_audio")
    if not isinstance(audio, Mapping) or not isinstance(audio.get("data"), str):
        raise _missing(f"{at}.input_audio.data")
    kind = audio.get("format")
    if kind not in ("wav", "mp3"):
        raise Refused(
            f"Invalid value: '{kind}'. Supported values are: 'wav' and 'mp3'.",
            param=f"{at}.input_audio.format",
            code="invalid_value",
        )
    return Media(f"audio/{kind}", _base64(audio["data"], f"{at}.input_audio.data"))


def _file(part: Mapping[str, Any], at: str) -> Media:
    file = part.get("file")
    if not isinstance(file, Mapping) or not (file.get("file_data") or file.get("file_id")):
        raise _missing(f"{at}.file.file_id")
    name = str(file.get("filename") or "")
    if not file.get("file_data"):
        return Media("", url=str(file["file_id"]), name=name)
    media = _data_url(str(file["file_data"]), f"{at}.file.file_data")
    if media is None:
        message = f"Invalid '{at}.file.file_data'. Expected a base64-encoded data URL with a MIME type."
        raise Refused(message, param=f"{at}.file.file_data", code="invalid_value")
    return Media(media.media_type, media.data, name=name)


def _data_url(url: str, at: str) -> Media | None:
    match = _DATA_URL.match(url)
    return Media(match.group(1), _base64(match.group(2), at)) if match else None


def _base64(data: str, at: str) -> str:
    try:
        base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(f"Invalid '{at}'. The data is not valid base64.", param=at, code="invalid_base64") from error
    return data


def _missing(at: str) -> Refused:
    return Refused(f"Missing required parameter: '{at}'.", param=at, code="missing_required_parameter")
