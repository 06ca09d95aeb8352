"""How a conversation asks: which model, which system prompt, which tools, which options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from callsmith.types.options import Options
from callsmith.types.parts import NO_EXTRA


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool of the library in a conversation; ``on`` False keeps it but does not offer it."""

    tool_id: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class LoopLimits:
    """What may happen without a person: exchanges with the model, seconds, tokens, US dollars. Always on."""

    steps: int = 10
    seconds: float = 300.0
    tokens: int = 200_000
    cost: float = 1.0


@dataclass(frozen=True, slots=True)
class Setup:
    """Kept with the conversation. Empty ``connection_id`` or ``model``: the default one. Empty ``wire``: the
    format proposed for the model; a name: the one chosen by hand. ``variables`` fill ``{{name}}`` in prompts.
    ``budget``: the US dollars from which nothing more is asked without a person; None: no such bound."""

    connection_id: str = ""
    wire: str = ""
    model: str = ""
    system: str = ""
    tools: tuple[ToolUse, ...] = ()
    options: Options = Options()
    loop: LoopLimits = LoopLimits()
    variables: Mapping[str, str] = field(default_factory=lambda: NO_EXTRA)
    budget: float | None = None
