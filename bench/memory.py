"""Memory of the server over 200 turns made through the page."""

from __future__ import annotations

import psutil

from bench.browser import chromium
from bench.provider import Provider
from bench.report import line
from bench.served import Served


def run() -> None:
    provider = Provider()
    with Served(provider.base_url) as app, chromium() as browser:
        process = psutil.Process(app.process.pid)
        browser.open(app.url)
        line("memory at the start", process.memory_info().rss / 2**20, "MiB")
        for turn in range(1, 201):
            browser.submit("tokens=50 pace=0")
            if turn in (100, 200):
                line(f"memory after {turn} turns", process.memory_info().rss / 2**20, "MiB", 200)
    provider.close()
