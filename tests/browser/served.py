"""The app in a process of its own, in a folder of its own, without anyone's keys."""

from __future__ import annotations

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
from tests.conftest import KEY_NAMES, ROOT

START_LIMIT = 60.0
# Set to nothing rather than left out: a variable that is there wins over a developer's .env.
NOBODY = dict.fromkeys((*KEY_NAMES, "CALLSMITH_BASE_URL", "CALLSMITH_API_KEY", "CALLSMITH_MODEL"), "")


class App:
    """Started and killed at will; database, port and log stay the same. ``more`` are further variables."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.database = folder / "callsmith.db"
        self.log = folder / "server.log"
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.store = Store(f"sqlite:///{self.database}")
        self._environment = {
            **os.environ,
            **NOBODY,
            "CALLSMITH_DATABASE_URL": f"sqlite:///{self.database}",
            **more,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the server answers."""
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_LIMIT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the app did not start: {self.log.read_text(errors='replace')}")
            time.sleep(0.05)

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


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
