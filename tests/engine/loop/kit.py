"""A conversation with the demo model and a loop whose tools are answered by a function of the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from callsmith import connections as known
from callsmith.conversation import Conversation, say
from callsmith.demo import DemoTransport
from callsmith.execute.addresses import Policy
from callsmith.execute.occasion import Occasion, Reach
from callsmith.jobs import Jobs
from callsmith.loop.loop import Loop
from callsmith.loop.run import Machinery, Run
from callsmith.loop.types import Ended, Plan, ToolPlan
from callsmith.play import Ask, Play, added
from callsmith.redaction import RedactingFilter
from callsmith.starters import STARTERS
from callsmith.store import Store
from callsmith.transport import Transport
from callsmith.types.answering import Answer, Answering, By, Player
from callsmith.types.connection import Target
from callsmith.types.options import Options
from callsmith.types.parts import Made
from callsmith.types.setup import LoopLimits, Setup
from callsmith.types.tool import Tool
from callsmith.types.usage import Usage

AUTO = Answering(by="rules", auto=True)
ASK = Answering(by="rules")
HAND = Answering()
WEATHER = STARTERS[0].tools[0]
SEARCH, FETCH = STARTERS[3].tools
PATIENCE = 20.0

AnswerBy = Callable[[Occasion], Answer]


def answered(content: str = '{"ok": true}', *, is_error: bool = False) -> Answer:
    return Answer(content, Made("rules", "rule 1", time.time(), 0.0), is_error)


class Nobody:
    def play(self, occasion: Occasion, player: Player) -> Answer:
        raise AssertionError("no model plays here")


class Table:
    """Where a test sits: a store, a loop, and a conversation to say things in."""

    def __init__(self, folder: Path, answer: AnswerBy) -> None:
        self.store = Store(f"sqlite:///{folder / 'loop.db'}")
        self._transport = Transport(mounts={known.DEMO.base_url.removesuffix("/v1"): DemoTransport()})
        self._answer = answer
        self.prices: Callable[[Usage], float | None] = lambda usage: 0.0
        self.play = Play(self.store, Jobs(), self._transport, lambda name: None, RedactingFilter())
        self._reach = Reach(lambda name: None, Policy, lambda: False, Nobody())
        self.loop = Loop(Machinery(self.store, self.play, self._one, lambda usage, target, at: self.prices(usage)))
        self.conversation_id = self.store.create(Setup())

    def _one(self, occasion: Occasion, answering: Answering, by: By, reach: Reach) -> Answer:
        return self._answer(occasion)

    @property
    def conversation(self) -> Conversation:
        loaded = self.store.load(self.conversation_id)
        assert loaded is not None
        return loaded

    def plan(
        self,
        *tools: tuple[Tool, Answering],
        model: str = "demo-instant",
        limits: LoopLimits | None = None,
        wire: str = "openai-chat",
    ) -> Plan:
        ask = Ask(Target(known.DEMO, wire, model), "", [tool for tool, _ in tools], Options())
        plans = {tool.name: ToolPlan(tool, answering) for tool, answering in tools}
        return Plan(ask, None, self._reach, MappingProxyType(plans), limits or LoopLimits())

    def say(self, text: str, plan: Plan, *, one_step: bool = False) -> Run:
        before = self.conversation
        after = say(before, text)
        job = self.play.ask(after, plan.ask, None, added(before.nodes, after))
        return self.loop.begin(self.conversation_id, job, plan, one_step=one_step)

    def close(self) -> None:
        self._transport.close()
        self.store.close()


Tables = Callable[..., Table]


def ended(run: Run) -> Ended:
    assert run.wait_end(PATIENCE), "the run does not end"
    found = run.snapshot().ended
    assert found is not None
    return found


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "it does not come true"
        threading.Event().wait(0.01)
