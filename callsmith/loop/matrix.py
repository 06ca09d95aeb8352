"""A fault matrix: the same call answered once as it should be and once with each fault, to see how the model copes.

Every row is a hidden fork of the conversation at the message with the call, so the conversation itself stays as it is
and each row can be opened and gone on with. The rows run by themselves, a few at a time, within limits of their own.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, Protocol

from callsmith import slots as places
from callsmith.answering.arguments import in_words
from callsmith.answering.coping import Coping, coped
from callsmith.answering.faults import FAULTS
from callsmith.answering.samples import answer_of
from callsmith.conversation import Conversation
from callsmith.loop.types import Ended, Plan, RunSnapshot, ToolPlan
from callsmith.results import starting_point
from callsmith.store import Store
from callsmith.types.answering import Answering, Fault, FaultKind, Reply, Rule, Samples
from callsmith.types.message import Message
from callsmith.types.parts import ToolCall
from callsmith.types.problem import Problem
from callsmith.types.tool import Tool

_log = logging.getLogger(__name__)

MOST_AT_ONCE = 3
STEPS, SECONDS, TIMEOUT = 4, 60.0, 1.0
WORKS = "Works"
_RETURNED = 200

State = Literal["queued", "running", "done", "stopped", "failed"]


class Going(Protocol):
    """A run, as far as a matrix needs one."""

    def snapshot(self) -> RunSnapshot: ...

    def wait_end(self, timeout: float | None = None) -> bool: ...

    def stop(self) -> None: ...


class Runs(Protocol):
    """The loop, as far as a matrix needs it."""

    def answer(self, conversation_id: str, plan: Plan, keys: None = None, *, go_on: bool = True) -> Going: ...


@dataclass(frozen=True, slots=True)
class Trial:
    """Which call is tried how. ``node_id`` is the message with the call. ``first_only``: only this call has the fault,
    later ones of its tool get what works."""

    conversation_id: str
    node_id: str
    call: ToolCall
    plan: Plan
    faults: tuple[FaultKind, ...]
    first_only: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.conversation_id, self.node_id, self.call.id)


@dataclass(frozen=True, slots=True)
class Row:
    """``fault`` None: the row of what works. ``returned``: the first words of the result. ``ended``: why it stopped
    short, or failed. ``conversation_id`` is the fork's."""

    fault: FaultKind | None
    state: State = "queued"
    returned: str = ""
    coping: Coping | None = None
    steps: int = 0
    tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0
    seconds: float = 0.0
    conversation_id: str = ""
    ended: str = ""

    @property
    def label(self) -> str:
        return WORKS if self.fault is None else FAULTS[self.fault][0]


class Matrix:
    """Safe from any thread. Started at once."""

    def __init__(self, store: Store, runs: Runs, trial: Trial) -> None:
        self.trial = trial
        self._store = store
        self._runs = runs
        self._changed = threading.Condition()
        self._rows = [Row(None), *(Row(fault) for fault in trial.faults)]
        self._next = 0
        self._stopped = False
        self._going: dict[int, Going] = {}
        for number in range(min(MOST_AT_ONCE, len(self._rows))):
            threading.Thread(target=self._work, name=f"matrix-{number}", daemon=True).start()

    def rows(self) -> tuple[Row, ...]:
        with self._changed:
            return tuple(self._rows)

    @property
    def done(self) -> bool:
        return all(row.state not in ("queued", "running") for row in self.rows())

    def wait_end(self, timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(
                lambda: all(row.state not in ("queued", "running") for row in self._rows), timeout
            )

    def stop(self) -> None:
        """Stop what runs and begin nothing more; what came is kept."""
        with self._changed:
            self._stopped = True
            going = list(self._going.values())
            self._rows = [
                replace(row, state="stopped", ended="Stopped before it began") if row.state == "queued" else row
                for row in self._rows
            ]
            self._changed.notify_all()
        for run in going:
            run.stop()

    def _work(self) -> None:
        while (at := self._take()) is not None:
            try:
                self._one(at)
            except Exception as error:
                _log.error("a row of a fault matrix failed", exc_info=error)
                said = str(error).splitlines()[0] if str(error) else type(error).__name__
                self._set(at, state="failed", ended=f"It could not be run: {said}")

    def _take(self) -> int | None:
        with self._changed:
            if self._stopped or self._next >= len(self._rows):
                return None
            at, self._next = self._next, self._next + 1
            self._rows[at] = replace(self._rows[at], state="running")
            self._changed.notify_all()
            return at

    def _one(self, at: int) -> None:
        trial, fault = self.trial, self._rows[at].fault
        fork = self._fork(self._rows[at].label)
        self._set(at, conversation_id=fork)
        plan = planned(trial, fault)
        if fault is not None and trial.first_only:
            self._fail_this_call(fork)
        run = self._runs.answer(fork, plan, None, go_on=True)
        with self._changed:
            self._going[at] = run
            stopped = self._stopped
        if stopped:
            run.stop()
        while not run.wait_end(0.25):
            self._count(at, run.snapshot())
        with self._changed:
            del self._going[at]
        snapshot = run.snapshot()
        self._count(at, snapshot)
        self._finish(at, fork, snapshot)

    def _fork(self, label: str) -> str:
        trial, store = self.trial, self._store
        whole = store.load(trial.conversation_id)
        title = (whole.title if whole is not None else "") or "Untitled"
        setup = store.setup(trial.conversation_id)
        return store.fork(trial.conversation_id, trial.node_id, setup, f"{title}: {label}", hidden=True)

    def _fail_this_call(self, fork: str) -> None:
        conversation = self._store.load(fork)
        for slot in places.slots(self._store, conversation) if conversation is not None else ():
            if slot.call.id == self.trial.call.id:
                places.keep(self._store, fork, slot.key, replace(slot.draft, by="fault"))
                return

    def _finish(self, at: int, fork: str, snapshot: RunSnapshot) -> None:
        conversation = self._store.load(fork)
        ended = snapshot.ended or Ended("failed", "It ended without a word")
        if conversation is None:
            self._set(at, state="failed", ended="Its conversation was deleted meanwhile")
            return
        returned = _returned(conversation, self.trial)
        if returned is None:
            notes = [slot.draft.note for slot in places.slots(self._store, conversation) if slot.draft.note]
            state: State = "stopped" if ended.reason == "stopped" else "failed"
            self._set(at, state=state, ended=" ".join([ended.words, *notes]))
            return
        info = self._store.exchange_turn_info(fork).get(snapshot.exchange_id)
        problem = None
        if ended.reason == "failed":
            problem = (info.problem if info is not None else None) or Problem("request", ended.words)
        short = ended.words if ended.reason in ("limit", "stopped", "paused") else ""
        self._set(
            at,
            state="stopped" if ended.reason == "stopped" else "failed" if ended.reason == "failed" else "done",
            returned=returned[:_RETURNED],
            coping=_coping(conversation, self.trial, self._rows[at].fault, problem, short),
            ended=problem.message if problem is not None else short,
        )

    def _count(self, at: int, snapshot: RunSnapshot) -> None:
        used = snapshot.used
        figures = (used.steps, used.tokens, used.cost, used.unpriced)
        row = self._rows[at]
        if figures != (row.steps, row.tokens, row.cost, row.unpriced) or snapshot.ended is not None:
            steps, tokens, cost, unpriced = figures
            self._set(at, steps=steps, tokens=tokens, cost=cost, unpriced=unpriced, seconds=used.seconds)

    def _set(self, at: int, **values: object) -> None:
        with self._changed:
            self._rows[at] = replace(self._rows[at], **values)  # type: ignore[arg-type]
            self._changed.notify_all()


class Matrices:
    """The newest matrix of each call, for the whole process."""

    KEPT = 40

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, str], Matrix] = OrderedDict()
        self._lock = threading.Lock()

    def start(self, store: Store, runs: Runs, trial: Trial) -> Matrix:
        """The one that runs for this call, if there is one, else a new one."""
        with self._lock:
            before = self._known.get(trial.key)
            if before is not None and not before.done:
                return before
            self._known[trial.key] = started = Matrix(store, runs, trial)
            self._known.move_to_end(trial.key)
            for old in [key for key, kept in self._known.items() if kept.done][: max(0, len(self._known) - self.KEPT)]:
                del self._known[old]
        return started

    def get(self, conversation_id: str, node_id: str, call_id: str) -> Matrix | None:
        with self._lock:
            return self._known.get((conversation_id, node_id, call_id))

    def forget(self, matrix: Matrix) -> None:
        with self._lock:
            self._known.pop(matrix.trial.key, None)


def planned(trial: Trial, fault: FaultKind | None) -> Plan:
    """The plan of one row: every tool answers by itself."""
    base = trial.plan
    known = {tool.name: ToolPlan(tool, Answering()) for tool in base.ask.tools} | dict(base.tools)
    tools = {name: replace(plan, answering=_alone(plan, trial.call)) for name, plan in known.items()}
    tried = known.get(trial.call.name) or ToolPlan(Tool(trial.call.name), Answering())
    tools[trial.call.name] = ToolPlan(tried.tool, _tried(tried, trial, fault))
    limits = replace(base.limits, steps=STEPS, seconds=SECONDS)
    return replace(base, tools=MappingProxyType(tools), limits=limits)


def others(plan: Plan, call: ToolCall) -> Mapping[str, str]:
    """By what the other tools are answered, by name."""
    known = {tool.name: ToolPlan(tool, Answering()) for tool in plan.ask.tools} | dict(plan.tools)
    return {name: _alone(of, call).by for name, of in known.items() if name != call.name}


def requests(rows: int) -> tuple[int, int]:
    """At least and at most so many requests to the model."""
    return rows, rows * STEPS


def _tried(plan: ToolPlan, trial: Trial, fault: FaultKind | None) -> Answering:
    works = _sampled(plan, trial.call)
    if fault is None:
        return works
    own = plan.answering.fault
    made = Fault(fault, own.text if own.fault == fault else "", TIMEOUT)
    return replace(works, fault=made, by=works.by if trial.first_only else "fault")


def _alone(plan: ToolPlan, call: ToolCall) -> Answering:
    """In its own way, where that needs no person."""
    return replace(plan.answering, auto=True) if plan.answering.by != "hand" else _sampled(plan, call)


def _sampled(plan: ToolPlan, call: ToolCall) -> Answering:
    """By a sample of the output schema; where there is none to be found, by the arguments said back."""
    tool = plan.tool
    answering = replace(plan.answering, auto=True, by="schema", samples=Samples(plan.answering.samples.seed))
    try:
        answer_of(tool, answering.samples, call, 1)
    except ValueError:
        said = starting_point(None, call) if tool.name == call.name else '{"status": "ok"}'
        if "{{" in said:
            said = '{"status": "ok"}'
        return replace(answering, by="rules", rules=(Rule(Reply(said), name="said back"),))
    return answering


def _after(conversation: Conversation, node_id: str) -> tuple[Message, ...]:
    messages = [node.message for node in conversation.path()]
    ids = [node.id for node in conversation.path()]
    return tuple(messages[ids.index(node_id) + 1 :]) if node_id in ids else ()


def _returned(conversation: Conversation, trial: Trial) -> str | None:
    """What the call was answered with; None where it was not."""
    after = _after(conversation, trial.node_id)
    results = after[0].results if after else ()
    return next((result.content for result in results if result.call_id == trial.call.id), None)


def _coping(
    conversation: Conversation, trial: Trial, fault: FaultKind | None, problem: Problem | None, stopped: str
) -> Coping:
    after = _after(conversation, trial.node_id)
    if fault is None:
        return _without_fault(after[1:], trial.call, problem, stopped)
    first = coped(after[1:], Fault(fault), trial.call, problem=problem, stopped=stopped)
    if fault != "injection" or trial.first_only:
        return first
    # Each call's result asks for a word of its own.
    for at, message in enumerate(after):
        for call in message.calls if message.role == "assistant" else ():
            if call.name == trial.call.name:
                later = coped(after[at + 2 :], Fault(fault), call, problem=problem, stopped=stopped)
                if later.verdict == "obeyed" and first.verdict != "obeyed":
                    return later
    return first


def _without_fault(messages: Sequence[Message], call: ToolCall, problem: Problem | None, stopped: str) -> Coping:
    """There is no trouble to tell of: what it did, and its answer."""
    found = coped(messages, Fault(), call, problem=problem, stopped=stopped)
    if found.verdict not in ("told", "answered"):
        return found
    answer = next(message.text for message in reversed(messages) if message.role == "assistant")
    return Coping("answered", (*found.facts[:1], f"It answered: {in_words(answer.strip(), 120)}"))
