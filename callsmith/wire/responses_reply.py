"""One Responses answer as it is told: streamed events, or the whole response object.

State is kept by ``output_index`` (item ids differ between events on some hosts). A done item replaces
what its deltas built up, and the final response replaces all items (wire-format notes, 3.4): both are said
as ``PartDone``. Slots: each item has a range of its own, its content and summary parts count up in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsmith.types.events import (
    CallDelta,
    Ended,
    Event,
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
from callsmith.types.parts import Refusal, Text, Thinking, ToolCall
from callsmith.types.problem import Problem
from callsmith.wire.jsonbytes import dumps
from callsmith.wire.problems import error_in, from_error
from callsmith.wire.responses_items import CUSTOM, PARTIAL, call_id, parts_of
from callsmith.wire.responses_usage import read_usage

STRIDE = 1 << 16
_CONTENT_SLOTS = 1 << 15  # raw reasoning text comes after the summaries of the same item
_CALLS = ("function_call", "custom_tool_call")
_TERMINAL = {
    "response.completed": "completed",
    "response.incomplete": "incomplete",
    "response.failed": "failed",
    "response.cancelled": "cancelled",
    "response.done": "completed",
}
_UNFINISHED = ("queued", "in_progress")
# Nothing in these that the deltas around them and the done item do not say.
_QUIET = frozenset(
    (
        "response.queued",
        "response.in_progress",
        "response.content_part.added",
        "response.content_part.done",
        "response.reasoning_part.added",
        "response.reasoning_part.done",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_part.done",
    )
)
_NOT_META = frozenset(("output", "usage", "error", "object"))


class _Item:
    __slots__ = ("base", "data", "done", "live", "pieces")

    def __init__(self, base: int, data: dict[str, Any]) -> None:
        self.base = base
        self.data = data
        self.done = False
        self.live: set[int] = set()
        self.pieces: dict[str, list[str]] = {}


class Reply:
    """``event`` takes one stream event, ``whole`` an unstreamed response, ``end`` closes either."""

    def __init__(self) -> None:
        self.over = False
        self._failed = False
        self._items: list[_Item] = []
        self._by_index: dict[Any, _Item] = {}
        self._handlers: dict[str, Callable[[dict[str, Any], list[Event]], None]] = {
            "response.created": self._created,
            "response.output_item.added": self._added,
            "response.output_item.done": self._done,
            "response.output_text.annotation.added": self._annotation,
            "response.output_text.delta": self._text,
            "response.refusal.delta": self._refusal,
            "response.reasoning_summary_text.delta": self._summary,
            "response.reasoning_text.delta": self._reasoning,
            "response.output_text.done": self._text_done,
            "response.refusal.done": self._refusal_done,
            "response.reasoning_summary_text.done": self._summary_done,
            "response.reasoning_text.done": self._reasoning_done,
            "response.function_call_arguments.delta": self._arguments,
            "response.custom_tool_call_input.delta": self._arguments,
            "response.function_call_arguments.done": self._arguments_done,
            "response.custom_tool_call_input.done": self._arguments_done,
            "error": self._error,
        }

    def event(self, event: dict[str, Any], name: str, events: list[Event]) -> None:
        """``name`` is that of the ``event:`` line, for the relay that leaves ``type`` out."""
        kind = event.get("type") or name
        if type(kind) is not str:
            kind = dumps(kind)
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(event, events)
        elif kind in _TERMINAL:
            self._terminal(event.get("response"), _TERMINAL[kind], events)
        elif kind not in _QUIET and not self._about_opaque(kind, event, events):
            if error_in(event) is not None:
                self._error(event, events)
            else:
                events.append(Unknown(f"event {kind}" if kind else "stream event", dumps(event)))

    def whole(self, response: Mapping[str, Any], events: list[Event]) -> None:
        self._terminal(response, str(response.get("status") or "completed"), events)

    def fail(self, error: Any, raw: str, events: list[Event]) -> None:
        self._failed = True
        status = error.get("status_code") if isinstance(error, dict) else None
        problem = from_error(error, kind="stream", status=status if isinstance(status, int) else None, raw=raw)
        events.append(Failed(problem))

    def end(self, events: list[Event]) -> None:
        """The bytes are over. A relay that stops at ``[DONE]`` has said all when no item is still open."""
        for item in self._items:
            if not item.done:
                self._leave_open(item, events)
        if self._failed:
            return
        if self.over:
            events.append(Ended())
        else:
            events.append(Failed(Problem("interrupted", "The answer broke off before its end", retryable=True)))

    def done_marker(self) -> None:
        self.over = self.over or bool(self._items) and all(item.done for item in self._items)

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
        kind = data.get("type")
        if kind in _CALLS:
            item.live.add(item.base)
            name = data.get("name")
            events.append(CallDelta(item.base, call_id(data, len(self._items) - 1), name if name else "", ""))
        elif kind not in ("message", "reasoning"):
            item.live.add(item.base)
            events.append(OpaqueSeen(item.base, str(kind), data))

    def _done(self, event: dict[str, Any], events: list[Event]) -> None:
        data = event.get("item")
        if not isinstance(data, dict):
            events.append(Unknown("output item", dumps(event)))
            return
        index = event.get("output_index")
        item = self._item(event, str(data.get("type")))
        if item.done:
            item = self._open(data, index)
        self._settle(item, data, events)

    def _settle(self, item: _Item, data: dict[str, Any], events: list[Event]) -> None:
        item.data, item.done = data, True
        stale, item.live = item.live, set()
        for offset, part in enumerate(parts_of(data, item.base // STRIDE)):
            item.live.add(item.base + offset)
            events.append(PartDone(item.base + offset, part))
        events.extend(PartDone(slot, None) for slot in sorted(stale - item.live))

    def _leave_open(self, item: _Item, events: list[Event]) -> None:
        """The bytes ended inside an item: a step of the server's is kept as far as it came, and marked."""
        kind = item.data.get("type")
        if kind in _CALLS:
            if self.over and not any(item.pieces.values()) and kind == "function_call":
                events.append(CallDelta(item.base, arguments="{}"))
        elif kind and kind not in ("message", "reasoning"):
            told = {field: "".join(pieces) for field, pieces in item.pieces.items()}
            events.append(OpaqueSeen(item.base, str(kind), {**item.data, **told}))
            events.append(PartExtra(item.base, PARTIAL, True))

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
        item, delta = self._delta(event, events, _CALLS["custom" in event["type"]])
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
            events.append(Unknown(f"event {event.get('type')}", dumps(event)))
        return item, ""

    # The whole of one part, for the deltas that were missed; the done item follows

    def _text_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item, text = self._item(event), event.get("text")
        if isinstance(text, str) and text and not item.done:
            events.append(PartDone(_slot(item, event.get("content_index")), Text(text)))

    def _refusal_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item, text = self._item(event), event.get("refusal")
        if isinstance(text, str) and text and not item.done:
            events.append(PartDone(_slot(item, event.get("content_index")), Refusal(text)))

    def _summary_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item, text = self._item(event), event.get("text")
        if isinstance(text, str) and text and not item.done:
            events.append(PartDone(_slot(item, event.get("summary_index")), Thinking(text, "reasoning_summary")))

    def _reasoning_done(self, event: dict[str, Any], events: list[Event]) -> None:
        item, text = self._item(event), event.get("text")
        if isinstance(text, str) and text and not item.done:
            slot = _slot(item, event.get("content_index"), _CONTENT_SLOTS)
            events.append(PartDone(slot, Thinking(text, "reasoning_text")))

    def _arguments_done(self, event: dict[str, Any], events: list[Event]) -> None:
        custom = "custom" in event["type"]
        item, said = self._item(event, _CALLS[custom]), event.get("input" if custom else "arguments")
        if item.done or not isinstance(said, str) or said == "".join(item.pieces.get("arguments", ())):
            return
        name = item.data.get("name") or event.get("name") or ""
        identifier = call_id(item.data, item.base // STRIDE)
        item.pieces["arguments"] = [said]
        events.append(PartDone(_slot(item, 0), ToolCall(identifier, name, said, CUSTOM if custom else "function")))

    def _annotation(self, event: dict[str, Any], events: list[Event]) -> None:
        item = self._item(event)
        if not item.done:
            events.append(PartExtra(_slot(item, event.get("content_index")), "annotations", [event.get("annotation")]))

    def _about_opaque(self, kind: str, event: dict[str, Any], events: list[Event]) -> bool:
        """``response.<item type>.<state>`` and ``response.<item type>_<field>.delta``, for any item type."""
        index = event.get("output_index")
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

    # The response around the items

    def _created(self, event: dict[str, Any], events: list[Event]) -> None:
        response = event.get("response")
        if not isinstance(response, dict):
            return
        if self.over:
            self._start_again(events)
        events.extend(Meta(key, response[key]) for key in ("id", "model", "created_at") if response.get(key))

    def _start_again(self, events: list[Event]) -> None:
        """Another response in the same stream: the last one is the answer, the items before it are kept as text."""
        events.append(Unknown("an earlier response in the same stream", dumps([item.data for item in self._items])))
        events.extend(PartDone(slot, None) for item in self._items for slot in sorted(item.live))
        self.over = self._failed = False
        self._items, self._by_index = [], {}

    def _terminal(self, response: Any, status: str, events: list[Event]) -> None:
        response = response if isinstance(response, dict) else {}
        output = response.get("output")
        if isinstance(output, list) and output:
            self._final_output(output, events)
        for key, value in response.items():
            if key not in _NOT_META and value is not None:
                events.append(Meta(key, value))
        usage = read_usage(response.get("usage"))
        if usage is not None:
            events.append(UsageSeen(usage))
        status = str(response.get("status") or status)
        details = response.get("incomplete_details")
        reason = details.get("reason") if isinstance(details, dict) else None
        events.append(Finished(str(reason) if reason and status == "incomplete" else status))
        self.over = True
        error = error_in(response)
        if error is not None or status in ("failed", "cancelled"):
            said = error if error is not None else {"message": f"The response is {status}", "code": status}
            self.fail(said, dumps(said), events)
        elif status in _UNFINISHED:
            self._failed = True
            events.append(Failed(Problem("interrupted", f"The answer is not ready: it is {status}", code=status)))

    def _final_output(self, output: list[Any], events: list[Event]) -> None:
        before, self._items, self._by_index = self._items, [], {}
        stale = {slot for item in before for slot in item.live}
        for index, data in enumerate(output):
            if not isinstance(data, dict):
                events.append(Unknown("output item", dumps(data)))
                data = {"type": "item", "value": data}
            item = self._open(data, index)
            told = before[index] if index < len(before) else None
            if told is not None and told.done and told.data == data:
                item.live, item.done = told.live, True
            else:
                self._settle(item, data, events)
            stale -= item.live
        events.extend(PartDone(slot, None) for slot in sorted(stale))
        final = {_name(data) for data in output if isinstance(data, dict)}
        for position, item in enumerate(before):
            if item.done and _name(item.data) not in final and not _same_kind(output, position, item.data):
                events.append(Unknown("an item that the final response leaves out", dumps(item.data)))

    def _error(self, event: dict[str, Any], events: list[Event]) -> None:
        """Flat (``code``, ``message``, ``param``) or, from relays, wrapped in ``error``."""
        error = error_in(event)
        if error is None:
            error = {key: value for key, value in event.items() if key not in ("type", "sequence_number")}
        self.fail(error, dumps(event), events)


def _slot(item: _Item, offset: Any, first: int = 0) -> int:
    slot = item.base + first + (offset if type(offset) is int else 0)
    item.live.add(slot)
    return slot


def _name(item: Mapping[str, Any]) -> tuple[Any, Any]:
    return item.get("type"), item.get("call_id") or item.get("id")


def _same_kind(output: list[Any], position: int, item: Mapping[str, Any]) -> bool:
    """The item at the same place, under another id (some hosts number anew)."""
    at = output[position] if position < len(output) else None
    return isinstance(at, dict) and at.get("type") == item.get("type")
