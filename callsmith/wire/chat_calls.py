"""The tolerant accumulator for streamed tool calls in Chat Completions (wire-format notes, 2.6).

Providers disagree on every field of a tool-call delta: index missing, null, starting at 1 or shared by
two calls; id empty, missing, repeated or changing; the name in every delta; arguments null, an object,
or repeated whole at the end. The rules here are those of the notes, numbered there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callsmith.types.events import CallDelta, CallDone, CallDropped, Event, Unknown
from callsmith.wire.jsonbytes import dumps

FIRST_SLOT = 10
LEGACY = "function_call"
_FUNCTION_KEYS = frozenset(("name", "arguments"))
_CALL_KEYS = frozenset(("index", "id", "type", "function", "custom"))


@dataclass(slots=True)
class _Slot:
    number: int
    id: str = ""
    name: str = ""
    type: str = "function"
    pieces: list[str] = field(default_factory=list)
    last: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def arguments(self) -> str:
        return "".join(self.pieces)

    def append(self, fragment: str) -> None:
        self.pieces.append(fragment)
        self.last = fragment[-1:]

    def complete(self) -> bool:
        """Whether the arguments are one whole JSON value already."""
        return self.last in ("}", "]", '"') and _is_json(self.arguments)


class CallSlots:
    """All tool calls of one reply. ``delta`` takes one entry of ``delta.tool_calls``."""

    def __init__(self) -> None:
        self._slots: list[_Slot] = []
        self._by_index: dict[int, _Slot] = {}

    def __bool__(self) -> bool:
        return bool(self._slots)

    def delta(self, entry: Any, *, whole: bool = False) -> list[Event]:
        """``whole``: the entry is a call of an unstreamed reply, so it is never a piece of another one."""
        if not isinstance(entry, dict):
            return [] if entry is None else [Unknown("tool call delta", dumps(entry))]
        # Later deltas leave the type out; a relay that writes every field puts an empty ``custom`` beside a function.
        custom = entry.get("custom") if entry.get("type") == "custom" or not entry.get("function") else None
        body = custom if isinstance(custom, dict) else entry.get("function")
        function: Mapping[str, Any] = body if isinstance(body, dict) else {}
        call_id = _string(entry.get("id"))
        name = _string(function.get("name"))
        slot = self._open(None) if whole else self._slot_for(entry.get("index"), call_id, name)
        if isinstance(custom, dict):
            slot.type = "custom"
        if call_id and not slot.id:
            slot.id = call_id
        if name and name != slot.name and not slot.pieces:
            slot.name += name
        arguments = function.get("input") if slot.type == "custom" else function.get("arguments")
        added = self._add_arguments(slot, arguments)
        if len(entry) > 3 or not entry.keys() <= _CALL_KEYS:
            slot.extra.update((key, value) for key, value in entry.items() if key not in _CALL_KEYS)
        if len(function) > 2:
            more = {key: value for key, value in function.items() if key not in _FUNCTION_KEYS and value is not None}
            if more:
                slot.extra["function"] = {**slot.extra.get("function", {}), **more}
        return [CallDelta(slot.number, slot.id, slot.name, added)]

    def legacy(self, function: Mapping[str, Any]) -> list[Event]:
        """``delta.function_call``: one call without an id, answered with role ``function``."""
        slot = self._by_index.get(0) or self._open(0)
        slot.type = LEGACY
        name = _string(function.get("name"))
        if name and not slot.name:
            slot.name = name
        added = self._add_arguments(slot, function.get("arguments"))
        return [CallDelta(slot.number, slot.id, slot.name, added)]

    def settle(self, *, ended: bool) -> list[Event]:
        """The calls as they stand at the end: empty slots dropped, every call with an id of its own.

        Where the reply did not reach its end, a call without arguments has not got them yet: they stay empty.
        """
        events: list[Event] = []
        used: set[str] = set()
        count = 0
        for slot in self._slots:
            arguments = slot.arguments
            if not slot.name and not arguments:
                events.append(CallDropped(slot.number))
                continue
            count += 1
            settled = arguments
            if slot.type != "custom" and (ended or arguments.strip()):
                settled = _last_of_several(arguments)
            if settled != arguments and arguments.strip():
                events.append(Unknown("tool call arguments, before the last value was taken", arguments))
            call_id = _free_id(slot.id or f"call_{count}", used)
            used.add(call_id)
            events.append(CallDone(slot.number, call_id, slot.name, settled, slot.type, slot.extra))
        return events

    def _open(self, index: int | None) -> _Slot:
        slot = _Slot(FIRST_SLOT + len(self._slots))
        self._slots.append(slot)
        if index is not None:
            self._by_index[index] = slot
        return slot

    def _slot_for(self, index: Any, call_id: str, name: str) -> _Slot:
        if isinstance(index, int) and not isinstance(index, bool):
            slot = self._by_index.get(index)
            if slot is None:
                return self._open(index)
            if self._shares_index(slot, call_id, name):
                return self._open(index)
            return slot
        if call_id:
            for slot in self._slots:
                if slot.id == call_id:
                    return slot
        latest = self._slots[-1] if self._slots else None
        if latest is None:
            return self._open(None)
        if not name:
            return latest
        if latest.name == name and not latest.complete() and not self._shares_index(latest, call_id, name):
            return latest
        return self._open(None)

    @staticmethod
    def _shares_index(slot: _Slot, call_id: str, name: str) -> bool:
        """Two calls on one index (trap 3): another id and a name, after arguments that are done."""
        if not (slot.id and call_id and call_id != slot.id and name):
            return False
        return not slot.pieces or slot.complete()

    @staticmethod
    def _add_arguments(slot: _Slot, arguments: Any) -> str:
        if arguments is None or arguments == "":
            return ""
        if not isinstance(arguments, str):
            slot.pieces = []
            slot.append(dumps(arguments))
            return slot.last and slot.arguments
        if slot.last in ("}", "]") and arguments[:1] in ("{", "[", '"') and _repeats(slot, arguments):
            return ""
        slot.append(arguments)
        return arguments


def _repeats(slot: _Slot, fragment: str) -> bool:
    """A summary chunk that sends the whole arguments again, plain or encoded as a string (trap 7)."""
    try:
        whole = json.loads(slot.arguments)
        again = json.loads(fragment)
        return bool(again == whole or (isinstance(again, str) and json.loads(again) == whole))
    except (ValueError, RecursionError):
        return False


def _last_of_several(text: str) -> str:
    """``{}`` for no arguments (trap 4); the last non-empty object of several values in a row."""
    if not text.strip():
        return "{}"
    decoder = json.JSONDecoder()
    values: list[str] = []
    at = 0
    try:
        while at < len(text):
            _, end = decoder.raw_decode(text, at)
            values.append(text[at:end])
            at = end
            while at < len(text) and text[at] in " \t\r\n":
                at += 1
    except (ValueError, RecursionError):
        return text
    if len(values) < 2:
        return text
    filled = [value for value in values if value[:1] == "{" and json.loads(value)]
    return filled[-1] if filled else values[-1]


def _free_id(wanted: str, used: set[str]) -> str:
    """Two calls under one id could not be answered apart: the later one gets a suffix."""
    call_id, count = wanted, 1
    while call_id in used:
        count += 1
        call_id = f"{wanted}_{count}"
    return call_id


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
