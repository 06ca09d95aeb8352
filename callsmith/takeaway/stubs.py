"""A tool as a function that answers from what is known: this conversation's results, its rules, its output schema."""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Any

from callsmith.answering.record import from_answers
from callsmith.exporting.names import TYPESCRIPT_WORDS, is_plain
from callsmith.schema.sample import CannotSample, sample
from callsmith.takeaway.types import Case, Check, Filled, Name, Param, Stub
from callsmith.types.answering import Answering, Condition, Rule
from callsmith.types.parts import ToolCall, ToolResult, finite
from callsmith.types.tool import Tool
from callsmith.wire.custom import ARGUMENT, as_function

_FIELD = re.compile(r"(?:\$\.)?([A-Za-z_]\w*)", re.ASCII)
_QUOTE = re.compile(r"\{\{\s*([^{}\n]{1,300}?)\s*\}\}")
# Patterns that Python and JavaScript read alike: no groups that say how, but for "any case" in front.
_GROUP = re.compile(r"\(\?(?!:)|\\[^dwsDWSbB.()\[\]{}|^$*+?/-]")
_ANY_CASE = "(?i)"
# Words that no argument can be called in one of the two languages, and what the body of a stub says itself.
_LEGAL = frozenset(
    [
        "as",
        "async",
        "from",
        "get",
        "of",
        "set",
        "symbol",
        "type",
        "number",
        "string",
        "object",
        "boolean",
        "any",
        "bigint",
        "never",
    ]
)
_WORDS = frozenset(
    (*keyword.kwlist, *(TYPESCRIPT_WORDS - _LEGAL), *("re", "str", "RuntimeError", "RegExp", "JSON", "Error"))
)
_MOST_CASES = 20


class _CannotSay(Exception):
    """What the condition or quote asks has no plain counterpart in code."""


def stub_of(
    tool: Tool, answering: Answering | None, answered: Sequence[tuple[ToolCall, ToolResult]], notes: list[str]
) -> Stub:
    """``notes`` learns what has to be filled in and what could not be said."""
    params = _params(as_function(tool).parameters)
    arguments = None if params is None else {param.name for param in params}
    known = _cases(tool, reversed(from_answers(answered)), arguments, notes, quotes=False)
    ruled = _cases(tool, answering.rules if answering else (), arguments, notes, quotes=True)
    cases = [case for case in (*known, *ruled) if case.checks][:_MOST_CASES]
    last = next((case for case in ruled if not case.checks), None) or next(iter(known), None)
    if last is None and answering is not None and answering.mocks:
        mock = answering.mocks[0]
        last = Case((), _value(mock.content), mock.is_error)
    todo = ""
    if last is None:
        last, todo = _made_up(tool)
        notes.append(f"{tool.name}: {todo}")
    elif len(cases) == 1 and cases[0] is last:
        cases = []
    return Stub(tool.name, tool.description, params, tuple(cases), Case((), last.value, last.is_error), todo)


def _params(schema: Mapping[str, Any] | None) -> tuple[Param, ...] | None:
    properties = (schema or {}).get("properties", {})
    if not isinstance(properties, Mapping) or any(key in (schema or {}) for key in ("$ref", "oneOf", "anyOf", "allOf")):
        return None
    if not all(is_plain(name, _WORDS) for name in properties):
        return None
    listed = (schema or {}).get("required")
    required = listed if isinstance(listed, list) else []
    params = [
        Param(name, name in required, inner if isinstance(inner, Mapping) else {}) for name, inner in properties.items()
    ]
    return tuple(sorted(params, key=lambda param: not param.required))


def _cases(
    tool: Tool, rules: Sequence[Rule] | Any, arguments: set[str] | None, notes: list[str], *, quotes: bool
) -> list[Case]:
    out = []
    for rule in rules:
        if not rule.on:
            continue
        try:
            checks = tuple(check for one in rule.when for check in _checks(tool, one, arguments))
            value = _value(rule.reply.content)
            out.append(Case(checks, _quoted(value, arguments) if quotes else value, rule.reply.is_error))
        except _CannotSay as why:
            notes.append(f"{tool.name}: the rule {rule.name or 'without a name'} is left out: {why}.")
    return out


def _checks(tool: Tool, condition: Condition, arguments: set[str] | None) -> list[Check]:
    value = condition.value
    if condition.test == "equals" and not condition.at:
        if tool.type == "custom" and isinstance(value, str):
            return [Check("equals", ARGUMENT, value)]
        if not isinstance(value, Mapping) or (arguments is not None and not value.keys() <= arguments):
            raise _CannotSay("its arguments are not those of the tool")
        return [Check("equals", name, item) for name, item in value.items()]
    name = _argument(condition.at, arguments)
    match condition.test:
        case "equals" | "present":
            return [Check(condition.test, name, value)]
        case "contains" if isinstance(value, str):
            return [Check("contains", name, value)]
        case "range":
            return [Check("range", name, (condition.low, condition.high))]
        case "regex" if isinstance(value, str) and _is_portable(value):
            return [Check("regex", name, value)]
    raise _CannotSay(f"its test ({condition.test}) has no plain counterpart in code")


def _argument(path: str, arguments: set[str] | None) -> str:
    found = _FIELD.fullmatch(path.strip())
    if found is None or (arguments is not None and found[1] not in arguments):
        raise _CannotSay(f"{path or 'the whole of the arguments'} is not one argument of the tool")
    return found[1]


def _is_portable(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    rest = pattern.removeprefix(_ANY_CASE)
    return not _GROUP.search(rest) and not re.search(r"\[\]|\[\^\]|[*+?}]\+|\{,|\n", rest)


def _value(content: str) -> Any:
    """Objects and lists as they are; any other result as its text."""
    try:
        value = json.loads(content, parse_float=finite, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return content
    return value if isinstance(value, dict | list) else content


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _quoted(value: Any, arguments: set[str] | None) -> Any:
    """The reply with the arguments it quotes."""
    if isinstance(value, Mapping):
        return {name: _quoted(item, arguments) for name, item in value.items()}
    if isinstance(value, list):
        return [_quoted(item, arguments) for item in value]
    if not isinstance(value, str) or not _QUOTE.search(value):
        return value
    pieces: list[str | Name] = []
    for at, piece in enumerate(_QUOTE.split(value)):
        if at % 2:
            pieces.append(Name(_argument(piece, arguments), "argument"))
        elif piece:
            pieces.append(piece)
    return Filled(tuple(pieces))


def _made_up(tool: Tool) -> tuple[Case, str]:
    if tool.output_schema is not None:
        try:
            return Case((), sample(tool.output_schema, name=tool.name)), "A made-up result; fill in the real one."
        except (CannotSample, RecursionError):
            pass
    return Case((), {"result": "Fill in what this tool returns"}), "Fill in what this tool returns."
