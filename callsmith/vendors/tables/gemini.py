"""Gemini's two fields for parameters (wire-format notes, 5.1 and 7.4).

``parametersJsonSchema`` takes a schema as it stands; ``parameters`` knows a type of its own, ``Schema``, into which
Callsmith rewrites (``gemini_parameters``): that table says what the rewriting does.
"""

from __future__ import annotations

import re
from dataclasses import replace

from callsmith.vendors import keywords as k
from callsmith.vendors.rules import (
    Lack,
    Table,
    ToolRule,
    described,
    dropped,
    ignored,
    kept,
    on,
    refused,
    rewritten,
)
from callsmith.vendors.sending import SCHEMA_FIELD, sent
from callsmith.vendors.tables import shared
from callsmith.vendors.when import (
    array_without_items,
    beside,
    empty_object,
    enum_without_values,
    has_bare_branch,
    has_null,
    has_siblings,
    is_empty,
    is_false,
    is_list,
    is_none,
    is_object_at_top,
    is_text,
    names_unknown,
    no_object_at_top,
    no_text_or_null,
    of_other_type_than_text,
    on_forced_loop,
    on_loop,
    one_of,
    text_or_numbers,
    top,
    untyped,
    untyped_top,
)

_NOTES = "notes 7.4"
_REFUSES = "notes 7.4, trap 43"
_EXAMPLE = "notes 5.1"
_KEYS = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_KEY_REASON = "A property name begins with a letter or _, then letters, digits and _, 64 in all."
_OBJECT = "The top of the parameters has to be of type object."
_FIELD = "A field of Gemini's Schema."
_NO_FIELD = "Gemini's Schema has no field {keyword} and refuses the name, so Callsmith takes it out."
_TOLD = "Gemini's Schema has no field {keyword}: Callsmith says it in the description."
_TOLD_VALUES = "Gemini's enum holds non-empty text only: Callsmith lists these values in the description."
_BARE = "Alternatives that differ in required names alone have no form in Gemini's Schema."
_ANY = "Any value is offered as text, a number or true and false."
_ITEMS = f"An array has to say what its items are. {_ANY}"
_TYPE = "Gemini asks for a type: the keywords here tell which, or else text, a number or true and false are offered."
_EMPTY = "Older models refuse an object without properties."
_TYPED = "danny-avila/LibreChat#6971"
_UNKNOWN = "decolua/9router#3018, google/adk-python#5446, openswarm-ai/openswarm#24"
_TOOL = (
    shared.name_rule("gemini", "notes 7.6", True),
    shared.long_name(64, "More than 64 characters: older models refuse it.", "notes 7.6", False),
    shared.name_kept("notes 7.6", True),
    shared.description_kept(_EXAMPLE, True),
    shared.output_dropped(_EXAMPLE),
    ToolRule(
        "strict",
        lambda tool: tool.strict is True and not shared.is_custom(tool),
        dropped("Gemini has no strict; its mode VALIDATED checks calls against the schema.", _EXAMPLE, True),
    ),
    *shared.as_function(_EXAMPLE, True),
)
_TEXT_FORMATS, _NUMBER_FORMATS = ("enum", "date-time"), ("float", "double", "int32", "int64")

GEMINI_SCHEMA = Table(
    id="gemini-schema",
    label="Gemini parameters",
    wires=("gemini",),
    strict=None,
    rules={
        **on(
            "type",
            refused(_OBJECT, _EXAMPLE, when=no_object_at_top, certain=True),
            kept("The top has to be an object, and is.", _EXAMPLE, True, is_object_at_top),
            rewritten(
                "A list of types becomes anyOf, its null becomes nullable.",
                "notes 7.4, zed-industries/zed#53919",
                when=is_list,
            ),
            rewritten("The type null becomes nullable.", _NOTES, when=one_of(("null", "NULL"))),
            kept(_FIELD, _NOTES, True),
        ),
        **on(
            "enum",
            dropped("An empty list of allowed values is refused, and says nothing.", "notes 7.4", when=is_empty),
            described(_TOLD_VALUES, "notes 7.4, anomalyco/opencode#46676", True, no_text_or_null),
            described(
                "Gemini takes enum beside the type string only: Callsmith lists these values in the description.",
                "decolua/9router#380",
                when=of_other_type_than_text,
            ),
            rewritten("Its null becomes nullable.", "notes 7.4, router-for-me/CLIProxyAPI#4545", when=has_null),
            kept(_FIELD, _NOTES, True),
        ),
        **on(
            "const",
            rewritten("Becomes an enum of one value.", _REFUSES, True, is_text),
            described(_TOLD, _REFUSES, True),
        ),
        **on(
            "properties title description nullable propertyOrdering minProperties maxProperties minItems maxItems",
            kept(_FIELD, _NOTES, True),
        ),
        **on("minLength maxLength pattern minimum maximum", kept(_FIELD, _NOTES, True)),
        **on(
            "required",
            rewritten(
                "Names that are no properties are taken out; Gemini refuses them.",
                "iBUHub/AIStudioToAPI#154",
                when=names_unknown,
            ),
            kept(_FIELD, _NOTES, True),
        ),
        **on(
            "items",
            rewritten("The places of a tuple become anyOf for all items.", _NOTES, when=is_list),
            kept(_FIELD, _NOTES, True),
        ),
        **on("anyOf", rewritten("Its null becomes nullable.", _NOTES, when=has_null), kept(_FIELD, _NOTES, True)),
        **on(
            "oneOf",
            dropped(_BARE, "no document found", when=has_bare_branch),
            dropped("Beside anyOf there is no place for it.", _NOTES, when=beside("anyOf")),
            rewritten("Becomes anyOf.", _REFUSES, True),
        ),
        **on("allOf", rewritten("Merged into one schema; where the parts disagree the first counts.", _NOTES)),
        **on(
            "$ref",
            rewritten(
                "Written out where it stands, once; where it leads back to itself the type alone is left.",
                _REFUSES,
                True,
                on_loop,
            ),
            rewritten("Written out where it stands.", _REFUSES, True),
        ),
        **on("$defs definitions", rewritten("Written out where the references stand.", _REFUSES)),
        **on(
            "prefixItems",
            rewritten("The places of the tuple become anyOf for all items.", "googleapis/python-genai#69"),
        ),
        **on(
            "format",
            dropped("It promises an enum, and there is none.", "elastic/kibana#286302", when=enum_without_values),
            kept("Taken for text.", "google-gemini/gemini-cli#3178", when=one_of(_TEXT_FORMATS)),
            kept("Taken for numbers.", "no document found", when=one_of(_NUMBER_FORMATS)),
            described(
                "Gemini takes the formats enum and date-time only: Callsmith says it in the description.",
                "google-gemini/gemini-cli#3178",
            ),
        ),
        **on("exclusiveMinimum", described(_TOLD, _REFUSES, True)),
        **on("exclusiveMaximum multipleOf", described(_TOLD, "notes 7.4, decolua/9router#2317")),
        **on("uniqueItems", dropped("False asks nothing.", _UNKNOWN, when=is_false), described(_TOLD, _UNKNOWN)),
        **on(
            "default",
            dropped("A default of null says nothing.", _REFUSES, True, is_none),
            described("Refused by the live service: Callsmith says it in the description.", _REFUSES, True),
        ),
        **on("deprecated", dropped("False says nothing.", _UNKNOWN, when=is_false), described(_TOLD, _UNKNOWN)),
        **on(
            "examples",
            dropped("Beside example there is no place for it.", _REFUSES, True, beside("example")),
            rewritten("The first becomes example, the only one Gemini's Schema has.", _REFUSES, True),
        ),
        **on("example", kept(_FIELD, _NOTES, True)),
        **on("$schema additionalProperties", dropped(_NO_FIELD, _REFUSES, True)),
        **on(
            (*(name for name in k.IDENTITY if name != "$schema"), "$dynamicRef", "$recursiveRef"),
            dropped(_NO_FIELD, _UNKNOWN),
        ),
        **on(("not", *k.CONDITIONS, *k.MAPS, "additionalItems", "unevaluatedItems"), dropped(_NO_FIELD, _UNKNOWN)),
        **on(("contains", "minContains", "maxContains", *k.ENCODINGS), dropped(_NO_FIELD, _UNKNOWN)),
        **on("readOnly writeOnly discriminator xml externalDocs", dropped(_NO_FIELD, _UNKNOWN)),
    },
    unknown=dropped("Gemini's Schema refuses names it does not know, so Callsmith takes it out.", _UNKNOWN),
    broken=shared.BROKEN,
    lost=shared.LOST,
    anything=rewritten(_ANY, _TYPED),
    nothing=rewritten(
        "Gemini's Schema cannot forbid every value: text, a number or true and false are offered.", _TYPED
    ),
    tool=_TOOL,
    lacks=(
        Lack("(root)", untyped_top, rewritten('Callsmith adds "type": "object".', _EXAMPLE)),
        Lack("(items)", array_without_items, rewritten(_ITEMS, _NOTES, True)),
        Lack(
            "(type)",
            untyped,
            rewritten(_TYPE, _TYPED),
        ),
        Lack(
            "(properties)",
            empty_object,
            refused(_EMPTY, "browser-use/browser-use#7"),
        ),
    ),
    property_name=(_KEYS, refused(_KEY_REASON, "notes 7.6", True)),
    omitted=(
        lambda tool: not shared.is_custom(tool) and SCHEMA_FIELD not in sent(tool, "gemini"),
        rewritten("A function without arguments is sent without parameters.", _EXAMPLE, True),
    ),
    forgives={"type": lambda value: isinstance(value, str) and value.lower() in k.TYPES},
)

_LISTED = "On Google's list for JSON Schema, which was written for replies."
_UNLISTED = "{keyword} is not on Google's list for JSON Schema: most likely passed over."
_SENT = "Sent as it stands; Google's list for JSON Schema names it."

GEMINI_JSON_SCHEMA = replace(
    GEMINI_SCHEMA,
    id="gemini-json-schema",
    label="Gemini JSON Schema",
    rules={
        **on(k.KNOWN, ignored(_UNLISTED, _NOTES)),
        **on(
            "$id $defs $anchor title description properties additionalProperties required propertyOrdering",
            kept(_LISTED, _NOTES, True),
        ),
        **on("prefixItems minItems maxItems minimum maximum format anyOf", kept(_LISTED, _NOTES, True)),
        **on(
            "items",
            ignored(
                "A list of schemas is the tuple of older drafts; Google's list has prefixItems.", _NOTES, when=is_list
            ),
            kept(_LISTED, _NOTES, True),
        ),
        **on(
            "type",
            refused(_OBJECT, _EXAMPLE, when=no_object_at_top, certain=True),
            kept("The top has to be an object, and is.", _EXAMPLE, True, is_object_at_top),
            kept(_SENT, _NOTES, True),
        ),
        **on(
            "enum",
            kept("Text and numbers, as Google's list says.", _NOTES, True, text_or_numbers),
            ignored(
                "Allowed values are text and numbers by Google's list; others are most likely passed over.", _NOTES
            ),
        ),
        **on("oneOf", kept("Read as anyOf.", _NOTES, True)),
        **on(
            "$ref",
            refused("Nothing but names with $ may stand beside $ref.", _NOTES, True, has_siblings),
            refused(
                "A reference back to itself may stand in properties that are not required only.",
                _NOTES,
                True,
                on_forced_loop,
            ),
            kept(_LISTED, _NOTES, True),
        ),
        **on(
            "anyOf",
            ignored(
                "At the top Gemini asks for an object; what it makes of a union there is not said.", _NOTES, when=top
            ),
            kept(_LISTED, _NOTES, True),
        ),
    },
    unknown=ignored("it is not on Google's list for JSON Schema: most likely passed over.", _NOTES),
    anything=kept("Any value may stand here.", _NOTES),
    nothing=kept("No value may stand here.", _NOTES),
    lacks=(
        Lack("(root)", untyped_top, refused(_OBJECT, "notes 5.1, cloud.google.com FunctionDeclaration")),
        Lack("(items)", array_without_items, refused("An array has to say what its items are.", _NOTES, True)),
    ),
    property_name=(_KEYS, refused(_KEY_REASON, "notes 7.6")),
    forgives={},
)
