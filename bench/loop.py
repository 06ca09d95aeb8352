"""The loop: what a step costs apart from model and tool, and calls that are answered at the same time."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from bench.report import line, median, percentile

if TYPE_CHECKING:
    from callsmith.loop.types import Plan
    from callsmith.types.setup import LoopLimits

STEPS = 60
CALLS = 10
TOOL_SECONDS = 1.0


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="callsmith-loop-") as folder:
        _steps(Path(folder))
        _parallel(Path(folder))


def _steps(folder: Path) -> None:
    """From the end of one exchange to the start of the next, without the time the tool took. The exchanges' own marks
    say when they began and ended, so the model's time is not in it; what the store does is."""
    from callsmith import conversation as pure
    from callsmith.types.message import Message
    from callsmith.types.setup import LoopLimits

    # The demo model that never stops calling, as fast as it comes.
    with _Table(folder / "steps.db", lambda occasion: None) as at:
        plan = at.plan("demo-looping", LoopLimits(steps=STEPS, tokens=10**9, seconds=600))
        before = at.conversation
        after = pure.append(before, Message("user", pure.say(before, "Weather in Boston?").path()[-1].message.parts))
        began = time.monotonic()
        job = at.play.ask(after, plan.ask, None, [node for key, node in after.nodes.items() if key not in before.nodes])
        going = at.loop.begin(at.conversation_id, job, plan)
        going.wait_end(600)
        whole = time.monotonic() - began
        rows = sorted(at.store.usage_rows(at.conversation_id), key=lambda row: row.marks.started)
        gaps = [
            later.marks.started - (row.marks.started + (row.marks.done or 0.0))
            for row, later in zip(rows, rows[1:], strict=False)
        ]
        spent = sum(row.marks.done or 0.0 for row in rows)
        line(f"loop, between exchanges, median of {len(gaps)} steps", median(gaps) * 1000, "ms", 20)
        line("loop, between exchanges, p95", percentile(gaps, 0.95) * 1000, "ms")
        line("loop, late steps against early ones (a longer conversation)", median(gaps[-10:]) / median(gaps[:10]), "x")
        line("loop, share of the whole turn that is not the model", (whole - spent) / whole * 100, "%")


def _parallel(folder: Path) -> None:
    from callsmith import conversation as pure
    from callsmith.types.message import Message
    from callsmith.types.parts import ToolCall
    from callsmith.types.setup import LoopLimits

    with _Table(folder / "parallel.db", lambda occasion: occasion.cancel.pause(TOOL_SECONDS)) as at:
        calls = tuple(ToolCall(f"call_{n}", at.tool.name, '{"location": "Boston"}') for n in range(CALLS))
        asked = pure.append(pure.say(at.conversation, "Go"), Message("assistant", calls, finish="tool_calls"))
        at.store.save_nodes(at.conversation_id, list(asked.nodes.values()), asked.head)
        began = time.monotonic()
        going = at.loop.answer(at.conversation_id, at.plan("demo-instant", LoopLimits()), go_on=False)
        going.wait_end(60)
        took = time.monotonic() - began
        line(f"{CALLS} parallel calls of {TOOL_SECONDS:g} s each, together", took, "s", 1.3)
        line("parallel calls against one after the other", CALLS * TOOL_SECONDS / took, "x")


class _Table:
    """A store in a file, the demo model, and one tool that ``wait``s and answers."""

    def __init__(self, file: Path, wait: object) -> None:
        from callsmith.connections import DEMO
        from callsmith.demo import DemoTransport
        from callsmith.execute.addresses import Policy
        from callsmith.execute.occasion import Reach
        from callsmith.jobs import Jobs
        from callsmith.loop.loop import Loop
        from callsmith.loop.run import Machinery
        from callsmith.play import Play
        from callsmith.redaction import RedactingFilter
        from callsmith.starters import STARTERS
        from callsmith.store import Store
        from callsmith.transport import Transport
        from callsmith.types.answering import Answer
        from callsmith.types.parts import Made
        from callsmith.types.setup import Setup

        self._transport = Transport(mounts={DEMO.base_url.removesuffix("/v1"): DemoTransport()})
        self.store = Store(f"sqlite:///{file}")
        self.tool = STARTERS[0].tools[0]
        self.play = Play(self.store, Jobs(), self._transport, lambda name: None, RedactingFilter())
        self._reach = Reach(lambda name: None, Policy, lambda: False, None)  # type: ignore[arg-type]

        def answer(occasion: object, *settings: object) -> Answer:
            wait(occasion)  # type: ignore[operator]
            return Answer('{"ok": true}', Made("rules", "rule 1", time.time(), 0.0))

        self.loop = Loop(Machinery(self.store, self.play, answer, lambda usage, target, at: 0.0))
        self.conversation_id = self.store.create(Setup())
        loaded = self.store.load(self.conversation_id)
        assert loaded is not None
        self.conversation = loaded

    def plan(self, model: str, limits: LoopLimits) -> Plan:
        from callsmith.connections import DEMO
        from callsmith.loop.types import Plan, ToolPlan
        from callsmith.play import Ask
        from callsmith.types.answering import Answering
        from callsmith.types.connection import Target
        from callsmith.types.options import Options

        ask = Ask(Target(DEMO, "openai-chat", model), "", [self.tool], Options())
        answered = ToolPlan(self.tool, Answering(by="rules", auto=True))
        return Plan(ask, None, self._reach, MappingProxyType({self.tool.name: answered}), limits)

    def __enter__(self) -> _Table:
        return self

    def __exit__(self, *error: object) -> None:
        self._transport.close()
        self.store.close()
