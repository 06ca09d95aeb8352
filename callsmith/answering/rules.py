"""Rules: the first whose conditions all hold gives the reply.

A condition looks at what its path finds in the arguments, and holds if any of that fits. Numbers compare by value (21
is 21.0), and neither true nor "21" is a number. Arguments that are not JSON, and the text of a custom tool, are one
text at the empty path. Every condition says in words why it held or not, for the tester.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callsmith.answering import jsonpath, regex, template
from callsmith.answering.arguments import document, in_words
from callsmith.schema.strict.exact import equal
from callsmith.types.answering import Condition, Rule
from callsmith.types.parts import ToolCall


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition on one call. ``words``: a sentence that says why it holds or not."""

    condition: Condition
    holds: bool
    words: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One rule on one call. ``words`` sum it up; a rule that is off asks nothing."""

    index: int
    rule: Rule
    hit: bool
    words: str
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    """The rule that answers. ``tried`` are the rules up to it, in order."""

    index: int
    rule: Rule
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class Replied:
    """``delay`` is in seconds. ``notes`` are sentences for the person."""

    content: str
    is_error: bool
    delay: float
    notes: tuple[str, ...] = ()


def match(rules: Sequence[Rule], call: ToolCall, number: int) -> Matched | None:
    """The first rule that fits ``call``, the ``number``-th of its tool in the conversation."""
    tries = tried(rules, call, number)
    hit = next((one for one in tries if one.hit), None)
    return Matched(hit.index, hit.rule, tries[: hit.index + 1]) if hit is not None else None


def tried(rules: Sequence[Rule], call: ToolCall, number: int) -> tuple[Tried, ...]:
    """Every rule on ``call``, also those behind the one that answers: what the tester shows."""
    arguments = document(call)
    return tuple(_tried(index, rule, arguments, number) for index, rule in enumerate(rules))


def reply(rule: Rule, call: ToolCall) -> Replied:
    """What ``rule`` says to ``call``, its quotes filled."""
    filled = template.fill(rule.reply.content, document(call))
    delay = rule.reply.delay
    return Replied(filled.text, rule.reply.is_error, delay if math.isfinite(delay) and delay > 0 else 0.0, filled.notes)


def check_condition(condition: Condition) -> str:
    """Why ``condition`` can never hold as it stands; empty when it can."""
    if condition.test != "nth":
        reason = jsonpath.check(condition.at)
        if reason:
            return reason
    if condition.test == "range":
        return _check_range(condition.low, condition.high)
    if condition.test == "regex":
        wrong = "A regular expression is text."
        return regex.why_not(condition.value) if isinstance(condition.value, str) else wrong
    if condition.test == "nth" and not (_is_whole(condition.value) and condition.value >= 1):
        return "Say which call it is: a whole number from 1."
    if condition.test == "contains" and isinstance(condition.value, dict):
        return "Say what is contained: a text, a number, true, false or null; an object can only be equal."
    return ""


def _check_range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "Give the lowest number, the highest, or both."
    if any(bound is not None and not math.isfinite(bound) for bound in (low, high)):
        return "A bound is a number that is not infinite; leave it out where there is none."
    if low is not None and high is not None and low > high:
        return f"The lowest ({low:g}) is above the highest ({high:g})."
    return ""


def _tried(index: int, rule: Rule, arguments: Any, number: int) -> Tried:
    if not rule.on:
        return Tried(index, rule, False, "It is switched off.")
    if not rule.when:
        return Tried(index, rule, True, "It has no conditions: it takes every call.")
    asked = tuple(_asked(condition, arguments, number) for condition in rule.when)
    failed = [one for one in asked if not one.holds]
    words = failed[0].words if failed else "All conditions hold." if len(asked) > 1 else asked[0].words
    return Tried(index, rule, not failed, words, asked)


def _asked(condition: Condition, arguments: Any, number: int) -> Asked:
    reason = check_condition(condition)
    if reason:
        return Asked(condition, False, reason)
    if condition.test == "nth":
        holds = bool(number == condition.value)
        said = f"This is call {number} of the tool"
        return Asked(condition, holds, f"{said}." if holds else f"{said}, wanted is call {condition.value}.")
    where = condition.at.strip() or "The whole of the arguments"
    try:
        values = jsonpath.find(condition.at, arguments)
        fitting = [value for value in values if _fits(condition, value)]
    except jsonpath.PathError as error:
        return Asked(condition, False, str(error))
    except RecursionError:
        return Asked(condition, False, f"{where}: nested too deeply to compare.")
    if not values:
        return Asked(condition, False, f"The arguments have no {where}.")
    if fitting:
        same = condition.test == "equals"
        return Asked(condition, True, f"{where} is {in_words(fitting[0])}{'' if same else _wanted(condition, True)}.")
    if condition.test == "regex" and any(isinstance(value, str) and len(value) > regex.MAX_TEXT for value in values):
        return Asked(condition, False, f"{where} has more than {regex.MAX_TEXT:,} characters and is not searched.")
    others = f" (and {len(values) - 1:,} more)" if len(values) > 1 else ""
    return Asked(condition, False, f"{where} is {in_words(values[0])}{others}{_wanted(condition, False)}.")


def _wanted(condition: Condition, holds: bool) -> str:
    """``, which is at least 5`` or ``; it should be at least 5``."""
    verb, what = _asks(condition)
    if not verb:
        return ""
    return f", which {_THIRD_PERSON[verb]} {what}" if holds else f"; it should {verb} {what}"


_THIRD_PERSON = {"be": "is", "contain": "contains", "fit": "fits"}


def _asks(condition: Condition) -> tuple[str, str]:
    low, high = condition.low, condition.high
    if condition.test == "equals":
        return "be", in_words(condition.value)
    if condition.test == "contains":
        return "contain", in_words(condition.value)
    if condition.test == "regex":
        return "fit", in_words(condition.value)[1:-1]
    if low is not None and high is not None:
        return "be", f"from {low:g} to {high:g}"
    if low is not None or high is not None:
        return "be", f"at most {high:g}" if low is None else f"at least {low:g}"
    return "", ""


def _fits(condition: Condition, value: Any) -> bool:
    wanted = condition.value
    if condition.test == "equals":
        return equal(value, wanted)
    if condition.test == "contains":
        if isinstance(value, list):
            return any(equal(item, wanted) for item in value)
        return isinstance(value, str | dict) and isinstance(wanted, str) and wanted in value
    if condition.test == "range":
        number = isinstance(value, int | float) and not isinstance(value, bool)
        low, high = condition.low, condition.high
        return number and (low is None or value >= low) and (high is None or value <= high)
    if condition.test == "regex":
        return isinstance(value, str) and regex.found(wanted, value)
    return True


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
