"""The items of one Responses answer while their events arrive (wire-format notes, 3.4).

State is kept by ``output_index`` (item ids differ between events on some hosts). A done item replaces
what its deltas built up, and the final response replaces all items: both are said as ``PartDone``.
Slots: each item has a range of its own, in which its content and summary parts count up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsmith.types.events import (
    CallDelta,
    CallDone,
    Event,
    OpaqueSeen,
    PartDone,
    PartExtra,
    RefusalDelta,
    TextDelta,
    ThinkingDelta,
    Unknown,
)
from callsmith.types.parts import Refusal, Text, Thinking, ToolCall
from callsmith.wire.jsonbytes import dumps
from callsmith.wire.responses_items import CUSTOM, PARTIAL, call_id, parts_of, text_field

STRIDE = 1 << 16
_CONTENT_SLOTS = 1 << 15  # raw reasoning text comes after the summaries of the same item
_CALLS = {"function_call": "function", "custom_tool_call": CUSTOM}
Handler = Callable[[dict[str, Any], list[Event]], None]


class _Item:
    """``live`` are the slots it has filled; ``pieces`` the text of its deltas that no part holds, by field."""

    __slots__ = ("base", "data", "done", "live", "pieces")

    def __init__(self, base: int, data: dict[str, Any]) -> None:
        self.base = base
        self.data = data
        self.done = False
        self.live: set[int] = set()
        self.pieces: dict[str, list[str]] = {}


class LiveItems:
    """``handlers`` by event type; ``about_opaque`` for the events of items that have no handler of their own."""

    def __init__(self) -> None:
        self._items: list[_Item] = []
        self._by_index: dict[int, _Item] = {}
        self.handlers: Mapping[str, Handler] = {
            "response.output_item.added": self._added,
            "response.output_item.done": self._done,
            "response.output_text.delta": self._text,
            "response.output_text.done": self._text_done,
            "response.output_text.annotation.added": self._annotation,
            "response.refusal.delta": self._refusal,
            "response.refusal.done": self._refusal_done,
            "response.reasoning_summary_text.delta": self._summary,
            "response.reasoning_summary_text.done": self._summary_done,
            "response.reasoning_text.delta": self._reasoning,
            "response.reasoning_text.done": self._reasoning_done,
            "response.function_call_arguments.delta": self._arguments,
            "response.function_call_arguments.done": self._arguments_done,
            "response.custom_tool_call_input.delta": self._arguments,
            "response.custom_tool_call_input.done": self._arguments_done,
        }

    def all_done(self) -> bool:
        return bool(self._items) and all(item.done for item in self._items)

    def about_opaque(self, event: dict[str, Any], events: list[Event]) -> bool:
        """``response.<item type>.<state>`` and ``response.<item type>_<field>.delta``, for any item type."""
        index, kind = event.get("output_index"), event["type"]
        item = self._by_index.get(index) if isinstance(index, int) else None
        about = f"response.{item.data.get('type')}" if item is not None else "\0"
        if item is None or not kind.startswith(about):
            return False
        field, _, what = kind[len(about) :].rpartition(".")
        if field:
            if what == "delta" and isinstance(event.get("delta"), str):
                item.pieces.setdefault(field.removeprefix("_"), []).append(event["delta"])
        elif not item.done:
            item.data = {**item.data, "status": what}
            events.append(OpaqueSeen(item.base, str(item.data["type"]), item.data))
        return True

    def final(self, output: list[Any], events: list[Event]) -> None:
        """The final response's items, in place of all that was gathered."""
        before, self._items, self._by_index = self._items, [], {}
        stale = {slot for item in before for slot in item.live}
        for index, data in enumerate(output):
            if not isinstance(data, dict):
                data = {"type": "item", "value": data}
            item = self._open(data, index)
            told = before[index] if index < len(before) else None
            if told is not None and told.done and told.data == data:
                item.live, item.done = told.live, True
            else:
                self._settle(item, data, events)
            stale -= item.live
        events.extend(PartDone(slot, None) for slot in sorted(stale))
        names = {_name(item.data) for item in self._items}
        for position, item in enumerate(before):
            if item.done and _name(item.data) not in names and not self._same_type_at(position, item):
                events.append(Unknown("an item that the final response leaves out", dumps(item.data)))

    def end(self, complete: bool, events: list[Event]) -> None:
        """The bytes are over. A server's step that was never done is kept as far as it came, and marked."""
        for item in self._items:
            kind = text_field(item.data, "type")
            if item.done or kind in ("message", "reasoning", ""):
                continue
            if kind in _CALLS:
                if complete and kind == "function_call" and not any(item.pieces.values()):
                    events.append(CallDelta(item.base, arguments="{}"))
            else:
                told = {field: "".join(pieces) for field, pieces in item.pieces.items()}
                events.append(OpaqueSeen(item.base, kind, {**item.data, **told}))
                events.append(PartExtra(item.base, PARTIAL, True))

    def start_again(self, events: list[Event]) -> None:
        """Another response in the same stream: the last one is the answer, the items before it are kept as text."""
        events.append(Unknown("an earlier response in the same stream", dumps([item.data for item in self._items])))
        events.extend(PartDone(slot, None) for item in self._items for slot in sorted(item.live))
        self._items, self._by_index = [], {}

    # Items

    def _open(self, data: dict[str, Any], index: Any) -> _Item:
        item = _Item(len(self._items) * STRIDE, data)
        self._items.append(item)
        self._by_index[index if isinstance(index, int) else len(self._items) - 1] = item
        return item

    def _item(self, event: dict[str, Any], kind: str = "") -> _Item:
        """The item an event is about: by index, else by item id, else the latest; a new one where none is known."""
        index = event.get("output_index")
        if isinstance(index, int):
            if index in self._by_index:
                return self._by_index[index]
        elif self._items:
            named = [item for item in self._items if item.data.get("id") == event.get("item_id")]
            return named[-1] if named else self._items[-1]
        return self._open({"type": kind, "id": event.get("item_id")}, index)

    def _added(self, event: dict[str, Any], events: list[Event]) -> None:
        data = event.get("item")
        if not isinstance(data, dict):
            events.append(Unknown("output item", dumps(event)))
            return
        item = self._open(data, event.get("output_index"))
        kind = text_field(data, "type")
        if kind in _CALLS:
            identifier, name = call_id(data, item.base // STRIDE), text_field(data, "name")
            # Said whole, although nothing of its arguments is there yet: only so it says its type.
            events.append(CallDone(_slot(item, 0), identifier, name, "", _CALLS[kind]))
        elif kind not in ("message", "reasoning"):
            events.append(OpaqueSeen(_slot(item, 0), kind or "item", data))

    def _done(self, event: dict[str, Any], events: list[Event]) -> None:
        data = event.get("item")
        if not isinstance(data, dict):
            events.append(Unknown("output item", dumps(event)))
            return
        item = self._item(event, str(data.get("type")))
        if item.done:
            item = self._open(data, event.get("output_index"))
        self._settle(item, data, events)

    def _settle(self, item: _Item, data: dict[str, Any], events: list[Event]) -> None:
        item.data, item.done = data, True
        stale, item.live = item.live, set()
        for offset, part in enumerate(parts_of(data, item.base // STRIDE)):
            events.append(PartDone(_slot(item, offset), part))
        events.extend(PartDone(slot, None) for slot in sorted(stale - item.live))

    def _same_type_at(self, position: int, item: _Item) -> bool:
        """The item at the same place, under another id: some hosts number anew."""
        return position < len(self._items) and self._items[position].data.get("type") == item.data.get("type")

    # Deltas

    def _text(self, event: dict[str, Any], events: list[Event]) -> None:
        item, delta = self._delta(event, events)
        if delta:
            events.append(TextDelta(_slot(item, event.get("content_index")), delta))

    def _refusal(self, event: dict[str, Any], events: list[Event]) -> None:
        item, delta = self._delta(event, events)
        if delta:
            events.append(RefusalDelta(_slot(item, event.get("content_index")), delta))

    def _summary(self, event: dict[str, Any], events: list[Event]) -> None:
        item, delta = self._delta(event, events)
        if delta:
            events.append(ThinkingDelta(_slot(item, event.get("summary_index")), delta, "reasoning_summary"))

    def _reasoning(self, event: dict[str, Any], events: list[Event]) -> None:
        item, delta = self._delta(event, events)
        if delta:
            slot = _slot(item, event.get("content_index"), _CONTENT_SLOTS)
            events.append(ThinkingDelta(slot, delta, "reasoning_text"))

    def _arguments(self, event: dict[str, Any], events: list[Event]) -> None:
        item, delta = self._delta(event, events, _call_type(event))
        if delta:
            item.pieces.setdefault("arguments", []).append(delta)
            events.append(CallDelta(_slot(item, 0), arguments=delta))

    def _delta(self, event: dict[str, Any], events: list[Event], kind: str = "") -> tuple[_Item, str]:
        """The item and its new text; empty when there is none, or when the item was done already."""
        index = event.get("output_index")
        item = self._by_index.get(index) if type(index) is int else None
        if item is None:
            item = self._item(event, kind)
        delta = event.get("delta")
        if type(delta) is str and not item.done:
            return item, delta
        if delta:
            events.append(Unknown(f"event {event['type']}", dumps(event)))
        return item, ""

    # The whole of one part, for the deltas that were missed; the done item follows

    def _text_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item, text = self._whole(event, "text")
        if text:
            events.append(PartDone(_slot(item, event.get("content_index")), Text(text)))

    def _refusal_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item, text = self._whole(event, "refusal")
        if text:
            events.append(PartDone(_slot(item, event.get("content_index")), Refusal(text)))

    def _summary_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item, text = self._whole(event, "text")
        if text:
            events.append(PartDone(_slot(item, event.get("summary_index")), Thinking(text, "reasoning_summary")))

    def _reasoning_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item, text = self._whole(event, "text")
        if text:
            slot = _slot(item, event.get("content_index"), _CONTENT_SLOTS)
            events.append(PartDone(slot, Thinking(text, "reasoning_text")))

    def _arguments_done(self, event: dict[str, Any], events: list[Event]) -> None:
        kind = _call_type(event)
        item, said = self._whole(event, "arguments" if kind == "function_call" else "input", kind)
        if not said or said == "".join(item.pieces.get("arguments", ())):
            return
        item.pieces["arguments"] = [said]
        name = text_field(item.data, "name") or text_field(event, "name")
        identifier = call_id(item.data, item.base // STRIDE)
        events.append(PartDone(_slot(item, 0), ToolCall(identifier, name, said, _CALLS[kind])))

    def _whole(self, event: dict[str, Any], field: str, kind: str = "") -> tuple[_Item, str]:
        item, text = self._item(event, kind), event.get(field)
        return item, text if isinstance(text, str) and not item.done else ""

    def _annotation(self, event: dict[str, Any], events: list[Event]) -> None:
        item = self._item(event)
        if not item.done:
            events.append(PartExtra(_slot(item, event.get("content_index")), "annotations", [event.get("annotation")]))


def _slot(item: _Item, offset: Any, first: int = 0) -> int:
    slot = item.base + first + (offset if type(offset) is int else 0)
    item.live.add(slot)
    return slot


def _call_type(event: dict[str, Any]) -> str:
    return "custom_tool_call" if "custom" in event["type"] else "function_call"


def _name(item: Mapping[str, Any]) -> tuple[str, str]:
    return text_field(item, "type"), call_id(item, -1)
