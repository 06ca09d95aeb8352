"""The function calls of one Gemini reply: whole in one part, or (Vertex, when asked) in pieces.

Most calls come without an id, and results are matched by name and order (wire-format notes, 5.2). The
id given here then is local: it links call and result on our side and is never sent. An id of the
provider's own is kept in ``extra[CALL]`` and goes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callsmith.types.events import CallDelta, CallDone, Event, Unknown
from callsmith.wire.gemini_partial import PartialArguments
from callsmith.wire.jsonbytes import dumps

CALL = "functionCall"  # extra of a ToolCall: fields of ``functionCall`` besides its name and arguments
_WHOLE = {"name", "args"}
_OURS = frozenset(("name", "args", "partialArgs", "willContinue"))


@dataclass(slots=True)
class _InPieces:
    slot: int
    id: str
    name: str
    extra: dict[str, Any]
    arguments: PartialArguments = field(default_factory=PartialArguments)


class Calls:
    def __init__(self) -> None:
        self._open: _InPieces | None = None
        self._ids: set[str] = set()
        self._count = 0

    def add(self, part: Mapping[str, Any], call: Mapping[str, Any], slot: int, events: list[Event]) -> bool:
        """One part. True when it opened the slot, False when it ran on or said nothing."""
        name = call.get("name")
        name = name if type(name) is str else ""
        if self._open is not None and not name:
            self._run_on(self._open, part, call, events)
            return False
        if self._open is not None:
            self._finish(events, ended=True)
        if not name and "args" not in call and "partialArgs" not in call:
            events.append(Unknown("function call without a name", dumps(part)))
            return False
        extra: dict[str, Any] = {key: part[key] for key in part if key != CALL} if len(part) > 1 else {}
        if call.keys() != _WHOLE and (more := {key: call[key] for key in call if key not in _OURS}):
            extra[CALL] = more
        call_id = self._free_id(call.get("id"))
        if "willContinue" in call or "partialArgs" in call:
            self._open = _InPieces(slot, call_id, name, extra)
            events.append(CallDelta(slot, call_id, name))
            self._run_on(self._open, {}, call, events)
        else:
            events.append(CallDone(slot, call_id, name, _arguments(call.get("args")), extra=extra))
        return True

    def settle(self, events: list[Event], *, complete: bool) -> None:
        """The reply is over; ``complete`` False leaves a call in pieces cut off."""
        self._finish(events, ended=complete)

    def _run_on(self, pieces: _InPieces, part: Mapping[str, Any], call: Mapping[str, Any], events: list[Event]) -> None:
        """The next pieces of the open call; without ``willContinue`` they are the last (``{}`` is often all)."""
        partial = call.get("partialArgs")
        for piece in partial if isinstance(partial, list) else []:
            if not pieces.arguments.add(piece):
                events.append(Unknown("piece of function call arguments", dumps(piece)))
        if isinstance(call.get("args"), dict):
            pieces.arguments.merge(call["args"])
        pieces.extra.update((key, part[key]) for key in part if key != CALL)
        if not call.get("willContinue"):
            self._finish(events, ended=True)

    def _finish(self, events: list[Event], *, ended: bool) -> None:
        pieces, self._open = self._open, None
        if pieces is not None:
            text = pieces.arguments.text(ended=ended)
            events.append(CallDone(pieces.slot, pieces.id, pieces.name, text, extra=pieces.extra))

    def _free_id(self, own: Any) -> str:
        """Two calls under one id could not be answered apart: the later one gets a suffix."""
        self._count += 1
        wanted = own if isinstance(own, str) and own else f"call_{self._count}"
        call_id, count = wanted, 1
        while call_id in self._ids:
            count += 1
            call_id = f"{wanted}_{count}"
        self._ids.add(call_id)
        return call_id


def _arguments(args: Any) -> str:
    if args is None:
        return "{}"
    return args if isinstance(args, str) else dumps(args)
