"""The contents of a Gemini request: their parts and turns checked as Google does, then read into a thread.

Clients that stream may keep the chunks of one reply as contents of their own: model contents in a row are one turn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.wires.gemini_signatures import check_base64, check_signature, require_signature
from callsmith.demo.wires.gemini_words import STRUCT, at_proto, fields, invalid_value, listed
from callsmith.types.message import Message
from callsmith.types.parts import Media, Opaque, Part, Text, Thinking, ToolCall, ToolResult

_CONTENT = frozenset(("role", "parts"))
_DATA = (
    *("text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult"),
    *("toolCall", "toolResponse"),
)
_BESIDE = ("thought", "thoughtSignature", "videoMetadata", "mediaResolution", "partMetadata")
_PART = frozenset((*_DATA, *_BESIDE))
_BLOB = frozenset(("mimeType", "data", "displayName"))
_FILE = frozenset(("mimeType", "fileUri", "displayName"))
_CALL = frozenset(("id", "name", "args", "partialArgs", "willContinue"))
_RESPONSE = frozenset(("id", "name", "response", "parts", "willContinue", "scheduling"))


@dataclass(slots=True)
class Turn:
    """One side's turn; ``position`` counts the contents from 1."""

    role: str
    position: int
    parts: list[dict[str, Any]] = field(default_factory=list)

    def having(self, name: str) -> list[dict[str, Any]]:
        return [part[name] for part in self.parts if name in part]


def read_contents(given: Any, model: str, *, signs: bool) -> tuple[Message, ...]:
    """``signs``: the model gives signatures and wants them back. Raises ``Refused``."""
    contents = listed(given, "contents")
    if not contents:
        raise at_proto("contents", "contents is not specified")
    turns = _turns(contents)
    _check_order(turns)
    if signs:
        _check_signatures(turns, model)
    return tuple(_read(turns))


def read_parts(content: Any, at: str) -> tuple[str, list[dict[str, Any]]]:
    """The role of one content, empty where it is left out, and its parts."""
    held = fields(content, _CONTENT, at)
    role = held.get("role") or ""
    if role not in ("user", "model", "function", ""):
        raise Refused("Please use a valid role: user, model.")
    parts = listed(held.get("parts"), f"{at}.parts")
    if not parts:
        raise at_proto(f"{at}.parts", "contents.parts must not be empty.")
    return str(role), [_part(part, f"{at}.parts[{number}]") for number, part in enumerate(parts)]


def _part(part: Any, at: str) -> dict[str, Any]:
    held = fields(part, _PART, at)
    data = [name for name in held if name in _DATA]
    if not data:
        raise at_proto(f"{at}.data", "required oneof field 'data' must have one initialized field")
    if len(data) > 1:
        raise Refused(f"Invalid value at '{at}' (oneof), oneof field 'data' is already set. Cannot set '{data[1]}'")
    if "thoughtSignature" in held:
        check_base64(held["thoughtSignature"], f"{at}.thought_signature")
    if "text" in held and not isinstance(held["text"], str):
        raise invalid_value(f"{at}.text", "TYPE_STRING", held["text"])
    for name, allowed, proto in (
        ("inlineData", _BLOB, "inline_data"),
        ("fileData", _FILE, "file_data"),
        ("functionCall", _CALL, "function_call"),
        ("functionResponse", _RESPONSE, "function_response"),
    ):
        if name in held:
            held[name] = fields(held[name], allowed, f"{at}.{proto}")
    if "inlineData" in held:
        check_base64(held["inlineData"].get("data") or "", f"{at}.inline_data.data")
    for name, proto, inside in (
        ("functionCall", "function_call", "args"),
        ("functionResponse", "function_response", "response"),
    ):
        if name in held:
            _check_named(held[name], f"{at}.{proto}", inside)
    return held


def _check_named(held: Mapping[str, Any], at: str, inside: str) -> None:
    if not isinstance(held.get("name"), str) or not held["name"]:
        raise at_proto(f"{at}.name", "Name cannot be empty.")
    if inside in held and not isinstance(held[inside], Mapping):
        raise invalid_value(f"{at}.{inside}", STRUCT, held[inside])


def _turns(contents: Sequence[Any]) -> list[Turn]:
    turns: list[Turn] = []
    for number, content in enumerate(contents):
        role, parts = read_parts(content, f"contents[{number}]")
        role = "model" if role == "model" else "user"
        if role == "model" and turns and turns[-1].role == "model":
            turns[-1].parts += parts
        else:
            turns.append(Turn(role, number + 1, parts))
    return turns


def _check_order(turns: Sequence[Turn]) -> None:
    for number, turn in enumerate(turns):
        before = turns[number - 1] if number else None
        after = turns[number + 1] if number + 1 < len(turns) else None
        calls, responses = turn.having("functionCall"), turn.having("functionResponse")
        if calls and before is None:
            raise Refused(
                "Please ensure that function call turn comes immediately after a user turn or after a function "
                "response turn."
            )
        if responses and (before is None or not before.having("functionCall")):
            raise Refused("Please ensure that function response turn comes immediately after a function call turn.")
        if calls and len(after.having("functionResponse") if after is not None else ()) != len(calls):
            raise Refused(
                "Please ensure that the number of function response parts is equal to the number of function call "
                "parts of the function call turn."
            )


def _check_signatures(turns: Sequence[Turn], model: str) -> None:
    asked = [number for number, turn in enumerate(turns) if turn.role == "user" and not turn.having("functionResponse")]
    current = asked[-1] if asked else 0
    for number, turn in enumerate(turns):
        if turn.role != "model":
            continue
        if number > current:
            require_signature(turn.parts, turn.position)
        said = ""
        for part in turn.parts:
            said += "" if part.get("thought") else part.get("text") or ""
            check_signature(part, said, model)


def _read(turns: Sequence[Turn]) -> Iterator[Message]:
    calls: list[ToolCall] = []
    for turn in turns:
        if turn.role == "model":
            parts = [_said(part, f"{turn.position}.{place}") for place, part in enumerate(turn.parts)]
            calls = [part for part in parts if isinstance(part, ToolCall)]
            yield Message("assistant", tuple(part for part in parts if part is not None))
        elif turn.having("functionResponse"):
            yield Message("tool", tuple(_results(turn, calls)))
        else:
            yield Message("user", tuple(part for part in map(_asked, turn.parts) if part is not None))


def _said(part: Mapping[str, Any], local_id: str) -> Part | None:
    if "text" in part:
        kind = Thinking if part.get("thought") else Text
        return kind(part["text"]) if part["text"] else None
    if "functionCall" in part:
        call = part["functionCall"]
        arguments = json.dumps(call.get("args") or {}, ensure_ascii=False)
        return ToolCall(str(call.get("id") or local_id), call["name"], arguments)
    if "toolCall" in part:
        return Opaque("search", dict(part))
    return _media(part)


def _asked(part: Mapping[str, Any]) -> Part | None:
    return Text(part["text"]) if "text" in part else _media(part)


def _media(part: Mapping[str, Any]) -> Media | None:
    blob, file = part.get("inlineData"), part.get("fileData")
    if blob is not None:
        return Media(str(blob.get("mimeType") or ""), str(blob.get("data") or ""))
    return Media(str(file.get("mimeType") or ""), url=str(file.get("fileUri") or "")) if file is not None else None


def _results(turn: Turn, calls: Sequence[ToolCall]) -> Iterator[Part]:
    """Matched by id, else by name and order (wire-format notes, 5.2)."""
    waiting = list(calls)
    for part in turn.parts:
        response = part.get("functionResponse")
        if response is None:
            beside = _media(part)
            if beside is not None:
                yield beside
            continue
        call = next((call for call in waiting if _answers(response, call)), None)
        if call is None:
            # unverified: the wording
            raise Refused(f"Function response `{response['name']}` answers no function call of the function call turn.")
        waiting.remove(call)
        yield _result(call, response.get("response") or {})
        for held in response.get("parts") or ():
            media = _media(held) if isinstance(held, Mapping) else None
            if media is not None:
                yield media


def _answers(response: Mapping[str, Any], call: ToolCall) -> bool:
    given = response.get("id")
    return bool(call.id == given if given else call.name == response["name"])


def _result(call: ToolCall, response: Mapping[str, Any]) -> ToolResult:
    """``output`` and ``error`` are the keys by custom; without them the whole object is the output."""
    failed = "error" in response
    value = response["output"] if set(response) == {"output"} else response
    content = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return ToolResult(call.id, content, is_error=failed, name=call.name)
