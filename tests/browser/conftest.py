"""A Chromium for all tests, a served app for a module, a fresh window for each test.

All windows belong to one profile that is emptied after each test, and their pages run in one process: a window of a
profile of its own spends seconds compiling Streamlit's scripts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

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


class Profile:
    """Windows that know of each other what the tabs of one person know, until it is emptied."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._begin()

    def window(self, width: int, theme: str) -> Page:
        page = self._context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        return page

    def empty(self, *addresses: str) -> None:
        """Close all windows and forget what they kept."""
        try:
            self._lasting.locator("html").wait_for(state="attached")
        except Error:
            # It crashed or hangs, with the others in its process.
            self._context.close()
            self._begin()
            return
        for page in self._context.pages:
            if page != self._lasting:
                page.close()
        self._context.clear_cookies()
        asked = self._context.new_cdp_session(self._lasting)
        for address in addresses:
            kept = "local_storage,indexeddb,cache_storage,service_workers,file_systems"
            asked.send("Storage.clearDataForOrigin", {"origin": address, "storageTypes": kept})
        asked.detach()

    def _begin(self) -> None:
        self._context = self._browser.new_context(accept_downloads=True, reduced_motion="reduce")
        self._context.set_default_timeout(PATIENCE)
        # An empty page at the address of all servers keeps their process alive between tests.
        self._lasting = self._context.new_page()
        self._lasting.route("**", lambda route: route.fulfill(body="", content_type="text/html"))
        self._lasting.goto("http://localhost/")


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--process-per-site", ALONE]
        opened = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def profile(browser: Browser) -> Profile:
    return Profile(browser)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("app")
    shutil.copyfile(migrated_file, folder / "callsmith.db")
    served = App(folder)
    served.start()
    yield served
    served.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., App]]:
    """A server of the test's own, cold, with further variables."""
    begun: list[App] = []

    def start(*, by_command: bool = False, **more: str) -> App:
        served = App(tmp_path, by_command=by_command, **more)
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
def window(profile: Profile, shots: Path, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens windows on an app. Afterwards neither their consoles nor the server's log may have an error in it."""
    opened: list[Playground] = []

    def open_window(
        app: App, path: str = "/", *, width: int = 1280, theme: str = "light", go: bool = True
    ) -> Playground:
        playground = Playground(profile.window(width, theme), app, shots)
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
    profile.empty(*{playground.app.url for playground in opened})
    assert complaints == []
