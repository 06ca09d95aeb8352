"""Real Chromium on the page: submits, and notes when what was painted."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

_WATCH = """
(mark) => {
  window.paints = [];
  window.submitted = null;
  window.mark = mark;
  if (window.watched) return;
  window.watched = true;
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  addEventListener("keydown", (event) => { if (event.key === "Enter") window.submitted = now(); }, true);
  const look = () => {
    const messages = document.querySelectorAll("[data-testid=stChatMessage]");
    if (!messages.length) return;
    const text = messages[messages.length - 1].textContent;
    const at = text.lastIndexOf(window.mark);
    if (at < 0) return;
    const index = parseInt(text.slice(at + window.mark.length), 10);
    const paints = window.paints;
    const last = paints.length ? paints[paints.length - 1][1] : -1;
    if (index > last) requestAnimationFrame(() => paints.push([now(), index]));
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}
"""


class Watched:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.received = 0
        self._count = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameReceived", self._frame)

    def _frame(self, event: dict[str, dict[str, str]]) -> None:
        payload = event["response"]["payloadData"]
        self.received += len(payload) * 3 // 4

    def open(self, url: str) -> None:
        self.page.goto(url)
        self.ready()

    def ready(self) -> None:
        self.page.locator("[data-testid=stChatInputTextArea]:not([disabled])").wait_for(timeout=120_000)
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=120_000)

    def submit(self, text: str) -> None:
        """Send a message and wait until the page is quiet again."""
        self._count += 1
        mark = f"q{self._count}w"
        box = self.page.locator("[data-testid=stChatInputTextArea]")
        box.fill(f"{text} mark={mark}")
        time.sleep(0.3)
        self.page.evaluate(_WATCH, mark)
        box.press("Enter")
        self.page.wait_for_function("window.paints.length > 0", timeout=60_000)
        self.ready()

    def submitted(self) -> float:
        return float(self.page.evaluate("window.submitted"))

    def paints(self) -> list[tuple[float, int]]:
        return [(at, index) for at, index in self.page.evaluate("window.paints")]


@contextmanager
def chromium() -> Iterator[Watched]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        yield Watched(page)
        browser.close()
