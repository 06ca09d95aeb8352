"""Everything about a turn that is not its messages or tools. None means: not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callsmith.types.parts import NO_EXTRA
from callsmith.types.tool import ToolChoice


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits of one exchange, in seconds. ``total`` covers all attempts and the whole reply."""

    connect: float = 10.0
    first_byte: float = 120.0
    between_bytes: float = 60.0
    total: float = 600.0


@dataclass(frozen=True, slots=True)
class Options:
    """Sampling and tool options. ``extra_body`` is merged last into the request body, key by key."""

    tool_choice: ToolChoice = ToolChoice()
    parallel_tool_calls: bool | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    stream: bool = True
    extra_body: Mapping[str, Any] = field(default_factory=lambda: NO_EXTRA)
    limits: Limits = Limits()
