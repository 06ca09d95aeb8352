"""The app in a process of its own on a free port, against the bench provider, in a fresh database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parent.parent


class Served:
    def __init__(self, base_url: str, folder: Path | None = None) -> None:
        self._own = None if folder else tempfile.TemporaryDirectory()
        self.folder = folder or Path(self._own.name if self._own else ".")
        self.database_url = f"sqlite:///{self.folder / 'bench.db'}"
        self._base_url = base_url
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"

    def __enter__(self) -> Served:
        environment = {
            **os.environ,
            "CALLSMITH_BASE_URL": self._base_url,
            "CALLSMITH_API_KEY": "sk-bench-not-a-real-key-0",
            "CALLSMITH_MODEL": "bench",
            "CALLSMITH_DATABASE_URL": self.database_url,
        }
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        command += ["--server.headless", "true"]
        self.started = time.time()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1)
                return self
            except OSError as error:
                if self.process.poll() is not None or time.time() - self.started > 60:
                    raise RuntimeError("the app did not start") from error
                time.sleep(0.02)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        self.process.wait(10)
        if self._own is not None:
            self._own.cleanup()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
