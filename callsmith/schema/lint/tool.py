"""Everything found in one tool."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from callsmith.schema.lint import bounds, branches, keywords, names, references, values, words
from callsmith.schema.lint.finding import SEVERITIES, Finding, putting
from callsmith.schema.lint.strict import strict
from callsmith.schema.text import write
from callsmith.schema.validate import check_schema, unchecked
from callsmith.schema.walk import subschemas
from callsmith.types.tool import Tool

# A page shows a few, a person mends a few at a time: a schema wrong in ten thousand places need not list them all.
MOST = 1_000


def lint(tool: Tool, others: Collection[str] = ()) -> tuple[Finding, ...]:
    """Everything found in a tool, the gravest first. ``others`` are the names of the tools beside it."""
    found = [*names.of_tool(tool.name, others), *words.of_tool(tool), *_parameters(tool), *_output(tool)]
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))[:MOST])


def _parameters(tool: Tool) -> Iterator[Finding]:
    schema = tool.parameters
    if tool.type == "custom":
        yield from _grammar(tool)
        return
    if schema is None:
        return
    root = "/parameters"
    if schema.get("type") != "object":
        given = f"not {write(schema['type'])[:80]}" if "type" in schema else "and it has no type"
        fix = putting('Set the type to "object"', f"{root}/type", "object")
        yield Finding("error", root, "root-not-object", f'Parameters have "type": "object" at their root, {given}', fix)
    yield from _schema(schema, root, is_strict=tool.strict is True)


def _output(tool: Tool) -> Iterator[Finding]:
    """Models never see it, so only what makes it useless counts."""
    broken = check_schema(tool.output_schema) if tool.output_schema is not None else None
    if broken:
        message = f"Not a valid JSON Schema: {broken.message}"
        yield Finding("error", f"/output_schema{broken.path}", "broken-schema", message)


def _schema(schema: Mapping[str, Any], root: str, *, is_strict: bool) -> Iterator[Finding]:
    parts = list(subschemas(schema))
    found = [*references.references(schema, root, parts), *references.unused(schema, root, parts)]
    found += references.nesting(root, parts)
    checked = values.Values(schema)
    for at, part in parts:
        found += _part(schema, root + at, part, checked)
        if is_strict:
            found += strict(root + at, part)
    yield from found
    broken = check_schema(schema)
    if broken is None:
        for left in unchecked(schema):
            yield Finding("info", root + left.path, "keyword-unchecked", left.message)
        for at, part in parts:
            yield from branches.branches(schema, root + at, part)
    elif not any(finding.severity == "error" and _covers(finding.path, root + broken.path) for finding in found):
        yield Finding("error", root + broken.path, "broken-schema", f"Not a valid JSON Schema: {broken.message}")


def _part(root: Mapping[str, Any], at: str, part: Mapping[str, Any], checked: values.Values) -> Iterator[Finding]:
    properties = part.get("properties")
    if isinstance(properties, Mapping):
        yield from names.of_properties(at, properties)
        yield from words.of_properties(at, properties)
    yield from words.secrets(at, part)
    yield from bounds.required(at, part)
    yield from bounds.dependent(at, part)
    yield from bounds.bounds(at, part)
    yield from keywords.types(at, part)
    yield from keywords.spelling(at, part)
    yield from keywords.formats(at, part)
    yield from keywords.patterns(at, part)
    yield from keywords.without_effect(at, part)
    yield from values.allowed(at, part)
    yield from values.constant(at, part)
    yield from values.contradicted(at, part)
    yield from checked.defaults(at, part)


def _covers(found: str, place: str) -> bool:
    """Whether a finding already says what the validator stumbled over."""
    return place == found or place.startswith(f"{found}/")


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
        message = f"Not a regular expression: {broken.message}"
        yield Finding("error", "/grammar/definition", "broken-grammar", message)
