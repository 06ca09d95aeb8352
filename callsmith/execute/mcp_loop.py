"""One event loop in one daemon thread for everything that speaks MCP, which is asynchronous; pages are not."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="mcp", daemon=True).start()
    return loop


def start(work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
    """Cancelling the future ends its waiting at once, and cancels ``work``."""
    return asyncio.run_coroutine_threadsafe(work, _loop())


def run(work: Coroutine[Any, Any, T], seconds: float) -> T:
    """The result of ``work``, which is cancelled after ``seconds``: then TimeoutError."""
    future = start(asyncio.wait_for(work, seconds))
    try:
        # A little longer than the work itself, which also has to shut its server down.
        return future.result(seconds + 8)
    except concurrent.futures.TimeoutError as error:
        future.cancel()
        raise TimeoutError from error
