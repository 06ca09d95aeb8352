"""What notes are made of, and what every room of them looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from callsmith.conversation import Conversation
from callsmith.types.connection import Target, WireName
from callsmith.types.features import Effort
from callsmith.types.message import Message
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool, ToolChoice
from callsmith.wire.effort import levels, thinks
from callsmith.wire.profile import Profile, profile_of
from callsmith.wire.registry import WIRES

CHAT, RESPONSES, ANTHROPIC, GEMINI = "openai-chat", "openai-responses", "anthropic", "gemini"
Level = Literal["refused", "lost", "ignored", "info"]
Change = Callable[[Setup], Setup]


@dataclass(frozen=True, slots=True)
class Fix:
    """A way out in one click: what its button says, and the setup it leads to."""

    label: str
    change: Change


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the next request worth knowing before it is sent, in one or two sentences.

    ``refused``: the provider will answer with an error. ``lost``: a part of the history does not go along.
    ``ignored``: an option has no effect. ``info``: it goes, in another shape.
    """

    id: str
    level: Level
    text: str
    fixes: tuple[Fix, ...] = ()


_OPENAI = ("openai", "openai-reasoning", "gpt-oss")
_VENDORS = ("deepseek", "kimi", "glm", "doubao", "qwen", "grok", "mistral")
# Families that gateways do not serve in a format; Chat serves them all.
_ELSEWHERE: Mapping[WireName, tuple[str, ...]] = {
    RESPONSES: ("claude", "gemini"),
    ANTHROPIC: (*_OPENAI, "gemini"),
    GEMINI: (*_OPENAI, *_VENDORS, "claude"),
}


@dataclass(frozen=True)
class Case:
    """The next request: what asks for it, and what it is made of. ``options`` are the active ones."""

    setup: Setup
    target: Target
    tools: Sequence[Tool]
    options: Options
    conversation: Conversation

    @property
    def wire(self) -> WireName:
        return self.target.wire

    @property
    def label(self) -> str:
        return label(self.wire)

    @property
    def model(self) -> str:
        return self.target.model or "the model"

    @cached_property
    def profile(self) -> Profile:
        return profile_of(self.target.connection, self.target.model)

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        return tuple(node.message for node in self.conversation.path())

    @cached_property
    def thinks(self) -> bool | None:
        return thinks(self.wire, self.target.connection, self.target.model, self.options.thinking)

    @property
    def forced(self) -> bool:
        return bool(self.tools) and self.options.tool_choice.mode in ("required", "named")

    def may_switch_off(self) -> bool:
        """Whether the model can be kept from thinking."""
        return "off" in levels(self.wire, self.target.connection, self.target.model)

    def to(self, *wires: WireName) -> tuple[Fix, ...]:
        """A switch to the first of these formats that the connection serves and that may serve the model."""
        served = [wire for wire in wires if wire in self.target.connection.wires and wire != self.wire]
        return tuple(switch_to(wire) for wire in served if self.profile.family not in _ELSEWHERE.get(wire, ()))[:1]


def label(wire: WireName) -> str:
    return WIRES[wire].label if wire in WIRES else wire


def count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def option(words: str, **fields: Any) -> Fix:
    """A fix that sets options."""
    return Fix(words, lambda setup: replace(setup, options=replace(setup.options, **fields)))


def extra(words: str, **fields: Any) -> Fix:
    """A fix that puts fields into the extra body."""

    def change(setup: Setup) -> Setup:
        body = {**setup.options.extra_body, **fields}
        return replace(setup, options=replace(setup.options, extra_body=body))

    return Fix(words, change)


def both(words: str, *fixes: Fix) -> Fix:
    """One fix that does several."""

    def change(setup: Setup) -> Setup:
        for fix in fixes:
            setup = fix.change(setup)
        return setup

    return Fix(words, change)


def switch_to(wire: WireName) -> Fix:
    return Fix(f"Switch to {label(wire)}", lambda setup: replace(setup, wire=wire))


def switched_off(words: str, feature: str) -> Fix:
    """A feature kept, but not used."""

    def change(setup: Setup) -> Setup:
        kept = getattr(setup.options, feature)
        off: Any = tuple(replace(item, on=False) for item in kept) if isinstance(kept, tuple) else None
        changes: dict[str, Any] = {feature: off if off is not None else replace(kept, on=False)}
        return replace(setup, options=replace(setup.options, **changes))

    return Fix(words, change)


CHOOSE_FREELY = option("Let the model choose its tools", tool_choice=ToolChoice())
THINK_OFF = option("Turn thinking off", thinking=Effort("off"))
