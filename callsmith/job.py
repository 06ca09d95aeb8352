"""One exchange in a daemon thread, from sending to commit.

The worker owns the turn: it sends, reads, and hands every change to the sink; a page only draws
``snapshot()``. Whoever ends a job first (the provider, a time limit, the user) ends it once, under the
lock, so nothing is committed twice and Stop works even while the network is silent.

Retries: only before the first byte of an answer, for faults that may pass, at most ``MAX_ATTEMPTS``
tries in all, ``Retry-After`` obeyed up to ``MAX_WAIT`` seconds. Every attempt is visible.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import Protocol

import tenacity

from callsmith.reading import Reader, expects_stream
from callsmith.redaction import Redactor, cleaned_turn
from callsmith.retry_after import retry_after
from callsmith.transport import Answer, Broken, Transport
from callsmith.types.exchange import Attempt, Exchange, Headers, HttpRequest, Marks
from callsmith.types.options import Limits
from callsmith.types.problem import Problem
from callsmith.types.turn import Turn
from callsmith.wire.base import Wire

_log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
MAX_WAIT = 30.0
_REQUEST_ID_HEADERS = ("x-request-id", "x-oneapi-request-id", "request-id", "apim-request-id")


class Sink(Protocol):
    """Where a job's outcome goes. ``append`` gets the exchange so far and only the body bytes that are new;
    ``finish`` gets the whole, once, and again only after it raised."""

    def append(self, exchange: Exchange, data: bytes) -> None: ...

    def finish(self, exchange: Exchange, turn: Turn) -> None: ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A picture of a job. ``version`` grows with every change; ``waiting`` is the failed attempt being waited out."""

    version: int
    turn: Turn
    marks: Marks
    attempts: tuple[Attempt, ...]
    waiting: Attempt | None
    done: bool


class _Again(Exception):
    def __init__(self, problem: Problem, wait: float | None) -> None:
        super().__init__(problem.message)
        self.problem = problem
        self.wait = wait


class Job:
    def __init__(
        self,
        exchange: Exchange,
        wire: Wire,
        outgoing: HttpRequest,
        limits: Limits,
        transport: Transport,
        sink: Sink,
        redactor: Redactor,
    ) -> None:
        self.exchange_id = exchange.id
        self.limits = limits
        self._exchange = exchange
        self._wire = wire
        self._outgoing = outgoing
        self._transport = transport
        self._sink = sink
        self._redactor = redactor
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._version = 0
        self._turn = Turn()
        self._stale = False
        self._reader: Reader | None = None
        self._answer: Answer | None = None
        self._body: list[bytes] = []
        self._saved = 0
        self._clock = time.monotonic()
        self._last_byte: float | None = None
        self._attempt_started = 0.0
        self.committed = threading.Event()
        self.save_error = ""
        self._outcome: tuple[Exchange, Turn] | None = None
        self._committing = threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"exchange-{self.exchange_id}", daemon=True).start()

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    @property
    def version(self) -> int:
        return self._version

    def snapshot(self) -> Snapshot:
        with self._changed:
            if self._stale and self._reader is not None:
                self._turn = self._shown(self._reader.turn())
                self._stale = False
            exchange = self._exchange
            waiting = exchange.attempts[-1] if self._waits_to_retry() and not self.done else None
            return Snapshot(self._version, self._turn, exchange.marks, exchange.attempts, waiting, self.done)

    def wait_change(self, seen: int, timeout: float) -> None:
        """Until something changed since version ``seen``, the job ended, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != seen or self._ended.is_set(), timeout)

    def wait_token(self, timeout: float) -> None:
        """Until the first token, the end, or the time is over."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._exchange.marks.first_token is not None or self._ended.is_set(), timeout
            )

    def wait_end(self, timeout: float) -> bool:
        return self._ended.wait(timeout)

    def cancel(self) -> None:
        """Stop now and keep what came. Safe from any thread, more than once."""
        self._end(Problem("stopped", "Stopped by you"))

    def enforce_limits(self) -> None:
        """End the job when one of its time limits has passed. Called by the keeper a few times a second."""
        now = self._elapsed()
        limits = self.limits
        if now > limits.total:
            self._end(Problem("timeout", f"The whole reply took longer than {limits.total:g} s", code="total"))
        elif self._last_byte is not None:
            if now - self._last_byte > limits.between_bytes:
                message = f"Nothing arrived for {limits.between_bytes:g} s"
                self._end(Problem("timeout", message, code="between_bytes"))
        elif not self._waits_to_retry() and now - self._attempt_started > limits.first_byte:
            self._end(Problem("timeout", f"No answer began within {limits.first_byte:g} s", code="first_byte"))

    def _waits_to_retry(self) -> bool:
        attempts = self._exchange.attempts
        return bool(attempts) and attempts[-1].wait is not None and self._attempt_started <= attempts[-1].at

    def save(self) -> None:
        """Hand what arrived since the last call to the sink, so that a crash loses next to nothing."""
        with self._changed:
            if self.done:
                return
            upto = len(self._body)
            fresh = b"".join(self._body[self._saved : upto])
            exchange = self._exchange
        try:
            self._sink.append(exchange, fresh)
        except Exception as error:
            _log.warning("exchange %s could not be saved on the way", self.exchange_id, exc_info=error)
        else:
            self._saved = upto

    def _run(self) -> None:
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Again),
            stop=tenacity.stop_after_attempt(MAX_ATTEMPTS),
            wait=_wait,
            sleep=self._sleep,
            before_sleep=self._note_retry,
            reraise=True,
        )
        try:
            retrying(self._attempt)
        except _Again as error:
            self._note_attempt(error.problem, None)
            self._end(error.problem)
        except Exception as error:
            text = self._redactor.text(f"{type(error).__name__}: {error}")
            _log.error("exchange %s failed", self.exchange_id, exc_info=error)
            self._end(Problem("request", f"Callsmith failed while reading the answer: {text}", code="internal"))

    def _sleep(self, seconds: float) -> None:
        self._ended.wait(seconds)

    def _attempt(self) -> None:
        if self.done:
            return
        with self._changed:
            self._attempt_started = self._elapsed()
            self._exchange = replace(self._exchange, status=None, headers=(), body=b"")
            self._mark(sent=self._attempt_started)
        try:
            with self._transport.open(self._outgoing, self.limits) as answer:
                self._receive(answer)
        except Broken as error:
            problem = replace(error.problem, message=self._redactor.text(error.problem.message))
            if problem.retryable and self._reader is None:
                raise _Again(problem, None) from error
            self._end(problem)

    def _receive(self, answer: Answer) -> None:
        if answer.status >= 300:
            self._receive_error(answer)
            return
        with self._changed:
            self._answer = answer
            self._exchange = replace(
                self._exchange,
                status=answer.status,
                headers=self._clean(answer.headers),
                attempts=(*self._exchange.attempts, Attempt(self._attempt_started, answer.status)),
            )
            stream = expects_stream(self._exchange.stream, answer.headers)
            self._reader = Reader(self._wire, answer.status, stream=stream)
        for chunk in answer.chunks():
            if not self._take(self._redactor.feed(chunk)):
                return
            if self._reader.ended:
                break
        self._take(self._redactor.flush())
        self._end(None)

    def _receive_error(self, answer: Answer) -> None:
        body = self._redactor.feed(b"".join(answer.chunks())) + self._redactor.flush()
        headers = self._clean(answer.headers)
        problem = self._wire.error(answer.status, body)
        problem = replace(
            problem,
            message=self._redactor.text(problem.message),
            request_id=problem.request_id or _request_id(headers),
        )
        with self._changed:
            if self.done:
                return
            self._exchange = replace(self._exchange, status=answer.status, headers=headers, body=body)
        if problem.retryable:
            raise _Again(problem, retry_after(answer.headers, time.time()))
        self._note_attempt(problem, None)
        self._end(problem)

    def _take(self, chunk: bytes) -> bool:
        """False when the job has ended meanwhile."""
        with self._changed:
            if self.done or self._reader is None:
                return False
            now = self._elapsed()
            self._last_byte = now
            if chunk:
                if not self._body:
                    self._mark(first_byte=now)
                self._body.append(chunk)
                had_token = self._reader.has_token
                self._reader.feed(chunk)
                if not had_token and self._reader.has_token:
                    self._mark(first_token=now)
                self._stale = True
                self._bump()
            return True

    def _note_attempt(self, problem: Problem, wait: float | None) -> None:
        with self._changed:
            attempt = Attempt(self._attempt_started, problem.status, problem, wait)
            self._exchange = replace(self._exchange, attempts=(*self._exchange.attempts, attempt))
            self._bump()

    def _note_retry(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _Again):
            self._note_attempt(error.problem, state.upcoming_sleep)

    def _end(self, problem: Problem | None) -> None:
        with self._changed:
            if self.done:
                return
            if self._reader is not None:
                turn = self._shown(self._closed(self._reader, problem))
            else:
                stopped = problem is not None and problem.kind == "stopped"
                turn = Turn(state="stopped" if stopped else "failed", problem=problem)
            now = self._elapsed()
            if turn.parts and self._exchange.marks.first_token is None:
                self._mark(first_token=now)
            self._mark(done=now)
            if self._body:
                self._exchange = replace(self._exchange, body=b"".join(self._body))
            self._turn, self._stale = turn, False
            self._ended.set()
            self._bump()
            exchange, answer = self._exchange, self._answer
        if answer is not None and problem is not None:
            answer.abort()
        self._outcome = (exchange, turn)
        self.commit()

    def commit(self) -> None:
        """Hand the outcome to the sink. When the store fails, the keeper calls this again until it works;
        meanwhile ``save_error`` says why, and the job stays where the page finds it."""
        with self._committing:
            if self.committed.is_set() or self._outcome is None:
                return
            try:
                self._sink.finish(*self._outcome)
            except Exception as error:
                _log.error("exchange %s could not be saved", self.exchange_id, exc_info=error)
                self.save_error = f"{type(error).__name__}: {error}".splitlines()[0]
            else:
                self.save_error = ""
                self.committed.set()

    def _closed(self, reader: Reader, problem: Problem | None) -> Turn:
        """The turn at the end of the bytes; a fault of ours in reading them must not keep the job from ending."""
        before = reader.turn()
        try:
            reader.close(problem)
            return reader.turn()
        except Exception as error:
            _log.error("exchange %s could not be read to its end", self.exchange_id, exc_info=error)
            said = Problem("request", f"Callsmith failed while reading the answer: {error}", code="internal")
            return replace(before, state="failed", problem=problem or said)

    def _shown(self, turn: Turn) -> Turn:
        """Without the key, also where it came in pieces that are whole only once they are joined."""
        return cleaned_turn(turn, self._redactor)

    def _clean(self, headers: Headers) -> Headers:
        return tuple((name, self._redactor.text(value)) for name, value in headers)

    def _mark(self, **at: float) -> None:
        self._exchange = replace(self._exchange, marks=replace(self._exchange.marks, **at))

    def _bump(self) -> None:
        self._version += 1
        self._changed.notify_all()

    def _elapsed(self) -> float:
        return time.monotonic() - self._clock


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, _Again) else None
    backoff = 0.5 * 2.0 ** (state.attempt_number - 1)
    return min(backoff if asked is None else asked, MAX_WAIT)


def _request_id(headers: Headers) -> str:
    found = {name.lower(): value for name, value in headers}
    return next((found[name] for name in _REQUEST_ID_HEADERS if name in found), "")
