"""A body as it is read: the messages so far, and what was found in the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from callsmith.bodies.media import part_of
from callsmith.reading import Reader
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Part, Text
from callsmith.wire.registry import WIRES

Kind = Literal["wrong", "left out", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``place``: a JSON pointer into the body. ``wrong``: the format does not allow it; ``left out``: it is of a kind
    that is not known here; ``elsewhere``: earlier messages are not in the body, but at the provider."""

    kind: Kind
    place: str
    said: str

    def __str__(self) -> str:
        return f"{self.place}: {self.said}" if self.place else self.said


@dataclass(frozen=True, slots=True)
class Body:
    """``messages`` as they were written: results have the ids, or only the names, that the body gives them
    (``paired``); neighbouring results, and neighbouring messages of the model, are one message."""

    system: str
    messages: tuple[Message, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class Reading:
    """A body in the making."""

    wire: str
    model: str
    system: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, place: str, said: str) -> None:
        self.findings.append(Finding("wrong", place, said))

    def elsewhere(self, said: str) -> None:
        self.findings.append(Finding("elsewhere", "", said))

    def left_out(self, place: str, part: Any) -> None:
        kind = (kind_of(part) or ", ".join(list(part)[:3])) if isinstance(part, Mapping) else type(part).__name__
        self.findings.append(Finding("left out", place, f"a part of the kind {kind or 'unknown'} was left out"))

    def replied(self, place: str, answer: Mapping[str, Any]) -> None:
        """An assistant message: ``answer`` is the body it would have come in. It is read by the format's own decoder,
        so thinking, signatures and everything else that must go back is kept as if it had just arrived."""
        reader = Reader(WIRES[self.wire], 200, stream=False)
        try:
            reader.feed(json.dumps(answer).encode())
        except RecursionError:
            self.wrong(place, "it is nested too deeply to read")
            return
        reader.close()
        turn = reader.turn()
        if turn.problem is not None:
            self.wrong(place, f"this is not what a model says: {turn.problem.message}")
        if turn.parts:
            origin = Origin("", "", self.wire, self.model)
            self._add(Message("assistant", turn.parts, origin, turn.finish, extra=turn.extra))

    def answered(self, parts: Sequence[Part]) -> None:
        if parts:
            self._add(Message("tool", tuple(parts)))

    def said(self, parts: Sequence[Part]) -> None:
        if parts:
            self.messages.append(Message("user", tuple(parts)))

    def _add(self, message: Message) -> None:
        last = self.messages[-1] if self.messages else None
        if last is not None and last.role == message.role:
            self.messages[-1] = replace(last, parts=(*last.parts, *message.parts))
        else:
            self.messages.append(message)

    def objects(self, found: Any, place: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        if not isinstance(found, list):
            self.wrong(place, "it is a list")
            return
        for number, item in enumerate(found):
            if isinstance(item, Mapping):
                yield number, item
            else:
                self.wrong(f"{place}/{number}", "it is an object")

    def parts(self, content: Any, place: str, *, but: Sequence[str] = ()) -> Iterator[Part]:
        """The parts of a content of Chat, Responses or Messages, without those of kinds that are read apart."""
        if isinstance(content, str):
            if content:
                yield Text(content)
        elif isinstance(content, list):
            for number, block in enumerate(content):
                if (part := part_of(block)) is not None:
                    yield part
                elif kind_of(block) not in but:
                    self.left_out(f"{place}/{number}", block)
        elif content is not None:
            self.wrong(place, "it is a text or a list of parts")
            yield Text(json.dumps(content, ensure_ascii=False))


def kind_of(part: Any) -> str:
    return str(part.get("type") or "") if isinstance(part, Mapping) else ""


def text_of(parts: Sequence[Part]) -> str:
    return "\n\n".join(part.text for part in parts if isinstance(part, Text))
