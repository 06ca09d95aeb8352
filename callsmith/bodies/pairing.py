"""Which call a result answers. A body says it by an id or, where the format has none, by the name of the tool and the
order (wire-format notes, 5.2); clients have been seen to make ids up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from callsmith.types.parts import Part, ToolCall, ToolResult


def paired(parts: Sequence[Part], calls: Sequence[ToolCall]) -> Iterator[tuple[Part, ToolCall | None]]:
    """Every part of a message of results, with the call it answers: each call is answered once. Such a result has the
    id and the name of its call. What is no result belongs to the one before it."""
    named = {part.call_id for part in parts if isinstance(part, ToolResult)}
    known = {call.id: call for call in calls if call.id in named}
    others = [call for call in calls if call.id not in named]
    call: ToolCall | None = None
    for part in parts:
        if isinstance(part, ToolResult):
            call = known.pop(part.call_id, None) or _by_name(part, others)
            if call is not None:
                part = replace(part, call_id=call.id, name=part.name or call.name)
        yield part, call


def _by_name(result: ToolResult, calls: list[ToolCall]) -> ToolCall | None:
    """The next call of its name, else, where it does not say both an id and a name, the next call."""
    said = result.call_id and result.name
    of_name = (call for call in calls if call.name == result.name)
    call = next(of_name, None if said else next(iter(calls), None))
    if call is not None:
        calls.remove(call)
    return call
