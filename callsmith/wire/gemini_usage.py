"""Usage of a Gemini reply in the common record (wire-format notes, section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.usage import Usage

# Modality.AUDIO, by name or by its number where a host writes enums as numbers.
_AUDIO = ("AUDIO", 4)


def has_counts(raw: Mapping[str, Any]) -> bool:
    """Vertex sends ``usageMetadata`` with a traffic type alone until it has counted."""
    return "promptTokenCount" in raw or any(key.endswith("TokenCount") for key in raw)


def read_usage(raw: Mapping[str, Any]) -> Usage:
    """The common record. A count left out of an inclusive total is 0: these are proto3 messages, whose JSON
    omits zeros. Where a count stands for itself (cache, thoughts, total), left out means not reported."""
    get = raw.get
    cached, thoughts, total = get("cachedContentTokenCount"), get("thoughtsTokenCount"), get("totalTokenCount")
    prompt, used = get("promptTokenCount"), get("toolUsePromptTokenCount")
    return Usage(
        input=(_count(prompt) or 0) + (_count(used) or 0),
        output=(_count(get("candidatesTokenCount")) or 0) + (_count(thoughts) or 0),
        cache_read=_count(cached),
        reasoning=_count(thoughts),
        audio_in=_audio(get("promptTokensDetails")),
        audio_out=_audio(get("candidatesTokensDetails")),
        total=_count(total),
        raw=dict(raw),
    )


def _audio(details: Any) -> int | None:
    counts = [
        _count(entry.get("tokenCount")) or 0
        for entry in (details if isinstance(details, list) else ())
        if isinstance(entry, dict) and entry.get("modality") in _AUDIO
    ]
    return sum(counts) if counts else None


def _count(value: Any) -> int | None:
    if type(value) is int or value is None:
        return value
    return int(value) if isinstance(value, float) else None
