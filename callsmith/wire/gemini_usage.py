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
    return Usage(
        input=_sum(raw, "promptTokenCount", "toolUsePromptTokenCount"),
        output=_sum(raw, "candidatesTokenCount", "thoughtsTokenCount"),
        cache_read=_count(raw.get("cachedContentTokenCount")),
        reasoning=_count(raw.get("thoughtsTokenCount")),
        audio_in=_audio(raw.get("promptTokensDetails")),
        audio_out=_audio(raw.get("candidatesTokensDetails")),
        total=_count(raw.get("totalTokenCount")),
        raw=dict(raw),
    )


def _sum(raw: Mapping[str, Any], *names: str) -> int:
    return sum(_count(raw.get(name)) or 0 for name in names)


def _audio(details: Any) -> int | None:
    entries = [entry for entry in details if isinstance(entry, dict)] if isinstance(details, list) else []
    counts = [_count(entry.get("tokenCount")) or 0 for entry in entries if entry.get("modality") in _AUDIO]
    return sum(counts) if counts else None


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value)
