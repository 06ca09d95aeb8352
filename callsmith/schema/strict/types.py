"""Which one type a schema has: several become alternatives, a missing one is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.schema.sample_types import has_type, implied_type
from callsmith.schema.strict.exact import type_list, values_of
from callsmith.schema.strict.refusal import Refusal
from callsmith.schema.strict.steps import Draft

_OUTSIDE = ("title", "description", "default", "examples", "example", "deprecated", "$defs")


def settle_type(draft: Draft, path: str) -> bool:
    """True where the schema became a union, which has to be looked at anew. Afterwards ``type`` is one type, or one
    and null."""
    schema = draft.at(path)
    if "type" not in schema:
        _say_type(draft, path, schema)
    kinds = type_list(schema["type"])
    if "number" in kinds and "integer" in kinds:
        kinds = [kind for kind in kinds if kind != "integer"]
        draft.put(path, "type", kinds, "rewritten", "Every integer is a number")
    plain = [kind for kind in kinds if kind != "null"]
    if len(plain) > 1:
        _split(draft, path, kinds)
        return True
    if isinstance(schema["type"], list) and len(kinds) == 1:
        draft.put(path, "type", kinds[0], "rewritten", "One type needs no list")
    _fitting_values(draft, path, kinds)
    values = values_of(draft.at(path))
    if values is not None and any(isinstance(value, dict | list) for value in values):
        raise Refusal(path, "Objects and lists cannot be listed as values in the subset; say their form instead")
    return False


def _fitting_values(draft: Draft, path: str, kinds: list[str]) -> None:
    schema = draft.at(path)
    values = values_of(schema)
    if values is None:
        return
    fitting = [value for value in values if any(has_type(value, kind) for kind in kinds)]
    if not fitting:
        raise Refusal(path, "No listed value has the right type; take it out")
    if len(fitting) < len(values) and "const" not in schema:
        draft.put(path, "enum", fitting, "rewritten", "Values of another type never fitted")


def _say_type(draft: Draft, path: str, schema: Mapping[str, Any]) -> None:
    values = values_of(schema)
    if values is not None:
        kinds = list(dict.fromkeys(_type_of(value) for value in values))
        if not kinds:
            raise Refusal(path, "No value fits here; take it out")
        draft.put(path, "type", kinds[0] if len(kinds) == 1 else kinds, "rewritten", "The type of the listed values")
        return
    implied = implied_type(dict(schema))
    if not implied:
        raise Refusal(path, "Any value fits here; strict mode wants a type. Give it one, or several in anyOf")
    draft.put(path, "type", implied, "narrowed", f"It is taken for type {implied}, which its keywords mean")


def _type_of(value: Any) -> str:
    names = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _split(draft: Draft, path: str, kinds: list[str]) -> None:
    """An alternative for each type, each with the values that are of it."""
    schema = draft.at(path)
    outside = {key: value for key, value in schema.items() if key in _OUTSIDE}
    inside = {key: value for key, value in schema.items() if key not in _OUTSIDE}
    branches = []
    for kind in kinds:
        branch = {**inside, "type": kind}
        values = values_of(branch)
        if values is not None:
            fitting = [value for value in values if has_type(value, kind)]
            if not fitting:
                continue
            if "enum" in branch:
                branch["enum"] = fitting
        branches.append(branch)
    if not branches:
        raise Refusal(path, "No listed value has the right type; take it out")
    draft.replace(path, {"anyOf": branches, **outside}, "rewritten", "Each of its types is an alternative of its own")
