"""Values that stand in a schema: allowed ones, defaults and examples that the schema itself refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.compiled import TYPES
from callsmith.schema.errors import SchemaError
from callsmith.schema.lint.finding import Finding, Fix, Severity, putting, removing, shortened, taking_out
from callsmith.schema.sample_types import is_any
from callsmith.schema.text import write
from callsmith.schema.validate import checker, violations
from callsmith.schema.walk import subschemas

_DEFINITIONS = ("$schema", "$defs", "definitions")
_BESIDE = (
    *("pattern", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "multipleOf"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
)
_MOST_VALUES = 1_000
_SHOWN = 3
_EXAMPLES = 20
# Such values are rare; a hostile schema may hold thousands that each need all definitions to be read again.
MOST_WITH_DEFINITIONS = 200
MOST_READ = 20_000


class Values:
    """The checks of values in one schema."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._around = {keyword: root[keyword] for keyword in _DEFINITIONS if keyword in root}
        definitions = sum(len(part) for part in self._around.values() if isinstance(part, Mapping))
        self._left = MOST_READ // (definitions + MOST_READ // MOST_WITH_DEFINITIONS)

    def defaults(self, at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
        for keyword, rule in (("default", "default-invalid"), ("example", "example-invalid")):
            if keyword in schema:
                reason = self._refuses(schema, schema[keyword])
                if reason:
                    fix = removing(f"Remove the {keyword}", f"{at}/{keyword}")
                    message = f"The {keyword} breaks its own schema: {reason}"
                    yield Finding("warning", f"{at}/{keyword}", rule, message, fix)
        examples = schema.get("examples")
        for number, example in enumerate(examples[:_EXAMPLES] if isinstance(examples, list) else ()):
            reason = self._refuses(schema, example)
            if reason:
                label = f"Remove the example {shortened(_json(example))}"
                fix = taking_out(label, f"{at}/examples", example)
                message = f"An example breaks its own schema: {reason}"
                yield Finding("warning", f"{at}/examples/{number}", "example-invalid", message, fix)

    def _refuses(self, schema: Mapping[str, Any], value: Any) -> str:
        """Why a value does not fit; empty where it does, and where the schema is broken, which is another finding."""
        left_out = ("default", "example", "examples")
        asked = {key: item for key, item in schema.items() if key not in left_out}
        plain = set(asked) <= {"type", "description", "title"} and is_any(value, _kinds(asked))
        if plain or (value is None and schema.get("nullable") is True):
            return ""
        if self._around and any("$ref" in part or "$dynamicRef" in part for _, part in subschemas(asked)):
            if self._left == 0:
                return ""
            self._left -= 1
            asked = {**self._around, **asked}
        try:
            found = violations(asked, value, 1)
        except SchemaError:
            return ""
        return found[0].message if found else ""


def allowed(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    values = schema.get("enum")
    if not isinstance(values, list):
        return
    if not values:
        fix = removing("Remove the empty enum", f"{at}/enum")
        yield Finding("error", f"{at}/enum", "enum-empty", "No value is allowed: enum is empty", fix)
        return
    yield from _twice(at, values)
    kinds = _kinds(schema)
    odd = [value for value in values if not is_any(value, kinds)]
    if odd:
        severity: Severity = "error" if len(odd) == len(values) else "warning"
        shown = ", ".join(shortened(_json(value)) for value in odd[:_SHOWN]) + (", ..." if len(odd) > _SHOWN else "")
        message = f'Not of type "{" or ".join(kinds)}": {shown}'
        mended = _of_items(at, schema) or _fitting(at, values, kinds, odd)
        yield Finding(severity, f"{at}/enum", "enum-type", message, mended)


def contradicted(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """Allowed values of the right type that a pattern, a length or a bound beside them refuses."""
    beside = {keyword: schema[keyword] for keyword in _BESIDE if keyword in schema}
    keyword = "enum" if isinstance(schema.get("enum"), list) else "const"
    if not beside or keyword not in schema:
        return
    values = schema["enum"] if keyword == "enum" else [schema["const"]]
    try:
        check = checker({key: schema[key] for key in ("$schema",) if key in schema} | beside)
        broken = [(value, found[0]) for value in values[:_MOST_VALUES] if (found := check(value, 1))]
    except SchemaError:
        return
    right = [(value, reason) for value, reason in broken if is_any(value, _kinds(schema))]
    if not right:
        return
    # Values of the wrong type are another finding, but leave nothing either.
    possible = len(values) > len(broken) and any(is_any(value, _kinds(schema)) for value in values)
    value, reason = right[0]
    more = f" (and {len(right) - 1:,} more)" if len(right) > 1 else ""
    message = f"{shortened(_json(value))} is allowed by {keyword}, but {reason.keyword} beside it refuses it{more}"
    fix: Fix | None = None
    if possible and len(values) <= _MOST_VALUES:
        refused = {_canonical(value) for value, _ in broken}
        fitting = [value for value in values if _canonical(value) not in refused]
        fix = putting("Keep the values that fit", f"{at}/enum", fitting)
    severity: Severity = "warning" if possible else "error"
    yield Finding(severity, f"{at}/{keyword}", f"{keyword}-contradicts", message, fix)


def _of_items(at: str, schema: Mapping[str, Any]) -> Fix | None:
    """Allowed values of a list that are meant for its items."""
    items = schema.get("items", {})
    if schema.get("type") != "array" or not isinstance(items, Mapping) or "enum" in items:
        return None
    if not all(is_any(value, _kinds(items)) for value in schema["enum"]):
        return None
    rest = {key: item for key, item in schema.items() if key != "enum"}
    return putting("Move the values to the items", at, {**rest, "items": {**items, "enum": schema["enum"]}})


def _fitting(at: str, values: list[Any], kinds: list[str], odd: list[Any]) -> Fix | None:
    """What makes enum and type agree: the values written in the type, else the values that fit, else the type."""
    written = [value if is_any(value, kinds) else _as(value, kinds) for value in values]
    if all(is_any(value, kinds) for value in written):
        return putting(f"Write the values as {' or '.join(kinds)}", f"{at}/enum", _once(written))
    if "null" not in kinds and all(value is None for value in odd):
        return putting("Allow null in the type", f"{at}/type", [*kinds, "null"])
    if len(odd) < len(values):
        return putting("Keep the values that fit", f"{at}/enum", [value for value in values if is_any(value, kinds)])
    fitting = [kind for kind in TYPES if all(is_any(value, [kind]) for value in values)]
    kind = "integer" if "integer" in fitting else fitting[0] if fitting else ""
    return putting(f'Change the type to "{kind}"', f"{at}/type", kind) if kind else None


def _as(value: Any, kinds: list[str]) -> Any:
    """A value in another type that says the same; itself where there is none."""
    if "string" in kinds and isinstance(value, bool | int | float):
        return _json(value)
    if isinstance(value, str) and len(value) < 30 and ("number" in kinds or "integer" in kinds or "boolean" in kinds):
        try:
            return json.loads(value, parse_constant=str)
        except ValueError:
            return value
    return value


def _twice(at: str, values: list[Any]) -> Iterator[Finding]:
    once = _once(values)
    if len(once) < len(values):
        message = f"{len(values) - len(once)} of the allowed values stand there more than once"
        fix = putting("Keep each value once", f"{at}/enum", once)
        yield Finding("warning", f"{at}/enum", "enum-duplicate", message, fix)


def _once(values: list[Any]) -> list[Any]:
    return list({_canonical(value): value for value in reversed(values)}.values())[::-1]


def constant(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if "const" not in schema:
        return
    value, kinds, values = schema["const"], _kinds(schema), schema.get("enum")
    shown = shortened(_json(value))
    if not is_any(value, kinds):
        message = f'The one value allowed, {shown}, is not of type "{" or ".join(kinds)}"'
        kind = next(
            kind
            for kind in ("string", "integer", "number", "boolean", "object", "array", "null")
            if is_any(value, [kind])
        )
        fix = putting(f'Change the type to "{kind}"', f"{at}/type", kind)
        yield Finding("error", f"{at}/const", "const-type", message, fix)
    if isinstance(values, list) and values and all(_canonical(value) != _canonical(item) for item in values):
        message = f"const is {shown}, which enum does not allow; no value fits"
        yield Finding("error", f"{at}/const", "const-enum", message, removing("Remove the const", f"{at}/const"))


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    """The types named; none where one of them is no type, which is another finding. OpenAPI 3.0 says ``nullable``."""
    named = schema.get("type")
    listed = list(named) if isinstance(named, list) else [named] if isinstance(named, str) else []
    if not all(isinstance(kind, str) and kind in TYPES for kind in listed):
        return []
    return [*listed, "null"] if listed and schema.get("nullable") is True else listed


def _canonical(value: Any) -> str:
    """Equal for values that JSON Schema takes for equal: 1 and 1.0, but not true."""
    if isinstance(value, str):
        return f'"{value}'
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, default=str)


def _json(value: Any) -> str:
    return write(value) if not isinstance(value, dict | list) else json.dumps(value, ensure_ascii=False, default=str)
