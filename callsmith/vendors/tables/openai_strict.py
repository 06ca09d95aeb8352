"""The strict subsets of OpenAI and of DeepSeek's beta address (wire-format notes, 7.2 and 7.5)."""

from __future__ import annotations

from callsmith.vendors import keywords as k
from callsmith.vendors.rules import Lack, Limit, Table, ToolRule, ignored, kept, on, refused
from callsmith.vendors.tables import shared
from callsmith.vendors.tables.openai import TOOL, TOP_TYPE
from callsmith.vendors.when import (
    array_without_items,
    characters,
    depth,
    enum_values,
    has_optional,
    is_false,
    is_list,
    is_object_at_top,
    large_enum,
    no_object_at_top,
    of_type,
    one_of,
    open_object,
    optional_without_required,
    properties,
    top,
    untyped,
)

_NOTES = "notes 7.2"
_ISSUES = "notes 7.2, openai/openai-node#1988"
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
_FORMATS_SOURCE = "notes 7.2, cyanheads/git-mcp-server#47"
_DEFAULTS = "notes 7.2, dotnet/extensions#6196; taken in openai/openai-agents-python#4390"
_OLDER = "notes 7.2, ai-dynamo/dynamo#15153"
_SUBSET = "In the strict subset."
_OUT = "{keyword} is not in the strict subset, and the request is refused."
_LESS = "{keyword} was never said to be in the strict subset: count on a refusal."
_NO_EFFECT = "{keyword} asks nothing of a call; strict mode passes over it."
_CLOSED = 'Strict objects say "additionalProperties": false.'
_ALL = "Strict objects list every property in required; an optional one allows null instead."
_LIMITS = "notes 7.2, trap 45"


def _over(what: str) -> str:
    return f"{{found}} {what}; a strict schema may have {{most}}."


def _limit(keyword: str, measure: shared.Measure, most: int, what: str) -> Limit:
    return Limit(keyword, measure, most, what, refused(_over(what), _LIMITS, True))


OPENAI_STRICT = Table(
    id="openai-strict",
    label="OpenAI strict",
    wires=("openai-chat", "openai-responses"),
    strict=True,
    rules={
        **on(
            "type",
            refused("The top of the parameters has to be of type object.", _NOTES, when=no_object_at_top, certain=True),
            kept("The top has to be an object, and is.", _NOTES, when=is_object_at_top),
            kept(_SUBSET, _NOTES),
        ),
        **on("properties title description", kept(_SUBSET, _NOTES)),
        **on("required", refused(_ALL, _NOTES, True, has_optional), kept("Every property is listed.", _NOTES, True)),
        **on(
            "additionalProperties",
            kept("Closed, as strict mode wants it.", _NOTES, True, is_false),
            refused(_CLOSED, _NOTES, True),
        ),
        **on(
            "anyOf",
            refused("A strict schema has no anyOf at its top.", _NOTES, when=top, certain=True),
            kept(_SUBSET, _NOTES),
        ),
        **on(
            "enum",
            refused("No enum at the top of the parameters.", _NOTES, when=top, certain=True),
            refused(
                "An enum of more than 250 values may have 15,000 characters.", _NOTES, True, large_enum(250, 15_000)
            ),
            kept(_SUBSET, _NOTES),
        ),
        **on("const $ref $defs", kept(_SUBSET, _NOTES)),
        **on("definitions", kept("The older name of $defs.", "no document found")),
        **on(
            "items",
            refused("Strict arrays have one schema for all items.", _NOTES, when=is_list),
            kept(_SUBSET, _NOTES),
        ),
        **on(("minItems", "maxItems", *k.NUMBERS, "pattern"), kept(_SUBSET, _NOTES)),
        **on(
            "format",
            kept("One of the nine formats of the strict subset.", _NOTES, when=one_of(_FORMATS)),
            refused(
                f"Strict mode knows the formats {', '.join(_FORMATS)} only.",
                _FORMATS_SOURCE,
                when=of_type("string"),
                certain=True,
            ),
            refused("A format of another type than text is not in the strict subset.", _FORMATS_SOURCE),
        ),
        **on(k.LENGTHS, refused("Taken by some models and refused by others, fine-tuned ones among them.", _ISSUES)),
        **on("allOf oneOf not if then else", refused(_OUT, _NOTES, certain=True)),
        **on("dependentRequired dependentSchemas patternProperties", refused(_OUT, _NOTES, certain=True)),
        **on("default", refused("Refused for years and by Azure; newer models take it.", _DEFAULTS)),
        **on(
            ("unevaluatedProperties", "propertyNames", *k.SIZES, "unevaluatedItems", *k.CONTENTS),
            refused(_LESS, _OLDER),
        ),
        **on(
            "prefixItems",
            refused("Tuples are not in the strict subset.", "openai/openai-agents-python#4753", certain=True),
        ),
        **on("additionalItems dependencies", refused(_LESS, _NOTES)),
        **on("$dynamicRef $recursiveRef", refused(_LESS, _NOTES)),
        **on(k.IDENTITY, ignored("{keyword} says which schema this is; it asks nothing of a call.", _NOTES)),
        **on((*k.ENCODINGS, "examples", "deprecated", "readOnly", "writeOnly"), ignored(_NO_EFFECT, _NOTES)),
        **on(
            "nullable",
            ignored('Not JSON Schema: null is not allowed by it; write "type": [..., "null"].', _NOTES),
        ),
        **on("discriminator xml externalDocs example propertyOrdering", ignored(_NO_EFFECT, _NOTES)),
    },
    unknown=ignored("no document says what strict mode does with it; most likely nothing.", _NOTES),
    broken=shared.BROKEN,
    lost=shared.LOST,
    anything=refused("A strict schema has a type everywhere; here any value may stand.", _NOTES),
    nothing=refused("A strict schema has a type everywhere; here no value may stand.", _NOTES),
    tool=(
        *TOOL,
        ToolRule("strict", lambda tool: not shared.is_custom(tool), kept("Sent as true.", "notes 2.2", True)),
        ToolRule(
            "(custom tool)",
            shared.is_custom,
            ignored("A free-text tool has no schema; strict is not sent.", "notes 2.2", True),
        ),
    ),
    lacks=(
        TOP_TYPE,
        Lack("(additionalProperties)", open_object, refused(_CLOSED, _NOTES, True)),
        Lack("(required)", optional_without_required, refused(_ALL, _NOTES, True)),
        Lack("(items)", array_without_items, refused("An array has to say what its items are.", _NOTES, certain=True)),
        Lack("(type)", untyped, refused("A strict schema has a type everywhere; this one has none.", _NOTES)),
    ),
    limits=(
        _limit("(depth)", depth, 10, "levels of nesting"),
        _limit("(properties)", properties, 5000, "properties"),
        _limit("(enum values)", enum_values, 1000, "enum values in all"),
        _limit("(characters)", characters, 120_000, "characters in names, enum and const values"),
    ),
)

_BETA = "notes 7.5, api-docs.deepseek.com/guides/tool_calls"
_RUST = "notes 7.5, docs.rs/crate/rig-core"
_BETA_FORMATS = ("email", "hostname", "ipv4", "ipv6", "uuid")
_BETA_OUT = "{keyword} is not in DeepSeek's strict subset."
_BETA_IN = "In DeepSeek's strict subset."
_BETA_CLOSED = 'DeepSeek\'s strict objects say "additionalProperties": false.'
_BETA_ALL = "DeepSeek's strict objects list every property in required."
_BETA_UNTYPED = "Values without a type cannot be expressed in DeepSeek's strict mode."

DEEPSEEK_STRICT = Table(
    id="deepseek-strict",
    label="DeepSeek strict (beta)",
    wires=("openai-chat",),
    strict=True,
    rules={
        **on(
            k.KNOWN, ignored("{keyword} is not mentioned for DeepSeek's strict mode; most likely passed over.", _BETA)
        ),
        **on(
            "type",
            refused("The top of the parameters has to be of type object.", _BETA, when=no_object_at_top),
            kept(_BETA_IN, _BETA),
        ),
        **on(("properties", "description", "title", "enum", "anyOf", "$ref", "$defs"), kept(_BETA_IN, _BETA)),
        **on((*k.NUMBERS, "const", "default", "pattern"), kept(_BETA_IN, _BETA)),
        **on(
            "items",
            refused("DeepSeek's strict arrays have one schema for all items.", _BETA, when=is_list),
            kept(_BETA_IN, _BETA),
        ),
        **on("required", refused(_BETA_ALL, _BETA, when=has_optional), kept("Every property is listed.", _BETA)),
        **on(
            "additionalProperties",
            kept("Closed, as strict wants it.", _BETA, when=is_false),
            refused(_BETA_CLOSED, _BETA),
        ),
        **on(
            "format",
            kept("One of the five formats of DeepSeek's strict subset.", _BETA, when=one_of(_BETA_FORMATS)),
            refused(f"DeepSeek's strict mode knows the formats {', '.join(_BETA_FORMATS)} only.", _RUST),
        ),
        **on((*k.LENGTHS, "minItems", "maxItems"), refused(_BETA_OUT, _BETA)),
        **on(
            ("oneOf", "allOf", "not", *k.CONDITIONS, *k.MAPS, *k.SIZES, *k.TUPLES, *k.CONTENTS),
            refused(_BETA_OUT, _RUST),
        ),
        **on("$dynamicRef $recursiveRef", refused(_BETA_OUT, _BETA)),
    },
    unknown=ignored("no document says what DeepSeek's strict mode does with it.", _BETA),
    broken=shared.BROKEN,
    lost=shared.LOST,
    anything=refused(_BETA_UNTYPED, _RUST),
    nothing=refused(_BETA_UNTYPED, _RUST),
    tool=(
        shared.name_rule("openai-chat", "notes 7.6", False),
        shared.name_kept("notes 7.6", False),
        shared.description_kept("notes 7.5", False),
        shared.output_dropped("notes 2.2"),
        ToolRule(
            "strict",
            lambda tool: True,
            kept("Only on DeepSeek's own /beta address, and then on every function of the request.", _BETA),
        ),
        *shared.as_function("notes 2.2", False),
    ),
    lacks=(
        Lack("(root)", TOP_TYPE.when, refused("The top of the parameters has to be of type object.", _BETA)),
        Lack("(additionalProperties)", open_object, refused(_BETA_CLOSED, _BETA)),
        Lack("(required)", optional_without_required, refused(_BETA_ALL, _BETA)),
        Lack("(type)", untyped, refused(_BETA_UNTYPED, _RUST)),
    ),
)
