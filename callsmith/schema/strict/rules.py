"""OpenAI's strict subset as data (wire-format notes, 7.2; what is tagged as recalled there is unverified)."""

from __future__ import annotations

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
FORMATS = frozenset(("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"))
# What may stand in a schema: by the type it is for, and anywhere. ``title`` is unverified; OpenAI's helper sends it.
OF_TYPE = {
    "string": frozenset(("pattern", "format")),
    "number": frozenset(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
    "array": frozenset(("items", "minItems", "maxItems")),
    "object": frozenset(("properties", "required", "additionalProperties")),
}
ANYWHERE = frozenset(("type", "title", "description", "enum", "const", "anyOf", "$ref", "$defs"))
ALLOWED = ANYWHERE.union(*OF_TYPE.values())
# Rules about values that have no place in the subset, with the words a description says them in.
TOLD = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "format": "format {}",
    "uniqueItems": "no entry twice",
    "contains": "at least one entry fits {}",
    "minContains": "at least {} such entries",
    "maxContains": "at most {} such entries",
    "minProperties": "at least {} properties",
    "maxProperties": "at most {} properties",
    "propertyNames": "names of properties fit {}",
    "dependentRequired": "what requires what: {}",
    "dependentSchemas": "what depends on what: {}",
    "dependencies": "what depends on what: {}",
    "not": "must not fit {}",
    "if": "if it fits {}",
    "then": "then it fits {}",
    "else": "else it fits {}",
    "contentEncoding": "encoded as {}",
    "contentMediaType": "content of type {}",
    "contentSchema": "content fits {}",
    "default": "default {}",
    "examples": "for example {}",
    "example": "for example {}",
    "deprecated": "deprecated",
}
# Of these nothing is checked anywhere: they are told without the set of values getting wider.
ANNOTATIONS = frozenset(
    ("default", "examples", "example", "deprecated", "contentEncoding", "contentMediaType", "contentSchema")
)
MAX_PROPERTIES = 5_000
MAX_DEPTH = 10
MAX_ENUM_VALUES = 1_000
MAX_CHARACTERS = 120_000
LARGE_ENUM, LARGE_ENUM_CHARACTERS = 250, 15_000
