"""Keywords and type names: misspelt, unknown, or without effect where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from callsmith.schema.compiled import TYPES
from callsmith.schema.lint.finding import Finding, Fix, putting, removing, renaming, requiring, shortened
from callsmith.schema.validate import check_schema
from callsmith.schema.walk import ONE_SCHEMA, SCHEMA_LIST, SCHEMA_MAP, escape

# The type each keyword says something about.
BELONGS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            *("properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
            *("minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "unevaluatedProperties"),
        ),
        ("object",),
    ),
    **dict.fromkeys(
        (
            *("items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"),
            *("minContains", "maxContains", "unevaluatedItems"),
        ),
        ("array",),
    ),
    **dict.fromkeys(("minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType"), ("string",)),
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), ("number", "integer")
    ),
}
_ANNOTATIONS = frozenset(
    (
        *("$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$comment", "$vocabulary", "id"),
        *("$recursiveRef", "$recursiveAnchor"),
        *("type", "enum", "const", "format", "title", "description", "default", "examples", "example", "deprecated"),
        *("readOnly", "writeOnly", "nullable", "discriminator", "xml", "externalDocs", "propertyOrdering", "strict"),
        *("contentSchema", "name", "in", "style", "explode", "allowEmptyValue", "markdownDescription", "enumNames"),
        *("enumDescriptions", "options", "summary", "optional", "label", "placeholder", "hidden", "order", "group"),
    )
)
_KNOWN = frozenset(BELONGS) | _ANNOTATIONS | ONE_SCHEMA | SCHEMA_LIST | SCHEMA_MAP
_SPELLINGS = {
    **{"enums": "enum", "values": "enum", "allowed_values": "enum", "allowedValues": "enum"},
    **{"desc": "description", "descriptions": "description", "properites": "properties", "props": "properties"},
    **{"min": "minimum", "max": "maximum", "regex": "pattern", "types": "type", "require": "required"},
}
_TYPE_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("dict", "map", "hash", "hashmap", "struct", "json", "record", "mapping"), "object"),
    **dict.fromkeys(("list", "tuple", "set", "sequence", "arraylist", "vector"), "array"),
    **dict.fromkeys(("float", "double", "decimal", "numeric", "real"), "number"),
    **dict.fromkeys(("int", "long", "short", "int32", "int64", "bigint", "uint"), "integer"),
    **dict.fromkeys(("str", "text", "char", "varchar", "date", "datetime", "uuid", "file", "bytes", "url"), "string"),
    **dict.fromkeys(("bool", "bit"), "boolean"),
    **dict.fromkeys(("none", "nil", "nonetype", "undefined"), "null"),
}
_ANYTHING = frozenset(("any", "mixed", "object?", "unknown", "*", "variant"))
FORMATS = frozenset(
    (
        *("date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6"),
        *("uri", "uri-reference", "uri-template", "iri", "iri-reference", "url", "uuid", "json-pointer"),
        *("relative-json-pointer", "regex", "byte", "binary", "password", "int8", "int16", "int32", "int64", "uint8"),
        *("uint16", "uint32", "uint64", "uint", "float", "double", "decimal", "base64", "base64url", "enum", "html"),
        *("color", "phone", "markdown", "commonmark", "unix-time", "snowflake", "nonce", "char", "media-range"),
    )
)
_FORMAT_SPELLINGS = {
    **dict.fromkeys(("datetime", "date_time", "dateTime", "timestamp", "iso8601", "ISO8601", "iso-8601"), "date-time"),
    **{"guid": "uuid", "UUID": "uuid", "mail": "email", "e-mail": "email", "ip": "ipv4", "ip-address": "ipv4"},
    **{"host-name": "hostname", "URI": "uri", "URL": "uri", "link": "uri", "regexp": "regex"},
}


def types(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    named = schema.get("type")
    listed = named if isinstance(named, list) else [named] if isinstance(named, str) else []
    odd = [name for name in listed if isinstance(name, str) and name not in TYPES]
    for name in odd[:3]:
        meant = meant_type(name)
        message = f'"{shortened(name)}" is not a JSON Schema type ({", ".join(TYPES)})'
        yield Finding("error", f"{at}/type", "type-unknown", message, _retyped(at, named, name, meant))


@lru_cache(maxsize=1024)
def meant_type(name: str) -> str | None:
    """The JSON Schema type behind another language's name; "" where it means any, None where nobody knows."""
    plain = name.strip().lower().partition("[")[0].partition("<")[0]
    if plain in TYPES:
        return plain
    if plain in _ANYTHING:
        return ""
    near = get_close_matches(plain[:20], TYPES, 1, 0.8)
    return _TYPE_NAMES.get(plain) or (near[0] if near else None)


def _retyped(at: str, named: Any, name: str, meant: str | None) -> Fix | None:
    if meant is None:
        return None
    if meant == "":
        return removing("Remove the type: anything goes", f"{at}/type")
    new: Any = meant
    if isinstance(named, list):
        new = list(dict.fromkeys(meant if item == name else item for item in named))
    return putting(f'Change "{shortened(name)}" to "{meant}"', f"{at}/type", new)


def spelling(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    if schema.get("required") in (True, False) and isinstance(schema.get("required"), bool):
        yield _required_flag(at, schema["required"])
    for keyword in schema:
        if keyword in _KNOWN or keyword.startswith(("x-", "X-", "$", "_")):
            continue
        meant = _meant(keyword)
        if meant and meant not in schema and _looks_like(meant, schema[keyword]):
            message = f'"{shortened(keyword)}" is no keyword of JSON Schema and does nothing; "{meant}" is'
            fix = renaming(f'Rename to "{meant}"', f"{at}/{escape(keyword)}", meant)
            yield Finding("warning", f"{at}/{escape(keyword)}", "keyword-misspelt", message, fix)


def _required_flag(at: str, required: bool) -> Finding:
    """As OpenAPI has it for parameters, and JSON Schema had it in draft 3."""
    message = '"required" is a list of names on the object around this, not true or false on the property'
    of_property = at.rpartition("/")[0].endswith("/properties")
    label = "Move to the list of the object" if required else 'Remove "required"'
    fix = (
        requiring(label, f"{at}/required", required) if of_property else removing('Remove "required"', f"{at}/required")
    )
    return Finding("error", f"{at}/required", "required-flag", message, fix)


@lru_cache(maxsize=2048)
def _meant(keyword: str) -> str:
    if keyword in _SPELLINGS:
        return _SPELLINGS[keyword]
    if not 3 < len(keyword) < 30:
        return ""
    plain = keyword.replace("_", "").replace("-", "").lower()
    by_letters = next((known for known in _KNOWN if known.lower() == plain), "")
    near = get_close_matches(keyword, sorted(_KNOWN - {"name", "in", "id"}), 1, 0.84)
    return by_letters or (near[0] if near else "")


def _looks_like(keyword: str, value: Any) -> bool:
    """Whether the value could be meant for the keyword: unknown keywords may well be someone's own."""
    if keyword in SCHEMA_MAP:
        return isinstance(value, Mapping)
    if keyword in ("enum", "required", "examples", "allOf", "anyOf", "oneOf", "prefixItems"):
        return isinstance(value, list)
    if keyword in ("description", "title", "pattern", "format", "$ref"):
        return isinstance(value, str)
    if keyword == "type":
        return value in TYPES if isinstance(value, str) else isinstance(value, list)
    if keyword.startswith(("min", "max", "exclusive", "multiple")):
        return isinstance(value, int | float)
    return True


def formats(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    form = schema.get("format")
    if not isinstance(form, str) or form in FORMATS:
        return
    near = get_close_matches(form[:40], FORMATS, 1, 0.85)
    meant = _FORMAT_SPELLINGS.get(form) or (near[0] if near else "")
    fix = putting(f'Change to "{meant}"', f"{at}/format", meant) if meant else None
    message = f'"{shortened(form)}" is no format that is known; it is not checked, and some vendors refuse it'
    yield Finding("info", f"{at}/format", "format-unknown", message, fix)


def patterns(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    pattern = schema.get("pattern")
    if isinstance(pattern, str):
        broken = check_schema({"pattern": pattern})
        if broken:
            fix = removing("Remove the pattern", f"{at}/pattern")
            message = f"Not a regular expression: {broken.message}"
            yield Finding("error", f"{at}/pattern", "pattern-invalid", message, fix)
    named = schema.get("patternProperties")
    for pattern in named if isinstance(named, Mapping) else ():
        broken = check_schema({"pattern": pattern})
        if broken:
            path = f"{at}/patternProperties/{escape(pattern)}"
            message = f"Not a regular expression: {broken.message}"
            yield Finding("error", path, "pattern-invalid", message, removing("Remove this pattern", path))


def without_effect(at: str, schema: Mapping[str, Any]) -> Iterator[Finding]:
    named = schema.get("type")
    kinds = [named] if isinstance(named, str) else named
    if isinstance(kinds, list) and kinds and all(isinstance(kind, str) and kind in TYPES for kind in kinds):
        words = " or ".join(kinds)
        for keyword in schema:
            homes = BELONGS.get(keyword)
            if homes and not any(kind in homes for kind in kinds) and not isinstance(schema[keyword], bool):
                message = f'{keyword} has no effect on type "{words}"; it belongs to type "{homes[0]}"'
                fix = removing(f'Remove "{keyword}"', f"{at}/{keyword}")
                yield Finding("warning", f"{at}/{keyword}", "keyword-without-effect", message, fix)
    for keyword, partner in _PARTNERS.items():
        if keyword in schema and not any(other in schema for other in partner):
            message = f'{keyword} has no effect without "{partner[0]}" beside it'
            fix = removing(f'Remove "{keyword}"', f"{at}/{keyword}")
            yield Finding("warning", f"{at}/{keyword}", "keyword-without-effect", message, fix)
    if kinds == ["array"] and not any(keyword in schema for keyword in ("items", "prefixItems", "$ref", "allOf")):
        message = "The array does not say what its items are; Gemini refuses this, others guess"
        yield Finding("info", at, "items-missing", message)


_PARTNERS = {
    "then": ("if",),
    "else": ("if",),
    "if": ("then", "else"),
    "minContains": ("contains",),
    "maxContains": ("contains",),
}
