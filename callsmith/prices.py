"""What an exchange cost in US dollars: by the user's own prices, else by a list that comes with the app.

The list is genai-prices, which reads no network. It takes 0.4 s to import, so that happens when the first price is
asked of it and never at the start. What is unknown is None, never 0. All totals are inclusive (wire-format notes,
section 9), which is also how the list counts: cached, reasoning and audio tokens are parts of input and output.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from callsmith.connections import DEMO, is_local
from callsmith.prices_own import OwnPrices
from callsmith.types.connection import Connection, Target
from callsmith.types.usage import Usage

LIST = "genai-prices 0.2.3"
LIST_DATE = "2026-11-10"
OWN = "your prices"
# Prices change on days, and some have hours.
_HOUR = 3600.0
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Cost:
    """``source`` says whose prices these are."""

    usd: float
    source: str


def cost_of(
    usage: Usage | None, connection: Connection, model: str, wire: str, at: float, own: OwnPrices
) -> Cost | None:
    """What an exchange at the time ``at`` (Unix seconds) cost. None: its price is unknown, or its tokens are.

    Only the base URL of ``connection`` and its name count, so an exchange is priced where it went, whatever became of
    the connection since. A host that the list does not know costs what the maker of the model asks; a server of one's
    own has no price in the list.
    """
    if connection.base_url.startswith(DEMO.base_url):
        return Cost(0.0, "demo")
    row = own.find(connection.name, model)
    if row is not None:
        usd = row.cost(usage)
        return None if usd is None else Cost(usd, OWN)
    if usage is None or usage.input is None or usage.output is None:
        return None
    if not connection.base_url or is_local(connection.base_url):
        return None
    counts = _counts(usage, wire)
    return _listed(connection.base_url, model, at // _HOUR, counts)


class Pricer:
    """The price of an exchange, for whoever counts what a run costs. ``own``: the user's prices as they are now."""

    def __init__(self, own: Callable[[], OwnPrices]) -> None:
        self._own = own

    def __call__(self, usage: Usage, target: Target, at: float) -> float | None:
        cost = cost_of(usage, target.connection, target.model, target.wire, at, self._own())
        return None if cost is None else cost.usd


def _counts(usage: Usage, wire: str) -> tuple[tuple[str, int], ...]:
    """By the list's names. A part that is 0 or unknown is left out: it is in its whole."""
    parts = {
        "cache_read_tokens": usage.cache_read,
        "cache_write_tokens": usage.cache_write,
        "cache_write_1h_tokens": _written_for_an_hour(usage.raw) if wire == "anthropic" else None,
        "input_audio_tokens": usage.audio_in,
        "output_audio_tokens": usage.audio_out,
        "output_reasoning_tokens": usage.reasoning,
    }
    whole = (("input_tokens", usage.input or 0), ("output_tokens", usage.output or 0))
    return (*whole, *((name, count) for name, count in parts.items() if count))


def _written_for_an_hour(raw: Any) -> int | None:
    """Messages tells how long what it wrote to its cache lives; an hour costs more than five minutes."""
    written = raw.get("cache_creation") if isinstance(raw, Mapping) else None
    count = written.get("ephemeral_1h_input_tokens") if isinstance(written, Mapping) else None
    return count if isinstance(count, int) and count > 0 else None


@lru_cache(maxsize=_REMEMBERED)
def _listed(url: str, model: str, hour: float, counts: tuple[tuple[str, int], ...]) -> Cost | None:
    from genai_prices import Usage as Counted
    from genai_prices import calc_price
    from genai_prices.data_snapshot import get_snapshot

    when = datetime.fromtimestamp(hour * _HOUR, UTC)
    try:
        provider = get_snapshot().find_provider(None, None, url)
    except LookupError:
        provider = None
    try:
        usage = Counted(**dict(counts))
        if provider is not None:
            price = calc_price(usage, model, provider_id=provider.id, genai_request_timestamp=when)
            return Cost(float(price.total_price), LIST)
        # Gateways put the maker before the model.
        price = calc_price(usage, model.rpartition("/")[2], genai_request_timestamp=when)
        return Cost(float(price.total_price), f"{LIST}, list price of {price.provider.name}")
    except (LookupError, ValueError):
        # A model that the list does not know, or counts that contradict each other.
        return None
