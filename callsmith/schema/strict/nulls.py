"""Null as the sign of a property that was left out: does a schema take null already, and how is it made to?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsmith.schema.errors import SchemaError
from callsmith.schema.strict.exact import type_list
from callsmith.schema.strict.steps import Draft
from callsmith.schema.validate import violations

_OUTSIDE = ("title", "description")


def takes_null(root: Mapping[str, Any], schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return schema is True
    kinds = type_list(schema.get("type"))
    if kinds and "null" not in kinds:
        return False
    around = {key: root[key] for key in ("$schema", "$defs", "definitions") if key in root}
    try:
        return not violations({**around, **schema}, None, 1)
    except SchemaError:
        return False


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
