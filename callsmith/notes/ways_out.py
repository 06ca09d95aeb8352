"""One-click ways out of a refusal whose cause is known: the setup to ask again with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import get_args

from callsmith.advice.causes import CauseId, known_cause
from callsmith.conversation import Conversation
from callsmith.notes.features import SAY_JSON
from callsmith.notes.options import WORDS, cleared
from callsmith.notes.tools import first_tools
from callsmith.notes.types import (
    ANTHROPIC,
    CHAT,
    CHOOSE_FREELY,
    GEMINI,
    RESPONSES,
    THINK_OFF,
    Case,
    Fix,
    both,
    extra,
    option,
    switched_off,
)
from callsmith.types.connection import Target
from callsmith.types.features import Effort, EffortLevel
from callsmith.types.problem import Problem
from callsmith.types.setup import Setup
from callsmith.types.tool import Tool

_LEVELS: tuple[EffortLevel, ...] = get_args(EffortLevel)
_MODEL_THINKS = option("Leave thinking to the model", thinking=Effort())
_WORD_LEVELS: Mapping[str, EffortLevel] = {"none": "off"}


def ways_out(
    problem: Problem, setup: Setup, target: Target, tools: Sequence[Tool] = (), conversation: Conversation | None = None
) -> tuple[Fix, ...]:
    """What to ask again with, best first; empty where no click helps. ``setup`` and ``target`` as they were asked."""
    case = Case(setup, target, tools, setup.options.active(), conversation or Conversation(""))
    known = known_cause(problem)
    if known is not None:
        return _WAYS[known.id](case, problem) if known.id in _WAYS else ()
    if problem.status in (400, 422) and (name := _option_named(problem)) and _is_set(case, name):
        return (cleared(name),)
    return ()


def _option_named(problem: Problem) -> str:
    """The option that an error about a parameter points at."""
    quoted = re.search(r"(?:parameter|field|argument)s?:? ['\"`](\w+)", problem.message)
    named = problem.param or (quoted.group(1) if quoted else "")
    own = {"stop_sequences": "stop", "random_seed": "seed", "topP": "top_p", "stopSequences": "stop"}
    name = own.get(named, named)
    return name if name in WORDS else ""


def _is_set(case: Case, name: str) -> bool:
    return getattr(case.options, name) not in (None, ())


def _off(case: Case) -> Fix:
    """Thinking off; for a model whose own way is not known, in the two words that compatible vendors have for it."""
    if case.may_switch_off():
        return THINK_OFF
    disabled = extra("Turn thinking off", thinking={"type": "disabled"})
    return both("Turn thinking off", _MODEL_THINKS, disabled)


def _tools_reasoning(case: Case, problem: Problem) -> tuple[Fix, ...]:
    off = THINK_OFF if case.may_switch_off() else extra("Turn thinking off", reasoning_effort="none")
    return (*case.to(RESPONSES), off)


def _forced(case: Case, problem: Problem) -> tuple[Fix, ...]:
    return (CHOOSE_FREELY, _off(case))


def _budget(case: Case, problem: Problem) -> tuple[Fix, ...]:
    budget, most = case.options.thinking.budget or 0, case.options.max_tokens or 0
    room = max(budget, most) + max(1024, most)
    return (option(f"Raise max tokens to {room:,}", max_tokens=room), _MODEL_THINKS)


def _adaptive(case: Case, problem: Problem) -> tuple[Fix, ...]:
    return (both("Let the model think as it finds right", _MODEL_THINKS, extra("", thinking={"type": "adaptive"})),)


def _effort_value(case: Case, problem: Problem) -> tuple[Fix, ...]:
    """The message ends in the levels there are: the one nearest to what was asked, and the model's own choice."""
    listed = re.search(r"supported (?:values|levels)[^:]*:(.*)", problem.message, re.IGNORECASE | re.DOTALL)
    words = re.findall(r"[a-z]+", listed.group(1)) if listed else []
    named: list[EffortLevel] = [level for word in words for level in _LEVELS if _WORD_LEVELS.get(word, word) == level]
    named = [level for level in dict.fromkeys(named) if level not in ("default", "budget")]
    if not named:
        return (_MODEL_THINKS,)
    asked = _LEVELS.index(case.options.thinking.level)
    nearest = min(named, key=lambda level: abs(_LEVELS.index(level) - asked))
    show = case.options.thinking.show
    return (option(f"Set thinking to {nearest}", thinking=Effort(nearest, show=show)), _MODEL_THINKS)


def _temperature(case: Case, problem: Problem) -> tuple[Fix, ...]:
    return (option("Clear temperature and top p", temperature=None, top_p=None), _off(case))


def _max_tokens(case: Case, problem: Problem) -> tuple[Fix, ...]:
    most = case.options.max_tokens
    clear = option("Clear max tokens", max_tokens=None)
    if most is None:
        return ()
    return (both("Send it as max_completion_tokens", clear, extra("", max_completion_tokens=most)), clear)


def _stream_options(case: Case, problem: Problem) -> tuple[Fix, ...]:
    return (extra("Send without stream_options", stream_options=None), option("Switch streaming off", stream=False))


def _web_search(case: Case, problem: Problem) -> tuple[Fix, ...]:
    off = (switched_off("Switch web search off", "web_search"),) if case.options.web_search is not None else ()
    return (*off, *case.to(RESPONSES, ANTHROPIC, GEMINI))


def _schema_off(case: Case, problem: Problem) -> tuple[Fix, ...]:
    return (switched_off("Switch the reply schema off", "response"),) if case.options.response is not None else ()


def _many(case: Case, problem: Problem) -> tuple[Fix, ...]:
    found = re.search(r"maximum length (?:of )?(\d+)|at most (\d+)", problem.message)
    most = int(next(filter(None, found.groups()))) if found else 128
    return (first_tools(most),)


_WAYS: Mapping[CauseId, Callable[[Case, Problem], tuple[Fix, ...]]] = {
    "tools-reasoning": _tools_reasoning,
    "reasoning-missing": lambda case, problem: (_off(case),),
    "forced-choice-thinking": _forced,
    "forced-choice": lambda case, problem: (CHOOSE_FREELY,),
    "encrypted": lambda case, problem: (extra("Send without asking for reasoning", include=[]),),
    "thinking-block-missing": lambda case, problem: (_off(case),),
    "signature-missing": lambda case, problem: case.to(GEMINI),
    "signature": lambda case, problem: (_off(case),),
    "reasoning-item": lambda case, problem: case.to(CHAT),
    "budget": _budget,
    "budget-least": lambda case, problem: (_MODEL_THINKS,),
    "adaptive-only": _adaptive,
    "always-thinks": lambda case, problem: (_MODEL_THINKS,),
    "effort-value": _effort_value,
    "temperature-thinking": _temperature,
    "max-tokens-field": _max_tokens,
    "stream-options": _stream_options,
    "web-search": _web_search,
    "search-tools": _web_search,
    "schema-tools": _schema_off,
    "response-format": _schema_off,
    "json-word": lambda case, problem: (SAY_JSON,),
    "grammar": _schema_off,
    "tools-many": _many,
}
