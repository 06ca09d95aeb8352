"""All differences between two versions of a tool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from callsmith.schema.diff.compare import schema_differences
from callsmith.schema.diff.difference import Difference
from callsmith.schema.diff.pair import Role, key
from callsmith.types.tool import Tool


def differences(old: Tool, new: Tool) -> tuple[Difference, ...]:
    """In the order of the tool; paths begin with the field ("/parameters/properties/city")."""
    return tuple(_found(old, new))


def _found(old: Tool, new: Tool) -> Iterator[Difference]:
    if old.name != new.name:
        message = "The tool has another name; a call under the old one finds nothing"
        yield Difference("/name", "renamed", message, True, old.name, new.name)
    if old.description != new.description:
        message = "The description is another one"
        yield Difference("/description", "described", message, False, old.description, new.description)
    if old.type != new.type:
        message = f"The tool is called with {_called(new)} now, not with {_called(old)}"
        yield Difference("/type", "changed", message, True, old.type, new.type)
    yield from _grammar(old, new)
    yield from _schemas("/parameters", old.parameters, new.parameters, "input")
    if old.strict != new.strict:
        yield Difference("/strict", "described", _strict(new.strict), False, old.strict, new.strict)
    yield from _schemas("/output_schema", old.output_schema, new.output_schema, "output")


def _called(tool: Tool) -> str:
    return "free text" if tool.type == "custom" else "arguments"


def _strict(strict: bool | None) -> str:
    if strict is None:
        return "Nothing is said about strict any more"
    return "Models are held to the schema (strict)" if strict else "Models are not held to the schema (strict is off)"


def _grammar(old: Tool, new: Tool) -> Iterator[Difference]:
    before, after = old.grammar, new.grammar
    if before == after:
        return
    shown = tuple(None if grammar is None else grammar.definition for grammar in (before, after))
    if before is None:
        yield Difference("/grammar", "narrowed", "The text must fit a grammar now", True, *shown)
    elif after is None:
        yield Difference("/grammar", "widened", "The text may be anything now", False, *shown)
    else:
        message = "The grammar is another one; whether it takes the same texts is not known"
        yield Difference("/grammar", "changed", message, None, *shown)


def _schemas(
    field: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, role: Role
) -> Iterator[Difference]:
    if old is None and new is None:
        return
    if role == "input" and old is None and new is not None:
        # Without parameters a call is an object without properties.
        empty: dict[str, Any] = {"type": "object"}
        if new.get("additionalProperties") is False:
            empty["additionalProperties"] = False
        found = schema_differences(empty, new)
        words = "The tool takes arguments now"
        yield from _below(field, found) if found else (Difference(field, "added", words, False, old, new),)
    elif old is None:
        yield Difference(field, "added", "There is a schema of the results now", False, old, new)
    elif new is None and role == "output":
        message = "The schema of the results is gone; a result may be anything now"
        yield Difference(field, "removed", message, True, old, new)
    elif new is None:
        empty_before = key({**old, "additionalProperties": False, "properties": old.get("properties") or {}}) == key(
            {"type": "object", "properties": {}, "additionalProperties": False}
        )
        message = "The tool takes no arguments any more"
        yield Difference(field, "removed", message, False if empty_before else None, old, new)
    else:
        yield from _below(field, schema_differences(old, new, role=role))


def _below(field: str, found: tuple[Difference, ...]) -> Iterator[Difference]:
    return (replace(difference, path=f"{field}{difference.path}") for difference in found)
