"""Sound and pictures in a Chat Completions reply.

Sound comes whole in ``message.audio`` or in pieces in ``delta.audio`` (its fields: OpenAI's reference of the chat
completion chunk). Nothing in a reply says its encoding, so the bytes are asked; raw samples, which is all that OpenAI
streams, get the header of a WAV file so that they play. Pictures in ``images`` are OpenRouter's.
"""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Mapping
from typing import Any

from callsmith.types.events import Event, Extra, PartDone, Unknown
from callsmith.types.parts import Media
from callsmith.wire.jsonbytes import dumps

AUDIO = "audio"  # extra of the Media part of a spoken reply: its other fields (id, transcript, expires_at)
_STARTS = ((b"RIFF", "audio/wav"), (b"ID3", "audio/mpeg"), (b"fLaC", "audio/flac"), (b"OggS", "audio/ogg"))
# OpenAI's pcm16: 24 kHz, one channel, 16 bit, little-endian.
_RATE, _WIDTH = 24_000, 2


class Spoken:
    """The sound of one reply. ``piece`` gives back the piece of transcript that came with it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._fields: dict[str, Any] = {}

    def piece(self, audio: Mapping[str, Any]) -> str:
        data, transcript = audio.get("data"), audio.get("transcript")
        if isinstance(data, str) and data:
            self._pieces.append(data)
        said = transcript if isinstance(transcript, str) else ""
        if said:
            self._fields["transcript"] = self._fields.get("transcript", "") + said
        self._fields.update((key, value) for key, value in audio.items() if value and key not in ("data", "transcript"))
        return said

    def end(self, slot: int, events: list[Event]) -> None:
        """The sound as one part; what cannot be read is kept as the field it came in."""
        if not self._fields and not self._pieces:
            return
        try:
            sound = _decoded(self._pieces)
        except binascii.Error:
            events.append(Extra("audio", {**self._fields, "data": "".join(self._pieces)}))
            return
        kind = _media_type(sound)
        if kind is None:
            kind, sound = "audio/wav", _with_header(sound)
        data = base64.b64encode(sound).decode() if self._pieces else ""
        events.append(PartDone(slot, Media(kind, data, extra={AUDIO: self._fields})))


def pictures(images: Any, slot: int, events: list[Event]) -> int:
    """The entries of ``images`` as parts, from ``slot`` on; gives back the slot after them."""
    for entry in images if isinstance(images, list) else [images]:
        held = entry.get("image_url") if isinstance(entry, dict) else None
        where = held.get("url") if isinstance(held, dict) else None
        if not isinstance(where, str) or not where:
            events.append(Unknown("image of a reply", dumps(entry)))
            continue
        events.append(PartDone(slot, image_at(where)))
        slot += 1
    return slot


def image_at(where: str) -> Media:
    """A picture at a data URL or at any other."""
    head, comma, data = where.partition(",")
    if comma and head.startswith("data:") and head.endswith(";base64"):
        return Media(head.removeprefix("data:").removesuffix(";base64") or "image/png", data)
    return Media("image/*", url=where)


def _decoded(pieces: list[str]) -> bytes:
    """Each piece is base64 of its own; a relay may have cut one whole in pieces."""
    try:
        return b"".join(base64.b64decode(piece, validate=True) for piece in pieces)
    except binascii.Error:
        return base64.b64decode("".join(pieces), validate=True)


def _media_type(sound: bytes) -> str | None:
    """None for raw samples."""
    for start, kind in _STARTS:
        if sound.startswith(start):
            return kind
    if len(sound) > 1 and sound[0] == 0xFF and sound[1] & 0xE6 == 0xE2:
        return "audio/mpeg"
    if len(sound) > 1 and sound[0] == 0xFF and sound[1] & 0xF6 == 0xF0:
        return "audio/aac"
    return None


def _with_header(samples: bytes) -> bytes:
    size = len(samples)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, _RATE, _RATE * _WIDTH, _WIDTH, _WIDTH * 8)
    return struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + form + struct.pack("<4sI", b"data", size) + samples
