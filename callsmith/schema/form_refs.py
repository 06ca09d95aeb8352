"""References inside a schema: following what is renamed or moved, extracting to ``$defs``, and inlining."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from callsmith.schema import document
from callsmith.schema.document import EditError, get, join, tokens
from callsmith.schema.form import DEFINITIONS
from callsmith.schema.form_types import target_name
from callsmith.schema.text import same
from callsmith.schema.walk import children, escape, resolve

Steps = tuple[str, ...]

_SAFE = "!$&'()*+,;=:@~"  # what RFC 3986 allows in a fragment, beside letters, digits and -._
_SAYS_WHAT_IT_IS = ("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$comment")


def schemas(parameters: Any) -> Iterator[tuple[str, Any]]:
    """Every subschema with its pointer; references are not followed."""
    waiting = [("", parameters)]
    while waiting:
        at, schema = waiting.pop()
        yield at, schema
        if isinstance(schema, Mapping):
            waiting.extend(reversed([(at + step, child) for step, child in children(schema)]))


def references(parameters: Any) -> Iterator[tuple[str, str]]:
    """Where each ``$ref`` stands, and what it says."""
    for at, schema in schemas(parameters):
        if isinstance(schema, Mapping) and isinstance(schema.get("$ref"), str):
            yield at, schema["$ref"]


def follow(parameters: Any, change: Callable[[Steps], Steps]) -> Any:
    """Every pointer in a ``$ref`` with its steps changed; what is not changed stays as it is spelt."""
    changes: dict[str, Any] = {}
    for at, ref in references(parameters):
        steps = steps_of(parameters, ref)
        if steps is None:
            continue
        new = change(steps)
        if new != steps:
            changes[join(at, "$ref")] = _spelt(ref, steps, new)
    return document.put_all(parameters, changes) if changes else parameters


def steps_of(parameters: Any, ref: str) -> Steps | None:
    """The steps of a reference into this schema; None where it goes elsewhere or names an anchor."""
    base, _, fragment = ref.partition("#")
    own = parameters.get("$id") if isinstance(parameters, dict) else None
    if "#" not in ref or (base and base != str(own or "").rstrip("#")):
        return None
    fragment = unquote(fragment)
    return tokens(fragment) if not fragment or fragment.startswith("/") else None


def renamed(old: Steps, new: Steps) -> Callable[[Steps], Steps]:
    """For ``follow``: pointers to ``old`` and into it lead to ``new``."""
    return lambda steps: new + steps[len(old) :] if steps[: len(old)] == old else steps


def deeper(old: Steps, new: Steps) -> Callable[[Steps], Steps]:
    """For ``follow``: pointers into ``old``, but not those to it, lead into ``new``."""
    return lambda steps: new + steps[len(old) :] if steps[: len(old)] == old and len(steps) > len(old) else steps


def uses(parameters: Any, pointer: str) -> tuple[str, ...]:
    """Where references to a subschema, or to a part of it, stand outside of it."""
    target = tokens(pointer)
    return tuple(
        at
        for at, ref in references(parameters)
        if (steps_of(parameters, ref) or ())[: len(target)] == target and tokens(at)[: len(target)] != target
    )


def reference_to(pointer: str) -> str:
    return "#" + "".join("/" + quote(escape(step), safe=_SAFE) for step in tokens(pointer))


def extract(parameters: Any, pointer: str, name: str, *, everywhere: bool = False) -> Any:
    """Make the schema at a pointer a definition of that name, and refer to it there; with ``everywhere`` also
    where the very same schema stands."""
    if not pointer or not isinstance(parameters, dict):
        raise EditError("The whole schema cannot be a part of itself")
    if not name:
        raise EditError("A definition needs a name")
    schema = get(parameters, pointer)
    if not isinstance(schema, dict):
        raise EditError("Only a schema that is an object can be referred to by name")
    home = next((keyword for keyword in DEFINITIONS if isinstance(parameters.get(keyword), dict)), "$defs")
    if name in parameters.get(home, {}):
        raise EditError(f'There is already a definition "{name}"')
    target = join("", home, name)
    places = [pointer, *(twins(parameters, pointer) if everywhere else ())]
    parameters = follow(parameters, deeper(tokens(pointer), tokens(target)))
    schema = get(parameters, pointer)
    reference = {"$ref": reference_to(target)}
    parameters = document.put_all(parameters, {place: dict(reference) for place in places})
    if home not in parameters:
        parameters = document.put(parameters, join("", home), {})
    return document.put(parameters, target, schema)


def twins(parameters: Any, pointer: str) -> tuple[str, ...]:
    """Where else the very same schema stands, outside of it."""
    schema = get(parameters, pointer)
    return tuple(
        at
        for at, other in schemas(parameters)
        if at != pointer
        and isinstance(other, dict)
        and other == schema
        and not at.startswith(f"{pointer}/")
        and not pointer.startswith(f"{at}/")
        and same(other, schema)
    )


def inline(parameters: Any, pointer: str) -> Any:
    """Put what a reference points at in its place. What stands beside the reference stays."""
    schema = get(parameters, pointer)
    ref = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(ref, str):
        raise EditError("There is no reference here")
    found = resolve(parameters, ref)
    if found is None:
        raise EditError(f"{ref} points at nothing in this schema")
    at, target = found
    circle = _circle(parameters, pointer, at)
    if circle:
        raise EditError(f"{target_name(ref)} refers to itself ({circle}); written out it would never end")
    return document.put(parameters, pointer, _joined(schema, target))


def refuse_used(parameters: Any, pointer: str) -> None:
    """EditError naming the places that refer to a subschema, before it is taken away."""
    used = uses(parameters, pointer)
    if used:
        named = ", ".join(place or "the schema itself" for place in used[:3])
        more = f" and {len(used) - 3} more" if len(used) > 3 else ""
        raise EditError(f'"{document.name(pointer)}" is referred to by {named}{more}; change that first')


def _joined(schema: dict[str, Any], target: Any) -> Any:
    beside = {key: item for key, item in schema.items() if key != "$ref"}
    if not beside:
        return target
    clash = not isinstance(target, dict) or any(
        key in target and key not in _SAYS_WHAT_IT_IS and not same(target[key], item) for key, item in beside.items()
    )
    if clash:
        return (
            {**beside, "allOf": [target]} if "allOf" not in beside else {**beside, "allOf": [*beside["allOf"], target]}
        )
    return {**target, **beside}


def _circle(parameters: Any, pointer: str, target: str) -> str:
    """Where a reference leads back to ``target``, or to something around it; "" where none does."""
    if _within(pointer, target):
        return pointer
    seen, waiting = {target}, [target]
    while waiting:
        at = waiting.pop()
        for step, ref in references(get(parameters, at)):
            found = resolve(parameters, ref)
            if found is None:
                continue
            if _within(target, found[0]):
                return at + step
            if found[0] not in seen:
                seen.add(found[0])
                waiting.append(found[0])
    return ""


def _within(pointer: str, around: str) -> bool:
    return pointer == around or pointer.startswith(f"{around}/")


def _spelt(ref: str, old: Steps, new: Steps) -> str:
    base, _, fragment = ref.partition("#")
    raw = fragment.split("/")[1:]
    if len(raw) != len(old):  # a slash spelt %2F
        raw = [quote(escape(step), safe=_SAFE) for step in old]
    first = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    middle = [quote(escape(step), safe=_SAFE) for step in new[first : len(new) - last]]
    return f"{base}#" + "".join(f"/{step}" for step in (*raw[:first], *middle, *raw[len(raw) - last :]))
