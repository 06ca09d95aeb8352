"""Token usage in one record for every wire format.

Inclusive totals (wire-format notes, section 9): ``input`` contains the cached tokens, ``output``
contains the reasoning. None means the provider did not report it; it is never a stand-in for 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callsmith.types.parts import NO_EXTRA


@dataclass(frozen=True, slots=True)
class Usage:
    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    reasoning: int | None = None
    audio_in: int | None = None
    audio_out: int | None = None
    total: int | None = None
    raw: Any = field(default_factory=lambda: NO_EXTRA)


def written_for_an_hour(raw: Any) -> int | None:
    """Messages tells how long what it wrote to its cache lives; an hour costs more than five minutes."""
    written = raw.get("cache_creation") if isinstance(raw, Mapping) else None
    count = written.get("ephemeral_1h_input_tokens") if isinstance(written, Mapping) else None
    return count if isinstance(count, int) and count > 0 else None
