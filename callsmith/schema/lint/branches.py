"""Branches that no value can reach, and schemas that no value fits, as far as that can be seen without search."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.flatten import Flat, merge
from callsmith.schema.lint.bounds import is_number
from callsmith.schema.lint.finding import Finding, Severity, removing
from callsmith.schema.walk import resolve

_TOLD = frozenset(("title", "description", "default", "examples", "example", "$comment", "deprecated"))
_COMBINING = frozenset(("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if"))
_MOST = 200


def branches(root: Mapping[str, Any], at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _false(at, schema)
    if _asks_nothing(schema.get("not", False)):
        message = "not refuses every value here; no value fits"
        yield Finding("error", f"{at}/not", "nothing-allowed", message, removing('Remove "not"', f"{at}/not"))
    for keyword in ("anyOf", "oneOf"):
        found = schema.get(keyword)
        if isinstance(found, list):
            yield from _alternatives(root, at, schema, keyword, found[:_MOST])
    if isinstance(schema.get("allOf"), list):
        yield from _together(root, at, schema)


def _false(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, Mapping) else ():
        if inner is False:
            path = f"{at}/properties/{name.replace('~', '~0').replace('/', '~1')}"
            message = "No value is ever allowed here"
            yield Finding("info", path, "nothing-allowed", message)


def _alternatives(
    root: Mapping[str, Any], at: str, schema: Mapping[str, Any], keyword: str, found: list[Any]
) -> Iterator[Finding]:
    outside = _plain(root, {key: value for key, value in schema.items() if key != keyword})
    plain = [_plain(root, branch) for branch in found]
    exact = [_canonical(branch) for branch in found]
    first: dict[str, int] = {}
    for number, branch in enumerate(found):
        path = f"{at}/{keyword}/{number}"
        fix = removing("Remove this branch", path)
        if branch is False or plain[number] is None or merge_or_none(outside, plain[number]) is None:
            message = f"No value can reach this branch of {keyword}: it contradicts itself or what stands around it"
            yield Finding("warning", path, "branch-dead", message, fix)
            continue
        same = first.setdefault(exact[number], number)
        if same != number:
            severity: Severity = "error" if keyword == "oneOf" else "warning"
            told = ", so a value that fits one fits both and is refused" if keyword == "oneOf" else ""
            message = f"Branch {number + 1} of {keyword} is the same as branch {same + 1}{told}"
            yield Finding(severity, path, "branch-duplicate", message, fix)
    yield from _swallowed(at, keyword, found, first)


def _swallowed(at: str, keyword: str, found: list[Any], first: Mapping[str, int]) -> Iterator[Finding]:
    """Branches narrower than a sibling: without effect in ``anyOf``, never to be chosen in ``oneOf``."""
    whole = {_whole_of(branch): number for number, branch in enumerate(found) if _whole_of(branch) is not None}
    if not whole or len(first) < 2:
        return
    for number in first.values():
        branch = found[number]
        kind = branch.get("type") if isinstance(branch, Mapping) else None
        swallower = whole.get("", whole.get(kind) if isinstance(kind, str) else None)
        if swallower in (None, number) and kind == "integer":
            swallower = whole.get("number")
        if swallower is None or swallower == number or _whole_of(branch) == "":
            continue
        path = f"{at}/{keyword}/{number}"
        if keyword == "oneOf":
            message = f"Every value of this branch also fits branch {swallower + 1}, and oneOf refuses what fits two"
            yield Finding("warning", path, "branch-dead", message, removing("Remove this branch", path))
        else:
            message = f"Branch {swallower + 1} of anyOf already allows all of this one, which is only a hint"
            yield Finding("info", path, "branch-swallowed", message)


def _whole_of(branch: Any) -> str | None:
    """The type of which the branch takes every value; "" where it takes anything."""
    if _asks_nothing(branch):
        return ""
    if isinstance(branch, Mapping) and branch.keys() - _TOLD == {"type"} and isinstance(branch["type"], str):
        return str(branch["type"])
    return None


def _asks_nothing(schema: Any) -> bool:
    return schema is True or (isinstance(schema, Mapping) and not schema.keys() - _TOLD)


def _together(root: Mapping[str, Any], at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Parts of ``allOf`` that cannot hold at once."""
    both = _plain(root, {key: value for key, value in schema.items() if key != "allOf"})
    for number, part in enumerate(schema["allOf"][:_MOST]):
        plain = None if part is False else _plain(root, part)
        both = None if plain is None or both is None else merge_or_none(both, plain)
        if both is None:
            message = f"Part {number + 1} of allOf contradicts what stands beside it; no value fits"
            path = f"{at}/allOf/{number}"
            yield Finding("error", path, "allof-contradiction", message, removing("Remove this part", path))
            return


def _plain(root: Mapping[str, Any], schema: Any) -> Flat | None:
    """What a schema asks of one value in itself, a reference followed once; None where nothing fits that."""
    if schema is False:
        return None
    if not isinstance(schema, Mapping):
        return {}
    plain = {key: value for key, value in schema.items() if key not in _COMBINING and key not in _TOLD}
    if "const" in plain:
        plain["enum"] = [plain.pop("const")]
    target = resolve(root, schema.get("$ref"))
    if target is None or not isinstance(target[1], Mapping):
        return plain
    inner = {key: value for key, value in target[1].items() if key not in _COMBINING and key not in _TOLD}
    if "const" in inner:
        inner["enum"] = [inner.pop("const")]
    return merge_or_none(plain, inner)


def merge_or_none(first: Flat | None, second: Flat | None) -> Flat | None:
    """Both at once. Deliberately timid: what is not understood contradicts nothing."""
    if first is None or second is None:
        return None
    try:
        both = merge(first, second)
    except (TypeError, ValueError, AttributeError, RecursionError):
        return {}
    if both is None:
        return None
    kind = both.get("type")
    kinds = [kind] if isinstance(kind, str) else kind
    for low, high, owner in _BOUNDS:
        crossed = is_number(both.get(low)) and is_number(both.get(high)) and both[low] > both[high]
        if crossed and kinds and all(name in owner for name in kinds):
            return None
    return both


_NUMBERS = ("number", "integer")
_BOUNDS = (
    ("minimum", "maximum", _NUMBERS),
    ("minLength", "maxLength", ("string",)),
    ("minItems", "maxItems", ("array",)),
    ("minProperties", "maxProperties", ("object",)),
)


def _canonical(branch: Any) -> str:
    if isinstance(branch, Mapping):
        branch = {key: value for key, value in branch.items() if key not in _TOLD}
    return json.dumps(branch, sort_keys=True, default=str)
