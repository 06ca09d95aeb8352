"""Refuses schemas that would never finish, or hardly ever, when a value is checked against them.

That is: ``$ref`` in a circle without a level of the value in between, and so many combined schemas that
checking one value takes exponential time. Recursion through properties or items is fine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.errors import SchemaError
from callsmith.schema.walk import resolve, subschemas

# Depth here times depth of the value is how deep jsonschema_rs recurses natively, without a check of its own.
MAX_IN_PLACE_DEPTH = 50
MAX_IN_PLACE = 5_000

_IN_PLACE_LISTS = ("allOf", "anyOf", "oneOf")
_IN_PLACE_SINGLE = ("not", "if", "then", "else")


def refuse_endless(root: Mapping[str, Any]) -> None:
    """Schemas that apply to one value without end (``$ref`` in a circle) or so often that checking would hang."""
    done: dict[str, int] = {}
    for at, _ in subschemas(root):
        _in_place_size(root, at, done, ())


def _in_place_size(root: Mapping[str, Any], at: str, done: dict[str, int], above: tuple[str, ...]) -> int:
    if at in done:
        return done[at]
    if len(above) > MAX_IN_PLACE_DEPTH:
        raise SchemaError(at, f"combines more than {MAX_IN_PLACE_DEPTH} schemas inside one another")
    found = resolve(root, f"#{at.replace('%', '%25')}")
    size = 1
    for keyword, child in _in_place(root, at, found[1] if found else None):
        if child == at or child in above:
            raise SchemaError(keyword, "refers to itself in a circle and would never end")
        size += _in_place_size(root, child, done, (*above, at))
        if size > MAX_IN_PLACE:
            raise SchemaError(at, f"applies more than {MAX_IN_PLACE:,} schemas to one value")
    done[at] = size
    return size


def _in_place(root: Mapping[str, Any], at: str, schema: Any) -> Iterator[tuple[str, str]]:
    """The subschemas that apply to the same value: where each is named, and where it is."""
    if not isinstance(schema, Mapping):
        return
    target = resolve(root, schema.get("$ref"))
    if target is not None:
        yield f"{at}/$ref", target[0]
    for keyword in _IN_PLACE_LISTS:
        if isinstance(schema.get(keyword), list):
            yield from ((place := f"{at}/{keyword}/{number}", place) for number in range(len(schema[keyword])))
    yield from ((place := f"{at}/{k}", place) for k in _IN_PLACE_SINGLE if isinstance(schema.get(k), Mapping))
