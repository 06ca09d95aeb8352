"""What the tests of Messages requests share: a connection, a tool, and a turn's parts as the provider sends them."""

import json
from typing import Any

from callsmith.types.connection import Connection, KeyRef, Target
from callsmith.types.exchange import HttpRequest
from callsmith.types.message import Message, Origin, Thread
from callsmith.types.options import Options
from callsmith.types.parts import Opaque, Part, Text, Thinking
from callsmith.types.tool import Tool
from callsmith.wire.registry import WIRES

KEYED = Connection("c", "C", "https://host.example/v1/", key=KeyRef("environment", "K"), headers={"X-Team": "a"})
TOOL = Tool("get_time", "Time", {"type": "object", "properties": {"tz": {"type": "string"}}}, strict=True)
SIGNED = Thinking("hm", "thinking", {"signature": "EqQB"})
REDACTED = {"type": "redacted_thinking", "data": "xyz"}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "time"}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
STEP, STEP_RESULT = Opaque("server_tool_use", SEARCH), Opaque("web_search_tool_result", FOUND)


def body(
    *messages: Message,
    model: str = "m",
    tools: tuple[Tool, ...] = (TOOL,),
    system: str = "",
    connection: Connection = KEYED,
    **options: Any,
) -> Any:
    return json.loads(
        request(*messages, model=model, tools=tools, system=system, connection=connection, **options).body
    )


def request(
    *messages: Message,
    model: str = "m",
    tools: tuple[Tool, ...] = (TOOL,),
    system: str = "",
    connection: Connection = KEYED,
    **options: Any,
) -> HttpRequest:
    target = Target(connection, "anthropic", model)
    return WIRES["anthropic"].request(target, Thread(system, messages), tools, Options(**options))


def sent(*messages: Message, **more: Any) -> list[Any]:
    found: list[Any] = body(*messages, **more)["messages"]
    return found


def user(text: str = "Hi", *parts: Any) -> Message:
    return Message("user", (Text(text), *parts))


def assistant(*parts: Any, model: str = "m", wire: str = "anthropic", **more: Any) -> Message:
    return Message("assistant", parts, Origin("x", "C", wire, model), **more)


def results(*parts: Part) -> Message:
    return Message("tool", parts)


def says(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
