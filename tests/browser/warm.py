"""Servers without the seconds in which Python imports what the app is made of.

One process imports all that once. For each server it forks a child, which then does what ``python -m streamlit run``
does: it has read no configuration and run no page, and the parts of the page itself it has not even imported.
Where a process cannot be forked (or not safely: macOS), servers start by the command.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn, Self

FORKS = sys.platform == "linux"
ROOT = Path(__file__).resolve().parents[2]
# What a first visit imports.
IMPORTS = (
    "alembic.command",
    "altair",
    "httpcore",
    "httptools",
    "PIL.Image",
    "pyarrow",
    "sqlalchemy.dialects.sqlite",
    "streamlit.web.bootstrap",
    "streamlit.web.cli",
    "streamlit.web.server.starlette",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "uvloop",
)


class Fork:
    """A running server. It ends with the process it was forked from at the latest."""

    def __init__(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.pid = _Warm.up().fork(arguments, environment, log)
        self._handle = os.pidfd_open(self.pid)

    def poll(self) -> int | None:
        """None while it runs; how it ended is not known."""
        ended, _, _ = select.select([self._handle], [], [], 0)
        return 0 if ended else None

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def wait(self) -> None:
        select.select([self._handle], [], [])
        os.close(self._handle)


class _Warm:
    """The process that forks; one for all servers of the process that runs the tests."""

    _one: Self | None = None

    def __init__(self) -> None:
        # A library that starts threads of its own as it is imported must not: a fork has none of them.
        environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        atexit.register(self._end)

    @classmethod
    def up(cls) -> Self:
        if cls._one is None:
            cls._one = cls()
        return cls._one

    def fork(self, arguments: list[str], environment: Mapping[str, str], log: Path) -> int:
        assert self._process.stdin and self._process.stdout
        wanted = {"arguments": arguments, "environment": dict(environment), "log": str(log)}
        self._process.stdin.write(json.dumps(wanted).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that forks servers ended; what it said is in the captured stderr"
        return int(answer)

    def _end(self) -> None:
        self._process.communicate()


def _import_all() -> None:
    for name in IMPORTS:
        importlib.import_module(name)
    package = importlib.import_module("callsmith")
    for found in pkgutil.walk_packages(package.__path__, "callsmith."):
        if ".migrations." not in found.name and not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def _serve(arguments: list[str], environment: dict[str, str], log: str) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor, to in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(descriptor, to)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["streamlit", *arguments]
    from streamlit.web.cli import main

    try:
        main(prog_name="python -m streamlit")
    finally:
        sys.stdout.flush()
        os._exit(0)


def _main() -> None:
    """Forks one server for each line that arrives, and says its number; ends with all of them when no line can come
    any more, however the other side went away."""
    _import_all()
    gc.collect()
    gc.freeze()
    # The kernel takes the ended children away.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _serve(**json.loads(line))
        print(pid, flush=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    _main()
