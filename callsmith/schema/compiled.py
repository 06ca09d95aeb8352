"""A schema made ready for checking: compiled once, kept by its canonical JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from callsmith.schema.endless import refuse_endless
from callsmith.schema.errors import SchemaError
from callsmith.schema.walk import pointer, resolve, subschemas

MAX_MESSAGE = 300
# Bytes of a compiled pattern: a larger one takes seconds for one text, though its time is linear.
LARGEST_PATTERN = 2_000_000
LONG = 100_000
TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")

_NEEDS_BACKTRACKING = re.compile(r"\(\?<?[=!]|\\[1-9]|\\k<")
_WHY = "the expression needs look-around, back-references or too much memory"


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A keyword that is left out, or read otherwise than it stands, when values are checked, and why."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Compiled:
    validator: jsonschema_rs.Validator
    unchecked: tuple[Unchecked, ...]


def compiled(text: str) -> Compiled:
    """``text`` is the schema as JSON with sorted keys. SchemaError if it is broken."""
    return _kept(text) if len(text) <= LONG else _kept_long(text)


def _compiled(text: str) -> Compiled:
    try:
        schema = json.loads(text)
    except RecursionError as error:
        raise SchemaError("", "is nested too deeply") from error
    refuse_endless(schema)
    left_out: list[Unchecked] = []
    try:
        validator = _build(schema)
    except SchemaError as first:
        left_out = _leave_out(schema)
        if not left_out:
            raise first
        validator = _build(schema)
    return Compiled(validator, tuple(left_out))


_kept = lru_cache(maxsize=512)(_compiled)
# A schema can be millions of characters long, and many times that in memory.
_kept_long = lru_cache(maxsize=4)(_compiled)


def _build(schema: Any) -> jsonschema_rs.Validator:
    try:
        return jsonschema_rs.validator_for(
            schema,
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(size_limit=LARGEST_PATTERN),
            offline=True,
        )
    except jsonschema_rs.ValidationError as error:
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Referencing):
            raise _reference_error(schema, error.message) from error
        raise SchemaError(pointer(error.instance_path), _schema_message(error)) from error
    except ValueError as error:
        raise SchemaError("", f"cannot be read ({shortened(str(error))})") from error


def _schema_message(error: jsonschema_rs.ValidationError) -> str:
    given = shortened(json.dumps(error.instance, ensure_ascii=False))
    if error.instance_path[-1:] == ["type"] and isinstance(error.instance, str):
        return f"{given} is not a JSON Schema type ({', '.join(TYPES)})"
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Format) and error.kind.format == "regex":
        return f"{given} is not a regular expression"
    return shortened(error.message)


def _reference_error(schema: Mapping[str, Any], message: str) -> SchemaError:
    for at, part in subschemas(schema):
        ref = part.get("$ref")
        if ref is None or resolve(schema, ref) is not None:
            continue
        if isinstance(ref, str) and not ref.startswith("#"):
            return SchemaError(f"{at}/$ref", f"{shortened(ref)} is outside the schema; such references are never read")
        return SchemaError(f"{at}/$ref", f"{shortened(str(ref))} points at nothing in this schema")
    return SchemaError("", shortened(message))


def _leave_out(schema: dict[str, Any]) -> list[Unchecked]:
    """Remove or reword in ``schema`` what this engine refuses but others take."""
    left_out: list[Unchecked] = []
    for at, part in list(subschemas(schema)):
        assert isinstance(part, dict)
        pattern = part.get("pattern")
        if isinstance(pattern, str) and _beyond(pattern):
            left_out.append(Unchecked(f"{at}/pattern", f"{part.pop('pattern')}: not checked, {_WHY}"))
        named = part.get("patternProperties")
        named = named if isinstance(named, dict) else {}
        for key in [key for key in named if _beyond(key)]:
            left_out.append(Unchecked(f"{at}/patternProperties{pointer([key])}", f"{key}: not checked, {_WHY}"))
            del named[key]
            # What the pattern allowed must not be refused as additional now.
            part.pop("additionalProperties", None)
            part.pop("unevaluatedProperties", None)
        left_out.extend(_draft_4_bounds(at, part))
    dialect = schema.get("$schema")
    if isinstance(dialect, str) and not _known_dialect(dialect):
        del schema["$schema"]
        left_out.append(Unchecked("/$schema", f"{shortened(dialect)} is unknown: read as JSON Schema 2020-12"))
    return left_out


def _draft_4_bounds(at: str, part: dict[str, Any]) -> Iterator[Unchecked]:
    """Draft 4 wrote ``"minimum": 0, "exclusiveMinimum": true``; schemas in the wild still do."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = part.get(exclusive)
        if isinstance(flag, bool):
            del part[exclusive]
            if flag and bound in part:
                part[exclusive] = part.pop(bound)
            yield Unchecked(f"{at}/{exclusive}", f"{str(flag).lower()} is the draft 4 spelling: read that way")


@lru_cache(maxsize=1024)
def _beyond(pattern: str) -> bool:
    """A regular expression that is one elsewhere (Python, JavaScript) but not for the linear engine."""
    try:
        _build({"pattern": pattern})
    except SchemaError:
        if _NEEDS_BACKTRACKING.search(pattern):
            return True
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError):
            return False
        return True
    return False


def _known_dialect(uri: str) -> bool:
    try:
        _build({"$schema": uri})
    except SchemaError:
        return False
    return True


def shortened(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE else f"{text[: MAX_MESSAGE - 1]}…"
