"""Bounds that leave nothing, and names that are required but not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from callsmith.schema.lint.finding import Finding, Severity, putting, removing, shortened, taking_out
from callsmith.schema.lint.keywords import BELONGS
from callsmith.schema.sample_number import number_within
from callsmith.schema.walk import escape

_PAIRS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minContains", "maxContains"),
)
_COUNTS = tuple(keyword for pair in _PAIRS[1:] for keyword in pair)
_BRANCH = re.compile(r"/(?:(?:allOf|anyOf|oneOf)/\d+|if|then|else|not)$")
_COMBINING = ("$ref", "allOf", "anyOf", "oneOf", "patternProperties", "if", "$dynamicRef")


def bounds(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    crossed = False
    for low, high in _PAIRS:
        least, most = schema.get(low), schema.get(high)
        if is_number(least) and is_number(most) and least > most:
            crossed = crossed or low == "minimum"
            message = f"{low} {least} is more than {high} {most}; no value fits"
            fix = putting(f"Swap {low} and {high}", at, {**schema, low: most, high: least})
            yield Finding(_grave(schema, low), f"{at}/{low}", "bounds-contradict", message, fix)
    for keyword in _COUNTS:
        value = schema.get(keyword)
        if is_number(value) and value < 0:
            message = f"{keyword} {value} is below 0; it counts something"
            yield _odd_bound(at, keyword, message)
    step = schema.get("multipleOf")
    if is_number(step) and step <= 0:
        yield _odd_bound(at, "multipleOf", f"multipleOf {step} is not more than 0")
    elif not crossed:
        yield from _no_number(at, schema)
    yield from _no_items(at, schema)
    yield from _not_enough(at, schema)


def _odd_bound(at: str, keyword: str, message: str) -> Finding:
    return Finding(
        "error", f"{at}/{keyword}", "bound-invalid", message, removing(f'Remove "{keyword}"', f"{at}/{keyword}")
    )


def _no_number(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Exclusive bounds and multiples that leave no number between them."""
    given = [keyword for keyword in ("exclusiveMinimum", "exclusiveMaximum", "multipleOf") if keyword in schema]
    whole = schema.get("type") == "integer"
    named = [keyword for keyword in BELONGS if BELONGS[keyword][0] == "number" and keyword in schema]
    if (
        len(named) < 2
        or not (given or whole)
        or not all(is_number(schema[k]) or schema[k] in (True, False) for k in named)
    ):
        return
    if number_within(schema, 0, whole=whole) is None:
        place = given[0] if given else "minimum"
        message = f"{', '.join(f'{k} {schema[k]}' for k in named)} leave no {'whole number' if whole else 'number'}"
        fix = removing(f'Remove "{place}"', f"{at}/{place}")
        yield Finding(_grave(schema, "minimum"), f"{at}/{place}", "bounds-contradict", message, fix)


def _no_items(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    least, first = schema.get("minItems"), schema.get("prefixItems", schema.get("items"))
    rest = schema.get("items") if "prefixItems" in schema else schema.get("additionalItems")
    if is_number(least) and isinstance(first, list) and rest is False and least > len(first):
        message = f"minItems is {least}, but only {len(first)} items are allowed"
        fix = putting(f"Set minItems to {len(first)}", f"{at}/minItems", len(first))
        yield Finding(_grave(schema, "minItems"), f"{at}/minItems", "bounds-contradict", message, fix)


def _not_enough(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """More different items than there are values for them."""
    least, items = schema.get("minItems"), schema.get("items")
    if schema.get("uniqueItems") is not True or not is_number(least) or "prefixItems" in schema:
        return
    values = items.get("enum") if isinstance(items, Mapping) else None
    if isinstance(values, list) and least > len(values):
        message = f"minItems is {least} and all items differ, but only {len(values)} values are allowed for them"
        fix = putting(f"Set minItems to {len(values)}", f"{at}/minItems", len(values))
        yield Finding(_grave(schema, "minItems"), f"{at}/minItems", "bounds-contradict", message, fix)


def _grave(schema: Mapping[str, Any], keyword: str) -> Severity:
    """An error where the value has to be of that type, else a warning: other types still fit."""
    named = schema.get("type")
    return "error" if isinstance(named, str) and named in BELONGS[keyword] else "warning"


def required(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    names, properties = schema.get("required"), schema.get("properties", {})
    if not isinstance(names, list):
        return
    texts = [name for name in names if isinstance(name, str)]
    if len(set(texts)) < len(texts):
        message = "required names the same property twice"
        fix = putting("Name each once", f"{at}/required", list(dict.fromkeys(texts)))
        yield Finding("error", f"{at}/required", "required-twice", message, fix)
    yield from _impossible(at, schema, texts)
    if not _own_properties(schema):
        return
    for number, name in enumerate(names):
        if isinstance(name, str) and name not in properties:
            message = f'required names "{shortened(name)}", which is not a property'
            fix = taking_out(f'Take "{shortened(name)}" out of required', f"{at}/required", name)
            # What stands beside a branch may define the property, unless the branch is closed.
            open_branch = _BRANCH.search(at) and schema.get("additionalProperties") is not False
            severity: Severity = "warning" if open_branch else "error"
            yield Finding(severity, f"{at}/required/{number}", "required-unknown", message, fix)


def dependent(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Names in ``dependentRequired`` that are no property. Others may be given all the same, so no error."""
    named, properties = schema.get("dependentRequired"), schema.get("properties", {})
    if not isinstance(named, Mapping) or not _own_properties(schema):
        return
    for name, others in named.items():
        path = f"{at}/dependentRequired/{escape(name)}"
        if name not in properties:
            message = f'dependentRequired says what "{shortened(name)}" needs, which is not a property'
            yield Finding("warning", path, "dependent-unknown", message, removing("Remove it", path))
            continue
        for number, other in enumerate(others if isinstance(others, list) else ()):
            if isinstance(other, str) and other not in properties:
                message = f'"{shortened(name)}" needs "{shortened(other)}", which is not a property'
                fix = taking_out(f'Take "{shortened(other)}" out', path, other)
                yield Finding("warning", f"{path}/{number}", "dependent-unknown", message, fix)


def _own_properties(schema: Mapping[str, Any]) -> bool:
    """Whether the schema itself names its properties. A branch of ``anyOf`` may require what the schema around it
    defines, so bare or combined schemas are left alone."""
    own = "properties" in schema or schema.get("type") == "object"
    return (
        own
        and isinstance(schema.get("properties", {}), Mapping)
        and not any(keyword in schema for keyword in _COMBINING)
    )


def _impossible(at: str, schema: Mapping[str, Any], names: list[str]) -> Iterator[Finding]:
    properties, most = schema.get("properties"), schema.get("maxProperties")
    for name in names:
        if isinstance(properties, Mapping) and properties.get(name) is False:
            message = f'"{shortened(name)}" is required, but no value is allowed for it'
            fix = taking_out(f'Take "{shortened(name)}" out of required', f"{at}/required", name)
            yield Finding("error", f"{at}/required", "required-impossible", message, fix)
    if is_number(most) and len(set(names)) > most:
        message = f"{len(set(names))} properties are required, but maxProperties is {most}"
        fix = removing('Remove "maxProperties"', f"{at}/maxProperties")
        yield Finding("error", f"{at}/maxProperties", "bounds-contradict", message, fix)


def is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
