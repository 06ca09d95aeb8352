"""A reply in sound on Chat: the ``audio`` of a message, whole or in deltas (wire-format notes, 1.2)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from callsmith.demo.script import Say, tokens
from callsmith.demo.tone import pcm, wav
from callsmith.demo.wires.base import Stamp
from callsmith.types.features import SpokenReply

_LASTS = 3600
# Bytes of one delta: a whole number of samples, and of base64's groups of three.
_PIECE = 6_000


def spoken_reply(spoken: SpokenReply, text: str, stamp: Stamp) -> dict[str, Any]:
    sound = wav() if spoken.format == "wav" else pcm()
    return {
        "id": f"audio_{stamp.id}",
        "data": base64.b64encode(sound).decode(),
        "expires_at": stamp.created + _LASTS,
        "transcript": text,
    }


def spoken_deltas(step: Say, stamp: Stamp) -> Iterator[dict[str, Any]]:
    """The id, the words, the sound in pieces, and until when it can be asked for."""
    yield {"id": f"audio_{stamp.id}"}
    for token in tokens(step):
        yield {"transcript": token}
    sound = pcm()
    for start in range(0, len(sound), _PIECE):
        yield {"data": base64.b64encode(sound[start : start + _PIECE]).decode()}
    yield {"expires_at": stamp.created + _LASTS}
