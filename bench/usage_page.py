"""The Usage page opened in Chromium, by a click from another page, over the database of a folder."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from bench.browser import chromium
from bench.report import line, median
from bench.served import Served

_ROUNDS = 5
# From the click: the figures are seen, then both charts and the tables' downloads are there and nothing runs any more.
_WATCH = """
() => {
  window.clicked = null; window.seen = null; window.quiet = null;
  const clock = () => (performance.timeOrigin + performance.now()) / 1000;
  addEventListener("click", () => { window.clicked ??= clock(); }, { capture: true, once: true });
  const has = (where) => document.querySelector(where) !== null;
  const look = () => {
    if (has(".st-key-usage-figures [data-testid=stMetricValue]")) window.seen ??= clock();
    const drawn = [...document.querySelectorAll(".st-key-usage-charts svg.marks")].length >= 2;
    if (window.seen && drawn && has(".st-key-usage-table-csv") && has("[data-test-script-state=notRunning]"))
      window.quiet ??= clock();
    if (window.quiet === null) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


def run(folder: Path, said: str) -> None:
    with Served("http://127.0.0.1:9", folder) as app, chromium() as browser:
        _opened(browser.page, app.url)
        seen, quiet = zip(*(_opened(browser.page, app.url) for _ in range(_ROUNDS)), strict=True)
        line(f"Usage page of {said} in Chromium: from the click to the figures", median(seen), "s", 1.0)
        line(f"Usage page of {said} in Chromium: from the click until all is drawn", median(quiet), "s")


def _opened(page: Page, url: str) -> tuple[float, float]:
    """Seconds from the click until the figures are seen, and until all is drawn."""
    page.goto(f"{url}/connections")
    link = page.get_by_test_id("stSidebar").get_by_role("link", name="Usage")
    link.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(500)
    page.evaluate(_WATCH)
    link.click()
    page.wait_for_function("window.quiet !== null", timeout=60_000)
    clicked, seen, quiet = page.evaluate("[window.clicked, window.seen, window.quiet]")
    return float(seen) - float(clicked), float(quiet) - float(clicked)
