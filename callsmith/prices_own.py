"""The user's own prices: a table by connection and model, kept as a preference. Its rows win over the built-in list.

A row that is not finished, or makes no sense, is kept as it was typed and counts for nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from callsmith.types.usage import Usage

PREFERENCE = "prices"
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """US dollars for a million tokens. ``connection`` and ``model`` are names in which ``*`` stands for anything, in
    any case; empty means every one. ``cached`` None: cached input costs what other input does."""

    connection: str = ""
    model: str = ""
    input: float | None = None
    cached: float | None = None
    output: float | None = None

    @property
    def problem(self) -> str:
        """Why this row counts for nothing; empty where it counts."""
        missing = [name for name, price in (("input", self.input), ("output", self.output)) if price is None]
        if missing:
            return f"it has no price for {' and '.join(missing)}"
        wrong = [price for price in (self.input, self.cached, self.output) if price is not None and price < 0]
        return f"a price is not below 0 ({wrong[0]:g})" if wrong else ""

    def fits(self, connection: str, model: str) -> bool:
        return _fits(self.connection, connection) and _fits(self.model, model)

    def cost(self, usage: Usage | None) -> float | None:
        """None where the tokens it needs were not reported."""
        if self.input is None or self.output is None:
            return None
        cached = self.input if self.cached is None else self.cached
        if not (self.input or cached or self.output):
            return 0.0
        if usage is None or usage.input is None or usage.output is None:
            return None
        read = min(usage.cache_read or 0, usage.input)
        return ((usage.input - read) * self.input + read * cached + usage.output * self.output) / MILLION


@dataclass(frozen=True, slots=True)
class OwnPrices:
    rows: tuple[OwnPrice, ...] = ()

    def find(self, connection: str, model: str) -> OwnPrice | None:
        """The first row that counts and fits."""
        return _found(self.rows, connection, model) if self.rows else None

    def problems(self) -> tuple[str, ...]:
        """A sentence for each row that counts for nothing."""
        numbered = enumerate(self.rows, start=1)
        return tuple(f"Row {number} counts for nothing: {row.problem}." for number, row in numbered if row.problem)


@lru_cache(maxsize=1_000)
def _found(rows: tuple[OwnPrice, ...], connection: str, model: str) -> OwnPrice | None:
    return next((row for row in rows if not row.problem and row.fits(connection, model)), None)


def from_json(value: Any) -> OwnPrices:
    """What was kept. What is no table of prices is an empty one."""
    rows = value if isinstance(value, list) else []
    return OwnPrices(tuple(_with(OwnPrice(), row) for row in rows if isinstance(row, Mapping)))


def to_json(prices: OwnPrices) -> list[dict[str, Any]]:
    return [
        {
            "connection": row.connection,
            "model": row.model,
            "input": row.input,
            "cached": row.cached,
            "output": row.output,
        }
        for row in prices.rows
    ]


def edited(
    prices: OwnPrices,
    changed: Mapping[int, Mapping[str, Any]],
    added: Sequence[Mapping[str, Any]],
    deleted: Iterable[int],
) -> OwnPrices:
    """The table after an edit: cells by row number from 0, new rows, numbers of rows that went."""
    gone = set(deleted)
    kept = (_with(row, changed.get(at, {})) for at, row in enumerate(prices.rows) if at not in gone)
    return OwnPrices((*kept, *(_with(OwnPrice(), row) for row in added)))


def _with(row: OwnPrice, cells: Mapping[str, Any]) -> OwnPrice:
    new: dict[str, Any] = {name: _text(cells[name]) for name in ("connection", "model") if name in cells}
    new |= {name: _number(cells[name]) for name in ("input", "cached", "output") if name in cells}
    return replace(row, **new)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _fits(pattern: str, name: str) -> bool:
    # A bracket in a model's name is itself.
    literal = pattern.casefold().replace("[", "[[]")
    return not pattern or fnmatchcase(name.casefold(), literal)
