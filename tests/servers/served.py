"""Servers that others wrote, run as processes of their own on loopback ports that were free."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ROOT / ".servers"
PROGRAMS = Path(__file__).parent / "programs"
KEY = "sk-canary-0123456789abcdefABCDEF"
STARTS_WITHIN = 60.0


def installed(name: str) -> Path:
    """The folder ``scripts/servers.sh`` filled; the test is skipped where it could not."""
    folder = INSTALLED / name
    if not (folder / ".installed").is_file():
        why = INSTALLED / f"{name}.missing"
        pytest.skip(f"{name}: {why.read_text().strip() if why.is_file() else 'not installed yet: make test-servers'}")
    return folder


class Served:
    """A running server. ``url`` is its root, without a version.

    ``says`` finds the address in what it prints, for a server that chooses its port; otherwise ``url`` is given.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        *,
        says: str = "",
        url: str = "",
        health: str = "/health",
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self._log = log
        # Neither proxies nor keys of whoever runs the tests.
        environment = {"PATH": os.environ["PATH"], "HOME": str(log.parent), "LANG": "C.UTF-8", **(variables or {})}
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=log.parent,
            )
        try:
            self.url = url or self._until(lambda: self._said(says))
            self._until(lambda: self._healthy(health))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def log(self, size: int = 3_000) -> str:
        """The end of what it printed."""
        return self._log.read_text("utf-8", "replace")[-size:]

    def get(self, path: str, **query: str) -> httpx.Response:
        """What the server says about itself, beside the product's own client."""
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx.get(self.url + path, params=query, headers=headers, timeout=10, trust_env=False)

    def _said(self, pattern: str) -> str:
        found = re.search(pattern, self.log())
        return found.group(1) if found else ""

    def _healthy(self, path: str) -> str:
        try:
            return "yes" if self.get(path).status_code == 200 else ""
        except httpx.TransportError:
            return ""

    def _until(self, look: Callable[[], str]) -> str:
        deadline = time.monotonic() + STARTS_WITHIN
        while not (found := look()):
            code = self._process.poll()
            if code is not None or time.monotonic() > deadline:
                how = "did not start in time" if code is None else f"ended with status {code}"
                pytest.fail(f"{self.name} {how}:\n{self.log()}", pytrace=False)
            time.sleep(0.05)
        return found
