"""What exchanges used, as pandas frames. The only place outside the charts that knows pandas.

Unknown is ``<NA>`` all the way, never 0: token columns are ``Int64``, times are ``Float64`` seconds, costs ``Float64``
US dollars. ``plays`` names the tool that a model played in an exchange; it is empty for a turn of the conversation.
Parts never overlap: ``uncached_input + cached_input = input`` and ``output + reasoning = output_total``.
Where a provider does not say which part of a total was cached or reasoning, the total stands whole in
``uncached_input`` or ``output`` and the other part is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

import pandas as pd

from callsmith.speed import tokens_per_second
from callsmith.store.records import UsageRow
from callsmith.types.usage import Usage

PARTS = {
    "uncached_input": "Uncached input",
    "cached_input": "Cached input",
    "output": "Output",
    "reasoning": "Reasoning",
}
_TOKENS = ("uncached_input", "cached_input", "output", "reasoning", "cache_written", "input", "output_total", "total")
_SECONDS = ("first_token_s", "total_s", "tokens_per_s")
_TEXT = ("conversation", "model", "connection", "wire", "state", "plays")
COLUMNS = ("exchange", "time", *_TEXT, "calls", *_TOKENS, "cost", *_SECONDS)


@dataclass(frozen=True, slots=True)
class Total:
    """``value`` is None when nobody reported; ``missing`` counts the ended exchanges that did not."""

    value: int | None
    missing: int


@dataclass(frozen=True, slots=True)
class Spent:
    """US dollars. ``usd`` is None when no price is known; ``missing`` counts the ended exchanges without one."""

    usd: float | None
    missing: int


def frame(
    rows: Iterable[UsageRow],
    zone: tzinfo | str = "UTC",
    cost: Callable[[UsageRow], float | None] = lambda row: None,
) -> pd.DataFrame:
    """One row per exchange in the order given, numbered from 1 in ``exchange``; ``time`` in ``zone``. ``cost`` knows
    what an ended exchange cost in US dollars."""
    records = [_record(number, row, cost) for number, row in enumerate(rows, start=1)]
    made = pd.DataFrame.from_records(records, columns=list(COLUMNS))
    kinds: dict[str, Any] = {name: "Int64" for name in (*_TOKENS, "calls", "exchange")}
    kinds |= {name: "Float64" for name in (*_SECONDS, "cost")} | {name: "str" for name in _TEXT}
    made = made.astype(kinds)
    made["time"] = pd.to_datetime(made["time"].astype("float64"), unit="s", utc=True).dt.tz_convert(zone)
    return made


def _record(number: int, row: UsageRow, cost: Callable[[UsageRow], float | None]) -> dict[str, Any]:
    return {
        "exchange": number,
        "time": row.marks.started,
        "conversation": row.title,
        "model": row.model,
        "connection": row.connection,
        "wire": row.wire,
        "state": row.state,
        "plays": row.plays,
        "calls": None if row.state == "running" else row.calls,
        **_tokens(row.usage or Usage()),
        "cost": None if row.state == "running" else cost(row),
        "first_token_s": row.marks.first_token,
        "total_s": row.marks.done,
        "tokens_per_s": tokens_per_second(row.usage, row.marks),
    }


def _tokens(usage: Usage) -> dict[str, int | None]:
    total = usage.total
    if total is None and usage.input is not None and usage.output is not None:
        total = usage.input + usage.output
    return {
        "uncached_input": _rest(usage.input, usage.cache_read),
        "cached_input": usage.cache_read,
        "output": _rest(usage.output, usage.reasoning),
        "reasoning": usage.reasoning,
        "cache_written": usage.cache_write,
        "input": usage.input,
        "output_total": usage.output,
        "total": total,
    }


def _rest(whole: int | None, part: int | None) -> int | None:
    """Never below 0, whatever a gateway adds up."""
    return None if whole is None else max(whole - (part or 0), 0)


def totals(usage: pd.DataFrame) -> dict[str, Total]:
    """Sums of the token columns and of calls over what was reported."""
    ended = usage[usage["state"] != "running"]
    return {name: _total(ended[name]) for name in (*_TOKENS, "calls")}


def _total(column: pd.Series[Any]) -> Total:
    known = column.dropna()
    return Total(int(known.sum()) if len(known) else None, int(column.isna().sum()))


def spent(usage: pd.DataFrame) -> Spent:
    """The sum of the costs that are known."""
    ended = usage[usage["state"] != "running"]["cost"]
    known = ended.dropna()
    return Spent(float(known.sum()) if len(known) else None, int(ended.isna().sum()))


def turns(usage: pd.DataFrame) -> pd.DataFrame:
    """The exchanges of the conversations themselves."""
    return usage[usage["plays"] == ""]


def played(usage: pd.DataFrame) -> pd.DataFrame:
    """The exchanges in which models played tools."""
    return usage[usage["plays"] != ""]


def long(usage: pd.DataFrame) -> pd.DataFrame:
    """For stacking: one row per exchange and reported part, with ``part``, its place in the stack as ``order``,
    and ``tokens`` as plain integers. What was not reported has no row."""
    molten = usage.melt(
        id_vars=["exchange", "time", "conversation", "model", "state"],
        value_vars=list(PARTS),
        var_name="part",
        value_name="tokens",
    ).dropna(subset=["tokens"])
    molten["order"] = molten["part"].map({name: place for place, name in enumerate(PARTS)}).astype("int64")
    molten["part"] = molten["part"].map(PARTS)
    molten["tokens"] = molten["tokens"].astype("int64")
    return molten.sort_values(["exchange", "order"], ignore_index=True)


def cumulative(usage: pd.DataFrame) -> pd.DataFrame:
    """The running sum of ``total`` as ``tokens`` at each exchange that reported it; the others are left out and
    add nothing."""
    known = usage.dropna(subset=["total"])[["exchange", "time", "model", "total"]]
    return known.assign(tokens=known["total"].astype("int64").cumsum()).drop(columns="total").reset_index(drop=True)
