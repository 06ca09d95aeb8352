"""What a row says in words: its facts in a line, and why an input was not taken over."""

from __future__ import annotations

from typing import Any

import streamlit as st

from callsmith.schema import text, values
from callsmith.schema.form import Group, Row
from callsmith.schema.form_fields import OF_A_TYPE, UNSAID, Field, fields, other, rests
from callsmith.schema.form_keywords import FLAG
from callsmith.schema.form_types import nullable
from callsmith.schema.walk import resolve
from components.tools.desk import Desk
from components.words import plain

LONGEST = 80
MOST = 8

HEADINGS = {
    "anyOf": "Any of these fits",
    "oneOf": "Exactly one of these fits",
    "allOf": "All of these fit",
    "prefixItems": "Items, each in its place",
    "items": "Items, each in its place",
    "patternProperties": "Properties whose name fits a pattern",
    "dependentSchemas": "Where a property is there, this holds too",
    "dependencies": "Where a property is there, this holds too",
    "$defs": "Definitions, which references point at",
    "definitions": "Definitions, which references point at",
}


def facts(desk: Desk, row: Row) -> str:
    """What a row holds besides its inputs."""
    said: list[str] = []
    for number, level in enumerate(row.levels):
        here = [_fact(field) for field in fields(level) if field.value and field.value[0] is not False]
        here += ["may be null"] if nullable(level.schema) else []
        here += [
            f"{rest.label.lower()}: {rest.shown}" for rest in rests(level) if rest.shown not in (UNSAID, OF_A_TYPE)
        ]
        hidden = other(level)
        if not isinstance(level.schema, dict | bool):
            here.append(f"not a schema: {text.write(level.schema)[:LONGEST]}")
        elif isinstance(hidden, dict) and hidden:
            here += [f"{key}: {text.write(item)}"[:LONGEST] for key, item in list(hidden.items())[:MOST]]
            here += [f"{len(hidden) - MOST} keywords more"] if len(hidden) > MOST else []
        if here and number:
            here[0] = f"each {'item' if level.held == 'items' else 'value'}: {here[0]}"
        said += here
    said += _target(desk.parameters, row)
    return " · ".join(said)


def show_facts(desk: Desk, row: Row) -> None:
    line = facts(desk, row)
    if line:
        st.caption(plain(line))


def complaint(desk: Desk, key: str) -> None:
    if key in desk.refused:
        st.markdown(f":small[:red[:material/error: {plain(desk.refused[key].reason)}. Not taken over.]]")


def heading(group: Group) -> str:
    return HEADINGS.get(group.keyword, "") if group.keyword != "items" or isinstance(group.value, list) else ""


def _fact(field: Field) -> str:
    name = field.keyword.name
    if name == "enum":
        return f"one of: {_listed(field.value[0])}"
    if name == "examples":
        return f"examples: {_listed(field.value[0])}"
    if field.keyword.kind == FLAG:
        return field.keyword.label.lower()
    return f"{field.keyword.label.partition(' (')[0].lower()}: {str(field.shown)[:LONGEST]}"


def _listed(items: list[Any]) -> str:
    shown = [values.shown(value, not isinstance(value, str))[:LONGEST] for value in items[:MOST]]
    return ", ".join(shown + ([f"{len(items) - MOST:,} more"] if len(items) > MOST else []))


def _target(parameters: Any, row: Row) -> list[str]:
    """What a reference points at. It is never followed further, so a recursion stays a line."""
    element = row.levels[-1].schema
    ref = element.get("$ref") if isinstance(element, dict) else None
    if not isinstance(ref, str):
        return []
    found = resolve(parameters, ref)
    if found is None:
        return [f"{ref} points at nothing here"]
    around = row.element == found[0] or row.element.startswith(f"{found[0]}/")
    if around:
        return ["a recursion: it stands inside of what it points at"]
    target = found[1] if isinstance(found[1], dict) else {}
    properties = target.get("properties")
    names = f" with {', '.join(list(properties)[:MOST])}" if isinstance(properties, dict) and properties else ""
    described = target.get("description")
    return [f"{_type(found[1])}{names}", *([described[:LONGEST]] if isinstance(described, str) and described else [])]


def _type(schema: Any) -> str:
    return Row("", "", 0, "", "", schema).type
