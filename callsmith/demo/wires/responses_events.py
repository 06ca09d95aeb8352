"""A Responses reply as its stream of events, all in the order OpenAI sends them (wire-format notes, 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from callsmith.demo.script import Refuse, Say, Step, Think, tokens
from callsmith.demo.wires.responses_reply import Item, annotation, content_part
from callsmith.demo.wires.text import json_bytes

Told = Iterator[tuple[int, bytes]]


class Telling:
    """One stream: its events are numbered, and each is due after the tokens said so far."""

    def __init__(self) -> None:
        self._said = 0
        self._number = 0
        self._by_type: Mapping[str, Callable[[Item, int], Told]] = {
            "reasoning": self._reasoning,
            "message": self._message,
            "function_call": self._function_call,
            "custom_tool_call": self._custom_call,
            "web_search_call": self._search,
            "mcp_list_tools": self._list,
            "mcp_call": self._remote_call,
            "mcp_approval_request": self._request,
        }

    def event(self, kind: str, **fields: Any) -> tuple[int, bytes]:
        document = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        return self._said, b"event: %b\ndata: %b\n\n" % (kind.encode(), json_bytes(document))

    def items(self, items: Sequence[Item]) -> Told:
        for index, item in enumerate(items):
            yield self.event("response.output_item.added", output_index=index, item=item.begun)
            yield from self._by_type[item.type](item, index)
            yield self.event("response.output_item.done", output_index=index, item=item.done)

    def _reasoning(self, item: Item, index: int) -> Told:
        """Thoughts that are not shown take their time all the same."""
        at = {"item_id": item.id, "output_index": index}
        number = 0
        shown = [part["text"] for part in item.done["summary"]]
        for step in item.steps:
            if not isinstance(step, Think) or step.redacted or not shown:
                self._said += len(tokens(step))
                continue
            place = {**at, "summary_index": number}
            empty, whole = ({"type": "summary_text", "text": text} for text in ("", step.text))
            yield self.event("response.reasoning_summary_part.added", **place, part=empty)
            yield from self._deltas("response.reasoning_summary_text.delta", step, place)
            yield self.event("response.reasoning_summary_text.done", **place, text=step.text)
            yield self.event("response.reasoning_summary_part.done", **place, part=whole)
            number += 1

    def _message(self, item: Item, index: int) -> Told:
        step = item.steps[0]
        at = {"item_id": item.id, "output_index": index, "content_index": 0}
        part = content_part(step)
        empty = content_part(Refuse("") if isinstance(step, Refuse) else Say(""))
        yield self.event("response.content_part.added", **at, part=empty)
        if isinstance(step, Say):
            yield from self._text(step, at)
            yield self.event("response.output_text.done", **at, text=step.text, logprobs=[])
        else:
            yield from self._deltas("response.refusal.delta", step, at)
            yield self.event("response.refusal.done", **at, refusal=part["refusal"])
        yield self.event("response.content_part.done", **at, part=part)

    def _text(self, said: Say, at: Mapping[str, Any]) -> Told:
        """A citation is told as soon as the text it stands for is there."""
        length = cited = 0
        for token in tokens(said):
            self._said += 1
            length += len(token)
            yield self.event("response.output_text.delta", **at, delta=token, logprobs=[])
            while cited < len(said.citations) and said.citations[cited].end <= length:
                marked = annotation(said, cited)
                yield self.event(
                    "response.output_text.annotation.added", **at, annotation_index=cited, annotation=marked
                )
                cited += 1

    def _function_call(self, item: Item, index: int) -> Told:
        at = {"item_id": item.id, "output_index": index}
        yield from self._deltas("response.function_call_arguments.delta", item.steps[0], at)
        done = {"name": item.done["name"], "arguments": item.done["arguments"]}
        yield self.event("response.function_call_arguments.done", **at, **done)

    def _custom_call(self, item: Item, index: int) -> Told:
        at = {"item_id": item.id, "output_index": index}
        yield from self._deltas("response.custom_tool_call_input.delta", item.steps[0], at)
        yield self.event("response.custom_tool_call_input.done", **at, input=item.done["input"])

    def _search(self, item: Item, index: int) -> Told:
        at = {"item_id": item.id, "output_index": index}
        yield self.event("response.web_search_call.in_progress", **at)
        yield self.event("response.web_search_call.searching", **at)
        self._said += len(tokens(item.steps[0]))
        yield self.event("response.web_search_call.completed", **at)

    def _list(self, item: Item, index: int) -> Told:
        at = {"item_id": item.id, "output_index": index}
        yield self.event("response.mcp_list_tools.in_progress", **at)
        yield self.event("response.mcp_list_tools.completed", **at)

    def _remote_call(self, item: Item, index: int) -> Told:
        at = {"item_id": item.id, "output_index": index}
        yield self.event("response.mcp_call.in_progress", **at)
        yield from self._deltas("response.mcp_call_arguments.delta", item.steps[0], at)
        yield self.event("response.mcp_call_arguments.done", **at, arguments=item.done["arguments"])
        yield self.event("response.mcp_call.completed", **at)

    def _request(self, item: Item, index: int) -> Told:
        self._said += len(tokens(item.steps[0]))
        yield from ()

    def _deltas(self, kind: str, step: Step, at: Mapping[str, Any]) -> Told:
        for token in tokens(step):
            self._said += 1
            yield self.event(kind, **at, delta=token)
