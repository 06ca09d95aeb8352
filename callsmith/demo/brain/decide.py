"""What the demo model says next: rules over words, no model at all. Knows no wire format.

A prompt is matched against the offered tools; results are told in a sentence, or lead to the next call.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from callsmith.demo.ask import Ask
from callsmith.demo.brain.calling import (
    Intent,
    asks_to_read,
    calls_for,
    facts_of,
    fetches,
    from_results,
    intents,
    required_paths,
)
from callsmith.demo.brain.prose import prose, wanted_length
from callsmith.demo.brain.telling import read_json, tell
from callsmith.demo.brain.words import stems
from callsmith.demo.misbehave import NEEDS_TOOLS
from callsmith.demo.models import DemoModel
from callsmith.demo.script import Call, Say, Script, Think
from callsmith.schema.sample import CannotSample
from callsmith.types.message import Message
from callsmith.types.parts import ToolCall, ToolResult
from callsmith.types.tool import Tool

WHO = "This is Callsmith's demo model: a script, not an LLM."
_FOLLOW_UP = re.compile(r"^\s*(?:and|what about|how about|now|also|same (?:for|in|with))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Now:
    """Where the conversation stands: the last prompt, and what was called and answered since."""

    prompt: str
    since: tuple[Message, ...]
    earlier: tuple[Message, ...]

    @property
    def calls(self) -> list[ToolCall]:
        return [call for message in self.since for call in message.calls]

    @property
    def answered(self) -> list[tuple[ToolCall, ToolResult]]:
        results = {result.call_id: result for message in self.since for result in message.results}
        return [(call, results[call.id]) for call in self.calls if call.id in results]


def decide(ask: Ask, model: DemoModel) -> Script:
    now = _where(ask.thread.messages)
    try:
        return _decide(ask, model, now)
    except CannotSample as error:
        return _said(f"{WHO}\n\nI cannot make arguments for a tool that fits. {error}", model)


def _where(messages: Sequence[Message]) -> _Now:
    asked = [number for number, message in enumerate(messages) if message.role == "user"]
    if not asked:
        return _Now("", tuple(messages), ())
    return _Now(messages[asked[-1]].text, tuple(messages[asked[-1] + 1 :]), tuple(messages[: asked[-1]]))


def _decide(ask: Ask, model: DemoModel, now: _Now) -> Script:
    forced = ask.choice.mode in ("required", "named")
    length = wanted_length(now.prompt)
    if length is not None and not forced and not now.since:
        return _said(prose(length), model)
    tools = _usable(ask)
    if not tools:
        return _told(now, model) if now.answered else _said(_chat(ask), model)
    if now.answered and not forced:
        return _go_on(ask, model, now, tools)
    eager = forced or model.habit in NEEDS_TOOLS
    found = intents(ask, now.prompt, tools, forced=eager) or _follow_up(ask, now, tools)
    if not found:
        return _said(_none_fits(tools), model)
    ready = [intent for intent in found if not intent.waits_for] or found[:1]
    return _called(ask, ready, model)


def _usable(ask: Ask) -> tuple[Tool, ...]:
    match ask.choice.mode:
        case "none":
            return ()
        case "named":
            return tuple(tool for tool in ask.tools if tool.name == ask.choice.name)
        case _:
            return ask.tools


def _follow_up(ask: Ask, now: _Now, tools: Sequence[Tool]) -> list[Intent]:
    """ "And in Tokyo?" asks for the tool called last once more."""
    if not _FOLLOW_UP.match(now.prompt):
        return []
    last = next((call.name for message in reversed(now.earlier) for call in reversed(message.calls)), None)
    return [intent for tool in tools if tool.name == last for intent in calls_for(ask, tool, now.prompt)]


def _go_on(ask: Ask, model: DemoModel, now: _Now, tools: Sequence[Tool]) -> Script:
    """After results: the next call of what was asked for, or the answer."""
    last = now.since[-1]
    if any(result.is_error for result in last.results):
        return _told(now, model)
    facts = facts_of([read_json(result.content) for _, result in now.answered])
    following = _remaining(ask, now, tools, facts) or _reading(ask, now, tools, facts)
    return _called(ask, following, model) if following else _told(now, model)


def _remaining(ask: Ask, now: _Now, tools: Sequence[Tool], facts: list[tuple[str, object]]) -> list[Intent]:
    """What the prompt asked for and was not called yet, with what it waited for filled in."""
    made = [call.name for call in now.calls]
    found: list[Intent] = []
    for intent in intents(ask, now.prompt, tools, forced=False):
        if intent.tool.name in made:
            made.remove(intent.tool.name)
            continue
        ready = from_results(ask, intent, facts) if intent.waits_for else intent
        if ready is not None:
            found.append(ready)
    return found


def _reading(ask: Ask, now: _Now, tools: Sequence[Tool], facts: list[tuple[str, object]]) -> list[Intent]:
    """The step from search to fetch: a tool that reads what the results only name."""
    made = {call.name for call in now.calls}
    if not asks_to_read(now.prompt, stems(now.prompt)):
        return []
    for tool in tools:
        if tool.name in made or not fetches(tool) or not required_paths(tool):
            continue
        intent = replace(calls_for(ask, tool, now.prompt)[0], waits_for=required_paths(tool))
        ready = from_results(ask, intent, facts)
        if ready is not None:
            return [ready]
    return []


def _called(ask: Ask, found: Sequence[Intent], model: DemoModel) -> Script:
    found = found if ask.parallel else found[:1]
    calls = [
        Call(
            _call_id(ask, number),
            intent.tool.name,
            json.dumps(intent.arguments, ensure_ascii=False, separators=(",", ":")),
        )
        for number, intent in enumerate(found)
    ]
    thought = [Think(_reasons(found))] if model.thinks else []
    return Script((*thought, *calls), "tool_calls")


def _call_id(ask: Ask, number: int) -> str:
    return "call_" + hashlib.sha256(f"{ask.seed}:{number}".encode()).hexdigest()[:24]


def _told(now: _Now, model: DemoModel) -> Script:
    """What the last results held, together with those of the same tools before them."""
    last = {result.call_id for result in now.since[-1].results} if now.since else set()
    names = {call.name for call, result in now.answered if result.call_id in last}
    answered = [pair for pair in now.answered if pair[0].name in names] or now.answered
    failed = any(result.is_error for _, result in answered)
    text = tell(answered) + ("\n\nYou can fix the cause and ask again." if failed else "")
    return _said(text, model, "The results are here. I put what they hold into a sentence.")


def _said(text: str, model: DemoModel, thought: str = "No tool is to be called here, so I answer in text.") -> Script:
    return Script((*([Think(thought)] if model.thinks else []), Say(text)))


def _reasons(found: Sequence[Intent]) -> str:
    lines = []
    for number, intent in enumerate(found):
        if not number or intent.tool.name != found[number - 1].tool.name:
            words = " and ".join(f"“{word}”" for word in intent.words[:3])
            lines.append(f"{intent.tool.name} fits best" + (f", because of {words}." if words else "."))
        given = ", ".join(intent.given) or "nothing"
        lines.append(f"Call {number + 1} takes {given} from the prompt" + _made_up(intent.sampled))
    return " ".join(lines)


def _made_up(sampled: Sequence[str]) -> str:
    return f" and makes up {', '.join(sampled)} from the schema." if sampled else "."


def _chat(ask: Ask) -> str:
    if ask.tools:
        return (
            f"{WHO} The tool choice is set to none, so I call no tool.\n\nSet it to auto, and I choose by your words."
        )
    return (
        f"{WHO} It cannot chat, but it calls tools the way a model does.\n\n"
        "Offer it a tool and ask for what the tool does: it matches the words of the prompt against names, "
        "descriptions and parameters, fills in the arguments, and reads the result you send back.\n\n"
        "Without a tool it can write text of any length: try “write 300 words”."
    )


def _none_fits(tools: Sequence[Tool]) -> str:
    names = [tool.name for tool in tools[:6]]
    more = f" and {len(tools) - 6} more" if len(tools) > 6 else ""
    return (
        f"{WHO} It chooses tools by the words of the prompt, and this prompt fits none of these: "
        f"{', '.join(names)}{more}.\n\n"
        "What should I call? Name what the tool does, or set the tool choice to required."
    )
