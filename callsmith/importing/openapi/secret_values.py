"""Defaults and examples that hold a secret: documents are often written from requests that were really sent."""

from __future__ import annotations

from typing import Any

from callsmith.importing.secrets import holds_secret
from callsmith.schema.changes import Change
from callsmith.schema.walk import escape

_VALUES = ("default", "example", "examples", "x-example", "x-examples")


def without_secrets(schema: dict[str, Any], at: str, changes: list[Change]) -> None:
    """A step of a rewriting: what looks like a secret, and the values of properties that are called like one."""
    without_values("", schema, at, changes)
    properties = schema.get("properties")
    for name, item in properties.items() if isinstance(properties, dict) else ():
        if isinstance(item, dict):
            without_values(name, item, f"{at}/properties/{escape(name)}", changes)


def without_values(name: str, schema: dict[str, Any], at: str, changes: list[Change]) -> None:
    """Leaves out the values of a schema that are secrets where they are ``name``. One of the values that its ``enum``
    allows is none."""
    allowed = schema.get("enum")
    for keyword in [keyword for keyword in _VALUES if keyword in schema]:
        value = schema[keyword]
        if isinstance(allowed, list) and isinstance(value, str) and value in allowed:
            continue
        if holds_secret(value, name):
            del schema[keyword]
            changes.append(left_out(keyword, at))
    # Items and branches are called as what holds them.
    for keyword in ("items", "additionalProperties"):
        if name and isinstance(schema.get(keyword), dict):
            without_values(name, schema[keyword], f"{at}/{keyword}", changes)
    for keyword in ("anyOf", "oneOf", "allOf"):
        branches = schema.get(keyword)
        for number, branch in enumerate(branches if name and isinstance(branches, list) else ()):
            if isinstance(branch, dict):
                without_values(name, branch, f"{at}/{keyword}/{number}", changes)


def left_out(keyword: str, at: str) -> Change:
    return Change(f"{at}/{keyword}", f'"{keyword}" holds what looks like a secret: left out')
