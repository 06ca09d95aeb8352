"""A number within a schema's bounds, as near to a usual one as they allow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any


def number_within(flat: Mapping[str, Any], usual: float, *, whole: bool) -> int | float | None:
    """None where the bounds leave no number. Boolean ``exclusiveMinimum`` is read the draft 4 way."""
    low, above = _bound(flat, "minimum", "exclusiveMinimum", max)
    high, below = _bound(flat, "maximum", "exclusiveMaximum", min)
    step = _step(flat.get("multipleOf"), whole)
    wanted = Fraction(str(usual))
    if step is None:
        return _plain(_between(wanted, low, above, high, below))
    first = -math.inf if low is None else math.ceil(low / step) + (above and low % step == 0)
    last = math.inf if high is None else math.floor(high / step) - (below and high % step == 0)
    if first > last:
        return None
    return _plain(step * int(min(max(round(wanted / step), first), last)))


def _bound(flat: Mapping[str, Any], open_: str, closed: str, tighter: Any) -> tuple[Fraction | None, bool]:
    """The bound and whether it is itself excluded."""
    limit, strict = flat.get(open_), flat.get(closed)
    if strict is True:
        return (None, False) if limit is None else (Fraction(str(limit)), True)
    found = [(Fraction(str(value)), value is strict) for value in (limit, strict) if _is_number(value)]
    if not found:
        return None, False
    bound = tighter(value for value, _ in found)
    return bound, any(excluded for value, excluded in found if value == bound)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _step(multiple: Any, whole: bool) -> Fraction | None:
    if not _is_number(multiple) or not multiple > 0:
        return Fraction(1) if whole else None
    step = Fraction(str(multiple))
    return Fraction(step.numerator) if whole else step


def _between(
    wanted: Fraction, low: Fraction | None, above: bool, high: Fraction | None, below: bool
) -> Fraction | None:
    if low is not None and high is not None and (low > high or (low == high and (above or below))):
        return None
    middle = (low + high) / 2 if low is not None and high is not None else None
    if low is not None and (wanted < low or (above and wanted == low)):
        return low if not above else (low + 1 if middle is None else middle)
    if high is not None and (wanted > high or (below and wanted == high)):
        return high if not below else (high - 1 if middle is None else middle)
    return wanted


def _plain(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
