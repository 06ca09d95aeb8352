"""The app in a process of its own, in a folder of its own, without anyone's keys."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from callsmith.store import Store
from callsmith.types.codec import to_json
from callsmith.types.setup import Setup
from tests.browser.warm import FORKS, Fork
from tests.conftest import KEY_NAMES, ROOT

START_LIMIT = 60.0
# Set to nothing rather than left out: a variable that is there wins over a developer's .env.
NOBODY = dict.fromkeys((*KEY_NAMES, "CALLSMITH_BASE_URL", "CALLSMITH_API_KEY", "CALLSMITH_MODEL"), "")


class App:
    """Started and killed at will; database, port and log stay the same. ``more`` are further variables. ``by_command``:
    as its user starts it, which takes seconds."""

    def __init__(self, folder: Path, *, by_command: bool = False, **more: str) -> None:
        self.folder = folder
        self.database = folder / "callsmith.db"
        self.log = folder / "server.log"
        self.port = _port()
        self.url = f"http://localhost:{self.port}"
        self.store = Store(f"sqlite:///{self.database}")
        self._environment = {
            **os.environ,
            **NOBODY,
            "CALLSMITH_DATABASE_URL": f"sqlite:///{self.database}",
            **more,
        }
        self._forked = FORKS and not by_command
        self._process: subprocess.Popen[bytes] | Fork | None = None

    def start(self) -> None:
        """Returns when the server answers."""
        arguments = ["run", "app.py", "--server.port", str(self.port)]
        if self._forked:
            self._process = Fork(arguments, self._environment, self.log)
        else:
            command = [sys.executable, "-m", "streamlit", *arguments]
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_LIMIT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the app did not start: {self.log.read_text(errors='replace')}")
            time.sleep(0.02)

    def kill(self) -> None:
        """As ``kill -9``: no time to say goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the app is not running"
        return self._process.pid

    def close(self) -> None:
        self.kill()
        self.store.close()
        _left.append(self.port)

    def tracebacks(self) -> list[str]:
        """What the server's log tells of errors nobody caught."""
        text = self.log.read_text(errors="replace")
        return [part[:4000] for part in text.split("Traceback")[1:]]

    def begin_with(self, setup: Setup) -> None:
        """What the next new conversation starts from."""
        self.store.set_preference("last_setup", to_json(setup))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


# Where servers were that are gone: what the browser compiled of a page counts for its address, port included.
_left: list[int] = []


def _port() -> int:
    """One that was used before, where it is still free."""
    while _left:
        with socket.socket() as again, contextlib.suppress(OSError):
            port = _left.pop()
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))
            return port
    return free_port()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
