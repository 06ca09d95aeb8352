"""A thread as the messages of the Messages format (wire-format notes, 4.2).

The format knows two roles and no message that breaks its pairing, so the thread is regrouped: neighbours of one role
become one message, the results of all calls come first in the message right after them, and what could only be
refused (a blank text, a call that broke off, thinking without its signature or at the end) is left out. Opaque data
goes back to the model that wrote it, and to no other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from callsmith.conversation import CANCELLED, PAUSED, answerable
from callsmith.types.connection import Target
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Parsed, Part, Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.wire.anthropic_media import media_block
from callsmith.wire.body import is_own
from callsmith.wire.custom import ARGUMENT

Block = dict[str, Any]
# ``input`` is always an object. Anthropic's page on fine-grained tool streaming says to wrap text that is none.
INVALID_JSON = "INVALID_JSON"
_ILLEGAL = re.compile(r"[^a-zA-Z0-9_-]")
_MAX_NAME = 128
_THOUGHTS = frozenset(("thinking", "redacted_thinking"))


def messages(target: Target, thread: Sequence[Message]) -> list[dict[str, Any]]:
    """The thread as messages, user and assistant in turns."""
    return _Writer(target).write(thread)


def tool_input(call: ToolCall) -> Mapping[str, Any]:
    """The arguments as the object the format wants: free text under ``input``, text that is no JSON object under
    ``INVALID_JSON``, nothing as ``{}``."""
    if call.type == "custom":
        return {ARGUMENT: call.arguments}
    if not call.arguments.strip():
        return {}
    parsed = call.parsed()
    if isinstance(parsed, Parsed) and isinstance(parsed.value, dict):
        return parsed.value
    if isinstance(parsed, Parsed) and parsed.value is None:
        return {}
    return {INVALID_JSON: call.arguments}


def legal_name(name: str) -> str:
    """A tool's name as the history may hold it (7.6)."""
    return _ILLEGAL.sub("_", name)[:_MAX_NAME] or "unnamed"


class _Writer:
    """``waiting`` holds the calls of the latest assistant message, under the ids they are sent with."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._out: list[dict[str, Any]] = []
        self._ids: set[str] = set()
        self._waiting: list[tuple[ToolCall, str]] = []

    def write(self, thread: Sequence[Message]) -> list[dict[str, Any]]:
        for at, message in enumerate(thread):
            if message.role == "assistant":
                self._cancel_waiting()
                self._assistant(message, thread[at + 1 :])
            elif message.role == "tool":
                self._results(message.parts)
            else:
                self._cancel_waiting()
                self._add("user", [block for part in message.parts if (block := _users(part)) is not None])
        if thread and thread[-1].role == "assistant":
            self._trim_end()
        return self._out

    def _add(self, role: str, blocks: list[Block]) -> None:
        if not blocks:
            return
        if role == "user":
            self._end_reply()
        if self._out and self._out[-1]["role"] == role:
            self._out[-1]["content"] += blocks
        else:
            self._out.append({"role": role, "content": blocks})

    def _assistant(self, message: Message, following: Sequence[Message]) -> None:
        own = is_own(message, self._target)
        sent = {id(call) for call in answerable(message)}
        orphans = _orphans(message, following)
        blocks: list[Block] = []
        for part in message.parts:
            if isinstance(part, ToolCall):
                if id(part) in sent:
                    blocks.append(self._call(part, own=own))
            elif id(part) not in orphans and (block := _assistants(part, own=own)) is not None:
                blocks.append(block)
        self._add("assistant", blocks)

    def _call(self, call: ToolCall, *, own: bool) -> Block:
        call_id = self._free_id(call.id)
        self._waiting.append((call, call_id))
        block: Block = {
            "type": "tool_use",
            "id": call_id,
            "name": legal_name(call.name),
            "input": tool_input(call),
        }
        if own:
            block.update(call.extra)
        return block

    def _results(self, parts: Sequence[Part]) -> None:
        """One result for every call, in call order; a result that answers none would be refused. Media after a
        result, and before the next, are part of that result."""
        given: dict[str, tuple[ToolResult, list[Block]]] = {}
        held: list[Block] = []
        for part in parts:
            if isinstance(part, ToolResult):
                held = []
                given[part.call_id] = (part, held)
            elif isinstance(part, Media):
                held.append(media_block(part))
        blocks = []
        for call, call_id in self._waiting:
            result, media = given.get(call.id) or (ToolResult(call.id, CANCELLED, is_error=True), [])
            blocks.append(_result(result, media, call_id))
        self._waiting = []
        self._add("user", blocks)

    def _cancel_waiting(self) -> None:
        if self._waiting:
            self._results(())

    def _free_id(self, wanted: str) -> str:
        """Ids made elsewhere may hold other characters, or come again in a later turn: both are refused."""
        legal = _ILLEGAL.sub("_", wanted) or "call"
        call_id, count = legal, 1
        while call_id in self._ids:
            count += 1
            call_id = f"{legal}_{count}"
        self._ids.add(call_id)
        return call_id

    def _end_reply(self) -> None:
        """Anthropic refuses an assistant message whose last block is thinking."""
        if not self._out or self._out[-1]["role"] != "assistant":
            return
        content: list[Block] = self._out[-1]["content"]
        while content and content[-1].get("type") in _THOUGHTS:
            content.pop()
        if not content:
            self._out.pop()

    def _trim_end(self) -> None:
        """White space at the end of a last assistant text is refused (4.2)."""
        self._end_reply()
        if self._out and self._out[-1]["role"] == "assistant":
            block: Block = self._out[-1]["content"][-1]
            if block.get("type") == "text" and isinstance(block.get("text"), str):
                self._out[-1]["content"][-1] = {**block, "text": block["text"].rstrip()}


def _users(part: Part) -> Block | None:
    if isinstance(part, Text) and part.text.strip():
        return {"type": "text", "text": part.text}
    return media_block(part) if isinstance(part, Media) else None


def _assistants(part: Part, *, own: bool) -> Block | None:
    if isinstance(part, Text | Refusal):
        # Blank texts are refused: "text content blocks must contain non-whitespace text".
        return {"type": "text", "text": part.text, **(part.extra if own else {})} if part.text.strip() else None
    if isinstance(part, Thinking):
        signed = own and part.extra.get("signature")
        return {"type": "thinking", "thinking": part.text, **part.extra} if signed else None
    return part.data if own and isinstance(part, Opaque) and isinstance(part.data, dict) else None


def _result(result: ToolResult, media: list[Block], call_id: str) -> Block:
    block: Block = {"type": "tool_result", "tool_use_id": call_id}
    # An error without content is refused; a result without content may leave it out (4.2).
    text = result.content or ("error" if result.is_error and not media else "")
    if media:
        block["content"] = [*([{"type": "text", "text": text}] if text.strip() else ()), *media]
    elif text:
        block["content"] = text
    if result.is_error:
        block["is_error"] = True
    return block


def _orphans(message: Message, following: Sequence[Message]) -> set[int]:
    """Steps of server tools whose result never came: refused, unless the reply is still to go on from there."""
    rest = list(takewhile(lambda later: later.role == "assistant", following))
    goes_on = len(rest) == len(following)
    if not message.cut and (message.finish != PAUSED or goes_on):
        return set()
    answered = {block.data.get("tool_use_id") for reply in (message, *rest) for block in _steps(reply)}
    steps = (part for part in _steps(message) if part.type.endswith("_tool_use"))
    return {id(part) for part in steps if part.data.get("id") not in answered}


def _steps(message: Message) -> list[Opaque]:
    return [part for part in message.parts if isinstance(part, Opaque) and isinstance(part.data, dict)]
