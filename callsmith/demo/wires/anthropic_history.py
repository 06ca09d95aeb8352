"""The messages of a Messages request: order and pairing checked, then read into a thread (wire-format notes, 4.2).

Assistant messages in a row are one message, as the service takes them; results must all be in the one message after
their calls, and first in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.anthropic_blocks import Blocks
from callsmith.demo.wires.anthropic_checks import DOCS, check_cache, need, need_list, need_object
from callsmith.types.message import Message
from callsmith.types.parts import Media, Part, ToolResult

_THOUGHTS = ("thinking", "redacted_thinking")
_PAIR = "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
Turn = tuple[str, list[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class History:
    """``cached``: how many of the messages stand before the last breakpoint among them; -1 where there is none."""

    messages: tuple[Message, ...]
    breakpoints: int
    cached: int
    uses_tools: bool
    goes_on: bool


def read_history(messages: Any, model: str, *, thinks: bool) -> History:
    """Raises ``Refused`` in Anthropic's words. ``thinks``: whether thinking is on in this request."""
    turns = _turns(need_list(messages, "messages"))
    if turns[0][0] != "user":
        raise Refused('messages: first message must use the "user" role')
    blocks = Blocks(model)
    read: list[Message] = []
    breakpoints, cached = 0, -1
    for number, (role, content) in enumerate(turns):
        parts = blocks.read(role, content, number)
        read += _messages(role, parts)
        marks = sum(check_cache(block, f"messages.{number}.content.{at}") for at, block in enumerate(content))
        breakpoints += marks
        cached = len(read) if marks else cached
    _check_pairs(turns)
    _check_end(turns, thinks=thinks)
    if thinks:
        _check_thoughts(turns)
    uses_tools = any(block.get("type") in ("tool_use", "tool_result") for _, content in turns for block in content)
    return History(tuple(read), breakpoints, cached, uses_tools, turns[-1][0] == "assistant")


def _turns(messages: list[Any]) -> list[Turn]:
    if not messages:
        raise Refused("messages: at least one message is required")
    turns: list[Turn] = []
    for number, message in enumerate(messages):
        at = f"messages.{number}"
        message = need_object(message, at)
        role = need(message, "role", at)
        if role == "system":
            raise Refused(
                'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not '
                '"system" as an input message role.'
            )
        if role not in ("user", "assistant"):
            raise Refused(f"{at}.role: Input should be 'user' or 'assistant'")
        content = need(message, "content", at)
        if isinstance(content, str):
            content = [{"type": "text", "text": content}] if content else []
        content = [need_object(block, f"{at}.content.{place}") for place, block in enumerate(need_list(content, at))]
        if not content and not (role == "assistant" and number == len(messages) - 1):
            raise Refused(
                f"{at}: all messages must have non-empty content except for the optional final assistant message"
            )
        if role == "assistant" and turns and turns[-1][0] == role:
            turns[-1] = (role, [*turns[-1][1], *content])
        else:
            turns.append((role, content))
    return turns


def _messages(role: str, parts: list[Part]) -> list[Message]:
    """A user's message may hold results, with their media right after each, and then words of its own."""
    if role == "assistant":
        return [Message("assistant", tuple(parts))]
    results = [part for part in parts if isinstance(part, ToolResult) or _of_result(part)]
    own = [part for part in parts if part not in results]
    found = [Message("tool", tuple(results))] if results else []
    return [*found, Message("user", tuple(own))] if own or not results else found


def _of_result(part: Part) -> bool:
    return isinstance(part, Media) and bool(part.extra.get("of_result"))


def _check_pairs(turns: list[Turn]) -> None:
    """Every call is answered once, first thing in the next message; nothing else is answered."""
    for number, (role, content) in enumerate(turns):
        asked = _ids(turns[number - 1][1], "tool_use", "id") if number and role == "user" else []
        seen: set[str] = set()
        for place, block in enumerate(content):
            if block.get("type") != "tool_result":
                continue
            call_id = str(block["tool_use_id"])
            if call_id not in asked:
                raise Refused(
                    f"messages.{number}.content.{place}: unexpected `tool_use_id` found in `tool_result` blocks: "
                    f"{call_id}. {_PAIR}"
                )
            if call_id in seen:
                raise Refused(
                    f"messages.{number}.content.{place}: each tool_use must have a single result. Found multiple "
                    f"`tool_result` blocks with id: {call_id}"
                )
            seen.add(call_id)
        if role == "assistant":
            _check_answered(number, content, turns[number + 1][1] if number + 1 < len(turns) else [])


def _check_answered(number: int, content: list[Mapping[str, Any]], following: list[Mapping[str, Any]]) -> None:
    first = [block for block in following if block.get("type") == "tool_result"]
    in_place = _ids(following[: len(first)], "tool_result", "tool_use_id")
    missing = [call_id for call_id in _ids(content, "tool_use", "id") if call_id not in in_place]
    if missing:
        raise Refused(
            f"messages.{number}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the next "
            "message."
        )


def _ids(content: list[Mapping[str, Any]], kind: str, name: str) -> list[str]:
    return [str(block.get(name)) for block in content if block.get("type") == kind]


def _check_end(turns: list[Turn], *, thinks: bool) -> None:
    for number, (role, content) in enumerate(turns):
        if role == "assistant" and content and content[-1]["type"] in _THOUGHTS:
            kind = content[-1]["type"]
            raise Refused(f"messages.{number}: The final block in an assistant message cannot be `{kind}`.")
    role, content = turns[-1]
    if role != "assistant" or not content:
        return
    thought = next((place for place, block in enumerate(content) if block["type"] in _THOUGHTS), None)
    if thought is not None and not thinks:
        raise Refused(
            f"messages.{len(turns) - 1}.content.{thought}: When thinking is disabled, an `assistant` message in the "
            "final position cannot contain `thinking`. To use thinking blocks, enable `thinking` in your request."
        )
    if content[-1]["type"] == "text" and content[-1]["text"] != content[-1]["text"].rstrip():
        raise Refused("messages: final assistant content cannot end with trailing whitespace")


def _check_thoughts(turns: list[Turn]) -> None:
    """Each reply of the turn that is going on must begin with what was thought before it."""
    for number in range(len(turns) - 1, -1, -1):
        role, content = turns[number]
        if role == "user" and not any(block["type"] == "tool_result" for block in content):
            return
        goes_on = role == "assistant" and content and (number < len(turns) - 1 or content[-1]["type"] != "text")
        if goes_on and content[0]["type"] not in _THOUGHTS:
            raise Refused(
                f"messages.{number}.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
                f"`{content[0]['type']}`. When `thinking` is enabled, a final `assistant` message must start with a "
                "thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend "
                "you include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. "
                f"Please consult our documentation at {DOCS}"
            )
