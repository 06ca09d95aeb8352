"""What an operation sends and what it answers: content types, and bodies of which the fields become arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callsmith.importing.openapi.definitions import Converted, Definitions
from callsmith.schema.changes import Change
from callsmith.schema.walk import escape

# What an object may hold and still be no more than its fields.
_PLAIN = frozenset(
    (
        *("type", "properties", "required", "title", "description", "additionalProperties", "example", "examples"),
        *("default", "xml", "externalDocs", "deprecated", "readOnly", "writeOnly", "discriminator"),
    )
)
# In Swagger 2 a parameter is its schema; these say something else.
_NOT_SCHEMA = frozenset(
    ("name", "in", "description", "required", "collectionFormat", "allowEmptyValue", "schema", "content", "style")
    + ("explode", "allowReserved", "deprecated", "examples", "example", "$ref")
)
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Body:
    content_type: str
    schema: Any
    required: bool
    description: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a body that is a plain object. ``names`` are the definitions they refer to."""

    properties: dict[str, Any]
    required: list[str]
    closed: bool
    names: tuple[str, ...]
    changes: tuple[Change, ...]


def is_swagger(document: Mapping[str, Any]) -> bool:
    return "swagger" in document and "openapi" not in document


def schema_of(parameter: Mapping[str, Any]) -> Any:
    """The schema of one parameter: under ``schema`` or ``content``, in Swagger 2 the parameter itself."""
    if isinstance(parameter.get("schema"), dict | bool):
        return parameter["schema"]
    content = parameter.get("content")
    if isinstance(content, dict):
        return next((one.get("schema", {}) for one in content.values() if isinstance(one, dict)), {})
    return {key: value for key, value in parameter.items() if key not in _NOT_SCHEMA}


def body_of(
    document: Mapping[str, Any],
    definitions: Definitions,
    operation: Mapping[str, Any],
    parameters: Sequence[Mapping[str, Any]],
) -> Body | None:
    if is_swagger(document):
        return _swagger_body(document, operation, parameters)
    given = definitions.follow(operation.get("requestBody"))
    content = given.get("content")
    if not isinstance(content, dict) or not content:
        return None
    chosen = _preferred(content)
    media = content[chosen] if isinstance(content[chosen], dict) else {}
    schema = media.get("schema", {})
    if not schema and not _is_json(chosen):
        schema = {"type": "string"}
    said = given.get("description")
    others = tuple(key for key in content if key != chosen)
    return Body(chosen, schema, given.get("required") is True, said if isinstance(said, str) else "", others)


def fields(definitions: Definitions, found: Converted) -> Fields | None:
    """The fields of an object that is no more than its fields, also one made of several by ``allOf``."""
    return _fields(definitions, found, 0)


def _fields(definitions: Definitions, found: Converted, depth: int) -> Fields | None:
    behind = definitions.behind(found)
    schema = behind.schema
    if depth > 10 or any(key not in _PLAIN and key != "allOf" and not key.startswith("x-") for key in schema):
        return None
    if schema.get("type", "object") != "object" or not ("properties" in schema or "allOf" in schema):
        return None
    if isinstance(schema.get("additionalProperties"), dict) and schema["additionalProperties"]:
        return None
    own = schema.get("properties")
    needed = schema.get("required")
    at = "/parameters"
    merged = Fields(
        dict(own) if isinstance(own, dict) else {},
        list(needed) if isinstance(needed, list) else [],
        schema.get("additionalProperties") is False,
        behind.names,
        tuple(replace(change, path=at + change.path) for change in behind.changes),
    )
    branches = schema.get("allOf")
    for number, branch in enumerate(branches if isinstance(branches, list) else []):
        names = tuple(name for name in behind.names if _mentions(branch, name))
        inner = _fields(definitions, Converted(branch, (), names), depth + 1) if isinstance(branch, dict) else None
        if inner is None or merged.closed or inner.closed or not merged.properties.keys().isdisjoint(inner.properties):
            return None
        merged = Fields(
            {**merged.properties, **inner.properties},
            [*merged.required, *(name for name in inner.required if name not in merged.required)],
            False,
            tuple(dict.fromkeys((*merged.names, *inner.names))),
            (*merged.changes, *inner.changes, Change(f"{at}/allOf/{number}", "Its fields stand beside the others")),
        )
    return merged if merged.properties else None


def answer(document: Mapping[str, Any], definitions: Definitions, operation: Mapping[str, Any]) -> Any:
    """The schema of the first answer that means success and is JSON; None where there is none."""
    answers = operation.get("responses")
    if not isinstance(answers, dict):
        return None
    good = sorted((str(code) for code in answers if str(code).upper().startswith("2")), key=str.upper)
    for code in good:
        given = definitions.follow(answers[code])
        if is_swagger(document):
            schema = given.get("schema")
        else:
            content = given.get("content")
            media = (
                next((one for kind, one in content.items() if _is_json(kind)), None)
                if isinstance(content, dict)
                else None
            )
            schema = media.get("schema") if isinstance(media, dict) else None
        if isinstance(schema, dict) and schema:
            return None if schema.get("type") == "file" else schema
    return None


def _swagger_body(
    document: Mapping[str, Any], operation: Mapping[str, Any], parameters: Sequence[Mapping[str, Any]]
) -> Body | None:
    kinds = operation.get("consumes") or document.get("consumes")
    kinds = [kind for kind in kinds if isinstance(kind, str)] if isinstance(kinds, list) else []
    whole = next((one for one in parameters if one["in"] == "body"), None)
    if whole is not None:
        said = whole.get("description")
        chosen = _preferred(dict.fromkeys(kinds)) if kinds else "application/json"
        needed = whole.get("required") is True
        return Body(chosen, whole.get("schema", {}), needed, said if isinstance(said, str) else "")
    form = [one for one in parameters if one["in"] == "formData"]
    if not form:
        return None
    properties = {one["name"]: _described(one) for one in form}
    schema = {
        "type": "object",
        "properties": properties,
        "required": [one["name"] for one in form if one.get("required") is True],
    }
    files = any(one.get("type") == "file" for one in form)
    return Body(_MULTIPART if files or _MULTIPART in kinds else _FORM, schema, True)


def _described(parameter: Mapping[str, Any]) -> dict[str, Any]:
    schema = schema_of(parameter)
    made = dict(schema) if isinstance(schema, dict) else {}
    said = parameter.get("description")
    return {**made, "description": said} if isinstance(said, str) and said else made


def _preferred(content: Mapping[str, Any]) -> str:
    kinds = list(content)
    return min(kinds, key=lambda kind: (not _is_json(kind), kind != _FORM, kind != _MULTIPART, kinds.index(kind)))


def _is_json(kind: str) -> bool:
    plain = kind.partition(";")[0].strip().lower()
    return plain in ("application/json", "*/*") or plain.endswith("+json")


def _mentions(schema: Any, name: str) -> bool:
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if part.get("$ref") == f"#/$defs/{escape(name)}":
                return True
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return False
