"""A file of many conversations, written beside the page, which says how far it is and can stop it."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import BinaryIO

Begun = Callable[[int], None]
Write = Callable[[BinaryIO, Begun], None]


class Making:
    """``what`` tells one file from another. ``write`` is run in a thread of its own and tells each time how many of the
    ``of`` conversations are done. ``problem``: why there is no file."""

    def __init__(self, what: Hashable, of: int, write: Write) -> None:
        self.what = what
        self.of = of
        self.done = 0
        self.problem = ""
        self.size = 0
        self.at: datetime | None = None
        self._write = write
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the last who has it
        weakref.finalize(self, self._file.close)
        self._stopped = threading.Event()
        self._ended = threading.Event()
        threading.Thread(target=self._make, name="making a file", daemon=True).start()

    @property
    def running(self) -> bool:
        return not (self._ended.is_set() or self._stopped.is_set())

    def ended(self, patience: float) -> bool:
        """Whether it ends within so many seconds, with a file or without."""
        return self._ended.wait(patience)

    def stop(self) -> None:
        self._stopped.set()

    def content(self) -> bytes:
        self._file.seek(0)
        return self._file.read()

    def _begun(self, done: int) -> None:
        if self._stopped.is_set():
            raise _Stopped
        self.done = done

    def _make(self) -> None:
        try:
            self._write(self._file, self._begun)
            self.size = self._file.tell()
        except _Stopped:
            pass
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        self.at = datetime.now(UTC)
        self._ended.set()


class _Stopped(Exception):
    pass
