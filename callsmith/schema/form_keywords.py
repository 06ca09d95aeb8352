"""The keywords that the form has an input for: what they are called there, what they hold, which types they are for.

A keyword with a value of another kind than it should hold has no input; it is edited as JSON, so that
nothing has to be mended before it can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NUMBER, TEXT, FLAG, VALUE, VALUES = "number", "text", "flag", "value", "values"

OBJECT, ARRAY, STRING = ("object",), ("array",), ("string",)
NUMBERS = ("integer", "number")


@dataclass(frozen=True, slots=True)
class Keyword:
    """``types`` are those it says something about; () means all."""

    name: str
    label: str
    kind: str
    types: tuple[str, ...] = ()

    def holds(self, value: Any) -> bool:
        """Whether the input of this keyword can show the value."""
        if self.kind == NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        wanted = {TEXT: str, FLAG: bool, VALUES: list}.get(self.kind)
        return wanted is None or isinstance(value, wanted)


KEYWORDS = (
    Keyword("minimum", "At least", NUMBER, NUMBERS),
    Keyword("maximum", "At most", NUMBER, NUMBERS),
    Keyword("exclusiveMinimum", "More than", NUMBER, NUMBERS),
    Keyword("exclusiveMaximum", "Less than", NUMBER, NUMBERS),
    Keyword("multipleOf", "Multiple of", NUMBER, NUMBERS),
    Keyword("minLength", "Fewest characters", NUMBER, STRING),
    Keyword("maxLength", "Most characters", NUMBER, STRING),
    Keyword("format", "Format", TEXT, STRING),
    Keyword("pattern", "Pattern (regular expression)", TEXT, STRING),
    Keyword("contentEncoding", "Content encoding", TEXT, STRING),
    Keyword("contentMediaType", "Content media type", TEXT, STRING),
    Keyword("minItems", "Fewest items", NUMBER, ARRAY),
    Keyword("maxItems", "Most items", NUMBER, ARRAY),
    Keyword("minContains", "Fewest that fit “contains”", NUMBER, ARRAY),
    Keyword("maxContains", "Most that fit “contains”", NUMBER, ARRAY),
    Keyword("uniqueItems", "No item twice", FLAG, ARRAY),
    Keyword("minProperties", "Fewest properties", NUMBER, OBJECT),
    Keyword("maxProperties", "Most properties", NUMBER, OBJECT),
    Keyword("enum", "Allowed values", VALUES),
    Keyword("const", "Exactly this value", VALUE),
    Keyword("default", "Default", VALUE),
    Keyword("examples", "Examples", VALUES),
    Keyword("title", "Title", TEXT),
    Keyword("description", "Description", TEXT),
    Keyword("deprecated", "Deprecated", FLAG),
    Keyword("readOnly", "Read only", FLAG),
    Keyword("writeOnly", "Write only", FLAG),
)
BY_NAME = {keyword.name: keyword for keyword in KEYWORDS}

# Shown by itself only where it is there already; an empty input for each would hide those that people use.
RARE = frozenset(("contentEncoding", "contentMediaType", "minContains", "maxContains", "readOnly", "writeOnly"))

FORMATS = (
    *("date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
    *("uri", "uri-reference", "iri", "uuid", "regex", "json-pointer", "uri-template"),
)

# What holds subschemas or names of properties says something about these types alone.
STRUCTURE = {
    **dict.fromkeys(
        ("properties", "required", "additionalProperties", "patternProperties", "propertyNames", "dependentRequired"),
        OBJECT,
    ),
    **dict.fromkeys(("dependentSchemas", "dependencies", "unevaluatedProperties"), OBJECT),
    **dict.fromkeys(("items", "prefixItems", "additionalItems", "contains", "unevaluatedItems"), ARRAY),
    "contentSchema": STRING,
}


def meant_for(keyword: str) -> tuple[str, ...]:
    """The types that a keyword says something about; () means all."""
    found = BY_NAME.get(keyword)
    return found.types if found else STRUCTURE.get(keyword, ())
