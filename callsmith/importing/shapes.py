"""Tool definitions of every known shape as tools: OpenAI, Anthropic, Gemini, MCP, our own, and bare schemas.

``Origin.kind`` is the shape and ``Origin.extra`` the fields that a ``Tool`` has no place for, so that an export to the
same shape gives them back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsmith.importing import dialect
from callsmith.importing.types import Candidate, refused, shown
from callsmith.schema.changes import Change
from callsmith.schema.compiled import TYPES
from callsmith.schema.errors import SchemaError
from callsmith.schema.tool_document import FIELDS
from callsmith.schema.validate import check_schema
from callsmith.schema.walk import ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP
from callsmith.types.tool import Grammar, Origin, Tool

LABELS: Mapping[str, str] = {
    "openai-chat": "OpenAI Chat",
    "openai-functions": "OpenAI functions (the older form)",
    "openai-responses": "OpenAI Responses",
    "anthropic": "Anthropic",
    "gemini": "Gemini",
    "mcp": "MCP",
    "bfcl": "Berkeley leaderboard",
    "callsmith": "name, description and parameters",
    "schema": "JSON Schema",
}
# Where a shape keeps its schemas, most telling spelling first.
_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "anthropic": ("input_schema",),
    "mcp": ("inputSchema", "input_schema"),
    "gemini": ("parametersJsonSchema", "parameters_json_schema", "parameters"),
    "schema": ("schema",),
}
_OUTPUT: Mapping[str, tuple[str, ...]] = {
    "mcp": ("outputSchema", "output_schema"),
    "gemini": ("responseJsonSchema", "response_json_schema", "response"),
}
_KEYWORDS = (
    *ONE_SCHEMA,
    *SCHEMA_LIST,
    *SCHEMA_MAP,
    *("$ref", "$id", "$schema", "$comment", "title", "description", "default", "examples", "deprecated", "required"),
    *("enum", "const", "format", "pattern", "nullable", "minimum", "maximum", "minLength", "maxLength", "multipleOf"),
    *("exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
)


class Broken(ValueError):
    """An entry that is no usable tool, in words."""


def shape_of(value: Mapping[str, Any], within: str = "", listed: bool = False) -> str:
    """The shape of one definition, "" for none. ``within`` is the shape that its container tells, "" where it tells
    none; ``listed`` says that it stands in a list of tools."""
    kind = value.get("type")
    if kind in ("function", "custom") and isinstance(value.get(kind), dict):
        return "openai-chat"
    for shape, telling in (
        ("mcp", ("inputSchema", "outputSchema")),
        ("gemini", ("parametersJsonSchema", "parameters_json_schema")),
        ("anthropic", ("input_schema",)),
    ):
        if any(_is_schema(value, field) for field in telling):
            return shape
    if not isinstance(value.get("name"), str):
        return "schema" if looks_like_schema(value) else ""
    if kind == "function":
        return "openai-responses"
    if kind == "custom":
        return "callsmith" if "grammar" in value else "openai-responses"
    if listed or _is_definition(value):
        return within or _flat_shape(value)
    return "schema" if isinstance(value.get("schema"), dict) or looks_like_schema(value) else ""


def looks_like_schema(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    properties = value.get("properties")
    if isinstance(properties, dict) and all(isinstance(one, dict | bool) for one in properties.values()):
        return "$schema" in value or "type" in value or bool(properties)
    if isinstance(value.get("$schema"), str) or isinstance(value.get("$ref"), str):
        return True
    for combined in ("anyOf", "oneOf", "allOf"):
        branches = value.get(combined)
        if isinstance(branches, list) and branches and all(isinstance(one, dict | bool) for one in branches):
            return True
    kind = value.get("type")
    types = kind if isinstance(kind, list) and kind else [kind]
    known = all(isinstance(one, str) and (one in TYPES or dialect.foreign(one)) for one in types)
    return known and (len(value) == 1 or any(keyword in value for keyword in _KEYWORDS))


def candidate(value: Mapping[str, Any], shape: str, filename: str, fallback: str, group: str = "") -> Candidate:
    """One definition as a candidate, refused where it is broken. Its name is as it stands there, legal or not."""
    try:
        return _candidate(value, shape, filename, fallback, group)
    except Broken as error:
        reason = str(error)
    except SchemaError as error:
        reason = f"Its schema is broken: {error}"
    except RecursionError:
        reason = "It is nested too deeply"
    name = _inner(value)[0].get("name")
    return refused(name if isinstance(name, str) else fallback, reason, group=group)


def _candidate(value: Mapping[str, Any], shape: str, filename: str, fallback: str, group: str) -> Candidate:
    if shape == "schema" and not isinstance(value.get("schema"), dict):
        return _bare_schema(value, filename, fallback, group)
    inner, outer = _inner(value)
    fields = dict(inner)
    name = fields.pop("name", None)
    if not isinstance(name, str) or not name:
        raise Broken('It has no "name", which is text in quotes')
    description = fields.pop("description", None)
    if not isinstance(description, str | None):
        raise Broken(f'"description" is text in quotes, not {words(description)}')
    custom = shape != "anthropic" and (outer or fields).get("type") == "custom"
    if fields.get("type") in ("function", "custom") and shape in ("openai-chat", "openai-responses", "callsmith"):
        del fields["type"]
    grammar = _grammar(fields) if custom else None
    strict = fields.pop("strict", None) if isinstance(fields.get("strict"), bool | None) else None
    parameters, source, changes = _schema(fields, _PARAMETERS.get(shape, ("parameters",)), shape, "/parameters")
    output, _, more = _schema(fields, _OUTPUT.get(shape, ("output_schema",)), shape, "/output_schema")
    extra = {**fields, **{key: item for key, item in outer.items() if key not in ("type", "function", "custom")}}
    origin = Origin(shape, source=filename, extra=extra)
    kind = "custom" if custom else "function"
    tool = Tool(name, description or "", parameters, strict, output, kind, grammar, origin)  # type: ignore[arg-type]
    if not group and isinstance(value.get("server"), str):
        group = value["server"]
    return Candidate(tool, name, tuple(changes + more), group=group, source=source)


def _bare_schema(value: Mapping[str, Any], filename: str, fallback: str, group: str) -> Candidate:
    parameters, changes = dialect.repaired(value, "schema", "/parameters")
    _check(parameters, "/parameters")
    title = value.get("title")
    name = title if isinstance(title, str) and title.strip() else fallback
    said = value.get("description")
    tool = Tool(name, said if isinstance(said, str) else "", parameters, origin=Origin("schema", source=filename))
    return Candidate(tool, name, tuple(changes), group=group, source=value if changes else None)


def _inner(value: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The fields of the definition, and those around it where it is wrapped."""
    kind = value.get("type")
    inner = value.get(kind) if kind in ("function", "custom") else None
    return (inner, value) if isinstance(inner, dict) else (value, {})


def _is_schema(value: Mapping[str, Any], field: str) -> bool:
    """Whether a schema stands there, or what is written for an empty one. No schema of an answer tells nothing."""
    given = value.get(field, False)
    return isinstance(given, dict) or given == [] or (given is None and field != "outputSchema")


def _is_definition(value: Mapping[str, Any]) -> bool:
    """Whether a named object defines a tool. Many objects have a name: outside of a list of tools more is asked for."""
    if _is_schema(value, "parameters"):
        return True
    return isinstance(value.get("description"), str) and all(field in FIELDS for field in value)


def _flat_shape(value: Mapping[str, Any]) -> str:
    parameters = value.get("parameters")
    kind = parameters.get("type") if isinstance(parameters, dict) else None
    if kind == "dict":
        return "bfcl"
    return "gemini" if isinstance(kind, str) and kind.isupper() else "callsmith"


def _schema(
    fields: dict[str, Any], places: tuple[str, ...], shape: str, at: str
) -> tuple[dict[str, Any] | None, Mapping[str, Any] | None, list[Change]]:
    """The schema at the first of ``places`` that has one: made JSON Schema, as it was where that differs, changes."""
    place = next((place for place in places if fields.get(place) is not None), None)
    empty = [one for one in places if one in fields and fields[one] is None]
    for one in empty:
        del fields[one]
    if place is None:
        return ({}, None, [_emptied(empty[0], "null", at)]) if empty and at == "/parameters" else (None, None, [])
    found = fields.pop(place)
    if found == []:
        return {}, None, [_emptied(place, "an empty list, as PHP writes an empty object", at)]
    if not isinstance(found, dict):
        raise Broken(f'"{place}" is a JSON Schema object, not {words(found)}')
    known = "" if shape == "gemini" and "json" in place.lower() else shape
    made, changes = dialect.repaired(found, known, at)
    _check(made, at)
    return made, found if changes else None, changes


def _emptied(place: str, what: str, at: str) -> Change:
    return Change(at, f'"{place}" was {what}: now {{}}, which allows any arguments')


def _check(schema: Mapping[str, Any], at: str) -> None:
    error = check_schema(schema)
    if error is not None:
        raise SchemaError(f"{at}{error.path}", error.message)


def _grammar(fields: dict[str, Any]) -> Grammar | None:
    """What a custom tool is held to, taken out of its fields: ``format`` in OpenAI's forms, ``grammar`` in ours."""
    given = fields.get("grammar") or fields.get("format")
    if not isinstance(given, dict) or given.get("type") == "text":
        fields.pop("format", None)
        return None
    nested = given.get("grammar")
    inner = nested if isinstance(nested, dict) else given
    syntax, definition = inner.get("syntax"), inner.get("definition")
    if syntax not in ("lark", "regex") or not isinstance(definition, str):
        raise Broken('Its grammar is not {"syntax": "lark" or "regex", "definition": text in quotes}')
    fields.pop("grammar", None)
    fields.pop("format", None)
    return Grammar(syntax, definition)


def words(value: Any) -> str:
    return shown(json.dumps(value, ensure_ascii=False), 40)
