"""A served app and a Chromium, one of each for a module; a fresh window for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.playground import Open, Playground
from tests.browser.served import App

# An upper bound, never waited for by a test that passes: a busy machine may need long for a first page.
PATIENCE = 45_000
FAILED = pytest.StashKey[bool]()
# Read here, since every test starts with an environment of its own.
SHOTS = os.environ.get("CALLSMITH_SHOTS", "")
# No host but this machine: a page that reaches for another one is told that it does not exist.
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", ALONE]
        opened = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    served = App(tmp_path_factory.mktemp("app"))
    served.start()
    yield served
    served.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., App]]:
    """A server of the test's own, cold, with further variables."""
    begun: list[App] = []

    def start(**more: str) -> App:
        served = App(tmp_path, **more)
        begun.append(served)
        served.start()
        return served

    yield start
    for served in begun:
        served.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where screenshots go: the folder in CALLSMITH_SHOTS, else away with the test."""
    folder = Path(SHOTS) if SHOTS else tmp_path / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def window(browser: Browser, shots: Path, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens windows on an app. Afterwards neither their consoles nor the server's log may have an error in it."""
    opened: list[Playground] = []

    def open_window(
        app: App, path: str = "/", *, width: int = 1280, theme: str = "light", go: bool = True
    ) -> Playground:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            accept_downloads=True,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        playground = Playground(context.new_page(), app, shots)
        opened.append(playground)
        if go:
            playground.open(path)
        return playground

    yield open_window
    complaints = [complaint for playground in opened for complaint in playground.complaints]
    complaints += [trace for playground in opened for trace in playground.app.tracebacks()]
    for number, playground in enumerate(opened):
        if request.node.stash.get(FAILED, False):
            playground.shot(f"failed-{request.node.name}-{number}".replace("/", "-"))
        playground.page.context.close()
    assert complaints == []
