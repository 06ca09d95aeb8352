"""Usage of a Responses answer in the common record (wire-format notes, section 9)."""

from __future__ import annotations

from typing import Any

from callsmith.types.usage import Usage


def read_usage(raw: Any) -> Usage | None:
    """The common record, or None when nothing was reported. Unknown stays None."""
    if not isinstance(raw, dict) or not raw:
        return None
    input_details = raw.get("input_tokens_details") or {}
    output_details = raw.get("output_tokens_details") or {}
    return Usage(
        input=_count(raw, "input_tokens"),
        output=_count(raw, "output_tokens"),
        cache_read=_count(input_details, "cached_tokens"),
        cache_write=_count(input_details, "cache_write_tokens"),
        reasoning=_count(output_details, "reasoning_tokens"),
        total=_count(raw, "total_tokens"),
        raw=dict(raw),
    )


def _count(fields: Any, name: str) -> int | None:
    value = fields.get(name) if isinstance(fields, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value)
