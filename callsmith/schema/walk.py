"""Where the subschemas of a JSON Schema are, and what a local ``$ref`` points at.

Only positions that hold schemas are walked: a ``$ref`` inside ``default`` or ``enum`` is data. Nothing is
ever read from a network or a file: a reference that leaves the document resolves to None.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

# JSON Schema 2020-12 with the older spellings (definitions, additionalItems, dependencies, a list under items).
ONE_SCHEMA = frozenset(
    (
        *("additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not"),
        *("propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"),
    )
)
SCHEMA_LIST = frozenset(("allOf", "anyOf", "items", "oneOf", "prefixItems"))
SCHEMA_MAP = frozenset(("$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"))


def escape(token: str | int) -> str:
    """One token of a JSON pointer (RFC 6901)."""
    return str(token).replace("~", "~0").replace("/", "~1")


def pointer(path: Any) -> str:
    return "".join(f"/{escape(token)}" for token in path)


def children(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The direct subschemas with their pointers relative to ``schema``."""
    for keyword, value in schema.items():
        if keyword in SCHEMA_LIST and isinstance(value, list):
            yield from ((f"/{keyword}/{number}", item) for number, item in enumerate(value))
        elif keyword in SCHEMA_MAP and isinstance(value, Mapping):
            yield from ((f"/{keyword}/{escape(name)}", item) for name, item in value.items())
        elif keyword in ONE_SCHEMA:
            yield f"/{keyword}", value


def subschemas(root: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object schema in the document with its pointer, targets of local references included."""
    waiting: list[tuple[str, Any]] = [("", root)]
    seen: set[str] = set()
    while waiting:
        at, schema = waiting.pop()
        if at in seen or not isinstance(schema, Mapping):
            continue
        seen.add(at)
        yield at, schema
        found = [(at + step, child) for step, child in children(schema)]
        target = resolve(root, schema.get("$ref"))
        if target is not None:
            found.append(target)
        waiting.extend(reversed(found))


def resolve(root: Mapping[str, Any], ref: Any) -> tuple[str, Any] | None:
    """The pointer and schema behind a local reference (``#``, ``#/a/b``, ``#anchor``); None if there is none."""
    if not isinstance(ref, str):
        return None
    base = root.get("$id")
    if isinstance(base, str) and base and ref.startswith(base.rstrip("#")):
        ref = ref[len(base.rstrip("#")) :] or "#"
    if not ref.startswith("#"):
        return None
    fragment = unquote(ref[1:])
    if fragment and not fragment.startswith("/"):
        return _anchor(root, fragment)
    return _at(root, fragment)


def _at(root: Mapping[str, Any], fragment: str) -> tuple[str, Any] | None:
    value: Any = root
    for token in fragment.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return fragment, value


def _anchor(root: Mapping[str, Any], name: str) -> tuple[str, Any] | None:
    global _anchored
    if _anchored[0] is not root:
        _anchored = (root, _anchors(root))
    found = _anchored[1].get(name)
    return found if found is not None and name in _names(found[1]) else None


def _anchors(root: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        at, schema = waiting.pop()
        if not isinstance(schema, Mapping):
            continue
        for name in _names(schema):
            found.setdefault(name, (at, schema))
        waiting.extend((at + step, child) for step, child in children(schema))
    return found


def _names(schema: Mapping[str, Any]) -> list[str]:
    return [name for name in (schema.get("$anchor"), schema.get("$dynamicAnchor")) if isinstance(name, str)]


# The anchors of the schema that was asked last: to look through all of it for each reference takes its square.
_anchored: tuple[Any, dict[str, tuple[str, Any]]] = (None, {})
