"""All runs of the process: one at a time for each conversation, and how the last one ended."""

from __future__ import annotations

import threading
from collections.abc import Collection

from callsmith.job import Job
from callsmith.loop.run import Begin, Machinery, Run
from callsmith.loop.types import Plan, Used

KEPT = 500


class Busy(RuntimeError):
    """A run of this conversation is going on."""


class Loop:
    def __init__(self, machinery: Machinery) -> None:
        self._machinery = machinery
        self._runs: dict[str, Run] = {}
        self._lock = threading.Lock()

    def begin(
        self, conversation_id: str, job: Job, plan: Plan, *, one_step: bool = False, used: Used | None = None
    ) -> Run:
        """Go on by itself from an exchange that was asked for."""
        return self._start(conversation_id, plan, Begin(job=job, one_step=one_step, used=used or Used()))

    def answer(
        self,
        conversation_id: str,
        plan: Plan,
        keys: Collection[str] | None = (),
        *,
        go_on: bool = True,
        one_step: bool = False,
        used: Used | None = None,
    ) -> Run:
        """Answer waiting calls, then go on. ``keys``: these slots, whatever their tools say; None: all that are not
        answered by hand; empty: those that run by themselves. ``go_on`` False: a person looks at the results first.
        ``used``: what was used since a person last acted, where the run goes on after a pause."""
        begin = Begin(keys=keys, go_on=go_on, one_step=one_step, used=used or Used())
        return self._start(conversation_id, plan, begin)

    def get(self, conversation_id: str) -> Run | None:
        """The newest run of a conversation, also when it has ended."""
        with self._lock:
            return self._runs.get(conversation_id)

    def active(self, conversation_id: str) -> Run | None:
        run = self.get(conversation_id)
        return run if run is not None and run.active else None

    def forget(self, conversation_id: str) -> None:
        """A person did something else meanwhile: how the last run ended is of no interest any more."""
        with self._lock:
            run = self._runs.get(conversation_id)
            if run is not None and not run.active:
                del self._runs[conversation_id]

    def _start(self, conversation_id: str, plan: Plan, begin: Begin) -> Run:
        run = Run(self._machinery, conversation_id, plan, begin)
        with self._lock:
            before = self._runs.pop(conversation_id, None)
            if before is not None and before.active:
                self._runs[conversation_id] = before
                raise Busy(f"conversation {conversation_id} is going on already")
            self._runs[conversation_id] = run
            for old in [key for key, kept in self._runs.items() if not kept.active][:-KEPT]:
                del self._runs[old]
        run.start()
        return run
