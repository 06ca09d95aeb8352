"""One operation of an OpenAPI document as a tool: parameters and body in one object, the HTTP request beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from callsmith.importing.openapi import body as bodies
from callsmith.importing.openapi.definitions import Converted, Definitions, Unusable
from callsmith.importing.openapi.http import address, secured
from callsmith.importing.openapi.secret_values import left_out
from callsmith.importing.openapi.servers import without_secrets
from callsmith.importing.secrets import holds_secret
from callsmith.importing.types import Candidate, refused, shown
from callsmith.schema.changes import Change
from callsmith.schema.validate import check_schema
from callsmith.schema.walk import escape
from callsmith.types.tool import HttpArgument, HttpCall, Origin, Tool

# Beyond this an answer's schema is more than anyone reads, and every operation would hold it again.
MAX_OUTPUT_DEFINITIONS = 150
# Each definition is checked by itself; more than these are not checked again all together, for the time it takes.
MAX_CHECKED_DEFINITIONS = 100
_LEGAL = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_ILLEGAL = re.compile(r"[^A-Za-z0-9_.-]+")
_PLACES = ("path", "query", "header", "cookie")
# Not parameters, says OpenAPI: the content types and the security of the operation tell them.
_NOT_HEADERS = ("accept", "content-type", "authorization")
_DEFAULT_STYLE = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


@dataclass(slots=True)
class _Draft:
    """The tool while it is being put together."""

    properties: dict[str, Any] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    arguments: list[HttpArgument] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    styles: dict[str, Any] = field(default_factory=dict)
    closed: bool = False

    def add(self, name: str, place: Any, converted: Converted, needed: bool, *, whole: bool = False) -> None:
        """One property. A name that is taken or illegal is changed, and the name in the request stays."""
        wanted = name if _LEGAL.fullmatch(name) else (_ILLEGAL.sub("_", name).strip("_") or "value")[:64]
        free, number = wanted, 2
        if free in self.properties:
            free = f"{place}_{wanted}"[:64]
        while free in self.properties:
            free, number = f"{wanted[:60]}_{number}", number + 1
        at = f"/parameters/properties/{escape(free)}"
        if free != name:
            self.changes.append(Change(at, f'"{shown(name)}" of the {place} is called "{free}" here'))
        self.properties[free] = converted.schema
        self.names.update(dict.fromkeys(converted.names))
        self.changes += (replace(one, path=at + one.path) for one in converted.changes)
        if needed:
            self.required.append(free)
        self.arguments.append(HttpArgument(free, place, "" if whole else name))


def candidate(
    document: Mapping[str, Any],
    definitions: Definitions,
    path: str,
    item: Mapping[str, Any],
    method: str,
    operation: Any,
    filename: str,
) -> Candidate:
    """One operation, refused with the reason where it cannot be a tool."""
    own = without_secrets(path)
    named = own.url if own.changes else path
    title = f"{method.upper()} {named}"
    if not isinstance(operation, dict):
        return refused(title, "This operation is not an object", title=title, id=title)
    found = _group(operation)
    try:
        made = _candidate(document, definitions, path, item, method, operation, filename)
    except (Unusable, RecursionError) as error:
        reason = str(error) if isinstance(error, Unusable) else "It is nested too deeply"
        return refused(_name(operation, method, named), reason, title=title, id=title, group=found)
    summary = _text(operation.get("summary"))
    said = f"{title} · {shown(summary)}" if summary else title
    if operation.get("deprecated") is True:
        said += " (deprecated)"
    return replace(made, title=said, group=found, id=title)


def _candidate(
    document: Mapping[str, Any],
    definitions: Definitions,
    path: str,
    item: Mapping[str, Any],
    method: str,
    operation: Mapping[str, Any],
    filename: str,
) -> Candidate:
    draft = _Draft()
    given = _parameters(definitions, item, operation)
    for parameter in given:
        if parameter.get("in") in _PLACES:
            _add_parameter(draft, definitions, parameter)
    content_type = _add_body(draft, definitions, bodies.body_of(document, definitions, operation, given))
    schema: dict[str, Any] = {"type": "object", "properties": draft.properties}
    if draft.required:
        schema["required"] = draft.required
    if draft.closed:
        schema["additionalProperties"] = False
    schema, more = definitions.with_definitions(schema, draft.names, "/parameters")
    if len(schema.get("$defs", ())) <= MAX_CHECKED_DEFINITIONS:
        error = check_schema(schema)
        if error is not None:
            raise Unusable(f"Its schema is broken: /parameters{error.path}: {error.message}")
    output, output_changes = _output(document, definitions, operation)
    security = secured(document, operation)
    # Some documents tell variants of one operation apart by a fragment, which is never sent.
    own = without_secrets(path)
    at = address(document, item, operation).under(own, security.query)
    http = HttpCall(method.upper(), at.url, tuple(draft.arguments), security.headers, content_type)
    name = _name(operation, method, own.url if own.changes else path)
    extra: dict[str, Any] = {"styles": draft.styles} if draft.styles else {}
    origin = Origin("openapi", name, filename or _title(document), http, extra)
    tool = Tool(name, _description(operation), schema, output_schema=output, origin=origin)
    return Candidate(tool, name, (*at.changes, *draft.changes, *more, *output_changes))


def _parameters(
    definitions: Definitions, item: Mapping[str, Any], operation: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Those of the path and of the operation, which wins where both have one of the same name and place."""
    merged: dict[tuple[str, str], dict[str, Any]] = {}
    for holder in (item, operation):
        listed = holder.get("parameters")
        for one in listed if isinstance(listed, list) else []:
            parameter = definitions.follow(one)
            name, place = parameter.get("name"), parameter.get("in")
            if isinstance(name, str) and isinstance(place, str):
                merged[(name, place)] = parameter
    return list(merged.values())


def _add_parameter(draft: _Draft, definitions: Definitions, parameter: Mapping[str, Any]) -> None:
    name, place = parameter["name"], parameter["in"]
    if place == "header" and name.lower() in _NOT_HEADERS:
        return
    found = definitions.convert(bodies.schema_of(parameter), "", name)
    schema = dict(found.schema)
    said = _text(parameter.get("description"))
    if said:
        schema = {**{key: item for key, item in schema.items() if key != "description"}, "description": said}
    if parameter.get("deprecated") is True:
        schema["deprecated"] = True
    examples = _examples(parameter)
    if any(holds_secret(one, name) for one in examples):
        found = replace(found, changes=(*found.changes, left_out("examples", "")))
    elif examples and "examples" not in schema:
        schema["examples"] = examples
    draft.add(name, place, replace(found, schema=schema), place == "path" or parameter.get("required") is True)
    made = draft.arguments[-1].property
    style = {key: parameter[key] for key in ("style", "explode", "collectionFormat") if key in parameter}
    usual = _DEFAULT_STYLE[place]
    if style and style not in (
        {"style": usual},
        {"style": usual, "explode": usual == "form"},
        {"explode": usual == "form"},
    ):
        draft.styles[made] = style
        words = ", ".join(f"{key} {json.dumps(value)}" for key, value in style.items())
        draft.changes.append(Change(f"/parameters/properties/{escape(made)}", f"A list or object is sent with {words}"))


def _add_body(draft: _Draft, definitions: Definitions, body: bodies.Body | None) -> str:
    """The content type, after the body's properties were added: each by itself where it is a plain object."""
    if body is None:
        return ""
    if body.others:
        words = f"The body is sent as {body.content_type}; the document offers {', '.join(body.others)} too"
        draft.changes.append(Change("/parameters", shown(words, 300)))
    found = definitions.convert(body.schema, "")
    fields = bodies.fields(definitions, found)
    if fields is None:
        schema = found.schema
        if body.description and "description" not in schema:
            schema = {**schema, "description": body.description}
        draft.add("body", "body", replace(found, schema=schema), body.required, whole=True)
        return body.content_type
    draft.changes += (one for one in fields.changes)
    draft.names.update(dict.fromkeys(fields.names))
    draft.closed = fields.closed
    needed = [name for name in fields.required if name in fields.properties]
    if needed and not body.required:
        words = "The whole body may be left out there; what it needs when it is sent is required here"
        draft.changes.append(Change("/parameters/required", words))
    for name, schema in fields.properties.items():
        if isinstance(schema, dict) and schema.get("readOnly") is True:
            words = f'"{shown(name)}" of the body is read-only: left out'
            draft.changes.append(Change("/parameters/properties", words))
        else:
            draft.add(name, "body", Converted(schema, (), ()), name in needed)
    return body.content_type


def _output(
    document: Mapping[str, Any], definitions: Definitions, operation: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[Change]]:
    """The schema of the answer when all went well, where it is JSON and of a size that one can read."""
    schema = bodies.answer(document, definitions, operation)
    if schema is None:
        return None, []
    found = definitions.convert(schema, "/output_schema")
    try:
        reached = len(definitions.reached(found.names))
    except Unusable:
        reached = MAX_OUTPUT_DEFINITIONS + 1
    if reached > MAX_OUTPUT_DEFINITIONS:
        words = f"The schema of the answer reaches more than {MAX_OUTPUT_DEFINITIONS} definitions: left out"
        return None, [Change("/output_schema", words)]
    whole, changes = definitions.with_definitions(found.schema, found.names, "/output_schema")
    return whole, [*found.changes, *changes]


def _name(operation: Mapping[str, Any], method: str, path: str) -> str:
    name = operation.get("operationId")
    return name if isinstance(name, str) and name.strip() else f"{method}_{path.strip('/')}".rstrip("_")


def _description(operation: Mapping[str, Any]) -> str:
    summary, said = _text(operation.get("summary")), _text(operation.get("description"))
    if not summary or said.startswith(summary.rstrip(".")):
        return said or summary
    return f"{summary}\n\n{said}" if said else summary


def _examples(parameter: Mapping[str, Any]) -> list[Any]:
    if "example" in parameter:
        return [parameter["example"]]
    named = parameter.get("examples")
    found = named.values() if isinstance(named, dict) else []
    return [one["value"] for one in found if isinstance(one, dict) and "value" in one]


def _group(operation: Mapping[str, Any]) -> str:
    tags = operation.get("tags")
    return shown(tags[0]) if isinstance(tags, list) and tags and isinstance(tags[0], str) else ""


def _title(document: Mapping[str, Any]) -> str:
    info = document.get("info")
    return shown(_text(info.get("title"))) if isinstance(info, dict) else ""


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
