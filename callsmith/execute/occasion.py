"""What every answerer is given, and how it says that it gives no answer.

An answerer is a function ``(occasion, its settings, reach) -> Answer`` that blocks until it has one. Failures of the
tool itself (a status, a time limit, an error that the server returns) are answers with ``is_error``: the model sees
them. What the person has to mend (a missing secret, a refused address, no server named) is ``CannotAnswer``: the model
sees nothing, and the call waits for a person.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from callsmith.execute.addresses import Policy
from callsmith.types.answering import Answer, Player
from callsmith.types.halves import whole
from callsmith.types.parts import ToolCall
from callsmith.types.tool import Tool

MAX_RESULT = 1_000_000
"""Bytes of text that any result may have; what is longer is an error."""


class CannotAnswer(Exception):
    """No answer, and what a person can do about it, in a sentence. ``restart``: starting the server again may help."""

    def __init__(self, message: str, *, restart: bool = False) -> None:
        super().__init__(whole(message))
        self.restart = restart


class Cancelled(Exception):
    """The run was stopped while the answer was awaited."""


class Cancellation:
    """Says that an answer is not wanted any more. Safe from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._watchers: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        with self._lock:
            self._event.set()
            watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            watcher()

    def check(self) -> None:
        """Raises ``Cancelled`` once it was."""
        if self.cancelled:
            raise Cancelled

    def pause(self, seconds: float) -> None:
        """Sleep, or raise ``Cancelled`` as soon as it is."""
        if self._event.wait(seconds):
            raise Cancelled

    @contextlib.contextmanager
    def calling(self, wake: Callable[[], None]) -> Iterator[None]:
        """``wake`` is called once, from whatever thread cancels, while the block runs: it must end the waiting."""
        with self._lock:
            late = self.cancelled
            if not late:
                self._watchers.append(wake)
        if late:
            wake()
        try:
            yield
        finally:
            with self._lock:
                if wake in self._watchers:
                    self._watchers.remove(wake)


@dataclass(frozen=True, slots=True)
class Occasion:
    """One call to answer. ``number`` counts the calls of this tool in the conversation, from 1. ``progress`` takes a
    few words for the person, from any thread."""

    call: ToolCall
    tool: Tool
    number: int = 1
    conversation_id: str = ""
    cancel: Cancellation = field(default_factory=Cancellation)
    progress: Callable[[str], None] = lambda words: None


class Players(Protocol):
    def play(self, occasion: Occasion, player: Player) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Reach:
    """What answerers may reach: ``secret`` reads a variable or secret by name and ``learn`` tells it to the log's
    redaction; ``policy`` and ``stdio`` are what the configuration allows; ``players`` asks models."""

    secret: Callable[[str], str | None]
    policy: Callable[[], Policy]
    stdio: Callable[[], bool]
    players: Players
    learn: Callable[[list[str]], None] = lambda secrets: None
