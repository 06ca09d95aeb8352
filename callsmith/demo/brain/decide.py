"""What the demo model says next: rules over words, no model at all. Knows no wire format.

A prompt is matched against the offered tools; results are told in a sentence, or lead to the next call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

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
from callsmith.demo.brain.habits import by_habit
from callsmith.demo.brain.now import Now, told_media, where
from callsmith.demo.brain.playing import playing
from callsmith.demo.brain.prose import prose, wanted_length
from callsmith.demo.brain.remote import remote
from callsmith.demo.brain.searching import asks_to_search, findings, is_known, search
from callsmith.demo.brain.structured import structured
from callsmith.demo.brain.telling import read_json, tell
from callsmith.demo.brain.words import stems
from callsmith.demo.ids import made_id
from callsmith.demo.misbehave import NEEDS_TOOLS
from callsmith.demo.models import DemoModel
from callsmith.demo.script import Call, Remote, Say, Script, Search, Think
from callsmith.schema.sample import CannotSample
from callsmith.types.features import ResponseSchema
from callsmith.types.parts import Media
from callsmith.types.tool import Tool

_IN_TEXT = "No tool is to be called here, so I answer in text."
_REDACTED = re.compile(r"\bredacted\b", re.IGNORECASE)
WHO = "This is Callsmith's demo model: a script, not an LLM."
_FOLLOW_UP = re.compile(r"^\s*(?:and|what about|how about|now|also|same (?:for|in|with))\b", re.IGNORECASE)


def decide(ask: Ask, model: DemoModel) -> Script:
    now = where(ask.thread.messages)
    try:
        played = playing(ask, now)
        script = played or _decide(ask, model, now)
        if (
            played is None
            and ask.response is not None
            and not any(isinstance(step, Call | Remote) for step in script.steps)
        ):
            script = _as_data(ask, ask.response, now, script)
    except CannotSample as error:
        script = _said(f"{WHO}\n\nI cannot make JSON that fits. {error}")
    return _thought(ask, model, now, script)


def _decide(ask: Ask, model: DemoModel, now: Now) -> Script:
    forced = ask.choice.mode in ("required", "named")
    length = wanted_length(now.prompt)
    if length is not None and not forced and not now.since:
        return _said(prose(length))
    ran = _provider_s_own(ask, model, now, outright=True) if not forced and not now.answered else None
    if ran is not None:
        return ran
    tools = _usable(ask)
    if not tools:
        return _told(now) if now.answered else _otherwise(ask, model, now, _chat(ask))
    if now.answered and not forced:
        return _go_on(ask, model, now, tools)
    eager = forced or model.habit in NEEDS_TOOLS
    found = intents(ask, now.prompt, tools, forced=eager) or _follow_up(ask, now, tools)
    if not found:
        return _otherwise(ask, model, now, _none_fits(tools))
    ready = [intent for intent in found if not intent.waits_for] or found[:1]
    return _called(ask, ready, model)


def _otherwise(ask: Ask, model: DemoModel, now: Now, text: str) -> Script:
    """Where no tool is called: the web if it knows something, a word about what was attached, or just text."""
    ran = _provider_s_own(ask, model, now, outright=False)
    if ran is not None:
        return ran
    attached = told_media(now.media)
    return _said(f"{attached}\n\n{WHO}" if attached else text)


def _provider_s_own(ask: Ask, model: DemoModel, now: Now, *, outright: bool) -> Script | None:
    """What the provider does itself: a call to a remote server, or a web search."""
    steps = remote(ask, now)
    if steps is not None:
        return steps
    goes_on = ask.goes_on and now.did("search")
    if not ask.searches or ask.choice.mode == "none" or (now.did("search") and not goes_on):
        return None
    if not goes_on and not (asks_to_search(now.prompt) if outright else is_known(now.prompt)):
        return None
    if model.habit == "pausing" and ask.pauses and not goes_on:
        return Script((Say("I look that up."), search(ask, now.prompt)), "pause")
    return Script((search(ask, now.prompt, int(goes_on)), findings(now.prompt)))


def _as_data(ask: Ask, response: ResponseSchema, now: Now, script: Script) -> Script:
    """Where there is nothing to tell, fields for prose repeat what was asked."""
    tells = now.answered or any(isinstance(step, Search) for step in script.steps)
    said = "".join(step.text for step in script.steps if isinstance(step, Say)) if tells else now.prompt
    contents = [read_json(result.content) for _, result in now.answered]
    text = structured(response.schema, now.prompt, said, contents, ask.today)
    return replace(script, steps=(*(step for step in script.steps if isinstance(step, Search)), Say(text)))


def _thought(ask: Ask, model: DemoModel, now: Now, script: Script) -> Script:
    """The script with its thoughts before it, where the model thinks."""
    if not (model.thinks if ask.thinks is None else ask.thinks):
        return replace(script, steps=tuple(step for step in script.steps if not isinstance(step, Think)))
    thoughts = tuple(step for step in script.steps if isinstance(step, Think)) or (Think(_IN_TEXT),)
    if _REDACTED.search(now.prompt):
        thoughts = (*thoughts, Think("This thought stays with the provider.", redacted=True))
    return replace(script, steps=(*thoughts, *(step for step in script.steps if not isinstance(step, Think))))


def _usable(ask: Ask) -> tuple[Tool, ...]:
    match ask.choice.mode:
        case "none":
            return ()
        case "named":
            return tuple(tool for tool in ask.tools if tool.name == ask.choice.name)
        case _:
            allowed = ask.choice.allowed
            return tuple(tool for tool in ask.tools if not allowed or tool.name in allowed)


def _follow_up(ask: Ask, now: Now, tools: Sequence[Tool]) -> list[Intent]:
    """ "And in Tokyo?" asks for the tool called last once more."""
    if not _FOLLOW_UP.match(now.prompt):
        return []
    last = next((call.name for message in reversed(now.earlier) for call in reversed(message.calls)), None)
    return [intent for tool in tools if tool.name == last for intent in calls_for(ask, tool, now.prompt)]


def _go_on(ask: Ask, model: DemoModel, now: Now, tools: Sequence[Tool]) -> Script:
    """After results: the next call of what was asked for, or the answer."""
    last = now.since[-1]
    if (habit := by_habit(ask, model, now)) is not None:
        return habit
    if any(result.is_error for result in last.results):
        return _told(now)
    facts = facts_of([read_json(result.content) for _, result in now.answered])
    following = _remaining(ask, now, tools, facts) or _reading(ask, now, tools)
    return _called(ask, following, model) if following else _told(now)


def _remaining(ask: Ask, now: Now, tools: Sequence[Tool], facts: list[tuple[str, object]]) -> list[Intent]:
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


def _reading(ask: Ask, now: Now, tools: Sequence[Tool]) -> list[Intent]:
    """The step from search to fetch: a tool that reads what the last results only name, once for each of them."""
    made = {call.name for call in now.calls}
    if not asks_to_read(now.prompt, stems(now.prompt)):
        return []
    last = {result.call_id for result in now.since[-1].results}
    contents = [read_json(result.content) for call, result in now.answered if call.id in last]
    for tool in tools:
        if tool.name in made or not fetches(tool) or not required_paths(tool):
            continue
        intent = replace(calls_for(ask, tool, now.prompt)[0], waits_for=required_paths(tool))
        ready = [from_results(ask, intent, facts_of([content])) for content in contents]
        found = {json.dumps(one.arguments): one for one in ready if one is not None}
        if found:
            return list(found.values())
    return []


def _called(ask: Ask, found: Sequence[Intent], model: DemoModel) -> Script:
    """``function_call``, the old way, holds one call."""
    found = found if ask.parallel and model.habit != "legacy-calls" else found[:1]
    calls = [
        Call(
            f"call_{made_id('call', ask.seed, number)}",
            intent.tool.name,
            intent.text or json.dumps(intent.arguments, ensure_ascii=False, separators=(",", ":")),
            custom=intent.tool.type == "custom",
        )
        for number, intent in enumerate(found)
    ]
    return Script((Think(_reasons(found)), *calls), "tool_calls")


def _told(now: Now) -> Script:
    """What the last results held, together with those of the same tools before them."""
    last = {result.call_id for result in now.since[-1].results} if now.since else set()
    names = {call.name for call, result in now.answered if result.call_id in last}
    answered = [pair for pair in now.answered if pair[0].name in names] or now.answered
    failed = any(result.is_error for _, result in answered)
    text = tell(answered) + ("\n\nYou can fix the cause and ask again." if failed else "")
    pictures = told_media([part for part in now.since[-1].parts if isinstance(part, Media)])
    return _said(f"{text} {pictures}".strip(), "The results are here. I put what they hold into a sentence.")


def _said(text: str, thought: str = _IN_TEXT) -> Script:
    return Script((Think(thought), Say(text)))


def _reasons(found: Sequence[Intent]) -> str:
    lines = []
    for number, intent in enumerate(found):
        if not number or intent.tool.name != found[number - 1].tool.name:
            words = " and ".join(f"“{word}”" for word in intent.words[:3])
            lines.append(f"{intent.tool.name} fits best" + (f", because of {words}." if words else "."))
        given = ", ".join(intent.given) or "nothing"
        source = "the results" if intent.waits_for else "the prompt"
        lines.append(f"Call {number + 1} takes {given} from {source}" + _made_up(intent.sampled))
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
