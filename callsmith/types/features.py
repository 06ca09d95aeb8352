"""What may travel beside messages and tools. Each wire format says it in its own words, or not at all.

``on`` False keeps a choice without using it; ``Options.active`` leaves those out before a request is built,
so no wire format reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from callsmith.types.parts import NO_EXTRA

EffortLevel = Literal["default", "off", "minimal", "low", "medium", "high", "xhigh", "max", "budget"]
Breakpoint = Literal["tools", "system", "messages"]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much the model is to think. ``default`` sends nothing; ``budget`` (tokens) counts at level "budget"
    only. ``show`` asks for the thoughts, or their summaries, where the format makes that a choice."""

    level: EffortLevel = "default"
    budget: int | None = None
    show: bool = True


@dataclass(frozen=True, slots=True)
class ResponseSchema:
    """The JSON Schema the reply must fit. ``name`` as tools have one; ``strict`` None means not sent."""

    schema: Mapping[str, Any]
    name: str = "reply"
    description: str = ""
    strict: bool | None = True
    on: bool = True


@dataclass(frozen=True, slots=True)
class WebSearch:
    """The provider's own web search. Empty fields are not sent; place fields make up the user's location."""

    context_size: Literal["", "low", "medium", "high"] = ""
    max_uses: int | None = None
    allowed_domains: tuple[str, ...] = ()
    blocked_domains: tuple[str, ...] = ()
    country: str = ""
    region: str = ""
    city: str = ""
    timezone: str = ""
    on: bool = True


@dataclass(frozen=True, slots=True)
class McpServer:
    """A remote MCP server that the provider calls. ``authorization`` and header values hold ``{{NAME}}``, never a
    secret itself. ``allowed_tools`` empty: all."""

    label: str
    url: str
    authorization: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: NO_EXTRA)
    allowed_tools: tuple[str, ...] = ()
    approval: Literal["always", "never"] = "always"
    description: str = ""
    on: bool = True


@dataclass(frozen=True, slots=True)
class Cache:
    """Prompt caching: where the prefix may be cut (Anthropic), how long it lives, and OpenAI's cache key."""

    breakpoints: tuple[Breakpoint, ...] = ()
    ttl: Literal["5m", "1h"] = "5m"
    key: str = ""


@dataclass(frozen=True, slots=True)
class SpokenReply:
    """A reply in sound: ``modalities`` text and audio (Chat)."""

    voice: str = "alloy"
    format: str = "wav"
