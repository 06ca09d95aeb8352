"""OpenAI's strict mode: objects are closed and require all of their properties (wire-format notes, 7.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.lint.finding import Finding, putting


def strict(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    properties = schema.get("properties")
    if schema.get("type") != "object" and not isinstance(properties, Mapping):
        return
    if schema.get("additionalProperties") is not False:
        message = 'Strict mode wants "additionalProperties": false on every object'
        fix = putting("Close this object", f"{at}/additionalProperties", False)
        yield Finding("warning", at, "strict-open-object", message, fix)
    required = schema.get("required")
    names = list(properties) if isinstance(properties, Mapping) else []
    optional = [name for name in names if not isinstance(required, list) or name not in required]
    if optional:
        message = f"Strict mode wants every property required; optional: {', '.join(optional[:5])}"
        yield Finding("warning", f"{at}/required", "strict-optional", message)
