"""What OpenAI refuses in the schema of a strict tool or reply, in its own words (wire-format notes, 7.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsmith.schema.walk import subschemas

_REFUSED = (
    *("allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"),
    *("patternProperties", "default"),
)


def strict_fault(schema: Mapping[str, Any]) -> str | None:
    """The first rule of the strict subset that the schema breaks; None where it keeps to all of them."""
    if "anyOf" in schema and "type" not in schema:
        return "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."
    return next(_faults(schema), None)


def _faults(root: Mapping[str, Any]) -> Iterator[str]:
    for pointer, schema in subschemas(root):
        at = f"In context={context(pointer)},"
        for keyword in _REFUSED:
            if keyword in schema:
                yield f"{at} '{keyword}' is not permitted."
        properties = schema.get("properties")
        if schema.get("type") == "object" or isinstance(properties, Mapping):
            if schema.get("additionalProperties") is not False:
                yield f"{at} 'additionalProperties' is required to be supplied and to be false."
            missing = [name for name in properties or () if name not in (schema.get("required") or ())]
            if missing:
                yield (
                    f"{at} 'required' is required to be supplied and to be an array including every key in "
                    f"properties. Missing '{missing[0]}'."
                )


def context(pointer: str) -> str:
    """A JSON pointer as OpenAI writes where in a schema something is: a Python tuple."""
    steps = [f"'{step}'" for step in pointer.split("/")[1:] if step]
    return f"({', '.join(steps)}{',' if len(steps) == 1 else ''})"
