"""What a kept request asked for, read from its body whatever its format: the schema of the reply, the tools on offer.

Read from what was sent and not from the setup, which may have changed since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callsmith.schema.validate import SchemaError, violations
from callsmith.types.parts import Malformed, ToolCall

# Where each format keeps the schema of the reply (wire-format notes, 7.1).
_SCHEMAS = (
    ("response_format", "json_schema", "schema"),
    ("text", "format", "schema"),
    ("output_config", "format", "schema"),
    ("generationConfig", "responseJsonSchema"),
)
# JSON was asked for, without a JSON Schema that says which.
_JSON_MODES = (
    ("response_format", "type", "json_object"),
    ("text", "format", "type", "json_object"),
    ("generationConfig", "responseMimeType", "application/json"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """``schema`` None: the reply was free; empty: it had to be JSON of any kind."""

    schema: Mapping[str, Any] | None = None
    tools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a reply is what its schema wants; ``fits`` None where that cannot be told. ``notes`` say where not."""

    fits: bool | None
    notes: tuple[str, ...] = ()
    is_json: bool = True


def asked(body: bytes) -> Asked:
    """Never fails: what is not there was not asked."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return Asked()
    return Asked(_schema(document), frozenset(_tool_names(document)))


def fit(text: str, schema: Mapping[str, Any]) -> Fit:
    parsed = ToolCall("", "", text).parsed()
    if isinstance(parsed, Malformed):
        return Fit(False, (f"Not JSON: {parsed.message}, line {parsed.line}, column {parsed.column}",), is_json=False)
    try:
        found = violations(schema, parsed.value)
    except SchemaError as error:
        return Fit(None, (f"Cannot be checked: the schema is broken ({error})",))
    return Fit(not found, tuple(f"{item.path or 'the reply'}: {item.message}" for item in found))


def _schema(document: Any) -> Mapping[str, Any] | None:
    for path in _SCHEMAS:
        found = _at(document, path)
        if isinstance(found, Mapping):
            return found
    return {} if any(_at(document, path[:-1]) == path[-1] for path in _JSON_MODES) else None


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _tool_names(document: Any) -> Iterator[str]:
    """Flat (Responses, Messages), nested (Chat), grouped (Gemini), or legacy ``functions``."""
    for field in ("tools", "functions"):
        listed = _at(document, (field,))
        for tool in listed if isinstance(listed, list) else ():
            declared = _at(tool, ("functionDeclarations",))
            held = declared if isinstance(declared, list) else [tool]
            for item in held:
                for inner in (item, _at(item, ("function",)), _at(item, ("custom",))):
                    name = _at(inner, ("name",))
                    if isinstance(name, str):
                        yield name
