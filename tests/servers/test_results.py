"""A turn that runs by itself, its calls answered with JSON or with an error, at servers that others wrote: each format
carries the results in its own form, and the server takes them and goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest

from callsmith.conversation import say
from callsmith.execute.addresses import Policy
from callsmith.execute.answer import answer
from callsmith.execute.occasion import Occasion, Reach
from callsmith.loop.loop import Loop
from callsmith.loop.run import Machinery
from callsmith.loop.types import Plan, ToolPlan
from callsmith.play import Ask, added
from callsmith.types.answering import Answer, Answering, Player, Reply, Rule
from callsmith.types.parts import ToolResult
from callsmith.types.setup import Setup
from callsmith.wire.registry import WIRES
from tests.servers.player import PATIENCE, Engine, asking
from tests.servers.served import KEY, Served
from tests.servers.test_llama_turns import SERVED
from tests.servers.tools import WEATHER

pytestmark = pytest.mark.servers

RAIN = Reply('{"city": "{{city}}", "said": "40 mm of rain"}')
UNKNOWN = Reply("no such city", is_error=True)
REPLIES = pytest.mark.parametrize("reply", [RAIN, UNKNOWN], ids=["json", "error"])
# What aimock says to each (aimock.json); llama.cpp's model says a few letters or nothing.
SAYS = {RAIN: "It is 7 degrees in Oslo, and Bergen is as wet as ever.", UNKNOWN: "That city is not known."}


class Nobody:
    def play(self, occasion: Occasion, player: Player) -> Answer:
        raise AssertionError("no model plays here")


class Turn:
    """One turn from the prompt to the reply: what was kept of it, and the request that carried the results."""

    def __init__(self, engine: Engine, ask: Ask, reply: Reply) -> None:
        store = engine.store
        loop = Loop(Machinery(store, engine.play, answer, lambda usage, target, at: 0.0))
        reach = Reach(lambda name: None, Policy, lambda: False, Nobody())
        answering = Answering(by="rules", auto=True, rules=(Rule(reply),))
        plan = Plan(ask, KEY, reach, MappingProxyType({WEATHER.name: ToolPlan(WEATHER, answering)}))
        conversation_id = store.create(Setup())
        before = store.load(conversation_id)
        assert before is not None
        after = say(before, "weather")
        run = loop.begin(conversation_id, engine.play.ask(after, ask, KEY, added(before.nodes, after)), plan)
        assert run.wait_end(PATIENCE), run.snapshot()
        ended, exchange = run.snapshot().ended, store.exchange(run.snapshot().exchange_id)
        kept = store.load(conversation_id)
        assert ended is not None and exchange is not None and kept is not None
        self.ended, self.exchange, self.messages = ended, exchange, [node.message for node in kept.path()]

    @property
    def results(self) -> list[ToolResult]:
        return [part for part in self.messages[2].parts if isinstance(part, ToolResult)]


def check(turn: Turn, wire: str, reply: Reply) -> None:
    """It ended by itself after two exchanges, and both results went out as the format has them."""
    assert (turn.ended.reason, turn.exchange.status) == ("answered", 200), turn.ended.words
    assert [message.role for message in turn.messages] == ["user", "assistant", "tool", "assistant"]
    cities = [json.loads(call.arguments)["city"] for call in turn.messages[1].calls]
    assert len(cities) == 2
    assert [(one.is_error, one.made.by if one.made else "") for one in turn.results] == [(reply.is_error, "rules")] * 2
    said: list[Any] = [{"city": city, "said": "40 mm of rain"} for city in cities]
    if reply.is_error:
        said = ["no such city" if wire == "anthropic" else {"error": "no such city"}] * 2
    # aimock's Gemini gives its calls no ids: their results go by their order.
    ids = [None if wire == "gemini" else call.id for call in turn.messages[1].calls]
    sent = list(_sent(wire, json.loads(turn.exchange.request.body)))
    assert sent == [(id_, one, reply.is_error) for id_, one in zip(ids, said, strict=True)]


def _sent(wire: str, body: dict[str, Any]) -> Iterator[tuple[str | None, Any, bool]]:
    """Of each result of a request: its call, what the model reads, and whether the format's own form says error."""
    match wire:
        case "openai-chat":
            for message in body["messages"]:
                if message["role"] == "tool":
                    yield message["tool_call_id"], *_in_words(message["content"])
        case "openai-responses":
            for item in body["input"]:
                if item.get("type") == "function_call_output":
                    yield item["call_id"], *_in_words(item["output"])
        case "anthropic":
            for block in body["messages"][-1]["content"]:
                said = block["content"]
                yield block["tool_use_id"], said if block.get("is_error") else json.loads(said), "is_error" in block
        case _:
            for part in body["contents"][-1]["parts"]:
                found = part["functionResponse"]
                yield found.get("id"), found["response"], "error" in found["response"]


def _in_words(content: str) -> tuple[Any, bool]:
    document = json.loads(content)
    return document, "error" in document


@REPLIES
@pytest.mark.parametrize("wire", WIRES)
def test_aimock_takes_the_results_of_a_turn(aimock: Served, engine: Engine, wire: str, reply: Reply) -> None:
    turn = Turn(engine, asking(aimock, wire, tools=[WEATHER]), reply)
    check(turn, wire, reply)
    assert turn.messages[-1].text == SAYS[reply], "it answers to what it read in the last result"


@REPLIES
@pytest.mark.parametrize("wire", SERVED)
def test_llama_takes_the_results_of_a_turn(llama: Served, engine: Engine, wire: str, reply: Reply) -> None:
    turn = Turn(engine, asking(llama, wire, tools=[WEATHER]), reply)
    check(turn, wire, reply)
    assert not turn.messages[-1].calls
