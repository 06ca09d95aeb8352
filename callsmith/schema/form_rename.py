"""Renaming what has a name in a schema, with everything that says that name.

A property's name also stands in ``required`` and in the keywords about dependence, in the branches that
speak of the same object (``anyOf``, ``if`` ...), and in references that lead through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsmith.schema import document, form_refs
from callsmith.schema.document import EditError, get, join, parent, tokens
from callsmith.schema.form_edit import NOUNS, holder

_SAME_OBJECT = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies")


def set_name(parameters: Any, pointer: str, name: str) -> Any:
    """Rename a property, pattern or definition in its place, and whatever refers to it by name."""
    owner, keyword = holder(pointer)
    noun = NOUNS.get(keyword, "property")
    if not name:
        raise EditError(f"A {noun} needs a name")
    old = document.name(pointer)
    if name == old:
        return parameters
    try:
        parameters = document.rename(parameters, pointer, name)
    except EditError as error:
        raise EditError(f'There is already a {noun} "{name}" here') from error
    parameters = form_refs.follow(parameters, form_refs.renamed(tokens(pointer), tokens(join(parent(pointer), name))))
    if keyword == "properties":
        # The inner ones first: a renamed key of dependentSchemas is part of the way to them.
        for place in reversed((owner, *_same_object(parameters, owner))):
            parameters = _said(parameters, place, old, name, branch=place != owner)
    return parameters


def _same_object(parameters: Any, owner: str) -> Iterator[str]:
    """The subschemas that speak of the same object as the one at ``owner``."""
    waiting = [owner]
    while waiting:
        at = waiting.pop()
        schema = get(parameters, at)
        if at != owner:
            yield at
        for keyword in _SAME_OBJECT:
            value = schema.get(keyword) if isinstance(schema, dict) else None
            if isinstance(value, list):
                waiting.extend(join(at, keyword, number) for number in range(len(value)))
            elif keyword in ("dependentSchemas", "dependencies") and isinstance(value, dict):
                waiting.extend(join(at, keyword, key) for key in value)
            elif isinstance(value, dict):
                waiting.append(join(at, keyword))


def _said(parameters: Any, place: str, old: str, new: str, *, branch: bool) -> Any:
    """The name changed in the keywords of one schema."""
    schema = get(parameters, place)
    if not isinstance(schema, dict):
        return parameters
    changed = dict(schema)
    if isinstance(schema.get("required"), list):
        changed["required"] = _names(schema["required"], old, new)
    for keyword in ("dependentRequired", "dependencies"):
        if isinstance(schema.get(keyword), dict):
            lists = {
                key: _names(item, old, new) if isinstance(item, list) else item for key, item in schema[keyword].items()
            }
            changed[keyword] = _key(lists, old, new)
    for keyword in ("dependentSchemas", *(("properties",) if branch else ())):
        if isinstance(schema.get(keyword), dict):
            changed[keyword] = _key(schema[keyword], old, new)
    return document.put(parameters, place, changed)


def _names(names: list[Any], old: str, new: str) -> list[Any]:
    if old not in names:
        return names
    return [new if name == old else name for name in names if name != new]


def _key(named: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    if old not in named or new in named:
        return named
    return {new if key == old else key: item for key, item in named.items()}
