"""Claude, and a gateway that turns Chat into Claude's format (wire-format notes, 7.3 and 1.6)."""

from __future__ import annotations

import re
from dataclasses import replace

from callsmith.vendors import keywords as k
from callsmith.vendors.rules import (
    Lack,
    Limit,
    Table,
    ToolRule,
    dropped,
    ignored,
    kept,
    on,
    refused,
    rewritten,
)
from callsmith.vendors.tables import shared
from callsmith.vendors.when import (
    has_containers,
    is_false,
    is_list,
    is_nothing_or_one,
    is_object_at_top,
    no_object_at_top,
    of_type,
    on_loop,
    one_of,
    open_object,
    optional_parameters,
    top,
    unions,
    untyped,
    untyped_top,
)

_NOTES = "notes 7.3"
_EXAMPLE = "notes 4.1"
_TOP = "notes 7.3, langchain-ai/langchain#39271"
_DRAFT = "notes 7.3, anthropics/claude-code#63673"
_KEYS = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_KEY_REASON = "A property name has 1 to 64 letters, digits, _ . and -."
_OBJECT = "The top of the parameters has to be of type object."
_NOT_AT_TOP = "Messages takes no {keyword} at the top of the parameters; inside a property it is fine."
_TUPLE = "A list of schemas is the tuple of older drafts; JSON Schema 2020-12 has prefixItems for it."
_ADDED = 'Callsmith adds "type": "object", which Messages requires.'
_OLD_NAME = "More than 64 characters: older backends refuse it."

_HINTS = shared.hints(_NOTES, "type", _EXAMPLE)
_LOOSE = {
    **_HINTS,
    **on(
        "type",
        refused(_OBJECT, _EXAMPLE, True, no_object_at_top),
        kept("The top has to be an object, and is.", _EXAMPLE, True, is_object_at_top),
        kept(shared.HINT, _NOTES),
    ),
    **on("anyOf oneOf allOf", refused(_NOT_AT_TOP, _TOP, when=top, certain=True), kept(shared.HINT, _NOTES)),
    **on("items", refused(_TUPLE, _DRAFT, when=is_list, certain=True), kept(shared.HINT, _NOTES)),
    **on(
        "definitions dependencies additionalItems",
        kept("{keyword} is of an older draft: it reaches the model, as a hint.", _NOTES),
    ),
}
_TOOL = (
    shared.name_rule("anthropic", "notes 7.6, traps 39 and 40", True),
    shared.long_name(64, _OLD_NAME, "notes 7.6, trap 40", True),
    shared.name_kept("notes 7.6", True),
    shared.description_kept("notes 4.1", True),
    shared.output_dropped(_EXAMPLE),
    *shared.as_function(_EXAMPLE, True),
)
_FUNCTION_STRICT = lambda tool: tool.strict is not None and not shared.is_custom(tool)  # noqa: E731

ANTHROPIC = Table(
    id="anthropic",
    label="Anthropic",
    wires=("anthropic",),
    strict=False,
    rules=_LOOSE,
    unknown=shared.unknown_hint(_NOTES),
    broken=replace(shared.BROKEN, source=_DRAFT),
    lost=shared.LOST,
    anything=shared.any_hint(_NOTES),
    nothing=shared.no_hint(_NOTES),
    tool=(*_TOOL, ToolRule("strict", _FUNCTION_STRICT, kept("Off: the schema is a hint.", _EXAMPLE, True))),
    lacks=(Lack("(root)", untyped_top, rewritten(_ADDED, _EXAMPLE, True)),),
    property_name=(_KEYS, refused(_KEY_REASON, "notes 7.3, 7.6")),
)

_SDK = "notes 7.3, anthropic-sdk-python lib/_parse/_transform.py"
_CAPS = "notes 7.3, trap 41"
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
_SUBSET = "In the strict subset."
_SAID = "{keyword} is not in the strict subset: Anthropic's own SDK says it in the description instead."
_SILENT = "{keyword} is not known to be in the strict subset; Anthropic's own SDK says it in the description instead."
_CLOSED = 'Strict objects say "additionalProperties": false.'
_SHARE = "{found} %s in this tool alone; all strict tools of a request share {most}."

ANTHROPIC_STRICT = replace(
    ANTHROPIC,
    id="anthropic-strict",
    label="Anthropic strict",
    strict=True,
    rules={
        **on(k.KNOWN, refused(_SILENT, _SDK)),
        **on("type", *_LOOSE["type"][:2], kept(_SUBSET, _SDK)),
        **on("properties required description title", kept(_SUBSET, _SDK)),
        **on(
            "additionalProperties",
            kept("Closed, as strict mode wants it.", _NOTES, True, is_false),
            refused(_CLOSED, _NOTES, True),
        ),
        **on("anyOf", _LOOSE["anyOf"][0], kept(_SUBSET, _SDK)),
        **on(
            "oneOf", _LOOSE["oneOf"][0], refused("Strict mode has anyOf instead; the SDK writes it so.", _NOTES, True)
        ),
        **on(
            "allOf", _LOOSE["allOf"][0], kept("The SDK passes it on; what the grammar makes of it is not said.", _SDK)
        ),
        **on(
            "enum",
            refused(
                "Strict mode takes no objects or lists as allowed values.", "no document found", when=has_containers
            ),
            kept(_SUBSET, _SDK),
        ),
        **on("const", kept("Said to be in the strict subset; the SDK writes it into the description.", _SDK)),
        **on("default", kept("Said to be taken and passed over; the SDK writes it into the description.", _SDK)),
        **on("$defs", kept(_SUBSET, _SDK)),
        **on("definitions", kept("The older name of $defs; the SDK does not follow it.", _SDK)),
        **on(
            "$ref",
            refused("Strict schemas may not refer back to themselves.", _NOTES, True, on_loop),
            kept(_SUBSET, _SDK),
        ),
        **on("items", refused(_TUPLE, _DRAFT, when=is_list, certain=True), kept(_SUBSET, _SDK)),
        **on(
            "format",
            kept("One of the ten formats of the strict subset.", _NOTES, True, one_of(_FORMATS)),
            refused(f"Strict mode knows the formats {', '.join(_FORMATS)} only.", _NOTES, True, of_type("string")),
            refused(_SAID, _SDK),
        ),
        **on(
            "minItems",
            kept("0 or 1, as strict mode allows.", _NOTES, True, is_nothing_or_one),
            refused(
                "Strict arrays have a minItems of 0 or 1 only; the SDK says more in the description.", _NOTES, True
            ),
        ),
        **on((*k.NUMBERS, *k.LENGTHS, "pattern", "maxItems"), refused(_SAID, _NOTES, True)),
        **on(k.IDENTITY, ignored("{keyword} says which schema this is; it asks nothing of a call.", _NOTES)),
        **on(
            "examples deprecated readOnly writeOnly",
            ignored("{keyword} asks nothing of a call; the SDK says it in the description.", _SDK),
        ),
        **on(
            (*k.OPENAPI, "propertyOrdering"),
            ignored("{keyword} is not JSON Schema, and most likely passed over.", _NOTES),
        ),
    },
    unknown=ignored("no document says what strict mode does with it; the SDK says it in the description.", _SDK),
    anything=refused("A strict schema has a type everywhere; here any value may stand.", _SDK),
    nothing=refused("A strict schema has a type everywhere; here no value may stand.", _SDK),
    tool=(*_TOOL, ToolRule("strict", lambda tool: True, kept("Sent as true.", _EXAMPLE, True))),
    lacks=(
        *ANTHROPIC.lacks,
        Lack("(additionalProperties)", open_object, refused(_CLOSED, _NOTES, True)),
        Lack("(type)", untyped, refused("A strict schema has a type everywhere; this one has none.", _SDK)),
    ),
    limits=(
        Limit(
            "(optional parameters)",
            optional_parameters,
            24,
            "optional parameters, of all strict tools of a request",
            refused(_SHARE % "optional parameters", _CAPS, True),
        ),
        Limit(
            "(unions)",
            unions,
            16,
            "parameters of several types, of all strict tools of a request",
            refused(_SHARE % "parameters of several types", _CAPS, True),
        ),
    ),
)

_GATEWAY = "notes 1.6, trap 47"
_VANISHES = "A tool whose parameters are no object vanishes on the way, without a word."
_PASSED = "Passed on to Claude as it stands, as a hint."

GATEWAY = replace(
    ANTHROPIC,
    id="gateway",
    label="Gateway to Claude",
    wires=("openai-chat",),
    strict=None,
    rules={
        **on(k.KNOWN, kept(_PASSED, "notes 1.6")),
        **on(k.IDENTITY, ignored("{keyword} says which schema this is; it asks nothing of a call.", "notes 1.6")),
        **on(
            "type",
            dropped(_VANISHES, _GATEWAY, when=no_object_at_top, certain=True),
            kept(_PASSED, "notes 1.6"),
        ),
        **on("anyOf oneOf allOf", refused(_NOT_AT_TOP, _TOP, when=top, certain=True), kept(_PASSED, "notes 1.6")),
        **on("items", refused(_TUPLE, _DRAFT, when=is_list, certain=True), kept(_PASSED, "notes 1.6")),
    },
    unknown=kept("the gateway passes on a schema whole, unlike the fields around it.", "notes 1.6"),
    anything=shared.any_hint("notes 1.6"),
    nothing=shared.no_hint("notes 1.6"),
    tool=(
        *(rule for rule in _TOOL if rule.keyword not in ("(custom tool)", "(grammar)")),
        ToolRule(
            "strict",
            lambda tool: tool.strict is not None and not shared.is_custom(tool),
            dropped("Some gateways have no field for strict: it is lost without a word.", "notes 1.6"),
        ),
        *shared.as_function("notes 1.6", False),
    ),
    lacks=(
        Lack(
            "(root)",
            untyped_top,
            dropped(_VANISHES, _GATEWAY, certain=True),
        ),
    ),
)
