"""The app's own store on the test's database; the demo model answers without delay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callsmith.demo import DemoTransport
from callsmith.store import Store
from components import services
from components.connections import check


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The app's own, on the test's database."""
    monkeypatch.setattr(services, "DemoTransport", lambda: DemoTransport(paced=False))
    services.engine.clear()
    check.catalog.clear()
    opened = services.engine().store
    yield opened
    services.engine.clear()
    opened.close()
