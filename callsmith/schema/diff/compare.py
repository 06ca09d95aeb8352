"""All differences between two schemas, by what they mean.

Without recursion, so that depth is no danger, and each pair of places once, so that references in circles end.
A keyword that is not understood makes nothing of itself but "cannot be told".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from callsmith.schema.diff import arrays, branches, leaves, objects
from callsmith.schema.diff.difference import Difference
from callsmith.schema.diff.pair import (
    ANNOTATIONS,
    CORE,
    NARROWS,
    NOTHING,
    UNKNOWN,
    UNSURE_PART,
    WIDENS,
    Documents,
    Pair,
    Role,
    key,
    only_reference,
    target,
)

MOST_PAIRS = 100_000
Found = Iterator[Difference | Pair]


def schema_differences(
    old: Mapping[str, Any], new: Mapping[str, Any], *, role: Role = "input"
) -> tuple[Difference, ...]:
    """``role`` is what the schema is of: what a caller sends, or what it is given back, where it is the other way
    round: there a caller that knew the old schema is broken by what the new one lets through."""
    try:
        found = tuple(_walked(Documents(old, new, role)))
        if found or list(_canonical(old)) == list(_canonical(new)):
            return found
    except RecursionError:
        return (Difference("", "changed", "The schema is nested too deeply to be compared", None),)
    if key(old) == key(new):
        return (Difference("", "moved", "The keys stand in another order", False),)
    return (Difference("", "changed", "It is written otherwise and means the same", False),)


def _canonical(value: Any) -> Iterator[Any]:
    """The document in its own order, flat, with types."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            yield tuple(value)
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            yield len(value)
            waiting.extend(reversed(value))
        else:
            yield repr(value)


def _walked(documents: Documents) -> Iterator[Difference]:
    seen: set[tuple[str, str, int, bool]] = set()
    first = Pair(documents.old, documents.new, "", "", documents)
    open_: list[Found] = [iter((first,))]
    while open_:
        found = next(open_[-1], None)
        if found is None:
            open_.pop()
        elif isinstance(found, Difference):
            yield found
        else:
            place = (found.old_at, found.new_at, found.doubt, found.flipped)
            if place in seen:
                continue
            if len(seen) >= MOST_PAIRS:
                yield Difference("", "changed", f"Only the first {MOST_PAIRS:,} places were compared", None)
                return
            seen.add(place)
            open_.append(_of_pair(found))


def _of_pair(pair: Pair) -> Found:
    old, new = ({} if side is True else side for side in (pair.old, pair.new))
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        yield from _of_constants(pair)
        return
    if _same_leaf(old, new):
        return
    pair, junk = pair.child((pair.old_at, old), (pair.new_at, new)), _junk(old, new)
    for name in junk:
        if key(old.get(name)) != key(new.get(name)):
            yield pair.about(name, f'"{name}" is not what it should be, so it cannot be compared', UNKNOWN)
    yield from _of_mappings(_without(pair, junk))


def _same_leaf(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Most parts of most schemas: the same few words and numbers, nothing below them, no reference."""
    plain = all(isinstance(value, str | int | float) and not name.startswith("$") for name, value in old.items())
    return plain and repr(old) == repr(new)


def _of_constants(pair: Pair) -> Found:
    if key(pair.old) == key(pair.new):
        return
    if pair.new is False:
        yield pair.told(pair.new_at, "Nothing fits here any more", NARROWS, pair.old, False)
    elif pair.old is False:
        yield pair.told(pair.new_at, "Here something fits now; before, nothing did", WIDENS, False, pair.new)
    else:
        yield pair.told(pair.new_at, "This is not a schema, so it cannot be compared", UNKNOWN, pair.old, pair.new)


def _of_mappings(pair: Pair) -> Found:
    split = branches.wrapped(pair.old, pair.new)
    if split is not None:
        pair = pair.child((pair.old_at, split[0]), (pair.new_at, split[1]))
    before, after = target(pair.documents.old, pair.old), target(pair.documents.new, pair.new)
    old_only = before is not None and only_reference(pair.documents.old, pair.old)
    new_only = after is not None and only_reference(pair.documents.new, pair.new)
    if old_only != new_only and _inlined(before, after):
        old_at, old = _followed(pair.old, before) if old_only and before else (pair.old_at, pair.old)
        new_at, new = _followed(pair.new, after) if new_only and after else (pair.new_at, pair.new)
        yield pair.child((old_at, old), (new_at, new))
        return
    yield from leaves.words(pair)
    if before is not None and after is not None:
        yield pair.child(before, after, composed=not (old_only and new_only))
    elif key(pair.old.get("$ref")) != key(pair.new.get("$ref")) or (before is None) != (after is None):
        known = before or after
        effect = UNKNOWN if known is None else WIDENS if "$ref" not in pair.new else NARROWS
        effect = UNKNOWN if "$ref" in pair.old and "$ref" in pair.new else effect
        yield pair.about("$ref", "It refers to something else", effect)
    if old_only and new_only:
        return
    doubted = _doubted(pair)
    for handler in HANDLERS:
        yield from handler(doubted)
    yield from _unknown(pair)


def _inlined(before: tuple[str, Any] | None, after: tuple[str, Any] | None) -> bool:
    """Whether the reference of the one side leads to a schema with keywords, which can stand for it."""
    return all(found is None or isinstance(found[1], Mapping) for found in (before, after))


def _followed(schema: Mapping[str, Any], found: tuple[str, Any]) -> tuple[str, Any]:
    words = {name: value for name, value in schema.items() if name in ANNOTATIONS}
    return found[0], {**found[1], **words}


def _doubted(pair: Pair) -> Pair:
    """Where ``unevaluatedProperties`` looks at what the parts beside it say, no part stands for itself."""
    if any(name in side for side in (pair.old, pair.new) for name in _UNEVALUATED):
        return pair.child((pair.old_at, pair.old), (pair.new_at, pair.new), doubt=UNSURE_PART)
    return pair


def _unevaluated(pair: Pair) -> Found:
    for name in _UNEVALUATED:
        yield from objects.conjunct(pair, name, "what nothing else here speaks of", doubt=UNSURE_PART)


def _dialect(pair: Pair) -> Found:
    if pair.old.get("$schema") != pair.new.get("$schema"):
        silent = "$schema" not in pair.old or "$schema" not in pair.new
        yield pair.about(
            "$schema", "It is another dialect of JSON Schema", NOTHING if silent and not _drafts(pair) else UNKNOWN
        )
    if pair.new_at and pair.old.get("$id") != pair.new.get("$id"):
        yield pair.about("$id", "It has another address, so references may lead elsewhere", UNKNOWN)
    for name in ("$dynamicRef", "$recursiveRef"):
        if name in pair.old or name in pair.new:
            same = pair.old.get(name) == pair.new.get(name) and key(pair.documents.old) == key(pair.documents.new)
            if not same:
                yield pair.about(name, "Where it leads is known only when a value is checked", UNKNOWN)


def _drafts(pair: Pair) -> bool:
    dialect = f"{pair.old.get('$schema')} {pair.new.get('$schema')}"
    return "2020-12" not in dialect


def _unknown(pair: Pair) -> Found:
    for name in (*pair.old, *(name for name in pair.new if name not in pair.old)):
        if name not in KNOWN and key(pair.old.get(name)) != key(pair.new.get(name)):
            word = "new" if name not in pair.old else "gone" if name not in pair.new else "another one"
            yield pair.about(name, f'"{name}" is {word}; what it means is not known', UNKNOWN, "changed")


HANDLERS: tuple[Callable[[Pair], Iterator[Any]], ...] = (
    *(_dialect, leaves.types, leaves.values, leaves.counts, leaves.bounds, leaves.multiples, leaves.texts),
    *(leaves.unique, objects.properties, objects.additional, objects.patterns, objects.dependents, objects.names),
    *(arrays.items, arrays.contains, branches.lists, branches.negation, branches.condition, _unevaluated),
)
_UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")


def _schema(value: Any) -> bool:
    return isinstance(value, Mapping | bool)


def _schemas(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_schema, value))


def _map(value: Any) -> bool:
    return isinstance(value, Mapping) and all(map(_schema, value.values()))


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _count(value: Any) -> bool:
    return leaves.is_number(value) and value >= 0 and value == int(value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


# What each keyword must be for it to be compared.
KNOWN: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys((*ANNOTATIONS, *CORE, "const"), lambda value: True),
    **dict.fromkeys(("not", "if", "then", "else", "contains", "propertyNames", "additionalProperties"), _schema),
    **dict.fromkeys((*_UNEVALUATED, "additionalItems"), _schema),
    **dict.fromkeys((*branches.LISTS, "prefixItems"), _schemas),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), _map),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _count),
    **dict.fromkeys(("minContains", "maxContains"), _count),
    **dict.fromkeys(("minimum", "maximum"), leaves.is_number),
    **dict.fromkeys(
        ("exclusiveMinimum", "exclusiveMaximum"), lambda value: leaves.is_number(value) or isinstance(value, bool)
    ),
    **dict.fromkeys(("pattern", "format", "$ref", "$dynamicRef", "$recursiveRef"), _text),
    "items": lambda value: _schema(value) or _schemas(value),
    "type": lambda value: leaves.type_names(value) is not None,
    "enum": lambda value: isinstance(value, list),
    "required": _names,
    "uniqueItems": lambda value: isinstance(value, bool),
    "multipleOf": lambda value: leaves.is_number(value) and value > 0,
    "dependentRequired": lambda value: isinstance(value, Mapping) and all(map(_names, value.values())),
    "dependencies": lambda value: (
        isinstance(value, Mapping) and all(_schema(item) or _names(item) for item in value.values())
    ),
}


def _junk(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name in dict.fromkeys((*old, *new))
        if name in KNOWN and not all(KNOWN[name](side[name]) for side in (old, new) if name in side)
    ]


def _without(pair: Pair, junk: list[str]) -> Pair:
    if not junk:
        return pair
    old, new = ({name: side[name] for name in side if name not in junk} for side in (pair.old, pair.new))
    return pair.child((pair.old_at, old), (pair.new_at, new))
