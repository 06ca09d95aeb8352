"""The thinking control: which levels a model offers in a wire format, and how each is said in the body.

The rules themselves are rows in ``effort_rows``; a vendor's change is a change there. A level that the model does not
offer is said as the nearest one it has; the page tells (``said``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from callsmith.types.connection import Connection, WireName
from callsmith.types.features import Effort, EffortLevel
from callsmith.wire.body import merge
from callsmith.wire.effort_rows import NUMBER, ROWS, Control

_ORDER: tuple[EffortLevel, ...] = get_args(EffortLevel)
_GRADED = tuple(level for level in _ORDER if level not in ("default", "off", "budget"))
# What a level is worth in tokens where a budget has to be turned into a level.
_WORTH: Mapping[EffortLevel, int] = {"minimal": 1024, "low": 2048, "medium": 8192, "high": 16384, "xhigh": 32768}


def levels(wire: WireName, connection: Connection, model: str) -> tuple[EffortLevel, ...]:
    """What the control offers, ``default`` first; ``("default",)`` where the model has no control."""
    control = control_of(wire, connection, model)
    offered = {"default", *control.words, *control.tokens}
    if control.free:
        offered.add("budget")
    return tuple(level for level in _ORDER if level in offered)


def said(wire: WireName, connection: Connection, model: str, effort: Effort) -> EffortLevel:
    """The level that goes out for the one chosen: itself, or the nearest the model has."""
    offered = levels(wire, connection, model)
    if effort.level == "budget" and not effort.budget and effort.budget != 0:
        return "default"
    if effort.level in offered:
        return effort.level
    graded = [level for level in offered if level in _GRADED]
    if not graded:
        return "default"
    if effort.level == "off":
        return graded[0]
    at = _GRADED.index(_worth(effort.budget or 0) if effort.level == "budget" else effort.level)
    return min(graded, key=lambda level: abs(_GRADED.index(level) - at))


def effort_fields(
    wire: WireName, connection: Connection, model: str, effort: Effort, max_tokens: int | None
) -> dict[str, Any]:
    """The part of the body that says it; empty for the default.

    A level said in tokens stays within half of ``max_tokens``, which thinking shares with the reply, but never under
    the least that the format takes. A budget chosen by number is sent as it is.
    """
    level = said(wire, connection, model, effort)
    if level == "default":
        return {}
    control = control_of(wire, connection, model)
    body: dict[str, Any] = {}
    if level in control.words:
        merge(body, control.words[level])
    else:
        number = effort.budget if level == "budget" else _within(control, control.tokens[level], max_tokens)
        merge(body, _put(control.budget, number))
    if level != "off":
        merge(body, control.shown if effort.show else control.hidden)
    return body


def thinks(wire: WireName, connection: Connection, model: str, effort: Effort) -> bool | None:
    """Whether the model will think; None where that is not known or the model's own choice."""
    level = said(wire, connection, model, effort)
    if level == "default":
        return control_of(wire, connection, model).thinks
    return not (level == "off" or (level == "budget" and effort.budget == 0))


def control_of(wire: WireName, connection: Connection, model: str) -> Control:
    """The row that counts for a model in a format."""
    return next(row.control for row in ROWS if wire in row.wires and row.which.fits(connection, model))


def _worth(budget: int) -> EffortLevel:
    return next((level for level, worth in _WORTH.items() if budget <= worth), "max")


def _within(control: Control, number: int, max_tokens: int | None) -> int:
    if max_tokens is None or not control.inside_max_tokens:
        return number
    return max(control.least, min(number, max_tokens // 2))


def _put(fragment: Any, number: int | None) -> Any:
    if isinstance(fragment, Mapping):
        return {key: _put(value, number) for key, value in fragment.items()}
    return number if fragment is NUMBER else fragment
