"""What a person waits for, in real Chromium against a loopback provider."""

from __future__ import annotations

import time

import psutil

from bench.browser import Watched, chromium
from bench.provider import Provider
from bench.report import line, median, percentile
from bench.seed import seed
from bench.served import Served


def run() -> None:
    provider = Provider()
    with Served(provider.base_url) as app, chromium() as browser:
        browser.open(app.url)
        line("cold start to a usable page", time.time() - app.started, "s", 5)
        for turns in (10, 200):
            browser.open(f"{app.url}/?conversation={seed(app.database_url, turns)}")
            _latency(browser, provider, turns)
        browser.open(f"{app.url}/?conversation={seed(app.database_url, 10)}")
        _at_once(browser, provider)
        _steady(browser, provider, app.process.pid)
        _fast_bytes(browser)
    provider.close()


def _latency(browser: Watched, provider: Provider, turns: int) -> None:
    to_request, to_paint = [], []
    for _ in range(7):
        provider.requests.clear()
        browser.submit("tokens=5 pace=20")
        to_request.append(provider.requests[0] - browser.submitted())
        to_paint.append(browser.paints()[0][0] - browser.submitted())
    line(f"submit to request at the server, {turns} turns", median(to_request) * 1000, "ms", 25)
    line(f"submit to first token painted, {turns} turns", median(to_paint) * 1000, "ms", 130)


def _at_once(browser: Watched, provider: Provider) -> None:
    before = browser.received
    browser.submit("tokens=2000 pace=0")
    last = next(at for at, index in browser.paints() if index == 1999)
    line("2,000 tokens at once: last byte to last paint", last - provider.sent[-1], "s", 0.25)
    line("2,000 tokens at once: bytes to the browser", (browser.received - before) / 1024, "KiB", 60)


def _steady(browser: Watched, provider: Provider, pid: int) -> None:
    process = psutil.Process(pid)
    before = process.cpu_times()
    browser.submit("tokens=1000 pace=50")
    after = process.cpu_times()
    lags = _lags(browser.paints(), provider.sent)
    line("tokens at 50/s: p95 behind", percentile(lags, 0.95) * 1000, "ms", 40)
    line("tokens at 50/s: median behind", median(lags) * 1000, "ms")
    drift = median(lags[-100:]) - median(lags[:100])
    line("tokens at 50/s: drift, last 100 against first 100", drift * 1000, "ms", 10)
    used = after.user + after.system - before.user - before.system
    line("CPU for 1,000 tokens at 50/s (server)", used, "s", 1)


def _fast_bytes(browser: Watched) -> None:
    before = browser.received
    browser.submit("tokens=2000 pace=200")
    line("2,000 tokens at 200/s: bytes to the browser", (browser.received - before) / 1024, "KiB", 200)


def _lags(paints: list[tuple[float, int]], sent: list[float]) -> list[float]:
    """For each token, how long after it left the provider it was first painted."""
    lags, at = [], 0
    for number, left in enumerate(sent):
        while at < len(paints) and paints[at][1] < number:
            at += 1
        if at < len(paints):
            lags.append(paints[at][0] - left)
    return lags
