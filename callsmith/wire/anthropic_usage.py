"""Usage of a Messages reply in the common record (wire-format notes, section 9).

Anthropic's ``input_tokens`` leaves both kinds of cached tokens out and there is no total: both are added up here.
In a stream the counts of ``message_delta`` are cumulative: they replace those of ``message_start`` (trap 19).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.types.usage import Usage


def replaced(before: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The counts so far. A field that is missing or null in the later report keeps its earlier value (4.3)."""
    return {**before, **{key: value for key, value in raw.items() if value is not None or key not in before}}


def read_usage(raw: Any) -> Usage | None:
    """The common record, or None when nothing was reported. Unknown stays None."""
    if not isinstance(raw, dict) or not raw:
        return None
    cache_read = _count(raw.get("cache_read_input_tokens"))
    cache_write = _count(raw.get("cache_creation_input_tokens"))
    fresh = _count(raw.get("input_tokens"))
    output = _count(raw.get("output_tokens"))
    details = raw.get("output_tokens_details")
    whole = None if fresh is None else fresh + (cache_read or 0) + (cache_write or 0)
    return Usage(
        input=whole,
        output=output,
        cache_read=cache_read,
        cache_write=cache_write,
        reasoning=_count(details.get("thinking_tokens")) if isinstance(details, dict) else None,
        total=None if whole is None or output is None else whole + output,
        raw=dict(raw),
    )


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value)
