"""Rules in words, and the arguments of a tool as the paths that conditions and quotes name."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from callsmith.calls import schema_of
from callsmith.schema.document import tokens
from callsmith.schema.form import flat, rows
from callsmith.schema.form_types import types
from callsmith.types.answering import Condition, Rule, Test
from callsmith.types.tool import Tool
from components.words import joined, seconds

MOST_PATHS = 60
TESTS: Mapping[Test, str] = {
    "equals": "equals",
    "contains": "contains",
    "range": "is from … to",
    "regex": "matches (regex)",
    "present": "is there",
    "nth": "call number",
}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def arguments(tool: Tool) -> dict[str, Any]:
    """The schema of each argument by its path, those inside objects too."""
    found: dict[str, Any] = {}
    for row in flat(list(rows(schema_of(tool)))):
        steps = tokens(row.pointer)
        if set(steps[::2]) == {"properties"} and len(found) < MOST_PATHS:
            found[path_of(steps[1::2])] = row.schema
    return found


def path_of(names: tuple[str, ...]) -> str:
    """``("a", "odd name")`` is ``$.a['odd name']``."""
    return "$" + "".join(f".{name}" if _PLAIN.match(name) else f"[{_quoted(name)}]" for name in names)


def _quoted(name: str) -> str:
    escaped = json.dumps(name, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{escaped}'"


def spoken_path(path: str) -> str:
    return path.removeprefix("$.") if path else "the arguments"


def wants_text(schema: Any) -> bool:
    """Whether what is typed for this argument is text, so that 5 is the text 5."""
    return types(schema) == ("string",)


def condition_words(one: Condition) -> str:
    at = spoken_path(one.at)
    match one.test:
        case "equals":
            return f"{at} equals {_value(one.value)}"
        case "contains":
            return f"{at} contains {_value(one.value)}"
        case "range":
            return f"{at} is {_span(one)}"
        case "regex":
            return f"{at} matches {one.value}"
        case "present":
            return f"{at} is there"
        case "nth":
            return f"it is call number {one.value}"


def _span(one: Condition) -> str:
    bounds = [f"at least {one.low:g}"] if one.low is not None else []
    bounds += [f"at most {one.high:g}"] if one.high is not None else []
    return " and ".join(bounds) or "any number"


def _value(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f"{shown[:39]}…"


def title(rule: Rule, number: int) -> str:
    return f"{number}. {rule.name}" if rule.name else f"{number}. {_when(rule)}"


def told(rule: Rule) -> str:
    """What a rule does in one line, after its title: its conditions where it has a name, then what it replies."""
    said = [_when(rule)] if rule.name and rule.name != _when(rule) else []
    if rule.reply.delay:
        said.append(f"after {seconds(rule.reply.delay)}")
    return " · ".join(said)


def _when(rule: Rule) -> str:
    if not rule.when:
        return "Everything else"
    return f"If {joined([condition_words(one) for one in rule.when])}"


def unreachable(rules: tuple[Rule, ...], place: int) -> int | None:
    """The rule before this one that leaves it nothing, by place; None where it can be reached."""
    return next((n for n, rule in enumerate(rules[:place]) if rule.on and not rule.when), None)
