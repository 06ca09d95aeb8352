"""Sampling and tool choice: what this model or format does not take, or has no word for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from callsmith.notes.types import ANTHROPIC, CHAT, GEMINI, RESPONSES, THINK_OFF, Case, Fix, Note, count, option, verb
from callsmith.types.tool import ToolChoice

WORDS: Mapping[str, str] = {
    "temperature": "temperature",
    "top_p": "top p",
    "max_tokens": "max tokens",
    "seed": "seed",
    "stop": "stop sequences",
    "parallel_tool_calls": "the switch for parallel calls",
}
# Options that a format has no word for (3.1, 4.1, 5.1).
_ABSENT: Mapping[str, tuple[str, ...]] = {
    RESPONSES: ("seed", "stop"),
    ANTHROPIC: ("seed",),
    GEMINI: ("parallel_tool_calls",),
}
# Where a model that fixes its sampling still takes the value it has anyway.
_HARMLESS: Mapping[str, Any] = {"temperature": 1, "top_p": 1}


# Families for whom Chat is their maker's own format, or whose rules are not known.
_OWN = frozenset(("openai", "openai-reasoning", "demo", ""))


def of_options(case: Case) -> Iterator[Note]:
    chosen = _chosen(case)
    absent = [name for name in _ABSENT.get(case.wire, ()) if name in chosen]
    for name in absent:
        text = f"{case.label} has no word for {WORDS[name]}; it is not sent."
        yield Note(f"absent-{name}", "ignored", text, (cleared(name),))
    for name in chosen:
        if name not in absent:
            yield from _refused(case, name, chosen[name])
    yield from _choice(case)
    yield from _strict(case)


def cleared(name: str) -> Fix:
    words = WORDS.get(name, name)
    empty: Any = () if name == "stop" else None
    return option(f"Clear {words}", **{name: empty})


def _chosen(case: Case) -> dict[str, Any]:
    """The options that would be sent. The switch for parallel calls goes with tools only."""
    options = case.options
    found = {name: getattr(options, name) for name in ("temperature", "top_p", "seed", "stop")}
    if case.tools:
        found["parallel_tool_calls"] = options.parallel_tool_calls
    return {name: value for name, value in found.items() if value is not None and value != ()}


def _refused(case: Case, name: str, value: Any) -> Iterator[Note]:
    profile = case.profile
    if value == _HARMLESS.get(name) and value is not True:
        return
    if name in profile.refuses:
        yield Note(f"refused-{name}", "refused", f"{case.model} does not take {WORDS[name]}.", (cleared(name),))
    elif name in profile.refuses_thinking and case.thinks:
        off = (THINK_OFF,) if case.may_switch_off() else ()
        text = f"{case.model} does not take {WORDS[name]} while it thinks."
        yield Note(f"refused-{name}", "refused", text, (cleared(name), *off))
    elif name in profile.ignores_thinking and case.thinks:
        text = f"{case.model} takes {WORDS[name]} without effect while it thinks."
        yield Note(f"ignored-{name}", "ignored", text, (cleared(name),))
    elif name == "temperature" and case.wire == ANTHROPIC and value > 1:
        text = f"In Messages the temperature goes from 0 to 1; {value:g} is set."
        yield Note("temperature-range", "refused", text, (option("Set temperature to 1", temperature=1.0),))


def _choice(case: Case) -> Iterator[Note]:
    choice = case.options.tool_choice
    if not case.tools:
        return
    if choice.mode == "validated" and case.wire != GEMINI:
        text = f"Checking calls against their schema is a mode of Gemini's; {case.label} is sent auto."
        yield Note("choice-validated", "info", text, (option("Set tool choice to auto", tool_choice=ToolChoice()),))
    by_leaving_out = case.wire == ANTHROPIC or (case.wire == GEMINI and choice.mode == "auto")
    if choice.allowed and choice.mode not in ("none", "named") and by_leaving_out:
        left = len([tool for tool in case.tools if tool.name not in choice.allowed])
        text = f"{case.label} has no word for a choice among some of the tools, so {count(left, 'tool')} "
        yield Note("choice-allowed", "info", text + f"{verb(left, 'is', 'are')} left out of the request.")
    elif (
        choice.allowed
        and choice.mode not in ("none", "named")
        and case.wire == CHAT
        and case.profile.family not in _OWN
    ):
        text = f"A choice among some of the tools is OpenAI's; {case.model} may refuse it."
        every = option("Allow all tools", tool_choice=replace(choice, allowed=()))
        yield Note("choice-allowed-elsewhere", "info", text, (every,))


def _strict(case: Case) -> Iterator[Note]:
    """1.6, 5.1, 7.5."""
    strict = [tool.name for tool in case.tools if tool.strict and tool.type == "function"]
    if not strict:
        return
    which = f"strict on {count(len(strict), 'tool')}"
    if case.wire == GEMINI:
        validated = option("Let Gemini check calls", tool_choice=ToolChoice("validated"))
        fixes = (validated,) if case.options.tool_choice.mode == "auto" else ()
        yield Note("strict-absent", "ignored", f"Gemini has no strict mode; {which} is not sent.", fixes)
    elif case.wire == CHAT and case.profile.strict == "no":
        yield Note("strict-absent", "ignored", f"{case.model} has no strict mode here; {which} is not sent.")
    elif case.wire == CHAT and case.profile.strict == "lost":
        text = f"A gateway may drop {which} where it turns Chat into the format of {case.model}."
        yield Note("strict-lost", "ignored", text, case.to(ANTHROPIC))
