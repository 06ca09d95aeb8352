"""Conversations to tell: one of every kind of step, and those that were recorded between others and real models."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from callsmith.conversation import Conversation, answer, append, say
from callsmith.reading import Reader
from callsmith.replay import answered, is_stream
from callsmith.store.records import ExchangeInfo
from callsmith.types.exchange import Marks
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Made, Media, Part, Text, Thinking, ToolCall, ToolResult
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage
from callsmith.wire.registry import WIRES

ANSWER = """**Tokyo is the warmer one**, at 24 °C against 18 °C in Boston.

| City | Temperature | Sky |
| --- | --- | --- |
| Boston | 18 °C | clear |
| Tokyo | 24 °C | light rain |

Two things to pack:

1. A light jacket for the *evenings* in Boston
2. An umbrella for Tokyo; the forecast is at [the weather service](https://weather.example/tokyo)
"""


def picture(form: str = "PNG", size: tuple[int, int] = (320, 180), **more: Any) -> str:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, form, **more)
    return base64.b64encode(out.getvalue()).decode("ascii")


def info(at: str, seconds: float = 1.4, **more: Any) -> ExchangeInfo:
    return ExchangeInfo(
        id=at,
        state=more.get("state", "finished"),
        connection="Demo",
        wire="openai-chat",
        model="demo-agent",
        marks=Marks(1.0, done=seconds),
        attempts=(),
        usage=more.get("usage", Usage(input=412, output=57)),
        finish="stop",
        problem=more.get("problem"),
        parent_id=more.get("parent_id"),
        node_id=more.get("node_id", "n"),
    )


def tool(name: str, description: str, *required: str) -> Tool:
    properties = {one: {"type": "string"} for one in required}
    return Tool(name, description, {"type": "object", "properties": properties, "required": list(required)})


TOOLS = {
    "get_current_weather": tool("get_current_weather", "The weather in a city at this moment", "location", "unit"),
    "book_table": tool("book_table", "Books a table in a restaurant", "restaurant", "time"),
}


def reply(at: str, *parts: Part, **more: Any) -> Message:
    return Message("assistant", parts, Origin(at, "Demo", "openai-chat", "demo-agent"), **more)


def trip() -> tuple[Conversation, dict[str, ExchangeInfo], dict[str, Tool]]:
    """Thinking, two calls at once, a picture, an error, a played tool, two turns."""
    conversation = say(Conversation("c", "A trip in the rain"), "Where is it warmer today, in Boston or in Tokyo?")
    asked = [
        ToolCall(key, "get_current_weather", json.dumps({"location": place, "unit": "celsius"}))
        for key, place in (("c1", "Boston, MA"), ("c2", "Tokyo"))
    ]
    thinking = Thinking("I have no weather data of my own. Two cities, so **two calls**, and they can go together.")
    conversation = append(conversation, reply("e1", thinking, *asked, finish="tool_calls"))
    results = [
        ToolResult("c1", '{"temperature": 18, "sky": "clear"}', made=Made("rules", "Boston", seconds=0.003)),
        ToolResult("c2", '{"temperature": 24, "sky": "light rain"}', made=Made("http", "10.0.0.1", seconds=0.41)),
    ]
    radar = Media("image/png", picture(), name="radar.png")
    conversation = answer(conversation, results, media={"c2": [radar]})
    conversation = append(conversation, reply("e2", Text(ANSWER), finish="stop"))
    conversation = say(conversation, "Book me a table at Sushi Dai for eight.")
    call = ToolCall("c3", "book_table", '{"restaurant": "Sushi Dai", "time": "20:00"}')
    conversation = append(conversation, reply("e3", call, finish="tool_calls"))
    refused = ToolResult("c3", "The restaurant is closed today.", is_error=True, made=Made("model", "demo-player"))
    conversation = answer(conversation, [refused])
    conversation = append(conversation, reply("e4", Text("Sushi Dai is closed today. Shall I look for another place?")))
    return conversation, {at: info(at) for at in ("e1", "e2", "e3", "e4")}, dict(TOOLS)


def recorded(file: Path) -> tuple[Conversation, dict[str, ExchangeInfo], dict[str, Tool]]:
    """The last exchange of a recording of Chat Completions: the history that was sent, and what came back."""
    last = json.loads(file.read_text("utf-8"))["exchanges"][-1]
    body = last["request"]["json"]
    conversation = Conversation("recorded")
    for said in body["messages"]:
        conversation = _with(conversation, said, body["model"])
    status, answer_body = answered(last)
    reader = Reader(WIRES["openai-chat"], status, stream=is_stream(last))
    reader.feed(answer_body)
    reader.close()
    turn = reader.turn()
    message = turn.message(Origin(last["id"], "Recorded", "openai-chat", body["model"]))
    assert message is not None
    tools = {
        one["function"]["name"]: Tool(
            one["function"]["name"], one["function"].get("description", ""), one["function"].get("parameters")
        )
        for one in body.get("tools", ())
    }
    infos = {last["id"]: info(last["id"], usage=turn.usage)}
    return append(conversation, message), infos, tools


def _with(conversation: Conversation, said: Mapping[str, Any], model: str) -> Conversation:
    content = said.get("content")
    texts = content if isinstance(content, str) else "".join(part.get("text", "") for part in content or ())
    text: tuple[Part, ...] = (Text(texts),) if texts else ()
    if said["role"] == "user":
        return append(conversation, Message("user", text))
    if said["role"] == "tool":
        result = ToolResult(said["tool_call_id"], texts)
        head = conversation.nodes[conversation.head or ""]
        if head.message.role == "tool":
            message = Message("tool", (*head.message.parts, result))
            return append(conversation, message, head.parent, at_head=False)
        return append(conversation, Message("tool", (result,)))
    if said["role"] == "assistant":
        calls = tuple(
            ToolCall(call["id"], call["function"]["name"], call["function"]["arguments"])
            for call in said.get("tool_calls") or ()
        )
        return append(conversation, Message("assistant", (*text, *calls), Origin("", "Recorded", "openai-chat", model)))
    return conversation
