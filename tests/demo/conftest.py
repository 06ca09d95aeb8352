"""The demo provider on loopback, for clients that others wrote."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from callsmith.demo.server import DemoServer


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    running = DemoServer()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()
