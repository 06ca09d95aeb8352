"""What several vendors say alike: broken schemas, hints without force, fields of the tool."""

from __future__ import annotations

from collections.abc import Callable

from callsmith.types.tool import Tool
from callsmith.vendors import keywords as k
from callsmith.vendors.names import NAMES
from callsmith.vendors.places import Walk
from callsmith.vendors.rules import Lack, Rule, ToolRule, described, dropped, ignored, kept, on, refused, rewritten
from callsmith.vendors.when import array_without_items

Measure = Callable[[Walk], int]

JSON_SCHEMA = "JSON Schema 2020-12"
BROKEN = refused("", JSON_SCHEMA, certain=True)
LOST = refused("This reference leads nowhere in the document; nothing outside is ever read.", JSON_SCHEMA, certain=True)
HINT = "Reaches the model as part of the schema; it is a hint, and no call is held to it."


def hints(source: str, seen: str, seen_source: str) -> dict[str, tuple[Rule, ...]]:
    """A vendor that shows the whole schema to the model. ``seen`` are the keywords of the notes' own examples."""
    return {
        **on(k.KNOWN, kept(HINT, source)),
        **on(k.IDENTITY, ignored("{keyword} says which schema this is; it asks nothing of a call.", source)),
        **on(
            k.OPENAPI,
            kept("{keyword} is of OpenAPI, not of JSON Schema: it reaches the model as a hint, and no more.", source),
        ),
        **on("propertyOrdering", kept("Gemini's own keyword: it reaches the model as a hint, and no more.", source)),
        **on(seen, kept(HINT, seen_source, True)),
    }


def unknown_hint(source: str) -> Rule:
    return kept("no document names it; it is passed on as it stands, as a hint.", source)


def any_hint(source: str) -> Rule:
    return kept("Any value may stand here, and the model gets no hint which.", source)


def no_hint(source: str) -> Rule:
    return kept("No value may stand here; the model sees a schema that says false.", source)


def name_rule(wire: str, source: str, verified: bool) -> ToolRule:
    pattern, words = NAMES[wire]
    return ToolRule(
        "name",
        lambda tool: not pattern.fullmatch(tool.name),
        refused(f"A tool name has {words}.", source, verified, certain=True),
    )


def name_kept(source: str, verified: bool) -> ToolRule:
    return ToolRule("name", lambda tool: True, kept("The name fits.", source, verified))


def long_name(most: int, reason: str, source: str, verified: bool) -> ToolRule:
    return ToolRule("name", lambda tool: len(tool.name) > most, kept(reason, source, verified))


def long_description(most: int, reason: str, source: str, verified: bool) -> ToolRule:
    return ToolRule("description", lambda tool: len(tool.description) > most, kept(reason, source, verified))


def description_kept(source: str, verified: bool) -> ToolRule:
    rule = kept("The model chooses tools by it.", source, verified)
    return ToolRule("description", lambda tool: bool(tool.description), rule)


def output_dropped(source: str) -> ToolRule:
    return ToolRule(
        "output_schema",
        lambda tool: tool.output_schema is not None,
        dropped("What the tool returns is not part of the request.", source, True),
    )


def is_custom(tool: Tool) -> bool:
    return tool.type == "custom"


def as_function(source: str, verified: bool) -> tuple[ToolRule, ...]:
    """A format that has no free-text tools."""
    function = "There are no free-text tools here; it becomes a function with one text argument."
    grammar = "The grammar goes into the description of that argument; nothing holds the text to it."
    return (
        ToolRule("(custom tool)", is_custom, rewritten(function, source, verified)),
        ToolRule("(grammar)", lambda tool: tool.grammar is not None, described(grammar, source, verified)),
    )


def items_needed(source: str, verified: bool) -> Lack:
    reason = "An array has to say what its items are."
    return Lack("(items)", array_without_items, refused(reason, source, verified, certain=True))
