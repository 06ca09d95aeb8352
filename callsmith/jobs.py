"""All running jobs of the process, and the keeper that saves them and watches their limits."""

from __future__ import annotations

import logging
import threading
import time

from callsmith.job import Job

_log = logging.getLogger(__name__)


class Jobs:
    """Jobs by exchange. A job stays until its outcome is kept; one keeper thread serves them all."""

    TICK = 0.1
    SAVE_EVERY = 0.4

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        threading.Thread(target=self._keep, name="job-keeper", daemon=True).start()

    def start(self, job: Job) -> Job:
        with self._lock:
            self._jobs[job.exchange_id] = job
        job.start()
        self._wake.set()
        return job

    def get(self, exchange_id: str) -> Job | None:
        with self._lock:
            return self._jobs.get(exchange_id)

    def _keep(self) -> None:
        saved = 0.0
        while True:
            self._wake.clear()
            with self._lock:
                self._jobs = {key: job for key, job in self._jobs.items() if not job.committed.is_set()}
                running = list(self._jobs.values())
            if not running:
                self._wake.wait()
                continue
            due = time.monotonic() - saved >= self.SAVE_EVERY
            for job in running:
                try:
                    job.enforce_limits()
                    if due:
                        job.save()
                        job.commit()
                except Exception as error:
                    _log.error("exchange %s could not be kept", job.exchange_id, exc_info=error)
            if due:
                saved = time.monotonic()
            time.sleep(self.TICK)
