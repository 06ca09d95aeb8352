"""What is wrong or risky about a tool, said while it is written. Rules of vendors: wire-format notes, 7.

Findings point into the tool's document (``/name``, ``/parameters/properties/city``). Severity "error":
a provider refuses it or no call can be right; "warning": it likely goes wrong; "info": it could be better.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from callsmith.schema.errors import SchemaError
from callsmith.schema.text import write
from callsmith.schema.validate import check_schema, unchecked, violations
from callsmith.schema.walk import escape, subschemas
from callsmith.types.tool import Tool

Severity = Literal["error", "warning", "info"]

MAX_NAME = 64
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_-]")
_PROPERTY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_COMBINING = ("$ref", "allOf", "anyOf", "oneOf", "patternProperties", "if", "$dynamicRef")


@dataclass(frozen=True, slots=True)
class Finding:
    """``path`` is a JSON pointer into the tool's document, ``rule`` the short name of what was broken."""

    severity: Severity
    path: str
    rule: str
    message: str


def lint(tool: Tool, others: Collection[str] = ()) -> tuple[Finding, ...]:
    """Everything found in a tool, the gravest first. ``others`` are the names of the tools beside it."""
    found = [*_name(tool.name, others), *_description(tool), *_parameters(tool)]
    return tuple(sorted(found, key=lambda finding: ("error", "warning", "info").index(finding.severity)))


def verdict(findings: Collection[Finding]) -> str:
    """The findings in a word: ``2 errors``, ``1 warning``, ``1 hint`` or ``ok``."""
    for severity, word in (("error", "error"), ("warning", "warning"), ("info", "hint")):
        count = sum(finding.severity == severity for finding in findings)
        if count:
            return f"{count} {word}{'s' if count > 1 else ''}"
    return "ok"


def _name(name: str, others: Collection[str]) -> Iterator[Finding]:
    if not name:
        yield Finding("error", "/name", "name-missing", "The tool has no name")
        return
    odd = _NOT_IN_NAME.search(name)
    if odd:
        yield Finding(
            "error",
            "/name",
            "name-characters",
            f'The name holds "{odd[0]}" at character {odd.start() + 1}; OpenAI takes letters, digits, _ and - only',
        )
    if len(name) > MAX_NAME:
        yield Finding(
            "error", "/name", "name-length", f"The name has {len(name)} characters; OpenAI takes {MAX_NAME} at most"
        )
    if not odd and not (name[0].isalpha() or name[0] == "_"):
        yield Finding(
            "warning", "/name", "name-start", "The name starts with neither a letter nor _; Gemini refuses it"
        )
    if name in others:
        yield Finding("error", "/name", "duplicate-name", f'Another tool is called "{name}" too; providers refuse this')


def _description(tool: Tool) -> Iterator[Finding]:
    if not tool.description.strip():
        message = "The tool has no description; the model chooses tools by it"
        yield Finding("warning", "/description", "description-missing", message)


def _parameters(tool: Tool) -> Iterator[Finding]:
    schema = tool.parameters
    if tool.type == "custom":
        yield from _grammar(tool)
        return
    if schema is None:
        return
    root = "/parameters"
    if schema.get("type") != "object":
        given = f"not {write(schema['type'])}" if "type" in schema else "and it has no type"
        yield Finding("error", root, "root-not-object", f'Parameters have "type": "object" at their root, {given}')
    broken = check_schema(schema)
    if broken:
        yield Finding("error", root + broken.path, "broken-schema", f"Not a valid JSON Schema: {broken.message}")
    else:
        for part in unchecked(schema):
            yield Finding("info", root + part.path, "keyword-unchecked", part.message)
    for at, subschema in subschemas(schema):
        for finding in _of_part(schema, subschema):
            yield Finding(finding.severity, root + at + finding.path, finding.rule, finding.message)
        if tool.strict:
            yield from _strict(root + at, subschema)


def _grammar(tool: Tool) -> Iterator[Finding]:
    grammar = tool.grammar
    if grammar is None:
        return
    if not grammar.definition.strip():
        yield Finding("error", "/grammar/definition", "empty-grammar", "The grammar is empty")
    if grammar.syntax != "regex":
        return
    broken = check_schema({"type": "string", "pattern": grammar.definition})
    if broken:
        yield Finding("error", "/grammar/definition", "broken-grammar", f"Not a regular expression: {broken.message}")


def _of_part(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _properties(schema)
    yield from _required(schema)
    yield from _without_effect(schema)
    yield from _enum(schema)
    yield from _default(root, schema)


def _properties(schema: Mapping[str, Any]) -> Iterator[Finding]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return
    for name, inner in properties.items():
        path = f"/properties/{escape(name)}"
        if not _PROPERTY.fullmatch(name):
            message = f'The property name "{name}" is refused by Anthropic: 1 to 64 letters, digits, _ . and - only'
            yield Finding("warning", path, "property-name", message)
        if isinstance(inner, Mapping) and "$ref" not in inner and not inner.get("description"):
            message = f'"{name}" has no description; the model guesses what to put there'
            yield Finding("info", path, "parameter-description-missing", message)


def _required(schema: Mapping[str, Any]) -> Iterator[Finding]:
    required, properties = schema.get("required"), schema.get("properties", {})
    # A branch of anyOf may require what the schema around it defines, so bare or combined schemas are left alone.
    own = "properties" in schema or schema.get("type") == "object"
    if not own or not isinstance(required, list) or not isinstance(properties, Mapping):
        return
    if any(keyword in schema for keyword in _COMBINING):
        return
    for number, name in enumerate(required):
        if isinstance(name, str) and name not in properties:
            message = f'required names "{name}", which is not a property'
            yield Finding("error", f"/required/{number}", "required-unknown", message)


def _without_effect(schema: Mapping[str, Any]) -> Iterator[Finding]:
    named = schema.get("type")
    if not isinstance(named, str):
        return
    for keyword, kind in (("properties", "object"), ("required", "object"), ("items", "array")):
        if keyword in schema and named != kind:
            message = f'{keyword} has no effect on type "{named}"; it belongs to type "{kind}"'
            yield Finding("warning", f"/{keyword}", "keyword-without-effect", message)


def _enum(schema: Mapping[str, Any]) -> Iterator[Finding]:
    values, named = schema.get("enum"), schema.get("type")
    if not isinstance(values, list):
        return
    if not values:
        yield Finding("error", "/enum", "enum-empty", "No value is allowed: enum is empty")
    if named is None:
        return
    odd = [value for value in values if _refuses({"type": named}, value)]
    if odd:
        words = named if isinstance(named, str) else " or ".join(map(str, named))
        severity: Severity = "error" if len(odd) == len(values) else "warning"
        shown = ", ".join(write(value)[:40] for value in odd[:3]) + (", ..." if len(odd) > 3 else "")
        yield Finding(severity, "/enum", "enum-type", f'Not of type "{words}": {shown}')


def _default(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Finding]:
    if "default" not in schema:
        return
    around = {keyword: root[keyword] for keyword in ("$schema", "$defs", "definitions") if keyword in root}
    reason = _refuses({**around, **{key: item for key, item in schema.items() if key != "default"}}, schema["default"])
    if reason:
        yield Finding("warning", "/default", "default-invalid", f"The default breaks its own schema: {reason}")


def _refuses(schema: Mapping[str, Any], value: Any) -> str:
    """Why a value does not fit; empty where it does, and where the schema is broken, which is another finding."""
    try:
        found = violations(schema, value, 1)
    except SchemaError:
        return ""
    return found[0].message if found else ""


def _strict(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    """OpenAI's strict mode: objects are closed and require all of their properties (wire-format notes, 7.2)."""
    properties = schema.get("properties")
    if schema.get("type") != "object" and not isinstance(properties, Mapping):
        return
    if schema.get("additionalProperties") is not False:
        message = 'Strict mode wants "additionalProperties": false on every object'
        yield Finding("warning", at, "strict-open-object", message)
    required = schema.get("required")
    optional = [name for name in properties or {} if not isinstance(required, list) or name not in required]
    if optional:
        message = f"Strict mode wants every property required; optional: {', '.join(optional[:5])}"
        yield Finding("warning", f"{at}/required", "strict-optional", message)
