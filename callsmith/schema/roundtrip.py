"""Proof that the form loses nothing: every input of every row is set to what it shows, and the tool kept and read.

The inputs go through the functions that the page calls. What differs afterwards, to the byte, is a fault of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.schema import document, form_edit, text
from callsmith.schema.document import EditError, get
from callsmith.schema.errors import SchemaError
from callsmith.schema.form import Row, flat, root
from callsmith.schema.form_fields import fields, other, other_text, read_other, rests
from callsmith.schema.form_rename import set_name
from callsmith.schema.form_retype import set_type
from callsmith.schema.form_types import nullable
from callsmith.schema.text import TextError, same
from callsmith.schema.tool_document import document_of, tool_of
from callsmith.types.codec import from_json, to_json
from callsmith.types.tool import Tool


@dataclass(frozen=True, slots=True)
class Roundtrip:
    """``path`` and ``reason`` say where the first difference is, and are empty where there is none."""

    identical: bool
    path: str = ""
    reason: str = ""


class _Differs(Exception):
    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason


def check(parameters: Any) -> Roundtrip:
    """What opening these parameters in the form and saving them changes. SchemaError where they cannot be opened."""
    before = _opened(parameters)
    try:
        after = _set_again(before)
        _expect(before, after, "", "the form as a whole")
        tool = tool_of({"name": "tool", "description": "", "parameters": _read_again(after)})
        kept = document_of(from_json(Tool, json.loads(json.dumps(to_json(tool)))))
        _expect(before, kept.get("parameters"), "", "the text and the store")
    except _Differs as found:
        return Roundtrip(False, found.path, found.reason)
    except EditError as error:
        return Roundtrip(False, "", f"an input refuses what it shows: {error}")
    return Roundtrip(True)


def _read_again(schema: Any) -> Any:
    written = text.write(schema)
    return text.read(written, len(written))


def _opened(parameters: Any) -> Any:
    if parameters is not None and not isinstance(parameters, Mapping):
        raise SchemaError("", "Parameters are a JSON Schema object, in braces")
    _refuse_shape(parameters)
    try:
        # What was read already is in memory: how long a text may be was decided where it was read.
        written = json.dumps(parameters, allow_nan=False)
        opened = text.read(written, len(written))
    except TextError as error:
        raise SchemaError("", error.message) from error
    except (TypeError, ValueError, UnicodeError) as error:
        raise SchemaError("", f"It cannot be written as JSON: {error}") from error
    return opened


def _refuse_shape(parameters: Any) -> None:
    """And keys that are no text: Python would write them as if they were."""
    waiting = [(parameters, 1)]
    while waiting:
        value, depth = waiting.pop()
        inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
        # The parameters stand one level deep in their tool.
        if inside and depth >= text.MAX_DEPTH:
            raise SchemaError("", f"Nested more than {text.MAX_DEPTH - 1} levels deep")
        if isinstance(value, Mapping) and not all(isinstance(key, str) for key in value):
            raise SchemaError("", "A key of an object is not JSON: it is no text")
        waiting.extend((item, depth + 1) for item in inside if isinstance(item, Mapping | list | tuple))


def _set_again(parameters: Any) -> Any:
    changed: dict[str, Any] = {}
    required: dict[str, frozenset[str] | None] = {}
    for row in flat([root(parameters)]):
        for level in row.levels:
            changed[level.pointer] = _level(level.schema, level.pointer, level)
        _row(parameters, row, required)
    return document.put_all(parameters, changed) if parameters is not None else None


def _row(parameters: Any, row: Row, required: dict[str, frozenset[str] | None]) -> None:
    """The inputs of the row itself. ``required`` keeps the names of each object: there can be thousands in one."""
    schema = row.schema
    _expect(schema, set_type(schema, "", row.type), row.pointer, "the type")
    if isinstance(schema, dict):
        _expect(schema, form_edit.set_description(schema, "", row.description), row.pointer, "the description")
    if row.named and row.name:
        _expect(parameters, set_name(parameters, row.pointer, row.name), row.pointer, "the name")
    if row.held == "properties":
        owner = form_edit.owner_of(row.pointer)
        if owner not in required:
            required[owner] = _required(get(parameters, owner))
        names = required[owner]
        if names is not None and (row.name in names) != row.required:
            raise _Differs(row.pointer, "required is changed by the form")


def _required(schema: Any) -> frozenset[str] | None:
    """None where ``required`` is no list."""
    names = schema.get("required", [])
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else None


def _level(schema: Any, pointer: str, level: Any) -> Any:
    made = schema
    for field in fields(level):
        name = field.keyword.name
        made = form_edit.set_keyword(made, "", name, field.read(field.shown))
        _expect(schema, made, pointer, name)
    for rest in rests(level):
        made = form_edit.set_rest(made, "", rest.keyword, rest.shown)
        _expect(schema, made, pointer, rest.keyword)
    if isinstance(schema, dict):
        made = form_edit.set_nullable(made, "", nullable(schema))
        _expect(schema, made, pointer, "null")
    made = form_edit.set_other(made, "", other(level), read_other(level, other_text(level)))
    _expect(schema, made, pointer, "other keywords")
    return made


def _expect(before: Any, after: Any, pointer: str, what: str) -> None:
    if before is not after and not same(before, after):
        raise _Differs(pointer, f"{what} is changed by the form")
