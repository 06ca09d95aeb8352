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
from typing import TYPE_CHECKING

from callsmith.connections import DEMO, is_local
from callsmith.prices_own import OwnPrices
from callsmith.types.connection import Connection, Target
from callsmith.types.usage import Usage, written_for_an_hour

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

LIST = "genai-prices 0.2.3"
LIST_DATE = "2026-11-10"
OWN = "your prices"
_REMEMBERED = 1_000
_MILLION = 1_000_000
# Parts of a whole that never overlap: all that nearly every exchange reports.
_SIDE_BY_SIDE = {
    "cache_read_tokens": "input_tokens",
    "cache_write_tokens": "input_tokens",
    "output_reasoning_tokens": "output_tokens",
}
# By the identity of the list's prices, which live as long as the process.
_RATES: dict[int, Mapping[str, float]] = {}


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
    return _listed(connection.base_url, model, at, _counts(usage, wire))


def cost_of_sum(
    usage: Usage | None, exchanges: int, connection: Connection, model: str, wire: str, at: float, own: OwnPrices
) -> Cost | None:
    """What ``exchanges`` of about one length cost that used ``usage`` together. Where the list's price depends on the
    length of the input, the average one is priced."""
    if usage is None or _is_linear(connection.base_url, model, at):
        return cost_of(usage, connection, model, wire, at, own)
    counts = ("input", "output", "cache_read", "cache_write", "reasoning", "audio_in", "audio_out", "total")
    of_one = {name: round((getattr(usage, name) or 0) / exchanges) for name in counts}
    raw = {"cache_creation": {"ephemeral_1h_input_tokens": round((written_for_an_hour(usage.raw) or 0) / exchanges)}}
    cost = cost_of(Usage(**of_one, raw=raw), connection, model, wire, at, own)
    return None if cost is None else Cost(cost.usd * exchanges, cost.source)


class Pricer:
    """The price of an exchange, for whoever counts what a run costs. ``own``: the user's prices as they are now."""

    def __init__(self, own: Callable[[], OwnPrices]) -> None:
        self._own = own

    def __call__(self, usage: Usage, target: Target, at: float) -> float | None:
        cost = cost_of(usage, target.connection, target.model, target.wire, at, self._own())
        return None if cost is None else cost.usd


def window_of(url: str, model: str) -> int | None:
    """How many tokens the model takes, by the list; None where it does not say."""
    place = _place(url, model)
    return None if place is None else place[0].context_window


def _counts(usage: Usage, wire: str) -> Mapping[str, int]:
    """By the list's names. A part that is 0 or unknown is left out: it is in its whole."""
    parts = {
        "cache_read_tokens": usage.cache_read,
        "cache_write_tokens": usage.cache_write,
        "cache_write_1h_tokens": written_for_an_hour(usage.raw) if wire == "anthropic" else None,
        "input_audio_tokens": usage.audio_in,
        "output_audio_tokens": usage.audio_out,
        "output_reasoning_tokens": usage.reasoning,
    }
    whole = {"input_tokens": usage.input or 0, "output_tokens": usage.output or 0}
    return whole | {name: count for name, count in parts.items() if count}


def _listed(url: str, model: str, at: float, counts: Mapping[str, int]) -> Cost | None:
    place = _place(url, model)
    if place is None:
        return None
    found, provider, source = place
    when = datetime.fromtimestamp(at, UTC)
    rates = _rates_of(found, when)
    if rates and rates.keys() >= counts.keys() and _agree(counts):
        return Cost(sum(count * rates[name] for name, count in counts.items()), source)
    from genai_prices import Usage as Counted

    try:
        exact = found.calc_price(Counted(**counts), provider, genai_request_timestamp=when)
    except ValueError:
        # Counts that contradict each other.
        return None
    return Cost(float(exact.total_price), source)


def _is_linear(url: str, model: str, at: float) -> bool:
    """Whether every token costs the same however many there are."""
    place = _place(url, model)
    return place is None or bool(_rates_of(place[0], datetime.fromtimestamp(at, UTC)))


def _rates_of(found: ModelInfo, when: datetime) -> Mapping[str, float]:
    price = found.get_prices(when)
    rates = _RATES.get(id(price))
    if rates is None:
        rates = _RATES[id(price)] = _rates(price)
    return rates


@lru_cache(maxsize=_REMEMBERED)
def _place(url: str, model: str) -> tuple[ModelInfo, Provider, str] | None:
    """Whose price it is, and what the source is called; None where the list does not know the model."""
    if not url or is_local(url):
        return None
    from genai_prices.data_snapshot import get_snapshot

    known = get_snapshot()
    try:
        try:
            provider = known.find_provider(None, None, url)
        except LookupError:
            # Gateways put the maker before the model.
            provider, found = known.find_provider_model(model.rpartition("/")[2], None, None, None)
            return found, provider, f"{LIST}, list price of {provider.name}"
        _, found = known.find_provider_model(model, provider, None, None)
        return found, provider, LIST
    except LookupError:
        return None


def _rates(price: ModelPrice) -> Mapping[str, float]:
    """What one token more of a kind adds, for the kinds that lie side by side: a hundred times faster than the list's
    own reckoning. Empty where the price of a token depends on how many there are."""
    from genai_prices import Usage as Counted
    from genai_prices.types import TieredPrices

    if any(isinstance(value, TieredPrices) for value in vars(price).values()):
        return {}

    def of_million(*names: str) -> float:
        return float(price.calc_price(Counted(**dict.fromkeys(names, _MILLION)))["total_price"]) / _MILLION

    whole = {name: of_million(name) for name in ("input_tokens", "output_tokens")}
    parts = {name: of_million(within, name) - whole[within] for name, within in _SIDE_BY_SIDE.items()}
    return whole | parts


def _agree(counts: Mapping[str, int]) -> bool:
    """Whether no whole is smaller than its parts."""
    return all(
        counts[whole] >= sum(counts.get(part, 0) for part, within in _SIDE_BY_SIDE.items() if within == whole)
        for whole in ("input_tokens", "output_tokens")
    )
