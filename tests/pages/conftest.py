"""The app's own store on the test's database; the demo model answers without delay."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

from callsmith.demo import DemoTransport
from callsmith.store import Store
from components import services
from components.connections import check


@pytest.fixture(scope="session", autouse=True)
def packages_scanned_once() -> Iterator[None]:
    """Every AppTest looks for components in the metadata of all installed packages: it took longer than the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


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
