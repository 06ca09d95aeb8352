"""One turn going by itself in a daemon thread: exchange, answers, exchange, until the model stops or a person is asked.

The run owns nothing that could be lost: exchanges are the jobs' and answers are kept in their slots as they come, so
ending it at any moment leaves a conversation that a person, or another run, goes on from. It only goes on where it
left off: when someone moved the conversation meanwhile, it ends.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from callsmith import budget as budgets
from callsmith import conversation as pure
from callsmith import slots as places
from callsmith.conversation import Conversation, may_ask, pending_approvals, pending_calls
from callsmith.job import Job
from callsmith.loop import limits as limit_rules
from callsmith.loop.calls import Answerer, Calls, Task
from callsmith.loop.types import Ended, Limit, Phase, Plan, RunSnapshot, Used
from callsmith.play import CannotAsk, Play, added
from callsmith.slots import Slot
from callsmith.store import Changed, NotFound, Store
from callsmith.types.answering import Answer
from callsmith.types.connection import Target
from callsmith.types.parts import Made
from callsmith.types.usage import Usage

_log = logging.getLogger(__name__)

Price = Callable[[Usage, Target, float], float | None]
_TICK = 0.1


@dataclass(frozen=True, slots=True)
class Machinery:
    """What every run works with. ``price`` is the cost of an exchange in US dollars, None where it is unknown."""

    store: Store
    play: Play
    answer: Answerer
    price: Price


@dataclass(frozen=True, slots=True)
class Begin:
    """How a run begins: with a ``job`` that was asked for, or with the waiting calls. ``keys``: the slots to answer
    now whatever their tools say; None for all that are not answered by hand; empty for those that run by themselves.
    ``go_on``: ask when all is answered. ``one_step``: pause after the first thing done."""

    job: Job | None = None
    keys: Collection[str] | None = ()
    go_on: bool = True
    one_step: bool = False
    used: Used = Used()


class Run:
    def __init__(self, machinery: Machinery, conversation_id: str, plan: Plan, begin: Begin) -> None:
        self.conversation_id = conversation_id
        self._with = machinery
        self._plan = plan
        self._begin = begin
        self._changed = threading.Condition()
        self._setting_out = threading.Lock()
        self._over = threading.Event()
        self._version = 0
        self._phase: Phase = "asking" if begin.job is not None else "answering"
        self._used = begin.used
        self._clock = time.monotonic()
        self._job = begin.job
        self._calls: Calls | None = None
        self._exchange_id = begin.job.exchange_id if begin.job is not None else ""
        self._pausing = False
        self._stopped = False
        self._out_of_time = False
        self._did = False
        self._ended: Ended | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"run-{self.conversation_id[:8]}", daemon=True).start()

    @property
    def active(self) -> bool:
        return not self._over.is_set()

    @property
    def runs_alone(self) -> bool:
        """Whether it may go on from one exchange to the next without a person."""
        return self._plan.runs_alone

    def snapshot(self) -> RunSnapshot:
        calls = self._calls.runs() if self._calls is not None else ()
        with self._changed:
            used = self._used if self._ended is not None else replace(self._used, seconds=self._seconds())
            return RunSnapshot(
                self._version,
                self._phase,
                used,
                self._plan.limits,
                calls,
                self._exchange_id,
                self._pausing,
                self._ended,
            )

    def wait_change(self, seen: int, timeout: float) -> None:
        """Until something changed since version ``seen``, the run ended, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != seen or self._over.is_set(), timeout)

    def wait_end(self, timeout: float | None = None) -> bool:
        return self._over.wait(timeout)

    def pause(self) -> None:
        """End at the next boundary: after the exchange that runs, or after the calls that are being answered."""
        self._set(pausing=True)

    def stop(self) -> None:
        """End now and keep what came. Once this returns, nothing more is sent: neither a request nor a call."""
        with self._changed:
            self._stopped = True
        with self._setting_out:
            job, calls = self._job, self._calls
        if job is not None:
            job.cancel()
        if calls is not None:
            calls.cancel()

    def cancel_call(self, slot: str) -> None:
        """Give up one call that is being answered; it waits for a person then."""
        if self._calls is not None:
            self._calls.cancel(slot)

    def _run(self) -> None:
        try:
            ended = self._turn()
        except CannotAsk as error:
            ended = Ended("failed", str(error))
        except NotFound:
            ended = Ended("stopped", "The conversation was deleted meanwhile, so the run ended")
        except Exception as error:
            _log.error("the run of %s failed", self.conversation_id, exc_info=error)
            ended = Ended("failed", f"Callsmith failed while the turn ran: {type(error).__name__}. Nothing is lost.")
        with self._changed:
            self._used = replace(self._used, seconds=self._seconds())
            self._phase, self._ended = "ended", ended
            self._over.set()
            self._version += 1
            self._changed.notify_all()

    def _turn(self) -> Ended:
        keys = self._begin.keys
        while True:
            if self._job is not None and (ended := self._follow(self._job)) is not None:
                return ended
            conversation, stamp = self._load()
            if self._job is not None and not _is_reply_of(conversation, self._job):
                return _moved()
            waits = places.slots(self._with.store, conversation)
            if not waits and (ended := self._without_calls(conversation)) is not None:
                return ended
            tasks = self._tasks(conversation, waits, keys)
            keys = ()
            if tasks and self._pauses():
                return _paused()
            if any(task.by == "model" for task in tasks) and (ended := self._over_budget()) is not None:
                return ended
            if tasks and (ended := self._answer(tasks)) is not None:
                return ended
            waits = places.slots(self._with.store, conversation)
            if (ended := self._before_asking(conversation, waits)) is not None:
                return ended
            if (ended := self._ask(conversation, waits, stamp)) is not None:
                return ended

    def _follow(self, job: Job) -> Ended | None:
        """Wait for the exchange that runs; None where the turn may go on from it."""
        self._set(phase="asking", exchange_id=job.exchange_id)
        while not job.committed.wait(_TICK):
            if self._late():
                job.cancel()
        turn = job.snapshot().turn
        self._count(turn.usage, step=True)
        self._did = True
        if ended := self._cut_off():
            return ended
        if turn.state != "finished":
            if turn.state == "stopped":
                return Ended("stopped", "Stopped by you")
            return Ended("failed", turn.problem.message if turn.problem is not None else "The reply did not end")
        return None if turn.parts else Ended("answered", "The model ended without an answer")

    def _without_calls(self, conversation: Conversation) -> Ended | None:
        approvals = pending_approvals(conversation)
        if approvals:
            return Ended("waiting", may_ask(conversation))
        head = conversation.nodes[conversation.head].message if conversation.head is not None else None
        if head is None or head.role != "assistant" or may_ask(conversation):
            return Ended("answered", "The model has answered")
        # The reply paused in the middle of a server tool and goes on when it is sent back (wire-format notes, 4.2).
        if not self._plan.runs_alone and self._job is not None:
            return Ended("waiting", "The model paused in the middle of a server tool")
        return None

    def _tasks(self, conversation: Conversation, waits: list[Slot], keys: Collection[str] | None) -> list[Task]:
        """The calls to answer now, each with its number."""
        counts = _calls_before(conversation)
        tasks = []
        for slot in waits:
            counts[slot.call.name] += 1
            plan = self._plan.tools.get(slot.call.name)
            if plan is None:
                continue
            task = Task(slot, plan, counts[slot.call.name])
            empty = bool(slot.problem) and not slot.draft.text.strip()
            alone = plan.answering.runs_alone and not slot.draft.by and not slot.draft.note
            asked = empty if keys is None else slot.key in keys
            if task.by != "hand" and (asked or (empty and alone)):
                tasks.append(task)
        return tasks

    def _answer(self, tasks: list[Task]) -> Ended | None:
        with self._setting_out:
            if ended := self._cut_off():
                return ended
            calls = Calls(
                self._with.store,
                self.conversation_id,
                tasks,
                self._with.answer,
                self._plan.reach,
                changed=self._set,
                answered=self._count_played,
            )
            self._calls, self._job = calls, None
        self._set(phase="answering")
        while not calls.wait(_TICK):
            if self._late():
                calls.cancel()
        self._did = True
        return self._cut_off()

    def _before_asking(self, conversation: Conversation, waits: list[Slot]) -> Ended | None:
        """Why the model is not asked now; None where it is."""
        missing = [slot.call.name or "a call without a name" for slot in waits if slot.problem]
        if missing or not self._begin.go_on:
            return Ended(
                "waiting", f"Waiting for you: {', '.join(missing)}" if missing else "Answered; look at it first"
            )
        if pending_approvals(conversation):
            return Ended("waiting", may_ask(conversation))
        if self._pauses():
            return _paused()
        if limit := limit_rules.reached(self._plan.limits, replace(self._used, seconds=self._seconds())):
            return self._at(limit)
        return self._over_budget() or self._cut_off()

    def _over_budget(self) -> Ended | None:
        """The budget as it is now: it may be raised while the turn runs."""
        store = self._with.store
        budget = store.setup(self.conversation_id).budget
        if budget is None:
            return None
        said = budgets.over(budget, budgets.spending(store.usage_rows(self.conversation_id), self._with.price))
        return Ended("limit", said, "budget") if said else None

    def _ask(self, conversation: Conversation, waits: list[Slot], stamp: int | None) -> Ended | None:
        store = self._with.store
        after = conversation
        if waits:
            # Only a typed result asks since when its call waited, which reads the whole turn's times.
            by_hand = any(slot.draft.made is None for slot in waits)
            typed = places.by_hand(store, conversation) if by_hand else Made("hand")
            results = [slot.draft.result(slot.call, typed) for slot in waits]
            media = {slot.call.id: places.files_of(store, self.conversation_id, slot.draft) for slot in waits}
            after = pure.answer(conversation, results, media=media)
        new = added(conversation.nodes, after)
        with self._setting_out:
            if ended := self._cut_off():
                return ended
            try:
                self._job = self._with.play.ask(after, self._plan.ask, self._plan.key, new, seen=stamp)
            except Changed:
                return _moved()
            self._calls = None
        places.clear(store, self.conversation_id, waits)
        return None

    def _load(self) -> tuple[Conversation, int | None]:
        store = self._with.store
        stamp = store.stamp(self.conversation_id)
        conversation = store.load(self.conversation_id)
        if conversation is None:
            raise NotFound(f"no conversation {self.conversation_id}")
        return conversation, stamp

    def _pauses(self) -> bool:
        return self._pausing or (self._begin.one_step and self._did)

    def _late(self) -> bool:
        if not self._out_of_time and self._seconds() >= self._plan.limits.seconds:
            self._out_of_time = True
            return True
        return False

    def _cut_off(self) -> Ended | None:
        if self._out_of_time:
            return self._at("seconds")
        return Ended("stopped", "Stopped by you") if self._stopped else None

    def _at(self, limit: Limit) -> Ended:
        return Ended("limit", limit_rules.words(limit, self._plan.limits), limit)

    def _count(self, usage: Usage | None, *, step: bool, target: Target | None = None) -> None:
        target = target or self._plan.ask.target
        cost = self._with.price(usage, target, time.time()) if usage is not None else None
        with self._changed:
            self._used = limit_rules.with_exchange(self._used, usage, cost, step=step)

    def _count_played(self, answer: Answer) -> None:
        """What a model used that played a tool."""
        if answer.target is not None:
            self._count(answer.usage, step=False, target=answer.target)

    def _seconds(self) -> float:
        return self._begin.used.seconds + time.monotonic() - self._clock

    def _set(self, *, phase: Phase | None = None, exchange_id: str | None = None, pausing: bool = False) -> None:
        with self._changed:
            self._phase = phase or self._phase
            self._exchange_id = self._exchange_id if exchange_id is None else exchange_id
            self._pausing = self._pausing or pausing
            self._version += 1
            self._changed.notify_all()


def _paused() -> Ended:
    return Ended("paused", "Paused; nothing was lost")


def _moved() -> Ended:
    return Ended("stopped", "The conversation was changed meanwhile, so the run ended")


def _is_reply_of(conversation: Conversation, job: Job) -> bool:
    """Whether the conversation still stands at what the exchange brought."""
    head = conversation.nodes[conversation.head].message if conversation.head is not None else None
    return head is not None and head.origin is not None and head.origin.exchange_id == job.exchange_id


def _calls_before(conversation: Conversation) -> Counter[str]:
    """How often each tool was called on this arm, without the calls that wait now."""
    waiting = pending_calls(conversation)
    path = conversation.path()[:-1] if waiting else conversation.path()
    return Counter(call.name for node in path for call in node.message.calls)
