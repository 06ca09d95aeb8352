"""The demo model's voice: a short tone, made here, so that a reply in sound is a real sound file."""

from __future__ import annotations

import io
import math
import wave
from functools import cache

SECONDS = 0.6
RATE = 24_000
_LOUD, _HERTZ, _FADE = 9_000, 440, 0.05


@cache
def pcm() -> bytes:
    """Samples of 16 bits, one channel, 24 kHz, little end first: what is called ``pcm16``."""
    samples = bytearray()
    for place in range(int(RATE * SECONDS)):
        at = place / RATE
        fade = min(1.0, at / _FADE, (SECONDS - at) / _FADE)
        samples += round(_LOUD * fade * math.sin(2 * math.pi * _HERTZ * at)).to_bytes(2, "little", signed=True)
    return bytes(samples)


@cache
def wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm())
    return buffer.getvalue()
