"""A conversation as a story: one step after the other, each in plain words, with its JSON for those who want it.

The presentation and the page to send both show these steps and nothing else, so that they tell the same.
Texts are as the model, the tools and people wrote them: whoever shows them keeps them inert.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from callsmith import story_words as words
from callsmith.calls import judge
from callsmith.conversation import (
    APPROVAL_REQUEST,
    APPROVAL_RESPONSE,
    PAUSED,
    Conversation,
    Node,
    approvals,
    is_cut_off,
    may_ask,
)
from callsmith.endings import EARLY_ENDS, REFUSED
from callsmith.folding import folded
from callsmith.jsontext import indented
from callsmith.spoken import count, seconds, size_words
from callsmith.store.records import ExchangeInfo
from callsmith.story_facts import NO_COSTS, Costs, Fact, cost_fact, totals, usage_facts
from callsmith.types.message import Message
from callsmith.types.parts import (
    NO_EXTRA,
    Malformed,
    Media,
    Opaque,
    Parsed,
    Part,
    Refusal,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from callsmith.types.tool import Tool
from callsmith.variables import filled, filled_message
from callsmith.wire.steps import step as provider_step

__all__ = ["Costs", "Fact", "Kind", "Step", "Story", "story"]

Kind = Literal["system", "prompt", "thinking", "call", "result", "answer", "note"]
_SEALED = ("redacted_thinking", "reasoning")


@dataclass(frozen=True, slots=True)
class Step:
    """``words`` say what happens; ``text`` is what was written, ``json`` the call or result as JSON, both may be
    empty. ``turn`` counts the person's messages from 1; it is 0 before the first. ``together``: a call that was
    asked for at the same time as the step before it."""

    kind: Kind
    heading: str
    words: str
    text: str = ""
    json: str = ""
    facts: tuple[Fact, ...] = ()
    is_error: bool = False
    media: tuple[Media, ...] = ()
    node_id: str = ""
    exchange_id: str = ""
    turn: int = 0
    together: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """``models`` in the order in which they replied; ``totals`` over all replies of the arm."""

    title: str
    models: tuple[str, ...]
    steps: tuple[Step, ...]
    totals: tuple[Fact, ...] = ()


def story(
    conversation: Conversation,
    infos: Mapping[str, ExchangeInfo],
    tools: Mapping[str, Tool],
    *,
    head: str | None = None,
    system: str = "",
    costs: Costs = NO_COSTS,
    variables: Mapping[str, str] = NO_EXTRA,
) -> Story:
    """The arm that ends at ``head`` (default: the one in view). ``infos`` and ``costs`` (US dollars) go by exchange
    id, ``tools`` by name; an exchange that ``costs`` does not name says nothing of money. ``variables`` fill prompts as
    they do when they are sent."""
    path = [replace(node, message=filled_message(node.message, variables)) for node in conversation.path(head)]
    teller = _Teller(path, infos, tools, costs, _versions(conversation))
    steps = [*_before(filled(system, variables), tools), *teller.steps(), *_after(conversation, path, infos)]
    replies = [node.message for node in path if node.message.role == "assistant"]
    models = dict.fromkeys(reply.origin.model for reply in replies if reply.origin is not None and reply.origin.model)
    told = [infos[reply.origin.exchange_id] for reply in replies if reply.origin and reply.origin.exchange_id in infos]
    first = next((node.message.text for node in path if node.message.role == "user"), "")
    title = filled(conversation.title, variables) or words.shortened(first) or "A conversation with a model"
    return Story(title, tuple(models), tuple(steps), totals(told, costs))


def _before(system: str, tools: Mapping[str, Tool]) -> Iterator[Step]:
    if system.strip():
        yield Step("system", "The instructions", words.system_words(), system)
    if tools:
        yield Step("note", "The tools at hand", words.tools_words(tools), words.tools_text(tools))


class _Teller:
    """Walks one arm, oldest message first."""

    def __init__(
        self,
        path: Sequence[Node],
        infos: Mapping[str, ExchangeInfo],
        tools: Mapping[str, Tool],
        costs: Costs,
        versions: Mapping[str, str],
    ) -> None:
        self._path, self._infos, self._tools, self._costs, self._versions = path, infos, tools, costs, versions
        results = (result for node in path for result in node.message.results)
        self._went_well = {result.call_id for result in results if not result.is_error}
        self._turn = 0
        self._called = False
        self._asked: dict[str, ToolCall] = {}
        self._answered_with_tools = False
        self._together = False

    def steps(self) -> Iterator[Step]:
        for node in self._path:
            if node.message.role == "user":
                self._turn += 1
                self._answered_with_tools = False
                made = self._prompt(node.message)
            elif node.message.role == "assistant":
                made = self._reply(node.message)
            else:
                made = self._results(node.message)
            for at, step in enumerate(made):
                if at == 0 and (version := self._versions.get(node.id)):
                    step = replace(step, words=f"{step.words} {version}")
                yield replace(step, node_id=node.id, turn=self._turn, exchange_id=step.exchange_id or _exchange(node))

    def _prompt(self, message: Message) -> Iterator[Step]:
        heading = "A person asks" if self._turn == 1 else "The person goes on"
        said = "A person writes to the model." if self._turn == 1 else "The person writes again."
        media = _media(message.parts)
        if media:
            said += f" {count(len(media), 'file')} {'goes' if len(media) == 1 else 'go'} with it."
        yield Step("prompt", heading, said, message.text, media=media)

    def _reply(self, message: Message) -> Iterator[Step]:
        steps = list(self._parts(message))
        if note := self._ending(message, steps):
            steps.append(note)
        facts = self._facts(message)
        last = len(steps) - 1
        yield from (replace(step, facts=step.facts + facts) if at == last else step for at, step in enumerate(steps))

    def _parts(self, message: Message) -> Iterator[Step]:
        calls = len(message.calls)
        number = 0
        leaves = list(approvals(message))
        for kind, run in _runs(message.parts):
            part = run[0]
            match part:
                case Text():
                    yield self._text(message, "".join(one.text for one in run if isinstance(one, Text)), number < calls)
                case Thinking():
                    text = "".join(one.text for one in run if isinstance(one, Thinking))
                    yield _thinking(text, "Before it goes on, the model thinks. This is what it shows of that.")
                case Refusal():
                    yield _refusal(part.text)
                case ToolCall():
                    yield self._call(message, part, number, calls)
                    number += 1
                case Media():
                    yield Step("answer", "The model sends a file", "The model's reply holds a file.", media=(part,))
                case Opaque() if kind == APPROVAL_REQUEST and leaves:
                    leave = leaves.pop(0)
                    said = (
                        f"The model wants to use {leave.name} of the server {leave.server}. That server is run by "
                        "someone else, so a person is asked for leave first."
                    )
                    yield Step("call", f"The model asks leave for {leave.name}", said, json=_json_of(leave.arguments))
                case Opaque():
                    yield _provider(part)

    def _text(self, message: Message, text: str, before_calls: bool) -> Step:
        if before_calls:
            return Step("answer", "The model says", "The model says this first.", text)
        if message.finish == REFUSED:
            return _refusal(text)
        if self._answered_with_tools:
            return Step("answer", "The model answers", "With what the tools returned, the model answers.", text)
        return Step("answer", "The model answers", "The model answers.", text)

    def _call(self, message: Message, call: ToolCall, number: int, of: int) -> Step:
        name = call.name or "a tool without a name"
        self._asked[call.id] = call
        custom = call.type == "custom"
        shown: dict[str, Any] = {
            "text": call.arguments if custom else "",
            "json": "" if custom else _json_of(call.arguments),
        }
        if is_cut_off(message, call):
            return Step("call", f"A call of {name}, cut off", words.cut_words(call), is_error=True, **shown)
        first, self._called = not self._called, True
        verdict = judge(call, self._tools)
        said = words.call_words(call, number, of, first=first)
        facts: tuple[Fact, ...] = ()
        if verdict.valid is True:
            facts = (Fact("valid", "arguments valid"),)
        elif verdict.valid is False:
            facts = (Fact("valid", "arguments invalid"),)
            # A call that is no JSON was said to be none already.
            if not isinstance(call.parsed(), Malformed) or custom:
                reasons = "; ".join(note.removeprefix("/") for note in verdict.notes[:3])
                said += f" What it asks with does not fit the tool: {reasons}."
        # A tool that did answer was there then.
        if self._tools and not verdict.known and call.id not in self._went_well:
            said += " There is no tool of this name at hand."
        wrong = verdict.valid is False
        return Step(
            "call", f"The model asks for {name}", said, facts=facts, is_error=wrong, together=number > 0, **shown
        )

    def _results(self, message: Message) -> Iterator[Step]:
        self._answered_with_tools = True
        self._together = len(message.results) > 1
        results = [part for part in message.parts if isinstance(part, ToolResult | Media | Opaque)]
        at = 0
        while at < len(results):
            part, media = results[at], []
            at += 1
            while at < len(results) and isinstance(one := results[at], Media):
                media.append(one)
                at += 1
            if isinstance(part, ToolResult):
                yield self._result(part, tuple(media))
            elif isinstance(part, Opaque) and part.type == APPROVAL_RESPONSE:
                yield _leave(part)

    def _result(self, result: ToolResult, media: tuple[Media, ...]) -> Step:
        call = self._asked.get(result.call_id)
        name = result.name or (call.name if call is not None else "") or "the tool"
        said = words.result_words(replace(result, name=name), call if self._together else None, files=len(media))
        made, is_json = result.made, isinstance(_parsed(result.content), Parsed)
        facts = []
        if made is not None:
            facts.append(Fact("who", words.who(made)))
            if made.seconds is not None and made.by not in ("refused", "cancelled"):
                facts.append(Fact("seconds", seconds(made.seconds)))
        facts.append(Fact("size", size_words(len(result.content.encode("utf-8", "surrogatepass")))))
        if made is not None and (cost := cost_fact(made.exchange_id, self._costs)):
            facts.append(cost)
        heading = f"{name} was {made.by}" if made and made.by in ("refused", "cancelled") else f"{name} answers"
        return Step(
            "result",
            f"{name} fails" if result.is_error and heading.endswith(" answers") else heading,
            said,
            "" if is_json else result.content,
            _json_of(result.content) if is_json else "",
            tuple(facts),
            result.is_error,
            media,
            exchange_id=made.exchange_id if made is not None else "",
        )

    def _ending(self, message: Message, steps: Sequence[Step]) -> Step | None:
        why = EARLY_ENDS.get(message.finish or "")
        if message.finish == REFUSED:
            told = any(step.is_error for step in steps)
            return None if told else _refusal("")
        if why is not None:
            return Step("note", "The reply ends early", f"This reply is not complete: it {_past(why)}.", is_error=True)
        info = self._info(message)
        if message.cut:
            stopped = info is not None and info.state == "stopped"
            said = "A person stopped this reply" if stopped else "This reply broke off"
            return Step("note", "The reply ends early", f"{said} before its end.", is_error=not stopped)
        if message.finish == PAUSED:
            return Step("note", "The model pauses", "The model pauses in the middle of its work and is asked to go on.")
        return None

    def _facts(self, message: Message) -> tuple[Fact, ...]:
        if message.origin is None:
            return (Fact("who", "written by hand, not by a model"),)
        facts = [Fact("model", message.origin.model)] if message.origin.model else []
        info = self._info(message)
        if info is not None:
            facts += usage_facts([info])
            if (cost := cost_fact(info.id, self._costs)) is not None:
                facts.append(cost)
        return tuple(facts)

    def _info(self, message: Message) -> ExchangeInfo | None:
        return self._infos.get(message.origin.exchange_id) if message.origin is not None else None


def _after(conversation: Conversation, path: Sequence[Node], infos: Mapping[str, ExchangeInfo]) -> Iterator[Step]:
    """What the arm ends with where no answer stands at its end: a failure, or what it waits for."""
    if not path:
        yield Step("note", "Nothing was said yet", "This conversation has no messages.")
        return
    end, turn = path[-1], sum(1 for node in path if node.message.role == "user")
    failed = [info for info in infos.values() if info.parent_id == end.id and info.node_id is None and info.problem]
    if failed and end.message.role != "assistant":
        latest = max(failed, key=lambda info: info.marks.started)
        said = latest.problem.message if latest.problem is not None else ""
        heading = "No answer came"
        where = "The model was asked, but no answer came. This is what came back instead."
        yield Step("note", heading, where, said, is_error=True, node_id=end.id, exchange_id=latest.id, turn=turn)
    elif end.message.role == "assistant" and (waits := may_ask(replace(conversation, head=end.id))).startswith("Wait"):
        said = f"The story stops here for now. {waits}."
        yield Step("note", "Waiting", said, node_id=end.id, turn=turn)


def _versions(conversation: Conversation) -> Mapping[str, str]:
    """Where the arms part, said of each first message that is not the only one there."""
    beside: dict[str | None, list[str]] = {}
    for node in conversation.nodes.values():
        beside.setdefault(node.parent, []).append(node.id)
    return {key: words.version_words(at, len(keys)) for keys in beside.values() for at, key in enumerate(keys, start=1)}


def _runs(parts: Sequence[Part]) -> Iterator[tuple[str, list[Part]]]:
    """Parts in order; neighbouring texts, and neighbouring thoughts, as one; those that say nothing left out."""
    run: list[Part] = []
    for part in parts:
        if isinstance(part, Text | Thinking) and not part.text.strip() and (not run or run[0].kind != part.kind):
            continue
        if run and (part.kind != run[0].kind or not isinstance(part, Text | Thinking)):
            yield _kind(run[0]), run
            run = []
        run.append(part)
    if run:
        yield _kind(run[0]), run


def _kind(part: Part) -> str:
    return part.type if isinstance(part, Opaque) else part.kind


def _thinking(text: str, said: str) -> Step:
    return Step("thinking", "The model thinks", said, text)


def _refusal(text: str) -> Step:
    return Step("answer", "The model declines", "The model declines to answer this.", text, is_error=True)


def _provider(part: Opaque) -> Step:
    """What the provider did by itself, on its own machines."""
    said = provider_step(part)
    if part.type in _SEALED:
        return _thinking("", "The model thinks, but its provider does not show what.")
    failed = said.state == "error"
    where = "The model's provider does this itself, on its own machines" + (", and it fails." if failed else ".")
    return Step("note", said.title, where, said.detail, is_error=failed, media=said.media)


def _leave(part: Opaque) -> Step:
    allowed = isinstance(part.data, Mapping) and part.data.get("approve") is True
    said = "A person allows it." if allowed else "A person does not allow it, and the model is told so."
    return Step("result", "Allowed" if allowed else "Not allowed", said)


def _json_of(text: str) -> str:
    """JSON laid out for reading, long base64 cut; what is not JSON as it came."""
    parsed = _parsed(text)
    return folded(indented(text) if isinstance(parsed, Parsed) and len(text) > 60 else text)[0]


def _parsed(text: str) -> Parsed | Malformed:
    return ToolCall("", "", text).parsed()


def _media(parts: Sequence[Part]) -> tuple[Media, ...]:
    return tuple(part for part in parts if isinstance(part, Media))


def _exchange(node: Node) -> str:
    return node.message.origin.exchange_id if node.message.origin is not None else ""


def _past(why: str) -> str:
    """EARLY_ENDS begin with a participle or with a verb in the past."""
    return f"was {why}" if why.startswith("cut") else why
