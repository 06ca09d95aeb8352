"""What some demo models do with a result otherwise than a model should: call again, or obey it."""

from __future__ import annotations

import re

from callsmith.demo.ask import Ask
from callsmith.demo.brain.now import Now
from callsmith.demo.ids import made_id
from callsmith.demo.models import DemoModel
from callsmith.demo.script import Call, Say, Script, Think

MOST_RETRIES = 2
_ORDER = re.compile(
    r"\b(?:say|write|include|reply|answer|repeat|mention|add|end|begin|start)\b[^\n]{0,120}?\b([\w]+-[0-9a-f]{8})\b",
    re.IGNORECASE,
)


def by_habit(ask: Ask, model: DemoModel, now: Now) -> Script | None:
    """None where the model does as any other."""
    results = now.since[-1].results
    if model.habit == "loops":
        return _again(ask, now, [result.call_id for result in results])
    if model.habit == "retries":
        failed = [result.call_id for result in results if result.is_error]
        tries = max((sum(call.name == name for call in now.calls) for name in _names(now, failed)), default=0)
        return _again(ask, now, failed) if failed and tries <= MOST_RETRIES else None
    if model.habit == "obeys":
        found = next((order for result in results if (order := _ORDER.search(result.content))), None)
        return Script((Say(f"{found.group(1)}. The tool result told me to say so."),)) if found else None
    return None


def _names(now: Now, call_ids: list[str]) -> set[str]:
    return {call.name for call in now.calls if call.id in call_ids}


def _again(ask: Ask, now: Now, call_ids: list[str]) -> Script | None:
    repeated = [call for call in now.calls if call.id in call_ids]
    calls = [
        Call(f"call_{made_id('call', ask.seed, number)}", call.name, call.arguments, custom=call.type == "custom")
        for number, call in enumerate(repeated)
    ]
    return Script((Think("I ask for that once more."), *calls), "tool_calls") if calls else None
