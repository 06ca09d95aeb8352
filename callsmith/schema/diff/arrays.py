"""What differs in the items of arrays. Draft 7 wrote a list under ``items`` and the rest under ``additionalItems``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.diff.difference import Difference
from callsmith.schema.diff.objects import conjunct
from callsmith.schema.diff.pair import NARROWS, SURE, UNKNOWN, UNSURE_PART, WIDENS, Pair, trivial
from callsmith.schema.document import join

Found = Iterator[Difference | Pair]
_Placed = tuple[str, Any]


def items(pair: Pair) -> Found:
    old, rest_before = _positions(pair.old, pair.old_at)
    new, rest_after = _positions(pair.new, pair.new_at)
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else rest_before
        after = new[number] if number < len(new) else rest_after
        yield from _item(pair, before, after, f"Item {number + 1}")
    yield from _item(pair, rest_before, rest_after, "Each further item" if old or new else "Each item")


def _positions(schema: Mapping[str, Any], at: str) -> tuple[list[_Placed], _Placed | None]:
    listed, rest = "prefixItems", "items"
    if isinstance(schema.get("items"), list):
        listed, rest = "items", "additionalItems"
    first = schema.get(listed) or []
    return (
        [(join(at, listed, number), item) for number, item in enumerate(first)],
        (join(at, rest), schema[rest]) if rest in schema else None,
    )


def _item(pair: Pair, before: _Placed | None, after: _Placed | None, what: str) -> Found:
    if before is not None and after is not None:
        yield pair.child(before, after)
    elif after is not None and _counts(pair, after[1]):
        message = f"{what} is refused now" if after[1] is False else f"{what} must fit a schema now"
        yield pair.told(after[0], message, NARROWS, None, after[1])
    elif before is not None and _counts(pair, before[1]):
        yield pair.told(before[0], f"{what} may be anything now", WIDENS, before[1])


def _counts(pair: Pair, schema: Any) -> bool:
    """Being there at all counts where another schema looks at what is left over."""
    return not trivial(schema) or pair.doubt == UNSURE_PART


def contains(pair: Pair) -> Found:
    limited = any(side.get("minContains") == 0 or "maxContains" in side for side in (pair.old, pair.new))
    if "contains" not in pair.old and "contains" not in pair.new:
        return
    if limited and not ("contains" in pair.old and "contains" in pair.new):
        yield pair.about("contains", "What an array must contain is another thing", UNKNOWN)
        return
    yield from conjunct(pair, "contains", "an item it must contain", doubt=UNSURE_PART if limited else SURE)
    for name in ("minContains", "maxContains"):
        if pair.old.get(name) != pair.new.get(name):
            yield pair.about(name, "How many items must fit is another number", UNKNOWN)
