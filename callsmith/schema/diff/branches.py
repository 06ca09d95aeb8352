"""What differs in alternatives, combinations, conditions and negations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from callsmith.schema.diff.difference import Difference
from callsmith.schema.diff.leaves import finite, kinds_of, type_names
from callsmith.schema.diff.objects import conjunct
from callsmith.schema.diff.pair import (
    ANNOTATIONS,
    CORE,
    MAYBE,
    NARROWS,
    NOTHING,
    SURE,
    UNKNOWN,
    UNSURE_PART,
    WIDENS,
    Effect,
    Pair,
    followed,
    key,
    trivial,
)
from callsmith.schema.document import join

Found = Iterator[Difference | Pair]
LISTS = ("anyOf", "oneOf", "allOf")
# Comparing each with each takes the square.
MOST_BRANCHES = 40
_WHAT = {"anyOf": "alternative", "oneOf": "alternative", "allOf": "part"}


def lists(pair: Pair) -> Found:
    for keyword in LISTS:
        old, new = pair.old.get(keyword), pair.new.get(keyword)
        if old is None and new is None:
            continue
        if old is None or new is None:
            given = new if old is None else old
            nothing = (keyword == "allOf" and all(map(trivial, given))) or (
                keyword == "anyOf" and any(map(trivial, given))
            )
            message = f'A value must fit "{keyword}" {"as well now" if old is None else "no longer"}'
            yield pair.about(keyword, message, NOTHING if nothing else NARROWS if old is None else WIDENS)
            continue
        yield from _branches(pair, keyword, old, new)


def _branches(pair: Pair, keyword: str, old: Sequence[Any], new: Sequence[Any]) -> Found:
    roots = pair.documents
    apart_before = keyword == "allOf" or _apart(roots.old, old)
    apart_after = keyword == "allOf" or _apart(roots.new, new)
    doubt = SURE if apart_before and apart_after else MAYBE if keyword == "anyOf" else UNSURE_PART
    matched = _matched(pair, old, new)
    met = {after: before for before, after in matched.items()}
    for number, branch in enumerate(old):
        if number not in matched:
            effect = WIDENS if keyword == "allOf" else Effect(True if apart_before else None, _added_to(keyword, old))
            if keyword == "oneOf" and not apart_before:
                effect = UNKNOWN
            message = f"The {_WHAT[keyword]} {_named(branch)} is gone"
            yield pair.told(join(pair.old_at, keyword, number), message, effect, branch, None, "removed")
    for number, branch in enumerate(new):
        if number in met:
            before = met[number]
            yield pair.child(
                (join(pair.old_at, keyword, before), old[before]),
                (join(pair.new_at, keyword, number), branch),
                doubt=doubt,
                composed=True,
            )
        else:
            effect = NARROWS if keyword == "allOf" else WIDENS
            if keyword == "oneOf" and not apart_after:
                effect = UNKNOWN
            message = f"The {_WHAT[keyword]} {_named(branch)} is new"
            yield pair.told(join(pair.new_at, keyword, number), message, effect, None, branch, "added")
    order = [matched[number] for number in sorted(matched)]
    if order != sorted(order):
        path = join(pair.new_at, keyword)
        yield pair.told(path, f"The {_WHAT[keyword]}s stand in another order", NOTHING, kind="moved")


def _added_to(keyword: str, branches: Sequence[Any]) -> bool | None:
    """Whether less alternatives can let more through: only where just one may fit."""
    return False if keyword == "anyOf" or len(branches) > 1 else None


def _named(branch: Any) -> str:
    if not isinstance(branch, Mapping):
        return f"({'anything' if branch is True else 'nothing'})"
    if isinstance(branch.get("title"), str):
        return f'"{branch["title"]}"'
    if isinstance(branch.get("$ref"), str):
        return f'"{branch["$ref"].rpartition("/")[2]}"'
    names = type_names(branch.get("type"))
    return f'"{" or ".join(names)}"' if names else "without a type"


def _matched(pair: Pair, old: Sequence[Any], new: Sequence[Any]) -> dict[int, int]:
    """Which branch is which: the equal ones first, then the most alike."""
    free: dict[str, list[int]] = {}
    for number, branch in enumerate(new):
        free.setdefault(key(branch), []).append(number)
    found: dict[int, int] = {}
    for number, branch in enumerate(old):
        places = free.get(key(branch))
        if places:
            found[number] = places.pop(0)
    taken = set(found.values())
    left = [number for number in range(len(old)) if number not in found][:MOST_BRANCHES]
    right = [number for number in range(len(new)) if number not in taken][:MOST_BRANCHES]
    scores = [(_alike(pair, old[one], new[other]), -one, -other) for one in left for other in right]
    for score, one, other in sorted(scores, reverse=True):
        if score > 0 and -one not in found and -other not in taken:
            found[-one] = -other
            taken.add(-other)
    return found


def _alike(pair: Pair, old: Any, new: Any) -> float:
    if isinstance(old, Mapping) and isinstance(new, Mapping) and old.get("$ref") and old.get("$ref") == new.get("$ref"):
        return 10
    one, other = followed(pair.documents.old, old), followed(pair.documents.new, new)
    if not isinstance(one, Mapping) or not isinstance(other, Mapping) or not kinds_of(one) & kinds_of(other):
        return 0
    score = 1.0 if one.get("type") == other.get("type") else 0.5
    score += 3 if one.get("title") is not None and one.get("title") == other.get("title") else 0
    left, right = one.get("properties"), other.get("properties")
    if isinstance(left, Mapping) and isinstance(right, Mapping) and (left or right):
        shared = sum(1 + (key(left[name]) == key(right[name])) for name in left if name in right)
        score += 2 * shared / len({**left, **right})
    return score


def _apart(root: Mapping[str, Any], branches: Sequence[Any]) -> bool:
    """Whether no value fits two of them, as far as types, listed values and a property that tells them apart say."""
    if len(branches) > MOST_BRANCHES:
        return False
    plain = [followed(root, branch) for branch in branches]
    return all(_two_apart(root, one, other) for one, other in combinations(plain, 2))


def _two_apart(root: Mapping[str, Any], one: Any, other: Any) -> bool:
    if not kinds_of(one) & kinds_of(other):
        return True
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    listed, others = finite(one), finite(other)
    if listed is not None and others is not None and not listed.keys() & others.keys():
        return True
    if kinds_of(one) & kinds_of(other) != {"object"}:
        return False
    needed = [name for name in one.get("required") or () if name in (other.get("required") or ())]
    return any(_told_apart(root, one.get("properties"), other.get("properties"), name) for name in needed)


def _told_apart(root: Mapping[str, Any], one: Any, other: Any, name: str) -> bool:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping) or name not in one or name not in other:
        return False
    left, right = followed(root, one[name]), followed(root, other[name])
    if not isinstance(left, Mapping) or not isinstance(right, Mapping):
        return False
    values, others = finite(left), finite(right)
    return values is not None and others is not None and not values.keys() & others.keys()


def negation(pair: Pair) -> Found:
    yield from conjunct(pair, "not", "what a value must not be", flip=True)


def condition(pair: Pair) -> Found:
    if "if" not in pair.old and "if" not in pair.new:
        return
    changed = key(pair.old.get("if")) != key(pair.new.get("if"))
    if "if" in pair.old and "if" in pair.new and not changed:
        yield pair.below("if", doubt=UNSURE_PART, composed=True)
    elif any(key(pair.old.get(name)) != key(pair.new.get(name)) for name in ("if", "then", "else")):
        yield pair.about("if", "The condition is another one", UNKNOWN)
    for name in ("then", "else"):
        # Under another condition nothing follows for the whole from what does not differ here.
        yield from conjunct(pair, name, f"values for which the condition leads to {name}", doubt=MAYBE)


def wrapped(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
    """A schema on one side and alternatives on the other, made two lists of alternatives; None where there are none.

    ``{"type": "string"}`` that has become ``anyOf`` of that and null has one more alternative, no other type.
    """
    for keyword in LISTS:
        if _only(new, keyword) and keyword not in old and _limits(old):
            return {**_words(old), keyword: _split(old, keyword)}, new
        if _only(old, keyword) and keyword not in new and _limits(new):
            return old, {**_words(new), keyword: _split(new, keyword)}
    return None


def _only(schema: Mapping[str, Any], keyword: str) -> bool:
    return bool(schema.get(keyword)) and _limits(schema) == {keyword}


def _limits(schema: Mapping[str, Any]) -> set[str]:
    return {name for name in schema if name not in ANNOTATIONS and name not in CORE}


def _words(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in _limits(schema)}


def _split(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    limits = {name: value for name, value in schema.items() if name in _limits(schema)}
    names = limits.get("type")
    if keyword == "allOf" or type_names(names) is None or not isinstance(names, list) or "null" not in names:
        return [limits]
    others = [name for name in names if name != "null"]
    if not others or "const" in limits or None not in limits.get("enum", [None]):
        return [limits]
    limits["type"] = others[0] if len(others) == 1 else others
    if "enum" in limits:
        limits["enum"] = [value for value in limits["enum"] if value is not None]
    return [limits, {"type": "null"}]
