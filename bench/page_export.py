"""The page to send: how large it is for a conversation of twenty turns with tools, and how long it takes to make."""

from __future__ import annotations

import json
import time

from bench.report import line
from callsmith.conversation import Conversation, answer, append, say
from callsmith.exporting_page import page
from callsmith.store.records import ExchangeInfo
from callsmith.story import story
from callsmith.types.exchange import Marks
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Made, Text, Thinking, ToolCall, ToolResult
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage

TURNS = 20
_FIELDS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def run() -> None:
    conversation, infos = _talk(TURNS)
    tools = {"get_weather": Tool("get_weather", "The weather in a city", _FIELDS)}
    began = time.perf_counter()
    made = page(
        story(conversation, infos, tools, system="You are a travel assistant.", costs=dict.fromkeys(infos, 0.01))
    )
    line(f"page to send, {TURNS} turns with two calls each, made in", (time.perf_counter() - began) * 1000, "ms")
    line(f"page to send, {TURNS} turns with two calls each", len(made.encode()) / 1000, "KB", 300)


def _talk(turns: int) -> tuple[Conversation, dict[str, ExchangeInfo]]:
    """Each turn: thinking, two calls at once with results of half a KB, and an answer of five sentences."""
    conversation = Conversation("bench", "Twenty turns")
    infos: dict[str, ExchangeInfo] = {}

    def reply(*parts: Thinking | Text | ToolCall) -> Message:
        at = f"e{len(infos)}"
        marks, usage = Marks(1.0, done=1.5), Usage(input=900, output=120)
        infos[at] = ExchangeInfo(
            at, "finished", "bench", "openai-chat", "bench", marks, (), usage, "stop", None, None, at
        )
        return Message("assistant", parts, Origin(at, "bench", "openai-chat", "bench"))

    answered = " ".join(f"Sentence {at} of an answer that is as long as answers are." for at in range(5))
    for turn in range(turns):
        conversation = say(conversation, f"Question {turn}: which of the two cities is warmer today?")
        calls = [ToolCall(f"c{turn}-{at}", "get_weather", json.dumps({"city": f"City {at}"})) for at in range(2)]
        thought = Thinking(" ".join(["I need the weather of both cities, and can ask at the same time."] * 4))
        conversation = append(conversation, reply(thought, *calls))
        hours = [{"hour": hour, "temperature": 18 + hour % 5, "sky": "clear"} for hour in range(10)]
        results = [ToolResult(call.id, json.dumps({"hours": hours}), made=Made("hand", seconds=2.0)) for call in calls]
        conversation = append(answer(conversation, results), reply(Text(f"**It is warm.** {answered}")))
    return conversation, infos
