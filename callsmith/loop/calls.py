"""The calls of one message answered at the same time: each in a thread of its own, each result kept as it comes.

One that fails or never ends does not hold up the others. Once they were cancelled nothing is kept any more, however
late an answer comes.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from callsmith import slots as places
from callsmith.execute.occasion import Cancellation, Cancelled, CannotAnswer, Occasion, Reach
from callsmith.loop.types import CallRun, ToolPlan
from callsmith.slots import Slot
from callsmith.store import Store
from callsmith.types.answering import Answer, Answering, By

_log = logging.getLogger(__name__)

Answerer = Callable[[Occasion, Answering, By, Reach], Answer]
MOST_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Task:
    """One call to answer. ``number`` counts the calls of its tool in the conversation, from 1."""

    slot: Slot
    plan: ToolPlan
    number: int

    @property
    def by(self) -> By:
        return self.slot.draft.by or self.plan.answering.by


class Calls:
    """``changed`` is called after every change, from any thread; ``answered`` for every answer that was kept."""

    def __init__(
        self,
        store: Store,
        conversation_id: str,
        tasks: Sequence[Task],
        answer: Answerer,
        reach: Reach,
        *,
        changed: Callable[[], None],
        answered: Callable[[Answer], None],
    ) -> None:
        self._store = store
        self._conversation_id = conversation_id
        self._answer = answer
        self._reach = reach
        self._changed = changed
        self._answered = answered
        self._lock = threading.Lock()
        self._places = threading.Semaphore(MOST_AT_ONCE)
        self._left = len(tasks)
        self._done = threading.Event()
        self._cancels = {task.slot.key: Cancellation() for task in tasks}
        now = time.time()
        self._runs = {
            task.slot.key: CallRun(
                task.slot.key, task.slot.call.id, task.slot.call.name, task.by, "running", started=now
            )
            for task in tasks
        }
        for task in tasks:
            threading.Thread(
                target=self._one, args=(task,), name=f"tool-{task.slot.call.name[:20]}", daemon=True
            ).start()

    def runs(self) -> tuple[CallRun, ...]:
        with self._lock:
            return tuple(self._runs.values())

    def wait(self, timeout: float) -> bool:
        """True once every call was answered or given up."""
        return self._done.wait(timeout)

    def cancel(self, slot: str | None = None) -> None:
        """Give up one call, or all: their answers are not wanted any more."""
        given_up = []
        with self._lock:
            for key, cancel in self._cancels.items():
                if slot in (None, key) and self._runs[key].state == "running":
                    self._close(key, "unanswered", "Stopped before it answered")
                    given_up.append(cancel)
        for cancel in given_up:
            cancel.cancel()
        self._changed()

    def _one(self, task: Task) -> None:
        key = task.slot.key
        with self._places:
            occasion = Occasion(
                call=task.slot.call,
                tool=task.plan.tool,
                number=task.number,
                conversation_id=self._conversation_id,
                cancel=self._cancels[key],
                progress=lambda words: self._say(key, words),
            )
            try:
                occasion.cancel.check()
                self._keep(key, self._answer(occasion, task.plan.answering, task.by, self._reach))
            except CannotAnswer as error:
                self._give_up(key, str(error), restart=error.restart)
            except Cancelled:
                self._give_up(key, "Stopped before it answered")
            except Exception as error:
                _log.error("a call of %s could not be answered", task.slot.call.name, exc_info=error)
                self._give_up(key, f"Callsmith failed while answering: {type(error).__name__}")

    def _say(self, key: str, words: str) -> None:
        with self._lock:
            if self._runs[key].state != "running":
                return
            self._runs[key] = replace(self._runs[key], said=words)
        self._changed()

    def _keep(self, key: str, answer: Answer) -> None:
        with self._lock:
            if self._runs[key].state != "running":
                return
            places.put(self._store, self._conversation_id, key, answer)
            self._answered(answer)
            self._close(key, "answered", is_error=answer.is_error)
        self._changed()

    def _give_up(self, key: str, why: str, *, restart: bool = False) -> None:
        with self._lock:
            if self._runs[key].state != "running":
                return
            try:
                draft = places.kept(self._store, self._conversation_id, key)
                places.keep(self._store, self._conversation_id, key, replace(draft, note=why))
            except Exception as error:
                # A store that fails must not keep the run from ending: the words stay with the run.
                _log.error("why a call has no answer could not be saved", exc_info=error)
            self._close(key, "unanswered", why, restart=restart)
        self._changed()

    def _close(self, key: str, state: str, said: str = "", *, is_error: bool = False, restart: bool = False) -> None:
        run = self._runs[key]
        self._runs[key] = replace(
            run,
            state="answered" if state == "answered" else "unanswered",
            seconds=time.time() - run.started,
            said=said,
            is_error=is_error,
            restart=restart,
        )
        self._left -= 1
        if not self._left:
            self._done.set()
