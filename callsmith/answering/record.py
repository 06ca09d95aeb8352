"""Rules from the calls of a conversation that were answered: the same question gets the same answer again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.answering.arguments import document, in_words
from callsmith.schema.strict.exact import equal
from callsmith.types.answering import Condition, Reply, Rule
from callsmith.types.parts import ToolCall, ToolResult

LONGEST_NAME = 60
MAX_RULES = 200


def from_answers(pairs: Sequence[tuple[ToolCall, ToolResult]]) -> tuple[Rule, ...]:
    """One rule for each different set of arguments, in the order of their first call, at most the newest 200.

    Each wants exactly these arguments. Where equal arguments had several results, the newest counts. Results of calls
    that were refused or cancelled are no answers of the tool, and are left out.
    """
    kept: list[tuple[Any, ToolResult]] = []
    for call, result in pairs:
        if result.made is not None and result.made.by in ("refused", "cancelled"):
            continue
        arguments = document(call)
        place = next((at for at, (known, _) in enumerate(kept) if _same(known, arguments)), None)
        if place is None:
            kept = [*kept, (arguments, result)][-MAX_RULES:]
        else:
            kept[place] = (kept[place][0], result)
    return tuple(
        Rule(Reply(result.content, result.is_error), (Condition("equals", "", arguments),), _name(arguments))
        for arguments, result in kept
    )


def _same(one: Any, other: Any) -> bool:
    try:
        return equal(one, other)
    except RecursionError:
        return False


def _name(arguments: Any) -> str:
    """``city Paris, days 3``: what the call was about."""
    if not isinstance(arguments, Mapping):
        return in_words(arguments, LONGEST_NAME)
    if not arguments:
        return "no arguments"
    said = ", ".join(f"{name} {_short(value)}" for name, value in list(arguments.items())[:5])
    said = " ".join(said.encode("utf-8", "replace").decode().split())
    return said if len(said) <= LONGEST_NAME else f"{said[: LONGEST_NAME - 1]}…"


def _short(value: Any) -> str:
    return value if isinstance(value, str) and value else in_words(value, 30)
