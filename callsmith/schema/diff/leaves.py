"""What differs in the keywords that hold no schemas: types, allowed values, bounds, patterns, words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from callsmith.schema.diff.difference import Difference
from callsmith.schema.diff.pair import ANNOTATIONS, BOTH, NARROWS, NOTHING, UNKNOWN, WIDENS, Effect, Pair, key

# A number that is whole is of both types; "fraction" stands for the numbers that are not.
_KINDS = {
    **{name: frozenset((name,)) for name in ("string", "boolean", "object", "array", "null", "integer")},
    "number": frozenset(("integer", "fraction")),
}
ALL_KINDS = frozenset((*_KINDS, "fraction")) - {"number"}
_COUNTS = {
    "minLength": "The shortest length",
    "maxLength": "The longest length",
    "minItems": "The least number of items",
    "maxItems": "The most items",
    "minProperties": "The least number of properties",
    "maxProperties": "The most properties",
}
MOST_VALUES = 6


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def type_names(value: Any) -> tuple[str, ...] | None:
    """The types that a ``type`` keyword names; None where it is none."""
    names = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else ()
    return names if names and all(isinstance(name, str) and name in _KINDS for name in names) else None


def declared(schema: Mapping[str, Any]) -> frozenset[str]:
    names = type_names(schema.get("type"))
    return ALL_KINDS if names is None else frozenset().union(*(_KINDS[name] for name in names))


def finite(schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The only values that ``enum``, ``const`` and ``type`` leave, by what they are in JSON; None for any number."""
    found: dict[str, Any] | None = None
    if isinstance(schema.get("enum"), list):
        found = {key(value): value for value in schema["enum"]}
    if "const" in schema:
        only = {key(schema["const"]): schema["const"]}
        found = only if found is None else {name: value for name, value in only.items() if name in found}
    if found is None:
        return None
    kinds = declared(schema)
    return {name: value for name, value in found.items() if _kind(value) in kinds}


def kinds_of(schema: Any) -> frozenset[str]:
    """The kinds of values that may fit."""
    if not isinstance(schema, Mapping):
        return frozenset() if schema is False else ALL_KINDS
    values = finite(schema)
    return declared(schema) if values is None else frozenset(_kind(value) for value in values.values())


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if isinstance(value, int) or value.is_integer() else "fraction"
    return "string" if isinstance(value, str) else "object" if isinstance(value, Mapping) else "array"


def types(pair: Pair) -> Iterator[Difference]:
    before, after = type_names(pair.old.get("type")), type_names(pair.new.get("type"))
    if before == after:
        return
    lost, gained = kinds_of(pair.old) - declared(pair.new), kinds_of(pair.new) - declared(pair.old)
    effect = Effect(bool(lost), bool(gained))
    if effect == NOTHING and before and after and set(before) == set(after):
        yield pair.about("type", "The types stand in another order", NOTHING, "moved")
    else:
        yield pair.about("type", f"The type is {_types(after)} now, was {_types(before)}", effect)


def _types(names: tuple[str, ...] | None) -> str:
    return " or ".join(names) if names else "any"


def values(pair: Pair) -> Iterator[Difference]:
    if all(key(pair.old.get(name)) == key(pair.new.get(name)) for name in ("enum", "const")) and (
        ("const" in pair.old) == ("const" in pair.new)
    ):
        return
    name = "const" if "const" in pair.new or "enum" not in {**pair.old, **pair.new} else "enum"
    before, after = finite(pair.old), finite(pair.new)
    if before is None or after is None:
        if after is not None:
            yield pair.about(name, f"Only these values are allowed now: {_listed(after)}", NARROWS)
        else:
            yield pair.about(name, "Any value is allowed now, not only the listed ones", WIDENS)
        return
    lost = {name: value for name, value in before.items() if name not in after}
    gained = {name: value for name, value in after.items() if name not in before}
    if lost:
        yield pair.about(name, f"No longer allowed: {_listed(lost)}", NARROWS)
    if gained:
        yield pair.about(name, f"Allowed as well: {_listed(gained)}", WIDENS)
    if not lost and not gained:
        yield pair.about(name, "The allowed values are the same, written or ordered otherwise", NOTHING, "moved")


def _listed(found: Mapping[str, Any]) -> str:
    shown = [text if len(text) <= 40 else f"{text[:39]}…" for text in list(found)[:MOST_VALUES]]
    more = f" and {len(found) - MOST_VALUES:,} more" if len(found) > MOST_VALUES else ""
    return f"{', '.join(shown)}{more}" if found else "none"


def counts(pair: Pair) -> Iterator[Difference]:
    for name, label in _COUNTS.items():
        nothing = 0 if name.startswith("min") else math.inf
        before, after = pair.old.get(name, nothing), pair.new.get(name, nothing)
        if before != after:
            narrows = after > before if name.startswith("min") else after < before
            yield pair.about(name, f"{label} {_now(before, after, nothing)}", NARROWS if narrows else WIDENS)


def _now(before: Any, after: Any, nothing: Any) -> str:
    was = "not limited" if before == nothing else f"{before:,}"
    return f"is not limited now, was {was}" if after == nothing else f"is {after:,} now, was {was}"


def bounds(pair: Pair) -> Iterator[Difference]:
    whole = kinds_of(pair.old) | kinds_of(pair.new) <= ALL_KINDS - {"fraction"}
    for name, exclusive, sign, label in (
        ("minimum", "exclusiveMinimum", 1, "The smallest number"),
        ("maximum", "exclusiveMaximum", -1, "The largest number"),
    ):
        before, after = (_bound(side, name, exclusive, sign, whole) for side in (pair.old, pair.new))
        if before == after:
            continue
        shown = exclusive if exclusive in {**pair.old, **pair.new} and name not in pair.new else name
        narrows = before is None or (after is not None and after > before)
        message = f"{label} is {_edge(after, sign)} now, was {_edge(before, sign)}"
        yield pair.about(shown, message, NARROWS if narrows else WIDENS)


def _bound(
    schema: Mapping[str, Any], name: str, exclusive: str, sign: int, whole: bool
) -> tuple[Fraction, bool] | None:
    """The tighter of the two bounds, turned so that a larger one is tighter."""
    value: Any = schema.get(name)
    other: Any = schema.get(exclusive)
    found: list[tuple[Fraction, bool]] = []
    if is_number(value):
        found.append((sign * Fraction(value), other is True))
    if is_number(other):
        found.append((sign * Fraction(other), True))
    if not found:
        return None
    limit, open_end = max(found)
    if whole:
        return Fraction(math.floor(limit) + 1 if open_end else math.ceil(limit)), False
    return limit, open_end


def _edge(bound: tuple[Fraction, bool] | None, sign: int) -> str:
    if bound is None:
        return "not limited"
    value = sign * bound[0]
    number = f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,}"
    return f"{'above' if sign > 0 else 'below'} {number}" if bound[1] else number


def multiples(pair: Pair) -> Iterator[Difference]:
    before, after = pair.old.get("multipleOf"), pair.new.get("multipleOf")
    if before == after:
        return
    if before is None:
        yield pair.about("multipleOf", f"Only multiples of {after:,} fit now", NARROWS)
    elif after is None:
        yield pair.about("multipleOf", f"Not only multiples of {before:,} fit now", WIDENS)
    else:
        # As written in decimal: 0.3 is a multiple of 0.1, though not in binary.
        ratio = Fraction(str(before)) / Fraction(str(after))
        effect = WIDENS if ratio.denominator == 1 else NARROWS if ratio.numerator == 1 else BOTH
        yield pair.about("multipleOf", f"Only multiples of {after:,} fit now, not of {before:,}", effect)


def texts(pair: Pair) -> Iterator[Difference]:
    """Patterns and formats. Whether a format is checked at all differs between vendors."""
    for name, added in (("pattern", NARROWS), ("format", UNKNOWN)):
        before, after = pair.old.get(name), pair.new.get(name)
        if before == after:
            continue
        if before is None:
            yield pair.about(name, f"The {name} {after} is new", added)
        elif after is None:
            yield pair.about(name, f"The {name} {before} is gone", Effect(False, added.narrows))
        else:
            yield pair.about(name, f"The {name} is another one; whether it lets the same through is not known", UNKNOWN)


def unique(pair: Pair) -> Iterator[Difference]:
    before, after = pair.old.get("uniqueItems", False), pair.new.get("uniqueItems", False)
    if before != after:
        message = "All items must differ now" if after else "Items may repeat now"
        yield pair.about("uniqueItems", message, NARROWS if after else WIDENS)


def words(pair: Pair) -> Iterator[Difference]:
    for name in (*pair.old, *(name for name in pair.new if name not in pair.old)):
        if name in ANNOTATIONS and key(pair.old.get(name)) != key(pair.new.get(name)):
            word = "new" if name not in pair.old else "gone" if name not in pair.new else "another one"
            label = {"examples": "list of examples"}.get(name, name)
            yield pair.about(name, f"The {label} is {word}", NOTHING, "described")
