"""Before a schema is converted: only references the subset knows, and only definitions that are used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from callsmith.schema.strict.exact import both
from callsmith.schema.strict.refusal import Refusal
from callsmith.schema.strict.steps import Draft, copied
from callsmith.schema.walk import children, escape, resolve, subschemas

_MOST_INLINED = 500
_MOST_STEPS = 200


def prepare(draft: Draft) -> None:
    _not_too_deep(draft)
    _not_ambiguous(draft)
    _draft_4_bounds(draft)
    if isinstance(draft.document.get("definitions"), Mapping):
        _definitions(draft)
    for _ in range(_MOST_INLINED):
        found = _foreign(draft.document)
        if found is None:
            break
        _inline(draft, *found)
    else:
        raise Refusal("", f"It refers to its own parts more than {_MOST_INLINED} times; give them names under $defs")
    if "$ref" in draft.document:
        merged = inlined(draft.document, draft.document)
        if merged is None:
            raise Refusal("/$ref", "What it points at cannot be said in one schema with what stands beside it")
        draft.replace("", merged, "rewritten", "What the top refers to stands there itself")
    drop_unused(draft)


def _not_too_deep(draft: Draft) -> None:
    for at, _ in subschemas(draft.document):
        if at.count("/") > _MOST_STEPS:
            raise Refusal("", f"It is nested more than {_MOST_STEPS} steps deep")


def _not_ambiguous(draft: Draft) -> None:
    """References that mean another place than their pointer says."""
    parts = list(subschemas(draft.document))
    refers = any("$ref" in part for _, part in parts)
    for at, part in parts:
        for key in ("$dynamicRef", "$recursiveRef"):
            if key in part:
                raise Refusal(f"{at}/{key}", "A reference that depends on where it is used is not in the subset")
        if at and refers and isinstance(part.get("$id"), str):
            raise Refusal(f"{at}/$id", "A part with an $id of its own changes what references point at; take it out")


def _draft_4_bounds(draft: Draft) -> None:
    for at, part in list(subschemas(draft.document)):
        for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if not isinstance(part.get(flag), bool):
                continue
            strictly = part[flag] and bound in part
            draft.remove(at, flag, "rewritten", f"{flag} is a number since draft 6")
            if strictly:
                draft.rename(at, bound, flag, "rewritten", f"The {bound} itself is not allowed")


def _definitions(draft: Draft) -> None:
    if "$defs" in draft.document:
        raise Refusal("/definitions", "It has both $defs and definitions; put them together first")
    for at, part in list(subschemas(draft.document)):
        target = resolve(draft.document, part.get("$ref"))
        if target is not None and target[0].startswith("/definitions/"):
            moved = _written(f"/$defs/{target[0].removeprefix('/definitions/')}")
            draft.put(at, "$ref", moved, "rewritten", "It points into $defs")
    draft.rename("", "definitions", "$defs", "rewritten", "definitions are called $defs")


def _foreign(root: Mapping[str, Any]) -> tuple[str, str] | None:
    """A reference that is neither ``#`` nor of the form ``#/$defs/NAME``, and what it points at."""
    for at, part in subschemas(root):
        ref = part.get("$ref")
        if ref is None or at.startswith("/$defs/") and at not in _reached(root):
            continue
        target = resolve(root, ref)
        if target is None:
            raise Refusal(f"{at}/$ref", "It points at nothing")
        wanted = _canonical(target[0])
        if not wanted or not (ref == wanted or ref.startswith("#/$defs/")):
            return at, target[0]
    return None


def _canonical(pointer: str) -> str:
    """How the subset writes a reference to this place; empty where it has no way to."""
    steps = pointer.split("/")[1:]
    return _written(pointer) if not steps or (len(steps) == 2 and steps[0] == "$defs") else ""


def _written(pointer: str) -> str:
    """A pointer as the fragment of an address."""
    return "#" + quote(pointer, safe="/~!$&'()*+,;=:@")


def _inline(draft: Draft, at: str, target: str) -> None:
    wanted = _canonical(target)
    if wanted:
        draft.put(at, "$ref", wanted, "rewritten", "The reference is written out")
        return
    if at == target or at.startswith(f"{target}/"):
        raise Refusal(f"{at}/$ref", "It refers to a part it lies in; strict mode knows recursion by $defs or # only")
    merged = inlined(draft.document, draft.at(at))
    if merged is None:
        raise Refusal(f"{at}/$ref", "What it points at cannot be said in one schema with what stands beside it")
    draft.replace(at, merged, "rewritten", "What it refers to stands here itself: only $defs can be referred to")


def inlined(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """A schema with what its ``$ref`` points at in its place. None where both cannot be said in one."""
    target = resolve(root, schema.get("$ref"))
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    if target is None:
        return None
    inside = target[1]
    if isinstance(inside, Mapping):
        # The definitions of the top are not part of what it says.
        inside = {key: copied(value) for key, value in inside.items() if key != "$defs" or target[0]}
    return both(rest, inside)


def drop_unused(draft: Draft) -> None:
    definitions = draft.document.get("$defs")
    if not isinstance(definitions, Mapping):
        return
    reached = _reached(draft.document)
    unused = [name for name in definitions if f"/$defs/{escape(name)}" not in reached]
    if len(unused) == len(definitions):
        draft.remove("", "$defs", "dropped", "No reference uses the definitions")
        return
    for name in unused:
        draft.remove("/$defs", name, "dropped", f"No reference uses the definition {name}")


def _reached(root: Mapping[str, Any]) -> set[str]:
    """Every schema that the top comes to, its definitions only where a reference leads there."""
    waiting = [(step, child) for step, child in children(root) if not step.startswith("/$defs/")]
    target = resolve(root, root.get("$ref"))
    waiting += [target] if target is not None else []
    seen: set[str] = set()
    while waiting:
        at, schema = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        if not isinstance(schema, Mapping):
            continue
        waiting += [(at + step, child) for step, child in children(schema)]
        target = resolve(root, schema.get("$ref"))
        waiting += [target] if target is not None else []
    return seen
