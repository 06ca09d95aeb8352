"""The turn that is taken along: the request as the app would send it now, unstreamed, with names for its secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from callsmith.conversation import PAUSED, Conversation
from callsmith.takeaway.stubs import stub_of
from callsmith.takeaway.types import Asks, Filled, Name, Stub
from callsmith.types.answering import Answering
from callsmith.types.connection import KEY_PLACEHOLDER, Connection, Target
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Message, Thread
from callsmith.types.parts import Text, ToolCall, ToolResult
from callsmith.variables import filled_thread
from callsmith.wire.jsonbytes import loads
from callsmith.wire.registry import WIRES

_REFERENCE = re.compile(r"\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
# The variables that the vendors' own SDKs read.
_OWN_KEYS = {
    "api.openai.com": "OPENAI_API_KEY",
    "api.anthropic.com": "ANTHROPIC_API_KEY",
    "generativelanguage.googleapis.com": "GEMINI_API_KEY",
}
_OTHER_KEY = "CALLSMITH_API_KEY"
_DEMO_HOST, _DEMO_SERVER = "demo.callsmith.invalid", "http://127.0.0.1:8765/v1"
_PROMPT = "Write your prompt here"


@dataclass(frozen=True, slots=True)
class Taken:
    """``body`` holds ``Filled`` where a secret goes. ``key`` is the variable of the key, None where none is wanted.
    ``custom``: tools that are called with free text. ``forced``: the model has to call a tool, which a loop must take
    back after the first request. ``server_tools``: the provider runs tools of its own."""

    wire: str
    url: str
    headers: tuple[tuple[str, str | Filled], ...]
    body: Mapping[str, Any]
    key: str | None
    variables: tuple[str, ...]
    stubs: tuple[Stub, ...]
    custom: tuple[str, ...]
    forced: bool
    server_tools: bool
    seconds: float
    notes: tuple[str, ...]

    @property
    def loops(self) -> bool:
        return bool(self.stubs) or (self.server_tools and self.wire == "anthropic")


def take(ask: Asks, conversation: Conversation, answers: Mapping[str, Answering]) -> Taken:
    notes: list[str] = []
    everything = tuple(node.message for node in conversation.path())
    options = replace(ask.options.active(), stream=False)
    thread = filled_thread(Thread(ask.system, _begun(everything, notes)), ask.variables)
    target = _outside(ask.target, notes)
    request = WIRES[target.wire].request(target, thread, ask.tools, options)
    body = loads(request.body)
    if body.pop("stream", False):
        body.pop("stream_options", None)
        notes.append("Streaming is off: the code waits for whole replies.")
    key = _key_of(target.connection)
    used: dict[str, None] = {}
    headers = tuple((name, _named(value, key, used)) for name, value in request.headers)
    body = _with_secrets(body, request, used)
    if (clean := _clean(body)) != body:
        notes.append("Half characters (lone surrogates), which UTF-8 cannot hold, are replaced in the request.")
    answered = _answered(everything)
    stubs = [stub_of(tool, answers.get(tool.name), answered.get(tool.name, ()), notes) for tool in ask.tools]
    if used:
        notes.insert(0, f"Set {', '.join(used)} in the environment; no key is in the code.")
    return Taken(
        wire=target.wire,
        url=request.url,
        headers=headers,
        body=clean,
        key=key if key in used else None,
        variables=tuple(used),
        stubs=tuple(stubs),
        custom=_custom(clean),
        forced=_forced(clean),
        server_tools=_has_server_tools(clean),
        seconds=options.limits.total,
        notes=tuple(dict.fromkeys(notes)),
    )


def _outside(target: Target, notes: list[str]) -> Target:
    """The demo model of the app has no address; its server has one."""
    if urlsplit(target.connection.base_url).hostname != _DEMO_HOST:
        return target
    notes.append("Start the demo model first: python -m callsmith demo-server")
    return replace(target, connection=replace(target.connection, base_url=_DEMO_SERVER))


def _begun(messages: Sequence[Message], notes: list[str]) -> tuple[Message, ...]:
    """A turn that has its answer, or waits for results, is begun again from its prompt: the loop is what is shown."""
    if not any(message.role == "user" for message in messages):
        notes.append("The conversation has no prompt yet: write yours in its place.")
        return (*messages, Message("user", (Text(_PROMPT),)))
    if messages[-1].role != "assistant" or messages[-1].finish == PAUSED:
        return tuple(messages)
    last = max(at for at, message in enumerate(messages) if message.role == "user")
    notes.append("The code begins with the last prompt and runs the turn again from there.")
    return tuple(messages[: last + 1])


def _answered(messages: Sequence[Message]) -> dict[str, list[tuple[ToolCall, ToolResult]]]:
    found: dict[str, list[tuple[ToolCall, ToolResult]]] = {}
    calls: dict[str, ToolCall] = {}
    for message in messages:
        if message.role == "assistant":
            calls = {call.id: call for call in message.calls}
        for result in message.results:
            if (call := calls.get(result.call_id)) is not None:
                found.setdefault(call.name, []).append((call, result))
    return found


def _key_of(connection: Connection) -> str:
    if connection.key.source == "environment" and _VARIABLE.fullmatch(connection.key.name):
        return connection.key.name
    return _OWN_KEYS.get(urlsplit(connection.base_url).hostname or "", _OTHER_KEY)


def _named(value: str, key: str, used: dict[str, None]) -> str | Filled:
    """A text with the names that are filled when it is sent."""
    pieces: list[str | Name] = []
    for at, piece in enumerate(_REFERENCE.split(value)):
        if at % 2 == 0:
            pieces += [piece] if piece else []
            continue
        name = key if piece == KEY_PLACEHOLDER.strip("{}") else piece
        used[name] = None
        pieces.append(Name(name))
    return Filled(tuple(pieces)) if any(isinstance(piece, Name) for piece in pieces) else value


def _with_secrets(body: Any, request: HttpRequest, used: dict[str, None]) -> Any:
    for pointer in request.secrets_at:
        *way, last = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
        place = body
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        # The key of the connection is put into headers only.
        place[last] = _named(place[last], KEY_PLACEHOLDER.strip("{}"), used)
    return body


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value


def _entries(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    tools = body.get("tools")
    return [tool for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []


def _custom(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Chat has the name inside ``custom``, Responses beside ``type``."""
    entries = [entry for entry in _entries(body) if entry.get("type") == "custom"]
    return tuple(str(entry.get("name") or entry.get("custom", {}).get("name")) for entry in entries)


def _forced(body: Mapping[str, Any]) -> bool:
    config = body.get("toolConfig")
    calling = config.get("functionCallingConfig") if isinstance(config, dict) else None
    if isinstance(calling, dict):
        return calling.get("mode") == "ANY"
    choice = body.get("tool_choice")
    if not isinstance(choice, dict):
        return choice == "required"
    mode = choice.get("mode") or choice.get("allowed_tools", {}).get("mode")
    return choice.get("type") in ("any", "tool", "function", "custom") or mode == "required"


def _has_server_tools(body: Mapping[str, Any]) -> bool:
    return "mcp_servers" in body or any("input_schema" not in entry for entry in _entries(body))
