"""References to nowhere, definitions that nothing uses, and schemas nested deeper than models follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callsmith.schema.lint.finding import Finding, removing, shortened
from callsmith.schema.walk import escape, resolve

DEEP, VERY_DEEP = 5, 10
Parts = Sequence[tuple[str, Mapping[str, Any]]]


def references(root: Mapping[str, Any], above: str, parts: Parts) -> Iterator[Finding]:
    for at, schema in parts:
        ref = schema.get("$ref")
        if not isinstance(ref, str) or resolve(root, ref) is not None:
            continue
        path = f"{above}{at}/$ref"
        if ref.startswith("#"):
            message = f'"{shortened(ref, 80)}" points at nothing in this schema'
            yield Finding("error", path, "ref-nowhere", message)
        else:
            message = f'"{shortened(ref, 80)}" is outside the schema; such references are never read'
            yield Finding("error", path, "ref-outside", message)


def unused(root: Mapping[str, Any], above: str, parts: Parts) -> Iterator[Finding]:
    """Definitions that no reference from elsewhere reaches. What only refers to itself is not used by that."""
    if any("$dynamicRef" in schema or "$recursiveRef" in schema for _, schema in parts):
        return
    used: dict[str, set[str]] = {}
    for at, schema in parts:
        target = resolve(root, schema.get("$ref"))
        if target is not None:
            used.setdefault(_definition(target[0]), set()).add(_definition(at))
    for keyword in ("$defs", "definitions"):
        named = root.get(keyword)
        for name in named if isinstance(named, Mapping) else ():
            place = f"/{keyword}/{escape(name)}"
            if not used.get(place, set()) - {place}:
                message = f'Nothing refers to "{shortened(name)}"; it costs tokens in every request'
                fix = removing(f'Remove "{shortened(name)}"', f"{above}{place}")
                yield Finding("info", f"{above}{place}", "definition-unused", message, fix)


def _definition(pointer: str) -> str:
    """The root definition that a place is in; "" elsewhere."""
    steps = pointer.split("/", 3)
    return "/".join(steps[:3]) if len(steps) > 2 and steps[1] in ("$defs", "definitions") else ""


def nesting(above: str, parts: Parts) -> Iterator[Finding]:
    """The deepest place only: one cure helps them all."""
    depth, deepest = max(((_levels(at), at) for at, _ in parts), key=lambda found: found[0])
    if depth > VERY_DEEP:
        message = f"Nested {depth} levels deep; OpenAI's strict mode takes {VERY_DEEP}, and models lose their way"
        yield Finding("warning", above + deepest, "nesting-deep", message)
    elif depth > DEEP:
        message = f"Nested {depth} levels deep; flatter arguments are filled in better"
        yield Finding("info", above + deepest, "nesting-deep", message)


def _levels(pointer: str) -> int:
    """How many levels of the value are above this place."""
    levels, is_name = 0, False
    for step in pointer.split("/")[1:]:
        if is_name:
            is_name = False
        elif step in _MAPS:
            is_name = True
            levels += step in ("properties", "patternProperties")
        elif step in ("items", "additionalProperties", "prefixItems", "additionalItems"):
            levels += 1
    return levels


_MAPS = frozenset(("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"))
