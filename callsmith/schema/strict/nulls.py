"""Null as the sign of a property that was left out: does a schema take null already, and how is it made to?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.schema.errors import SchemaError
from callsmith.schema.strict.exact import type_list, values_of
from callsmith.schema.strict.steps import Draft
from callsmith.schema.validate import violations
from callsmith.schema.walk import resolve

_OUTSIDE = ("title", "description")


def takes_null(root: Mapping[str, Any], schema: Any, seen: frozenset[str] = frozenset()) -> bool:
    """Told by the keywords that decide it; only conditions are left to the validator."""
    if not isinstance(schema, Mapping):
        return schema is True
    kinds, values = type_list(schema.get("type")), values_of(schema)
    if (kinds and "null" not in kinds) or (values is not None and None not in values):
        return False
    if "not" in schema or "if" in schema:
        return _checked(root, schema)
    target = resolve(root, schema.get("$ref"))
    if target is not None and (target[0] in seen or not takes_null(root, target[1], seen | {target[0]})):
        return False
    if not all(takes_null(root, part, seen) for part in _list(schema, "allOf")):
        return False
    if "anyOf" in schema and not any(takes_null(root, part, seen) for part in _list(schema, "anyOf")):
        return False
    return "oneOf" not in schema or sum(takes_null(root, part, seen) for part in _list(schema, "oneOf")) == 1


def _checked(root: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    around = {key: root[key] for key in ("$schema", "$defs", "definitions") if key in root}
    try:
        return not violations({**around, **schema}, None, 1)
    except SchemaError:
        return False


def _list(schema: Mapping[str, Any], keyword: str) -> list[Any]:
    found = schema.get(keyword)
    return found if isinstance(found, list) else []


def make_nullable(draft: Draft, path: str, message: str) -> None:
    """The schema at ``path``, which is in the subset already, takes null too."""
    schema = draft.at(path)
    if "anyOf" in schema:
        draft.put(path, "anyOf", [*schema["anyOf"], {"type": "null"}], "nullable", message)
    elif "$ref" in schema or "const" in schema:
        inside = [key for key in schema if key not in _OUTSIDE]
        draft.wrap(path, inside, [{"type": "null"}], "nullable", message)
    else:
        kinds = type_list(schema.get("type"))
        if "null" not in kinds:
            draft.put(path, "type", [*kinds, "null"], "nullable", message)
            message = "The listed values take null too"
        if "enum" in schema and None not in schema["enum"]:
            draft.put(path, "enum", [*schema["enum"], None], "nullable", message)
