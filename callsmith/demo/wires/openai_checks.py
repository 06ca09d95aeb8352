"""Checks and refusals that OpenAI's formats share, in its words (as of 2025)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsmith.demo.ask import Refused
from callsmith.demo.dialect import readable
from callsmith.demo.strict import context, strict_fault
from callsmith.schema.validate import check_schema

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
_NAME = re.compile(r"^[a-zA-Z0-9_-]+$")


def missing(at: str) -> Refused:
    return Refused(f"Missing required parameter: '{at}'.", param=at, code="missing_required_parameter")


def wrong_type(at: str, wanted: str, given: Any) -> Refused:
    names = {str: "a string", bool: "a boolean", int: "an integer", float: "a decimal", list: "an array"}
    got = names.get(type(given), "an object")
    return Refused(f"Invalid type for '{at}': expected {wanted}, but got {got} instead.", param=at, code="invalid_type")


def invalid_value(at: str, value: Any, supported: tuple[str, ...]) -> Refused:
    quoted = [f"'{name}'" for name in supported]
    listed = " and ".join(quoted) if len(quoted) < 3 else f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    return Refused(f"Invalid value: '{value}'. Supported values are: {listed}.", param=at, code="invalid_value")


def check_name(name: Any, at: str) -> str:
    if not isinstance(name, str):
        raise missing(at)
    if not _NAME.match(name):
        raise Refused(
            f"Invalid '{at}': string does not match pattern. Expected a string that matches the pattern "
            f"'{_NAME.pattern}'.",
            param=at,
            code="invalid_value",
        )
    if len(name) > 64:
        raise Refused(
            f"Invalid '{at}': string too long. Expected a string with maximum length 64, "
            f"but got a string with length {len(name)} instead.",
            param=at,
            code="string_above_max_length",
        )
    return name


def check_schema_of(
    what: str, schema: Any, at: str, *, strict: bool, code: str = "invalid_function_parameters"
) -> None:
    """``what`` is ``function 'name'`` or ``response_format 'name'``. None is a function without arguments."""
    if schema is None:
        return
    if not isinstance(schema, Mapping):
        raise wrong_type(at, "an object", schema)
    message = _fault(readable(schema), strict=strict)
    if message is not None:
        raise Refused(f"Invalid schema for {what}: {message}", param=at, code=code)


def _fault(schema: Mapping[str, Any], *, strict: bool) -> str | None:
    if schema.get("type", "object") != "object":
        return f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{schema['type']}\"'."
    error = check_schema(schema)
    if error is not None:
        return f"In context={context(error.path.rpartition('/')[0])}, {error.message}."
    return strict_fault(schema) if strict else None


def check_array(value: Any, at: str, most: int, *, least: int = 1) -> list[Any]:
    if not isinstance(value, list):
        raise wrong_type(at, "an array of objects", value)
    if len(value) < least:
        raise Refused(
            f"Invalid '{at}': empty array. Expected an array with minimum length {least}, "
            "but got an empty array instead.",
            param=at,
            code="empty_array",
        )
    if len(value) > most:
        raise Refused(
            f"Invalid '{at}': array too long. Expected an array with maximum length {most}, "
            f"but got an array with length {len(value)} instead.",
            param=at,
            code="array_above_max_length",
        )
    return value


def check_range(document: Mapping[str, Any], name: str, low: float, high: float) -> None:
    value = document.get(name)
    if value is None:
        return
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise wrong_type(name, "a decimal", value)
    if not low <= value <= high:
        side, sign, bound = ("above maximum", "<=", high) if value > high else ("below minimum", ">=", low)
        raise Refused(
            f"Invalid '{name}': decimal {side} value. Expected a value {sign} {bound}, but got {value} instead.",
            param=name,
            code=f"decimal_{side.split()[0]}_{side.split()[1][:3]}_value",
        )


def check_limit(document: Mapping[str, Any], *names: str) -> int | None:
    """The token limit under the first of its names that was sent."""
    for name in names:
        value = document.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or isinstance(value, bool):
            raise wrong_type(name, "an integer", value)
        if value < 1:
            raise Refused(
                f"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {value} instead.",
                param=name,
                code="integer_below_min_value",
            )
        return value
    return None
