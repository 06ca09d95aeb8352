"""Events to a turn: the only accumulator. Every wire format and every caller goes through it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from callsmith.types.events import (
    CallDelta,
    CallDone,
    CallDropped,
    Ended,
    Event,
    Extra,
    Failed,
    Finished,
    Meta,
    OpaqueSeen,
    PartDone,
    PartExtra,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
    Unknown,
    UsageSeen,
)
from callsmith.types.parts import Opaque, Part, Refusal, Text, Thinking, ToolCall
from callsmith.types.problem import Problem
from callsmith.types.turn import Turn, TurnState
from callsmith.types.usage import Usage

MAX_UNKNOWN = 200


class Fold:
    """Mutable while a reply arrives; ``turn()`` is an immutable picture of it so far.

    ``has_token`` is True from the first text, thinking, refusal, call or step on.
    """

    def __init__(self) -> None:
        self._text: dict[int, list[str]] = {}
        self._thinking: dict[int, list[str]] = {}
        self._thinking_source: dict[int, str] = {}
        self._refusal: dict[int, list[str]] = {}
        self._calls: dict[int, _Call] = {}
        self._opaque: dict[int, tuple[str, Any]] = {}
        self._done: dict[int, Part] = {}
        self._part_extra: dict[int, dict[str, Any]] = {}
        self._extra: dict[str, Any] = {}
        self._meta: dict[str, Any] = {}
        self._unknown: list[Unknown] = []
        self._usage: Usage | None = None
        self._finish: str | None = None
        self._problem: Problem | None = None
        self._ended = False

    @property
    def has_token(self) -> bool:
        return bool(self._text or self._thinking or self._calls or self._refusal or self._opaque or self._done)

    def apply(self, events: Iterable[Event]) -> None:
        for event in events:
            if type(event) is TextDelta:
                self._text.setdefault(event.slot, []).append(event.text)
            else:
                self._apply_other(event)

    def _apply_other(self, event: Event) -> None:  # noqa: C901 - one flat case an event
        match event:
            case ThinkingDelta():
                self._thinking.setdefault(event.slot, []).append(event.text)
                self._thinking_source.setdefault(event.slot, event.source)
            case CallDelta():
                call = self._calls.setdefault(event.slot, _Call())
                call.id, call.name = event.id or call.id, event.name or call.name
                call.pieces.append(event.arguments)
            case CallDone():
                self._calls[event.slot] = _Call(event.id, event.name, [event.arguments], event.type, event.extra)
            case CallDropped():
                self._calls.pop(event.slot, None)
            case RefusalDelta():
                self._refusal.setdefault(event.slot, []).append(event.text)
            case PartExtra():
                fields = self._part_extra.setdefault(event.slot, {})
                fields[event.field] = _merge(fields.get(event.field), event.value, join_text=True)
            case OpaqueSeen():
                self._opaque[event.slot] = (event.type, event.data)
            case PartDone():
                for held in (self._text, self._thinking, self._refusal, self._calls, self._opaque, self._done):
                    held.pop(event.slot, None)
                self._part_extra.pop(event.slot, None)
                if event.part is not None:
                    self._done[event.slot] = event.part
            case UsageSeen():
                self._usage = event.usage
            case Finished():
                self._finish = event.reason
            case Ended():
                self._ended = True
            case Failed():
                self._problem = self._problem or event.problem
            case Extra():
                self._extra[event.field] = _merge(self._extra.get(event.field), event.value)
            case Meta():
                self._meta[event.field] = event.value
            case Unknown():
                if len(self._unknown) < MAX_UNKNOWN:
                    self._unknown.append(event)

    def fail(self, problem: Problem) -> None:
        """Something outside the bytes ended the reply: a stop, a time limit, a broken connection."""
        self._problem = self._problem or problem

    def turn(self) -> Turn:
        parts: list[tuple[int, Part]] = []
        extra = self._part_extra
        for slot, pieces in self._thinking.items():
            thinking = Thinking(_joined(pieces), self._thinking_source[slot], dict(extra.get(slot, ())))
            parts.append((slot, thinking))
        for slot, pieces in self._text.items():
            parts.append((slot, Text(_joined(pieces), dict(extra.get(slot, ())))))
        for slot, pieces in self._refusal.items():
            parts.append((slot, Refusal(_joined(pieces), dict(extra.get(slot, ())))))
        for slot, call in self._calls.items():
            fields = {**call.extra, **extra.get(slot, {})}
            parts.append((slot, ToolCall(call.id, call.name, _joined(call.pieces), call.type, fields)))
        for slot, (kind, data) in self._opaque.items():
            parts.append((slot, Opaque(kind, data, dict(extra.get(slot, ())))))
        parts.extend(self._done.items())
        parts.sort(key=lambda item: item[0])
        return Turn(
            parts=_apart([part for _, part in parts]),
            state=self._state(),
            finish=self._finish,
            usage=self._usage,
            problem=self._problem,
            extra=dict(self._extra),
            meta=dict(self._meta),
            unknown=tuple(self._unknown),
        )

    def _state(self) -> TurnState:
        if self._problem is None:
            return "finished" if self._ended else "streaming"
        if self._problem.kind in ("stopped", "interrupted"):
            return "stopped" if self._problem.kind == "stopped" else "interrupted"
        return "failed"


class _Call:
    __slots__ = ("extra", "id", "name", "pieces", "type")

    def __init__(
        self, id: str = "", name: str = "", pieces: list[str] | None = None, type: str = "function", extra: Any = None
    ) -> None:
        self.id = id
        self.name = name
        self.pieces = pieces if pieces is not None else []
        self.type = type
        self.extra = extra if extra is not None else {}


def _joined(pieces: list[str]) -> str:
    text = "".join(pieces)
    pieces[:] = [text]
    return text


def _apart(parts: list[Part]) -> tuple[Part, ...]:
    """Two calls under one id could not be answered apart: the later one gets a suffix."""
    used: set[str] = set()
    for at, part in enumerate(parts):
        if isinstance(part, ToolCall):
            call_id, count = part.id, 1
            while call_id in used:
                count += 1
                call_id = f"{part.id}_{count}"
            used.add(call_id)
            if count > 1:
                parts[at] = replace(part, id=call_id)
    return tuple(parts)


def _merge(old: Any, new: Any, *, join_text: bool = False) -> Any:
    """A field that comes in pieces: lists grow, objects are filled, anything else is replaced."""
    if isinstance(old, list) and isinstance(new, list):
        return old + new
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **new}
    if join_text and isinstance(old, str) and isinstance(new, str):
        return old + new
    return new
