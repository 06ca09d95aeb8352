"""Schemas of other dialects as JSON Schema 2020-12, each change with its place.

A walk hands every subschema, innermost first, to the steps of a dialect; a step changes the copy it is given and
says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callsmith.schema.changes import Change
from callsmith.schema.walk import ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP, escape

# (the schema, to be changed in place; its pointer; the changes so far) -> nothing
Step = Callable[[dict[str, Any], str, list[Change]], None]


def rewritten(schema: Mapping[str, Any], at: str, steps: Sequence[Step]) -> tuple[dict[str, Any], list[Change]]:
    """The schema after all steps. One in which they change nothing comes back equal, key order included."""
    changes: list[Change] = []
    made = _walked(schema, at, steps, changes)
    assert isinstance(made, dict)
    return made, changes


def _walked(schema: Any, at: str, steps: Sequence[Step], changes: list[Change]) -> Any:
    # One Python call for a level of the schema: the depth of a text is bounded, and so is this.
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in SCHEMA_LIST and isinstance(value, list):
            items: list[Any] = []
            for number, item in enumerate(value):
                items.append(_walked(item, f"{at}/{keyword}/{number}", steps, changes))
            made[keyword] = items
        elif keyword in SCHEMA_MAP and isinstance(value, dict):
            named: dict[str, Any] = {}
            for name, item in value.items():
                named[name] = _walked(item, f"{at}/{keyword}/{escape(name)}", steps, changes)
            made[keyword] = named
        elif keyword in ONE_SCHEMA:
            made[keyword] = _walked(value, f"{at}/{keyword}", steps, changes)
        else:
            made[keyword] = value
    for step in steps:
        step(made, at, changes)
    return made


def replaced(schema: dict[str, Any], old: str, items: Mapping[str, Any]) -> None:
    """Put other keywords where ``old`` stands; a keyword that is there already keeps its place."""
    before = list(schema.items())
    schema.clear()
    for keyword, value in before:
        if keyword == old:
            schema.update({key: item for key, item in items.items() if key not in schema})
        else:
            schema[keyword] = items.get(keyword, value)


def nullable(schema: dict[str, Any], at: str, changes: list[Change]) -> None:
    """``nullable`` of OpenAPI 3.0 and Gemini: null beside the type."""
    flag = schema.get("nullable", schema.get("x-nullable"))
    if not isinstance(flag, bool):
        return
    schema.pop("nullable", None)
    schema.pop("x-nullable", None)
    if not flag:
        changes.append(Change(f"{at}/nullable", '"nullable": false is what JSON Schema means anyway: left out'))
        return
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    elif isinstance(schema.get("anyOf"), list):
        schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    elif isinstance(schema.get("oneOf"), list):
        schema["oneOf"] = [*schema["oneOf"], {"type": "null"}]
    else:
        wrapped = next((keyword for keyword in ("$ref", "allOf") if keyword in schema), None)
        if wrapped is None:
            changes.append(Change(f"{at}/nullable", '"nullable" beside no type: null was allowed anyway; left out'))
            return
        replaced(schema, wrapped, {"anyOf": [{wrapped: schema[wrapped]}, {"type": "null"}]})
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    changes.append(Change(f"{at}/nullable", '"nullable": true is now null beside the type'))


def exclusive_bounds(schema: dict[str, Any], at: str, changes: list[Change]) -> None:
    """``"minimum": 0, "exclusiveMinimum": true`` of draft 4: the exclusive bound is the number itself."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = schema.get(exclusive)
        if not isinstance(flag, bool):
            continue
        del schema[exclusive]
        if flag and bound in schema:
            replaced(schema, bound, {exclusive: schema[bound]})
            changes.append(Change(f"{at}/{exclusive}", f'"{exclusive}": true is now the bound itself'))
        else:
            changes.append(Change(f"{at}/{exclusive}", f'"{exclusive}": {str(flag).lower()} changes nothing: left out'))


def example(schema: dict[str, Any], at: str, changes: list[Change]) -> None:
    """The one ``example`` of OpenAPI and Gemini: a list in JSON Schema."""
    if "example" in schema and "examples" not in schema:
        replaced(schema, "example", {"examples": [schema["example"]]})
        changes.append(Change(f"{at}/example", '"example" is now a list of one, "examples"'))
