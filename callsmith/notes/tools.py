"""Tools that a provider would refuse: too many, badly named, too long, too strict (wire-format notes, 7.3 and 7.6).

Limits that hold whatever is asked are found while a tool is edited; here are those of the model and format in use.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from callsmith.notes.types import ANTHROPIC, CHAT, GEMINI, RESPONSES, Case, Fix, Note, count, verb
from callsmith.schema.walk import children, subschemas
from callsmith.types.setup import Setup

# What a name may be, said in words for the note.
_NAMES: Mapping[str, tuple[re.Pattern[str], str]] = {
    CHAT: (re.compile(r"[A-Za-z0-9_-]{1,64}"), "letters, digits, _ and -, at most 64"),
    RESPONSES: (re.compile(r"[A-Za-z0-9_-]{1,64}"), "letters, digits, _ and -, at most 64"),
    ANTHROPIC: (re.compile(r"[A-Za-z0-9_-]{1,128}"), "letters, digits, _ and -, at most 128"),
    GEMINI: (re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,127}"), "a letter or _ first, then letters, digits, _ . : and -"),
}
_MOST_TOOLS: Mapping[str, int] = {RESPONSES: 128, GEMINI: 512}
_LONG_DESCRIPTION = 1024
_STRICT_DEPTH, _OLD_STRICT_DEPTH = 10, 5
# Anthropic's caps on everything strict in one request (trap 41).
_STRICT_TOOLS, _STRICT_OPTIONAL, _STRICT_UNIONS = 20, 24, 16
_FULL_NAME = 64


def of_tools(case: Case) -> Iterator[Note]:
    if not case.tools:
        return
    yield from _number(case)
    yield from _names(case)
    yield from _descriptions(case)
    yield from _schemas(case)
    yield from _custom(case)
    if case.wire == ANTHROPIC:
        yield from _strict_caps(case)
    elif case.wire in (CHAT, RESPONSES) and case.profile.strict == "yes":
        yield from _strict_depth(case)


def first_tools(most: int) -> Fix:
    """The tools beyond so many switched off, in the conversation's order."""

    def change(setup: Setup) -> Setup:
        on = 0
        kept = []
        for use in setup.tools:
            on += use.on
            kept.append(replace(use, on=use.on and on <= most))
        return replace(setup, tools=tuple(kept))

    return Fix(f"Offer the first {most} only", change)


def _number(case: Case) -> Iterator[Note]:
    """Trap 37."""
    most = case.profile.max_tools or _MOST_TOOLS.get(case.wire)
    if most is not None and len(case.tools) > most:
        text = f"{case.model} takes at most {most:,} tools; {len(case.tools):,} are offered."
        yield Note("tools-many", "refused", text, (first_tools(most),))


def _names(case: Case) -> Iterator[Note]:
    """Traps 39 and 40."""
    pattern, words = _NAMES.get(case.wire, _NAMES[CHAT])
    bad = [tool.name for tool in case.tools if not pattern.fullmatch(tool.name)]
    if bad:
        text = f"{case.label} takes tool names of {words}: {_some(bad)} will be refused."
        yield Note("tool-names", "refused", text)
    long = [tool.name for tool in case.tools if len(tool.name) > _FULL_NAME and tool.name not in bad]
    if long:
        text = f"Older servers take tool names of at most {_FULL_NAME} characters: {_some(long)} may be refused."
        yield Note("tool-names-long", "info", text)
    twice = [name for name, times in Counter(tool.name for tool in case.tools).items() if times > 1]
    if twice:
        yield Note("tool-names-twice", "refused", f"Two tools have one name: {_some(twice)}.")


def _descriptions(case: Case) -> Iterator[Note]:
    """Trap 38."""
    most = case.profile.max_description or _LONG_DESCRIPTION
    long = [tool.name for tool in case.tools if len(tool.description) > most]
    if not long or case.wire not in (CHAT, RESPONSES):
        return
    if case.profile.max_description:
        text = f"Descriptions may have {most:,} characters here; longer: {_some(long)}."
        yield Note("tool-descriptions", "refused", text)
    else:
        text = f"Some servers refuse descriptions over {most:,} characters: {_some(long)}."
        yield Note("tool-descriptions", "info", text)


def _schemas(case: Case) -> Iterator[Note]:
    """Trap 44, and what may not stand at the top (7.3)."""
    broken = [tool.name for tool in case.tools if any(_lists_properties(schema) for schema in _all(tool.parameters))]
    if broken:
        text = f'In a schema "properties" has to be an object, {{}} when empty, not a list: {_some(broken)}.'
        yield Note("tool-properties", "refused", text)
    if case.wire == ANTHROPIC:
        unions = [
            tool.name for tool in case.tools if tool.parameters and tool.parameters.keys() & {"oneOf", "anyOf", "allOf"}
        ]
        if unions:
            text = f"Messages takes no oneOf, anyOf or allOf at the top of a tool's parameters: {_some(unions)}."
            yield Note("tool-top-union", "refused", text)


def _custom(case: Case) -> Iterator[Note]:
    custom = [tool for tool in case.tools if tool.type == "custom"]
    if not custom or (case.wire in (CHAT, RESPONSES) and case.profile.custom_tools):
        return
    who = case.label if case.wire in (ANTHROPIC, GEMINI) else case.model
    names = _some([tool.name for tool in custom])
    grammar = any(tool.grammar for tool in custom)
    text = f"{who} knows no free-text tools: {names} {verb(len(custom), 'is a function', 'are functions')} there, with "
    text += "one text argument." + (" A grammar is told to the model, but not enforced." if grammar else "")
    yield Note("custom-tools", "ignored" if grammar else "info", text)


def _strict_caps(case: Case) -> Iterator[Note]:
    """Trap 41."""
    strict = [tool for tool in case.tools if tool.strict and tool.type == "function"]
    schemas: list[Mapping[str, Any]] = [tool.parameters for tool in strict if tool.parameters]
    if case.options.response is not None:
        schemas.append(case.options.response.schema)
    optional = sum(len(_optional(part)) for schema in schemas for part in _all(schema))
    unions = sum(_is_union(part) for schema in schemas for part in _all(schema))
    for found, most, what in (
        (len(strict), _STRICT_TOOLS, "strict tools"),
        (optional, _STRICT_OPTIONAL, "optional parameters in strict schemas"),
        (unions, _STRICT_UNIONS, "parameters of several types in strict schemas"),
    ):
        if found > most:
            text = f"Anthropic takes at most {most} {what} in a request; there are {found}. Switch strict off for some."
            yield Note("strict-caps", "refused", text)
            return


def _strict_depth(case: Case) -> Iterator[Note]:
    """Trap 45."""
    depths = {tool.name: _depth(tool.parameters) for tool in case.tools if tool.strict and tool.parameters}
    deep = [name for name, depth in depths.items() if depth > _STRICT_DEPTH]
    if deep:
        text = f"Strict schemas may nest {_STRICT_DEPTH} levels deep; deeper: {_some(deep)}."
        yield Note("strict-depth", "refused", text)
    elif deep := [name for name, depth in depths.items() if depth > _OLD_STRICT_DEPTH]:
        text = f"Some servers refuse strict schemas nested over {_OLD_STRICT_DEPTH} levels: {_some(deep)}."
        yield Note("strict-depth", "info", text)


def _all(schema: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return [part for _, part in subschemas(schema)] if schema else []


def _lists_properties(schema: Mapping[str, Any]) -> bool:
    return isinstance(schema.get("properties"), list)


def _optional(schema: Mapping[str, Any]) -> set[str]:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, Mapping):
        return set()
    return set(properties) - (set(map(str, required)) if isinstance(required, list) else set())


def _is_union(schema: Mapping[str, Any]) -> bool:
    return "anyOf" in schema or "oneOf" in schema or isinstance(schema.get("type"), list)


def _depth(schema: Any, limit: int = 2 * _STRICT_DEPTH) -> int:
    """Levels of objects and arrays inside each other; definitions count where they are written."""
    if not isinstance(schema, Mapping) or limit == 0:
        return 0
    own = int(bool(schema.keys() & {"properties", "items"}))
    return own + max((_depth(child, limit - 1) for _, child in children(schema)), default=0)


def _some(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {count(len(names) - most, 'other')}"
