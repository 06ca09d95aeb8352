"""A long conversation opened in Chromium: from the click, or from the address, to its last message."""

from __future__ import annotations

from playwright.sync_api import Page

from bench.browser import Watched, chromium
from bench.report import line, median
from bench.seed import seed
from bench.served import Served

_ROUNDS = 5
# Looks at every frame from the moment of the click: the last message is seen once its end is inside the window.
_WATCH = """
(last) => {
  window.clicked = null; window.seen = null; window.quiet = null;
  const clock = () => (performance.timeOrigin + performance.now()) / 1000;
  addEventListener("click", () => { window.clicked ??= clock(); }, { capture: true, once: true });
  const look = () => {
    const messages = [...document.querySelectorAll("[data-testid=stChatMessage]")];
    const at = messages.findIndex((message) => message.textContent.includes(last));
    const reply = at < 0 ? undefined : messages[at + 1];
    const end = reply && reply.getBoundingClientRect();
    const text = reply && reply.textContent.includes("Sentence 7");
    if (text && end.top < innerHeight && end.bottom > 0) window.seen ??= clock();
    const running = document.querySelector("[data-test-script-state=running]");
    if (window.seen && !running && document.querySelector("[data-test-script-state=notRunning]"))
      window.quiet ??= clock();
    if (window.quiet === null) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
"""


def run(turns: int) -> None:
    with Served("http://127.0.0.1:9") as app, chromium() as browser:
        conversation, last = seed(app.database_url, turns), f"Question {turns - 1}"
        other = seed(app.database_url, 1)
        browser.open(app.url)
        for said, path in (("the list beside the Playground", "/"), ("the Conversations page", "/conversations")):
            seen, quiet = zip(
                *(_clicked(browser, app.url, path, conversation, other, last) for _ in range(_ROUNDS)), strict=True
            )
            what = f"{turns} turns from {said}"
            line(f"{what}: last message in view", median(seen), "s", 1.0)
            line(f"{what}: all drawn", median(quiet), "s")
        seen, quiet = zip(*(_addressed(browser, app.url, conversation, last) for _ in range(_ROUNDS)), strict=True)
        line(f"{turns} turns by address, the app loaded anew: last message", median(seen), "s")
        line(f"{turns} turns by address, the app loaded anew: all drawn", median(quiet), "s")


def _clicked(browser: Watched, url: str, path: str, conversation: str, other: str, last: str) -> tuple[float, float]:
    """Seconds from the click until the last message is in view, and until nothing is drawn any more."""
    page = browser.page
    page.goto(f"{url}{path}{f'?conversation={other}' if path == '/' else ''}")
    key = f"open-{conversation}" if path == "/" else f"session-open-{conversation[:16]}"
    button = page.locator(f".st-key-{key}").get_by_role("button")
    button.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_timeout(500)
    page.evaluate(_WATCH, last)
    button.click()
    clicked, seen, quiet = _times(page)
    return seen - clicked, quiet - clicked


def _addressed(browser: Watched, url: str, conversation: str, last: str) -> tuple[float, float]:
    page = browser.page
    page.goto("about:blank")
    page.goto(f"{url}/?conversation={conversation}", wait_until="commit")
    page.evaluate(_WATCH, last)
    _, seen, quiet = _times(page)
    began = float(page.evaluate("performance.timeOrigin / 1000"))
    return seen - began, quiet - began


def _times(page: Page) -> tuple[float, float, float]:
    page.wait_for_function("window.quiet !== null", timeout=60_000)
    clicked, seen, quiet = page.evaluate("[window.clicked ?? 0, window.seen, window.quiet]")
    return float(clicked), float(seen), float(quiet)
