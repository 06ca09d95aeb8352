"""Where the prompt may be cached: breakpoints on a Messages body (wire-format notes, 4.4).

A breakpoint covers everything before it, in the order tools, system, messages. There are at most three here, and four
are allowed.
"""

from __future__ import annotations

from typing import Any

from callsmith.types.features import Cache


def mark(body: dict[str, Any], cache: Cache) -> None:
    """Breakpoints on the last tool, the system prompt and the last block of the last message, as far as asked for."""
    # "5m" is what is taken where no ``ttl`` is sent.
    control = {"type": "ephemeral"} if cache.ttl == "5m" else {"type": "ephemeral", "ttl": cache.ttl}
    if "tools" in cache.breakpoints and body.get("tools"):
        *before, last = body["tools"]
        body["tools"] = [*before, {**last, "cache_control": control}]
    if "system" in cache.breakpoints and body.get("system"):
        body["system"] = [{"type": "text", "text": body["system"], "cache_control": control}]
    if "messages" in cache.breakpoints and body["messages"]:
        # Never a thinking block, which may carry none: no message ends with one.
        content = body["messages"][-1]["content"]
        content[-1] = {**content[-1], "cache_control": control}
