"""Does a value fit a JSON Schema, and is the schema itself in order?

Safe on schemas and values from anywhere: regular expressions run in linear time, references outside the
document are refused, depth and the number of errors are bounded. Where a pattern needs what a linear
engine cannot do (look-around, back-references), that one keyword is not checked and ``unchecked`` says so;
the rest of the schema still counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import jsonschema_rs

from callsmith.schema.compiled import Compiled, Unchecked, compiled, shortened
from callsmith.schema.errors import SchemaError
from callsmith.schema.walk import pointer

# jsonschema_rs recurses natively and crashes the process on a value some thousand levels deep.
MAX_VALUE_DEPTH = 100

__all__ = ["SchemaError", "Unchecked", "Violation", "check_schema", "checker", "unchecked", "violations"]


@dataclass(frozen=True, slots=True)
class Violation:
    """``path`` points into the value, ``schema_path`` at the keyword that refuses it (JSON pointers)."""

    path: str
    message: str
    keyword: str
    schema_path: str


def violations(schema: Mapping[str, Any], instance: Any, limit: int = 50) -> tuple[Violation, ...]:
    """At most ``limit`` reasons why ``instance`` does not fit; empty when it does. SchemaError if it cannot be told."""
    return checker(schema)(instance, limit)


def checker(schema: Mapping[str, Any]) -> Callable[[Any, int], tuple[Violation, ...]]:
    """``violations`` for many values of one schema, which is read once. SchemaError if it is broken."""
    ready = compiled(_text(schema))
    return lambda instance, limit: _checked(ready, instance, limit)


def _checked(ready: Compiled, instance: Any, limit: int) -> tuple[Violation, ...]:
    if _too_deep(instance):
        return (Violation("", f"Nested more than {MAX_VALUE_DEPTH} levels deep: not checked", "depth", ""),)
    try:
        return _violations(ready, instance, limit)
    except UnicodeEncodeError:
        # A lone surrogate, which some models emit: the engine reads UTF-8, which cannot hold it.
        text = json.dumps(instance, ensure_ascii=False).encode("utf-8", "replace")
        return _violations(ready, json.loads(text), limit)


def _violations(ready: Compiled, instance: Any, limit: int) -> tuple[Violation, ...]:
    if ready.validator.is_valid(instance):
        return ()
    return tuple(islice(_told(ready.validator.iter_errors(instance)), limit))


def check_schema(schema: Mapping[str, Any]) -> SchemaError | None:
    """What is wrong with the schema itself, or None."""
    try:
        compiled(_text(schema))
    except SchemaError as error:
        return error
    return None


def unchecked(schema: Mapping[str, Any]) -> tuple[Unchecked, ...]:
    """The keywords ``violations`` leaves out. SchemaError if the schema is broken."""
    return compiled(_text(schema)).unchecked


def _text(schema: Mapping[str, Any]) -> str:
    if not isinstance(schema, Mapping):
        raise SchemaError("", f"a tool's schema is an object, not {type(schema).__name__}")
    try:
        return json.dumps(schema, sort_keys=True, default=_plain, allow_nan=False)
    except (RecursionError, ValueError, TypeError) as error:
        raise SchemaError("", f"cannot be written as JSON: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def _too_deep(instance: Any) -> bool:
    level = [instance]
    for _ in range(MAX_VALUE_DEPTH):
        level = [
            child
            for value in level
            if isinstance(value, dict | list | tuple)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def _told(errors: Iterator[jsonschema_rs.ValidationError]) -> Iterator[Violation]:
    for error in errors:
        branch = _meant_branch(error)
        if branch:
            yield from _told(iter(branch))
            continue
        keywords = [token for token in error.schema_path if isinstance(token, str)]
        yield Violation(
            pointer(error.instance_path),
            shortened(error.message),
            keywords[-1] if keywords else "false",
            pointer(error.schema_path),
        )


def _meant_branch(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """The errors of the one alternative whose type fits (``anyOf`` with null beside an object, say)."""
    if not isinstance(
        error.kind, jsonschema_rs.ValidationErrorKind.AnyOf | jsonschema_rs.ValidationErrorKind.OneOfNotValid
    ):
        return []
    here = list(error.instance_path)
    fitting = [
        branch
        for branch in error.kind.context
        if not any(
            isinstance(inner.kind, jsonschema_rs.ValidationErrorKind.Type) and list(inner.instance_path) == here
            for inner in branch
        )
    ]
    return fitting[0] if len(fitting) == 1 else []
