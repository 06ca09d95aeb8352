"""Token usage in one record for every wire format.

Inclusive totals (wire-format notes, section 9): ``input`` contains the cached tokens, ``output``
contains the reasoning. None means the provider did not report it; it is never a stand-in for 0.
"""

from __future__ import annotations

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
