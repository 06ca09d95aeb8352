"""Tool choice follows the tools: a forced tool that is renamed stays forced, one that is gone frees the choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from callsmith.types.setup import Setup
from callsmith.types.tool import ToolChoice


@dataclass(frozen=True, slots=True)
class Settled:
    """``forced`` is the id of the tool that must be called, ``said`` what changed, in words."""

    setup: Setup
    forced: str | None = None
    said: str = ""


def settle(setup: Setup, names: Mapping[str, str], forced: str | None) -> Settled:
    """The setup with a tool choice that its tools can meet. ``names`` are those of the library by id, ``forced``
    is the id that was forced when last looked at."""
    choice = setup.options.tool_choice
    offered = {use.tool_id: names[use.tool_id] for use in setup.tools if use.on and use.tool_id in names}
    if choice.mode != "named":
        return _settle_allowed(setup, choice, frozenset(offered.values()))
    for tool_id, name in offered.items():
        if name == choice.name:
            return Settled(setup, tool_id)
    if forced in offered:
        return Settled(with_choice(setup, ToolChoice("named", offered[forced])), forced)
    return Settled(with_choice(setup, ToolChoice()), None, f"Tool choice is auto again: {choice.name} is not offered.")


def _settle_allowed(setup: Setup, choice: ToolChoice, offered: frozenset[str]) -> Settled:
    left = tuple(name for name in choice.allowed if name in offered)
    if left == choice.allowed:
        return Settled(setup)
    gone = ", ".join(name for name in choice.allowed if name not in offered)
    said = f"{gone} is not offered any more" + ("." if left else ", so the model may use every tool again.")
    return Settled(with_choice(setup, replace(choice, allowed=left)), None, said)


def with_choice(setup: Setup, choice: ToolChoice) -> Setup:
    return replace(setup, options=replace(setup.options, tool_choice=choice))
