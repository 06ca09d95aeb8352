"""The content blocks of one Messages reply while they arrive (wire-format notes, 4.3).

The arguments of a tool call stay the text that was sent, also where it is no JSON (eager input streaming, a token
limit). A relay that puts the whole input into the block's start is read too: it counts where no delta follows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from callsmith.types.events import (
    CallDelta,
    CallDone,
    Event,
    OpaqueSeen,
    PartExtra,
    TextDelta,
    ThinkingDelta,
    Unknown,
)
from callsmith.wire.jsonbytes import dumps, loads

_CALL_KEYS = frozenset(("type", "id", "name", "input"))


def open_block(slot: int, start: Mapping[str, Any], events: list[Event]) -> Block:
    kind = start.get("type")
    block: Block
    if kind == "text" and isinstance(start.get("text", ""), str):
        block = _TextBlock(slot)
    elif kind == "thinking" and isinstance(start.get("thinking", ""), str):
        block = _ThinkingBlock(slot)
    elif kind == "tool_use":
        block = _CallBlock(slot)
    else:
        block = _OpaqueBlock(slot)
    block.start(start, events)
    return block


class Block(ABC):
    """One block; ``filled`` once its part exists."""

    type = ""

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.filled = False

    @abstractmethod
    def start(self, start: Mapping[str, Any], events: list[Event]) -> None:
        """What the block begins with; the whole of it in a plain body."""

    @abstractmethod
    def delta(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        """The next piece."""

    @abstractmethod
    def stop(self, events: list[Event], *, whole: bool) -> None:
        """The block is over: the reply came to its own end (``whole``), or broke off inside the block."""

    def unknown(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        events.append(Unknown(f"delta of a {self.type} block", dumps(delta)))


class _TextBlock(Block):
    type = "text"

    def start(self, start: Mapping[str, Any], events: list[Event]) -> None:
        self._text(start.get("text"), events)
        for key, value in start.items():
            if key not in ("type", "text") and value:
                self._extra(key, value, events)

    def delta(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        kind = delta.get("type")
        text = delta.get("text")
        if kind == "text_delta" and type(text) is str:
            if text:
                self.filled = True
                events.append(TextDelta(self.slot, text))
        elif kind == "citations_delta" and "citation" in delta:
            self._extra("citations", [delta["citation"]], events)
        else:
            self.unknown(delta, events)

    def stop(self, events: list[Event], *, whole: bool) -> None:
        """Its deltas have said all."""

    def _text(self, text: Any, events: list[Event]) -> None:
        if text:
            self.filled = True
            events.append(TextDelta(self.slot, text))

    def _extra(self, field: str, value: Any, events: list[Event]) -> None:
        if not self.filled:
            # Only a part that exists can carry it.
            self.filled = True
            events.append(TextDelta(self.slot, ""))
        events.append(PartExtra(self.slot, field, value))


class _ThinkingBlock(Block):
    type = "thinking"

    def __init__(self, slot: int) -> None:
        super().__init__(slot)
        self._signature = ""

    def start(self, start: Mapping[str, Any], events: list[Event]) -> None:
        self._text(start.get("thinking"), events)
        self._sign(start.get("signature"), events)
        for key, value in start.items():
            if key not in ("type", "thinking", "signature") and value is not None:
                events.append(PartExtra(self.slot, key, value))

    def delta(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        kind = delta.get("type")
        if kind == "thinking_delta" and isinstance(delta.get("thinking"), str):
            self._text(delta["thinking"], events)
        elif kind == "signature_delta" and isinstance(delta.get("signature"), str):
            self._sign(delta["signature"], events)
        else:
            self.unknown(delta, events)

    def stop(self, events: list[Event], *, whole: bool) -> None:
        """Its deltas have said all."""

    def _text(self, text: Any, events: list[Event]) -> None:
        if text:
            self.filled = True
            events.append(ThinkingDelta(self.slot, text, "thinking"))

    def _sign(self, signature: Any, events: list[Event]) -> None:
        """A signature may be all there is: thinking that is not displayed still has to go back (4.2)."""
        if not signature or not isinstance(signature, str) or signature == self._signature:
            return
        self._signature += signature
        if not self.filled:
            self.filled = True
            events.append(ThinkingDelta(self.slot, "", "thinking"))
        events.append(PartExtra(self.slot, "signature", signature))


class _CallBlock(Block):
    type = "tool_use"

    def __init__(self, slot: int) -> None:
        super().__init__(slot)
        self._pieces: list[str] = []

    def start(self, start: Mapping[str, Any], events: list[Event]) -> None:
        self._id = _string(start.get("id")) or f"call_{self.slot + 1}"
        self._name = _string(start.get("name"))
        self._input = start.get("input")
        self._extra = {key: value for key, value in start.items() if key not in _CALL_KEYS and value is not None}
        events.append(CallDelta(self.slot, self._id, self._name))

    def delta(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        piece = delta.get("partial_json")
        if delta.get("type") == "input_json_delta" and isinstance(piece, str):
            if piece:
                self._pieces.append(piece)
                events.append(CallDelta(self.slot, arguments=piece))
        else:
            self.unknown(delta, events)

    def stop(self, events: list[Event], *, whole: bool) -> None:
        arguments = "".join(self._pieces)
        if not arguments.strip() and (whole or self._input):
            arguments = _input_text(self._input)
        events.append(CallDone(self.slot, self._id, self._name, arguments, extra=self._extra))


class _OpaqueBlock(Block):
    """A block that goes back unread. Deltas fill it in: the input of a server's tool, or fields not known yet."""

    def __init__(self, slot: int) -> None:
        super().__init__(slot)
        self._pieces: list[str] = []

    def start(self, start: Mapping[str, Any], events: list[Event]) -> None:
        self._data = dict(start)
        self.type = str(start["type"])
        events.append(OpaqueSeen(self.slot, self.type, dict(start)))

    def delta(self, delta: Mapping[str, Any], events: list[Event]) -> None:
        if delta.get("type") == "input_json_delta" and isinstance(delta.get("partial_json"), str):
            self._pieces.append(delta["partial_json"])
            return
        for key, value in delta.items():
            if key != "type":
                before = self._data.get(key)
                joins = isinstance(before, str) and isinstance(value, str)
                self._data[key] = before + value if joins else value
        events.append(OpaqueSeen(self.slot, self.type, dict(self._data)))

    def stop(self, events: list[Event], *, whole: bool) -> None:
        text = "".join(self._pieces)
        if not text.strip():
            return
        try:
            self._data["input"] = loads(text.encode("utf-8", "surrogatepass"))
        except ValueError:
            events.append(Unknown(f"input of {self.type} that is not JSON", text))
            return
        events.append(OpaqueSeen(self.slot, self.type, dict(self._data)))


def _input_text(value: Any) -> str:
    if value is None or value == "":
        return "{}"
    return value if isinstance(value, str) else dumps(value)


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
