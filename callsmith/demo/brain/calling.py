"""The calls a prompt asks for, with their arguments: what the brain would call, all told, before choosing when."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callsmith.demo.ask import Ask
from callsmith.demo.brain.choose import Chooser, Wanted
from callsmith.demo.brain.custom import free_text
from callsmith.demo.brain.fill import Filled, fill
from callsmith.demo.brain.slots import Path
from callsmith.demo.brain.words import name_stems, stem
from callsmith.demo.dialect import readable
from callsmith.schema.validate import violations
from callsmith.types.tool import Tool

MAX_CALLS = 12
# A prompt is read this far; the rest is taken as material, not as a request.
MAX_READ = 8_000


@dataclass(frozen=True, slots=True)
class Intent:
    """One call. ``waits_for`` are required arguments that only an earlier call's result can give; ``text`` is what a
    custom tool is called with."""

    tool: Tool
    arguments: Mapping[str, Any]
    words: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    sampled: tuple[str, ...] = ()
    waits_for: tuple[Path, ...] = ()
    text: str = ""


def schema_of(tool: Tool) -> dict[str, Any]:
    """In JSON Schema's words; arguments are always an object."""
    return {"type": "object", **readable(tool.parameters or {})}


def intents(ask: Ask, text: str, tools: Sequence[Tool], *, forced: bool) -> list[Intent]:
    """In the order of the prompt; empty where no tool fits. Raises CannotSample where a schema has no value."""
    text = text[:MAX_READ]
    wanted = Chooser(tools).plan(text, forced=forced)
    found: list[Intent] = []
    for want in wanted:
        found.extend(_calls(ask, want, text, follows=bool(found)))
    return found[:MAX_CALLS]


def calls_for(ask: Ask, tool: Tool, text: str) -> list[Intent]:
    """The calls of one tool that a text asks for, whether or not its words speak for the tool."""
    return list(_calls(ask, Wanted(tool, text[:MAX_READ], ()), text[:MAX_READ], follows=False))


def _calls(ask: Ask, want: Wanted, text: str, *, follows: bool) -> Iterator[Intent]:
    if want.tool.type == "custom":
        yield Intent(want.tool, {}, want.words, ("its text",), text=free_text(want.tool, want.text))
        return
    schema = schema_of(want.tool)
    filled = fill(schema, want.text, ask.today)
    if filled.missing and want.text != text:
        whole = fill(schema, text, ask.today)
        if len(whole.missing) < len(filled.missing):
            filled = whole
    for arguments in _variants(schema, filled):
        yield Intent(
            want.tool,
            arguments,
            want.words,
            tuple(".".join(path) for path in filled.given),
            tuple(".".join(path) for path in filled.missing),
            tuple(filled.missing) if follows else (),
        )


def _variants(schema: Mapping[str, Any], filled: Filled) -> Iterator[dict[str, Any]]:
    """The arguments as they are, and once more for each other value named in the same breath."""
    yield filled.arguments
    for path, values in filled.alternatives.items():
        for value in values:
            other = {**filled.arguments, path[0]: value}
            if len(path) == 1 and not violations(schema, other, 1):
                yield other


def from_results(ask: Ask, intent: Intent, facts: Sequence[tuple[str, Any]]) -> Intent | None:
    """The call with what it waits for taken from earlier results; None where they do not hold it."""
    schema = schema_of(intent.tool)
    arguments = json.loads(json.dumps(intent.arguments))
    for path in intent.waits_for:
        value = fact(path, facts)
        if value is None:
            return None
        target = arguments
        for name in path[:-1]:
            target = target.setdefault(name, {})
        target[path[-1]] = value
        if violations(schema, arguments, 1):
            target[path[-1]] = str(value)
    if violations(schema, arguments, 1):
        return None
    return replace(intent, arguments=arguments, given=tuple(".".join(path) for path in intent.waits_for), sampled=())


def fact(path: Path, facts: Sequence[tuple[str, Any]]) -> Any:
    """The first value in the results under a key that means the same as the argument's name."""
    wanted = set(name_stems(path[-1]))
    exact = next((value for key, value in facts if key == path[-1]), None)
    if exact is not None:
        return exact
    for key, value in facts:
        words = set(name_stems(key))
        if words and wanted and (words <= wanted or wanted <= words):
            return value
    return None


def facts_of(contents: Sequence[Any]) -> list[tuple[str, Any]]:
    """The scalars of results with the keys they stand under, nearest the top first."""
    found: list[tuple[str, Any]] = []
    level: list[tuple[str, Any]] = [("", content) for content in contents]
    for _ in range(6):
        below: list[tuple[str, Any]] = []
        for key, value in level:
            if isinstance(value, Mapping):
                below.extend(value.items())
            elif isinstance(value, list):
                below.extend((key, item) for item in value[:20])
            elif value is not None and key:
                found.append((key, value))
        level = below
    return found


_FETCHES = frozenset(map(stem, ("fetch", "get", "open", "read", "load", "retrieve", "view", "details", "content")))
_READ_WORDS = frozenset(
    map(stem, ("say", "says", "read", "open", "fetch", "content", "text", "full", "detail", "summarise", "summarize"))
)


def asks_to_read(text: str, words: Sequence[str]) -> bool:
    """Whether the prompt wants what is inside of what a search finds ("tell me what it says")."""
    return bool(_READ_WORDS & set(words)) or "tell me" in text.lower()


def fetches(tool: Tool) -> bool:
    return bool(_FETCHES & set(name_stems(tool.name)))


def required_paths(tool: Tool) -> tuple[Path, ...]:
    required = schema_of(tool).get("required", ())
    return tuple((name,) for name in required if isinstance(name, str))
