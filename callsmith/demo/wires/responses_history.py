"""The input items of a Responses request: what belongs together checked as OpenAI does, then read into a thread.

Nothing is kept between requests: what OpenAI knows of its own items stands in their ids here
(``responses_reasoning``). Refusals are quoted from published error reports, but for the two marked as unverified.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.openai_checks import missing, wrong_type
from callsmith.demo.wires.responses_items import OUTPUTS, kind_of, read_content, read_output
from callsmith.demo.wires.responses_reasoning import item_id, place_of, unseal
from callsmith.types.message import Message, Thread
from callsmith.types.parts import Media, Opaque, Part, Text, Thinking, ToolCall, ToolResult

_ARGUMENTS = {"function_call": "arguments", "custom_tool_call": "input"}
_OWN_STEPS = {"web_search_call": "search", "mcp_call": "remote", "mcp_approval_request": "remote"}


@dataclass(slots=True)
class History:
    """``leave`` answers the approval requests made since the last user message, by id."""

    system: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    leave: dict[str, bool] = field(default_factory=dict)

    def thread(self, instructions: str) -> Thread:
        return Thread("\n\n".join(text for text in (instructions, *self.system) if text), tuple(self.messages))


def read_history(given: Any, model: str, *, stored: bool) -> History:
    """``stored``: the request asks for its items to be kept. Raises ``Refused``."""
    if given is None:
        raise missing("input")
    if isinstance(given, str):
        return History(messages=[Message("user", (Text(given),))])
    if not isinstance(given, list):
        raise wrong_type("input", "one of an array of objects or string", given)
    kinds = [kind_of(item, f"input[{number}]") for number, item in enumerate(given)]
    _check_ids(given, kinds, model, stored)
    _check_answers(given, kinds)
    return _read(given, kinds, model)


def _check_ids(items: Sequence[Mapping[str, Any]], kinds: Sequence[str], model: str, stored: bool) -> None:
    seen: set[str] = set()
    for number, (item, kind) in enumerate(zip(items, kinds, strict=True)):
        identifier = item.get("id")
        if kind == "item_reference":
            raise _not_found(identifier, stored)
        if identifier is None:
            continue
        if identifier in seen:
            raise _refused(
                f"Duplicate item found with id {identifier}. Remove duplicate items from your input and try again."
            )
        seen.add(identifier)
        if kind == "reasoning":
            _check_reasoning(item, items[number + 1 : number + 2], model, stored)
            continue
        place = place_of(identifier)
        if place is not None and place.after is not None:
            reasoning = item_id("rs", place.reply, place.after)
            if reasoning not in seen:
                raise _refused(
                    f"Item '{identifier}' of type '{kind}' was provided without its required 'reasoning' item: "
                    f"'{reasoning}'."
                )


def _check_reasoning(item: Mapping[str, Any], following: Sequence[Mapping[str, Any]], model: str, stored: bool) -> None:
    identifier, sealed, place = item["id"], item.get("encrypted_content"), place_of(item["id"])
    if isinstance(sealed, str) and sealed:
        if unseal(model, identifier, sealed) is None:
            raise Refused(
                f"The encrypted content {sealed[:4]}...{sealed[-4:]} could not be verified. Reason: Encrypted content "
                "could not be decrypted or parsed.",
                code="invalid_encrypted_content",
            )
    elif not stored or place is None:
        raise _not_found(identifier, stored)
    next_place = place_of(following[0].get("id")) if following else None
    if place is not None and (next_place is None or (next_place.reply, next_place.at) != (place.reply, place.at + 1)):
        raise _refused(f"Item '{identifier}' of type 'reasoning' was provided without its required following item.")


def _check_answers(items: Sequence[Mapping[str, Any]], kinds: Sequence[str]) -> None:
    """Every call has one output after it, and every approval request one answer."""
    calls: dict[tuple[str, str], None] = {}
    approvals: dict[str, None] = {}
    for item, kind in zip(items, kinds, strict=True):
        if kind in _ARGUMENTS:
            calls[kind, item["call_id"]] = None
        elif kind in OUTPUTS:
            asked = (OUTPUTS[kind], item["call_id"])
            if asked not in calls:
                raise _refused(f"No tool call found for {_words(kind)} with call_id {item['call_id']}.")
            del calls[asked]
        elif kind == "mcp_approval_request":
            approvals[item["id"]] = None
        elif kind == "mcp_approval_response":
            asked_for = item["approval_request_id"]
            if asked_for not in approvals:
                # unverified: the wording
                raise _refused(f"No approval request found for approval response with id {asked_for}.")
            del approvals[asked_for]
    for kind, call_id in calls:
        raise _refused(f"No tool output found for {_words(kind)} {call_id}.")
    for identifier in approvals:
        # unverified: the wording, and that OpenAI does not take silence for a no
        raise _refused(f"No approval response found for approval request {identifier}.")


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _not_found(identifier: Any, stored: bool) -> Refused:
    message = f"Item with id '{identifier}' not found."
    if not stored:
        message += (
            " Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove "
            "this item from your input."
        )
    return Refused(message, param="input", status=404)


def _refused(message: str) -> Refused:
    return Refused(message, param="input")


def _read(items: Sequence[Mapping[str, Any]], kinds: Sequence[str], model: str) -> History:
    history = History()
    said: list[Part] = []
    results: list[Part] = []

    def settle() -> None:
        for role, parts in (("assistant", said), ("tool", results)):
            if parts:
                history.messages.append(Message("tool" if role == "tool" else "assistant", tuple(parts)))
                parts.clear()

    for number, (item, kind) in enumerate(zip(items, kinds, strict=True)):
        at, role = f"input[{number}]", item.get("role")
        if kind == "mcp_approval_response":
            history.leave[item["approval_request_id"]] = item["approve"]
        elif kind in OUTPUTS:
            results += _result(item, at)
        elif kind == "message" and role == "user":
            settle()
            history.leave.clear()
            history.messages.append(Message("user", read_content(item, at)))
        elif kind == "message" and role != "assistant":
            history.system.append("\n".join(part.text for part in read_content(item, at) if isinstance(part, Text)))
        else:
            if results:
                settle()
            said += _said(item, kind, at, model)
    settle()
    return history


def _said(item: Mapping[str, Any], kind: str, at: str, model: str) -> Sequence[Part]:
    """What the model or its provider said or did in one item."""
    if kind == "message":
        return read_content(item, at)
    if kind == "reasoning":
        thoughts = unseal(model, item["id"], str(item.get("encrypted_content") or ""))
        return (Thinking(thoughts),) if thoughts else ()
    if kind in _ARGUMENTS:
        call_type = "custom" if kind == "custom_tool_call" else "function"
        return (ToolCall(item["call_id"], item["name"], item[_ARGUMENTS[kind]], call_type),)
    return (Opaque(_OWN_STEPS[kind], dict(item)),) if kind in _OWN_STEPS else ()


def _result(item: Mapping[str, Any], at: str) -> list[Part]:
    parts = read_output(item, at)
    text = "\n".join(part.text for part in parts if isinstance(part, Text))
    media = [part for part in parts if isinstance(part, Media)]
    return [ToolResult(item["call_id"], text, is_error=_is_error(text)), *media]


def _is_error(text: str) -> bool:
    """The format has no mark for it: by custom an error is JSON with an ``error`` (wire-format notes, 2.3)."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, Mapping) and bool(document.get("error"))
