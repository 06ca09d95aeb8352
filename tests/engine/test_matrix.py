"""A fault matrix: rows in forks of their own, few at a time, told apart by how the model coped."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callsmith.answering.coping import Coping
from callsmith.answering.faults import FAULTS, canary
from callsmith.connections import DEMO
from callsmith.conversation import pending_calls, say
from callsmith.demo import DemoTransport
from callsmith.execute.addresses import Policy
from callsmith.execute.answer import answer
from callsmith.execute.occasion import Reach
from callsmith.jobs import Jobs
from callsmith.loop.loop import Loop
from callsmith.loop.matrix import MOST_AT_ONCE, Matrices, Matrix, Row, Trial, others, planned, requests
from callsmith.loop.matrix_report import as_csv, as_markdown, coped_in_words
from callsmith.loop.run import Machinery
from callsmith.loop.types import Ended, Plan, RunSnapshot, ToolPlan, Used
from callsmith.play import Ask, Play, added
from callsmith.redaction import RedactingFilter
from callsmith.starters import STARTERS
from callsmith.store import Store
from callsmith.transport import Transport
from callsmith.types.answering import Answering, FaultKind, Reply, Rule
from callsmith.types.connection import Target
from callsmith.types.options import Options
from callsmith.types.parts import ToolCall
from callsmith.types.setup import LoopLimits, Setup
from callsmith.types.tool import Tool

WEATHER = STARTERS[0].tools[0]
ALL: tuple[FaultKind, ...] = tuple(FAULTS)
PATIENCE = 60.0


class Workshop:
    """An engine on the demo model, and a conversation whose call waits."""

    def __init__(self, folder: Path, model: str = "demo-instant") -> None:
        self.store = Store(f"sqlite:///{folder / 'callsmith.db'}")
        transport = Transport(mounts={DEMO.base_url.removesuffix("/v1"): DemoTransport(paced=False)})
        play = Play(self.store, Jobs(), transport, lambda name: None, RedactingFilter())
        reach = Reach(lambda name: None, Policy, lambda: False, players=None)  # type: ignore[arg-type]
        self.loop = Loop(Machinery(self.store, play, answer, lambda usage, target, at: None))
        self.plan = Plan(Ask(Target(DEMO, "openai-chat", model), "", [WEATHER], Options()), None, reach)
        self.id = self.store.create(Setup(model=model))
        empty = self.store.load(self.id)
        assert empty is not None
        asked = say(empty, "What is the weather like in Boston today?")
        job = play.ask(asked, self.plan.ask, None, added(empty.nodes, asked))
        assert job.committed.wait(PATIENCE)
        answered = self.store.load(self.id)
        assert answered is not None and answered.head is not None
        self.node_id = answered.head
        self.call = pending_calls(answered)[0]

    def trial(self, *faults: FaultKind, first_only: bool = False) -> Trial:
        return Trial(self.id, self.node_id, self.call, self.plan, faults, first_only)


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.store.close()


class Held:
    """A run that ends when it is let go, or stopped."""

    def __init__(self, ended: Callable[[], Ended]) -> None:
        self.over = threading.Event()
        self.was_stopped = False
        self._ended = ended

    def snapshot(self) -> RunSnapshot:
        ended = Ended("stopped", "Stopped by you") if self.was_stopped else self._ended()
        return RunSnapshot(1, "ended", Used(steps=1, tokens=7), LoopLimits(), ended=ended)

    def wait_end(self, timeout: float | None = None) -> bool:
        return self.over.wait(timeout)

    def stop(self) -> None:
        self.was_stopped = True
        self.over.set()


class HeldRuns:
    def __init__(self) -> None:
        self.begun: list[Held] = []
        self.changed = threading.Condition()

    def answer(self, conversation_id: str, plan: Plan, keys: None = None, *, go_on: bool = True) -> Held:
        with self.changed:
            self.begun.append(Held(lambda: Ended("answered", "The model has answered")))
            self.changed.notify_all()
            return self.begun[-1]

    def wait(self, number: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.begun) >= number, PATIENCE)


def finished(matrix: Matrix) -> tuple[Row, ...]:
    assert matrix.wait_end(PATIENCE)
    return matrix.rows()


@pytest.mark.slow
def test_nine_faults_and_what_works(workshop: Workshop) -> None:
    before = workshop.store.load(workshop.id)
    rows = finished(Matrix(workshop.store, workshop.loop, workshop.trial(*ALL)))
    assert [row.fault for row in rows] == [None, *ALL]
    assert [(row.state, row.ended) for row in rows] == [("done", "")] * 10
    assert all(row.coping is not None and row.steps >= 1 and row.tokens > 0 for row in rows)
    by_fault = {row.fault: row for row in rows}
    assert by_fault["empty"].returned == "" and by_fault["null"].returned == "null"
    assert by_fault["timeout"].seconds >= 1.0
    assert len(by_fault["huge"].returned) == 200
    assert canary(workshop.call) in coped_in_words(by_fault["injection"], workshop.call)
    assert workshop.store.load(workshop.id) == before
    assert [summary.id for summary in workshop.store.recent()] == [workshop.id]


def test_each_row_is_a_conversation_to_open(workshop: Workshop) -> None:
    rows = finished(Matrix(workshop.store, workshop.loop, workshop.trial("error")))
    forks = [workshop.store.load(row.conversation_id) for row in rows]
    assert [fork.title.split(": ")[1] for fork in forks if fork is not None] == ["Works", "Error"]
    for fork, is_error in zip(forks, (False, True), strict=True):
        assert fork is not None
        path = fork.path()
        result = path[[node.id for node in path].index(workshop.node_id) + 1].message.results[0]
        assert result.is_error is is_error and result.made is not None
    assert len({row.conversation_id for row in rows}) == 2


@pytest.mark.parametrize(("model", "said"), [("demo-gullible", "Obeyed"), ("demo-instant", "Did not obey")])
def test_an_injection_is_obeyed_or_not(tmp_path: Path, model: str, said: str) -> None:
    workshop = Workshop(tmp_path, model)
    row = finished(Matrix(workshop.store, workshop.loop, workshop.trial("injection")))[1]
    assert coped_in_words(row, workshop.call).startswith(said)
    workshop.store.close()


def test_only_the_first_call_fails(workshop: Workshop) -> None:
    trial = workshop.trial("error", first_only=True)
    assert planned(trial, "error").tools[WEATHER.name].answering.by in ("schema", "rules")
    assert planned(replace(trial, first_only=False), "error").tools[WEATHER.name].answering.by == "fault"
    rows = finished(Matrix(workshop.store, workshop.loop, trial))
    fork = workshop.store.load(rows[1].conversation_id)
    assert fork is not None
    first = next(node.message.results[0] for node in fork.path() if node.message.results)
    assert first.is_error and first.made is not None and first.made.by == "fault"


def test_other_tools_answer_in_their_own_way_or_by_a_sample(workshop: Workshop) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
    sampled, bare = Tool("sampled", output_schema=schema), Tool("bare")
    ruled = ToolPlan(Tool("ruled"), Answering("rules", rules=(Rule(Reply("1")),)))
    ask = replace(workshop.plan.ask, tools=[WEATHER, sampled, bare, ruled.tool])
    trial = replace(workshop.trial("error"), plan=replace(workshop.plan, ask=ask, tools={"ruled": ruled}))
    plan = planned(trial, "error")
    assert all(tool.answering.runs_alone for tool in plan.tools.values())
    assert others(trial.plan, workshop.call) == {"sampled": "schema", "bare": "rules", "ruled": "rules"}
    assert plan.tools["ruled"].answering.rules == ruled.answering.rules
    assert (plan.limits.steps, plan.limits.seconds) == (4, 60.0)
    assert requests(7) == (7, 28)


def test_a_broken_output_schema_is_answered_all_the_same(workshop: Workshop) -> None:
    broken = ToolPlan(replace(WEATHER, output_schema={"type": "nonsense"}), Answering())
    trial = replace(workshop.trial("error"), plan=replace(workshop.plan, tools={WEATHER.name: broken}))
    works, failed = finished(Matrix(workshop.store, workshop.loop, trial))
    assert works.state == failed.state == "done" and "Boston" in works.returned


def test_few_at_a_time_and_stopped(workshop: Workshop) -> None:
    runs = HeldRuns()
    matrix = Matrix(workshop.store, runs, workshop.trial(*ALL))
    runs.wait(MOST_AT_ONCE)
    assert sorted(row.state for row in matrix.rows()) == ["queued"] * 7 + ["running"] * 3
    runs.begun[0].over.set()
    runs.wait(MOST_AT_ONCE + 1)
    matrix.stop()
    rows = finished(matrix)
    assert len(runs.begun) == MOST_AT_ONCE + 1
    assert [run.was_stopped for run in runs.begun] == [False, True, True, True]
    assert sorted(row.state for row in rows) == ["failed"] + ["stopped"] * 9
    assert {row.ended for row in rows if row.state == "stopped"} == {"Stopped before it began", "Stopped by you"}


def test_what_goes_wrong_is_told_in_its_row(workshop: Workshop) -> None:
    class Broken(HeldRuns):
        def answer(self, *given: Any, **more: Any) -> Held:
            raise RuntimeError("no key")

    rows = finished(Matrix(workshop.store, Broken(), workshop.trial("null")))
    assert [(row.state, row.ended) for row in rows] == [("failed", "It could not be run: no key")] * 2
    assert coped_in_words(rows[0], workshop.call) == "Failed: It could not be run: no key"


def test_a_call_has_one_matrix_at_a_time(workshop: Workshop) -> None:
    known, runs = Matrices(), HeldRuns()
    trial = workshop.trial("null")
    first = known.start(workshop.store, runs, trial)
    assert known.start(workshop.store, runs, trial) is first is known.get(*trial.key)
    first.stop()
    finished(first)
    second = known.start(workshop.store, runs, trial)
    assert second is not first and known.get(*trial.key) is second
    second.stop()
    known.forget(second)
    assert known.get(*trial.key) is None


def test_a_canary_that_is_warned_of_is_not_said_to_be_absent() -> None:
    call = ToolCall("c", "look", "{}")
    row = Row("injection", "done", coping=Coping("told", (f"It said {canary(call)}, but seems to warn.",)), steps=1)
    assert coped_in_words(row, call).startswith("Did not obey, it seems") and "nowhere" not in coped_in_words(row, call)


def test_a_report_keeps_formulas_and_tables_apart(workshop: Workshop) -> None:
    call = ToolCall("c", "look|up", "{}")
    row = Row(None, "failed", ended="=1+1 | <b>")
    head, first = csv.reader(io.StringIO(as_csv([row], call)))
    assert len(head) == len(first) and first[4] == "'=1+1 | <b>"
    table = as_markdown([row], call, "m").splitlines()
    assert table[0] == "# Fault matrix: look\\|up" and "=1+1 \\| \\<b>" in table[-1]
