"""Values at the limits of a schema: the least or the most of what fits.

The schema is tightened to its limits and sampled; where the limits contradict each other (a pattern, a multiple), fewer
of them are tightened. Every value fits the schema as it was.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from callsmith.schema.sample import CannotSample, sample
from callsmith.schema.sample_types import implied_type
from callsmith.schema.validate import violations
from callsmith.schema.walk import subschemas

Part = dict[str, Any]

LONG_TEXT = 200
LONG_LIST = 5
LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""
MOST_TEXT = 2_000
MOST_ITEMS = 25


def edges(schema: Mapping[str, Any], seed: int, *, least: bool) -> tuple[Any, bool]:
    """A value at the limits, and whether any could be tightened. CannotSample as ``sample``."""
    every = (_text, _number, _list)
    for chosen in (every, (_text, _list), (_number, _list), (_text, _number), *((one,) for one in every)):
        tightened = _tightened(schema, chosen, least)
        try:
            value = sample(tightened, seed, optional=not least)
        except CannotSample:
            continue
        if not violations(schema, value, 1):
            return value, True
    return sample(schema, seed, optional=not least), False


def _tightened(schema: Mapping[str, Any], ways: tuple[Callable[[Part, bool], None], ...], least: bool) -> Part:
    copy: Part = json.loads(json.dumps(schema, default=dict))
    for _, part in list(subschemas(copy)):
        if isinstance(part, dict) and not {"enum", "const", "$ref"} & part.keys():
            for key in ("default", "example", "examples"):
                part.pop(key, None)
            for way in ways:
                way(part, least)
    return copy


def _text(part: Part, least: bool) -> None:
    if not _is(part, "string") or {"pattern", "format"} & part.keys():
        return
    low, high = _length(part, "minLength", 0), _length(part, "maxLength", LONG_TEXT)
    if least:
        part["maxLength"] = low
    else:
        part["minLength"] = min(max(low, high), MOST_TEXT)


def _list(part: Part, least: bool) -> None:
    if not _is(part, "array") or "contains" in part:
        return
    low, high = _length(part, "minItems", 0), _length(part, "maxItems", LONG_LIST)
    if least:
        part["maxItems"] = low
    else:
        part["minItems"] = min(max(low, high), MOST_ITEMS)


def _number(part: Part, least: bool) -> None:
    whole = _is(part, "integer")
    if not whole and not _is(part, "number"):
        return
    low, high = _bound(part, "minimum", "exclusiveMinimum", 1), _bound(part, "maximum", "exclusiveMaximum", -1)
    if least and low is None:
        low = 0 if high is None or high >= 0 else high
    if not least and high is None:
        high = LARGEST if low is None or low <= LARGEST else low
    wanted = low if least else high
    if wanted is None or not math.isfinite(wanted):
        return
    step = part.get("multipleOf", 1) if whole else part.get("multipleOf")
    if isinstance(step, int) and step > 0:
        wanted = (math.ceil(wanted / step) if least else math.floor(wanted / step)) * step
    if step is None or isinstance(step, int):
        part["minimum"] = part["maximum"] = wanted


def _bound(part: Part, included: str, excluded: str, step: int) -> int | float | None:
    bound, beyond = part.get(included), part.get(excluded)
    if beyond is True or (_is_number(beyond) and not _is(part, "integer")):
        return None
    if isinstance(beyond, int | float) and not isinstance(beyond, bool):
        return math.floor(beyond) + 1 if step > 0 else math.ceil(beyond) - 1
    return bound if _is_number(bound) else None


def _length(part: Part, key: str, usual: int) -> int:
    given = part.get(key, usual)
    return int(given) if _is_number(given) else usual


def _is(part: Part, kind: str) -> bool:
    named = part.get("type", implied_type(part))
    return kind == named or (isinstance(named, list) and kind in named)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
