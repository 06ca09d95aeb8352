"""Usage of a Chat Completions reply in the common record (wire-format notes, section 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.usage import Usage


def read_usage(raw: Any) -> Usage | None:
    """The common record, or None when nothing was reported. Unknown stays None."""
    if not isinstance(raw, dict) or not raw:
        return None
    prompt_details = _mapping(raw.get("prompt_tokens_details"))
    completion_details = _mapping(raw.get("completion_tokens_details"))
    prompt = _count(raw.get("prompt_tokens"))
    completion = _count(raw.get("completion_tokens"))
    total = _count(raw.get("total_tokens"))
    cache_read = _first(prompt_details.get("cached_tokens"), raw.get("prompt_cache_hit_tokens"))
    cache_write = _first(prompt_details.get("cache_write_tokens"), prompt_details.get("cached_creation_tokens"))
    reasoning = _count(completion_details.get("reasoning_tokens"))
    cached = (cache_read or 0) + (cache_write or 0)
    if prompt is not None and cached > prompt:
        # Claude behind an older converter: prompt_tokens leaves the cache out.
        prompt += cached
    if _leaves_out_reasoning(prompt, completion, reasoning, total):
        # Gemini as chat: completion_tokens leaves the thoughts out.
        completion = (completion or 0) + (reasoning or 0)
    return Usage(
        input=prompt,
        output=completion,
        cache_read=cache_read,
        cache_write=cache_write,
        reasoning=reasoning,
        audio_in=_count(prompt_details.get("audio_tokens")),
        audio_out=_count(completion_details.get("audio_tokens")),
        total=total,
        raw=dict(raw),
    )


def _leaves_out_reasoning(prompt: int | None, completion: int | None, reasoning: int | None, total: int | None) -> bool:
    if prompt is None or completion is None or total is None or not reasoning:
        return False
    return total == prompt + completion + reasoning


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value)


def _first(*values: Any) -> int | None:
    counts = [_count(value) for value in values]
    return next((count for count in counts if count is not None), None)
