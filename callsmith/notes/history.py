"""What of the conversation so far does not go to this model in this format, or goes in another shape.

Thinking, server tools' steps and signatures can be read only by the model and format that wrote them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from callsmith.conversation import APPROVAL_REQUEST, answerable
from callsmith.notes.types import ANTHROPIC, CHAT, GEMINI, RESPONSES, Case, Note, count, label, verb
from callsmith.types.message import Message, Origin
from callsmith.types.parts import Opaque, Parsed, Refusal, Text, Thinking, ToolCall
from callsmith.wire.body import is_own
from callsmith.wire.responses_items import MAX_CALL_ID

_THOUGHTS = frozenset(("reasoning", "redacted_thinking"))
_CITATIONS = frozenset(("citations", "annotations", "groundingMetadata", "grounding_metadata"))
_ILLEGAL_ID = re.compile(r"[^a-zA-Z0-9_-]")


def of_history(case: Case) -> Iterator[Note]:
    replies = [message for message in case.messages if message.role == "assistant"]
    foreign = [message for message in replies if not is_own(message, case.target)]
    yield from _thinking(case, foreign)
    yield from _steps(case, foreign)
    yield from _citations(case, foreign)
    yield from _cut_off(replies)
    yield from _shapes(case, replies, foreign)
    yield from _ids(case, replies)
    yield from _error_results(case)


def _thinking(case: Case, foreign: list[Message]) -> Iterator[Note]:
    by: Counter[tuple[str, str]] = Counter()
    for message in foreign:
        if any(
            isinstance(part, Thinking) or (isinstance(part, Opaque) and part.type in _THOUGHTS)
            for part in message.parts
        ):
            origin = message.origin or Origin("", "", "", "")
            by[origin.model, origin.wire] += 1
    for (model, wire), number in by.items():
        whose = f"The thinking of {count(number, 'reply', 'replies')}{f' by {model}' if model else ''} stays here"
        if model == case.target.model:
            text = f"{whose}: it was written in {label(wire)}, and {case.label} cannot carry it."
        else:
            text = f"{whose}: only the model that wrote it can read it."
        yield Note(f"history-thinking-{model}-{wire}", "lost", text)


def _steps(case: Case, foreign: list[Message]) -> Iterator[Note]:
    opaque = [part for message in foreign for part in message.parts if isinstance(part, Opaque)]
    steps = [part for part in opaque if part.type not in _THOUGHTS and part.type != APPROVAL_REQUEST]
    if steps:
        kinds = ", ".join(sorted({part.type for part in steps}))
        text = f"{count(len(steps), 'step')} of the provider's own tools {verb(len(steps), 'stays', 'stay')} here "
        yield Note("history-steps", "lost", text + f"({kinds}); the text goes along.")
    asked = sum(part.type == APPROVAL_REQUEST for part in opaque)
    if asked:
        text = (
            f"{count(asked, 'approval')} of MCP calls {verb(asked, 'stays', 'stay')} here: only Responses knows them."
        )
        yield Note("history-approvals", "lost", text)


def _citations(case: Case, foreign: list[Message]) -> Iterator[Note]:
    cited = [message for message in foreign if any(_cites(extra) for extra in _extras(message))]
    if cited:
        text = f"The citations of {count(len(cited), 'reply', 'replies')} stay here; the text goes along."
        yield Note("history-citations", "lost", text)


def _extras(message: Message) -> Iterator[Mapping[str, Any]]:
    return chain((message.extra,), (part.extra for part in message.parts if isinstance(part, Text)))


def _cites(extra: Mapping[str, Any]) -> bool:
    return any(extra.get(name) for name in _CITATIONS)


def _cut_off(replies: list[Message]) -> Iterator[Note]:
    cut = sum(len(message.calls) - len(answerable(message)) for message in replies)
    if cut:
        text = f"{count(cut, 'call')} that broke off in the middle {verb(cut, 'is', 'are')} not sent."
        yield Note("history-cut-calls", "lost", text)


def _shapes(case: Case, replies: list[Message], foreign: list[Message]) -> Iterator[Note]:
    """Calls and refusals that go as something else."""
    calls = [call for message in replies for call in answerable(message)]
    if case.wire == GEMINI and (stand_ins := sum(1 for message in foreign if answerable(message))):
        text = (
            f"The calls of {count(stand_ins, 'reply', 'replies')} carry no thought signature of {case.model}; the "
            "stand-in that Google documents is sent."
        )
        yield Note("history-signatures", "info", text)
    custom = [call for call in calls if call.type == "custom"]
    if custom and (case.wire in (ANTHROPIC, GEMINI) or not case.profile.custom_tools):
        text = (
            f"{count(len(custom), 'free-text call')} {verb(len(custom), 'goes', 'go')} with the text as one argument."
        )
        yield Note("history-custom", "info", text)
    if case.wire in (ANTHROPIC, GEMINI):
        broken = [call for call in calls if call.type != "custom" and not _is_object(call)]
        if broken:
            text = f"{count(len(broken), 'call')} with arguments that are no JSON object "
            text += f"{verb(len(broken), 'goes', 'go')} inside one."
            yield Note("history-arguments", "info", text)
    refusals = [message for message in replies if any(isinstance(part, Refusal) for part in message.parts)]
    if refusals and case.wire != RESPONSES:
        text = f"{count(len(refusals), 'refusal')} {verb(len(refusals), 'goes', 'go')} as text in {case.label}."
        yield Note("history-refusals", "info", text)


def _ids(case: Case, replies: list[Message]) -> Iterator[Note]:
    ids = [call.id for message in replies for call in answerable(message)]
    length = case.profile.call_id_length
    if case.wire == ANTHROPIC:
        rewritten = [item for item in set(ids) if _ILLEGAL_ID.search(item)]
        again = len(ids) - len(set(ids))
        number, rule = len(rewritten) + again, "letters, digits, _ and -, each id once"
    elif case.wire == RESPONSES:
        number, rule = sum(len(item) > MAX_CALL_ID for item in set(ids)), f"at most {MAX_CALL_ID} characters"
    elif case.wire == CHAT and length is not None:
        legal = re.compile(rf"[a-zA-Z0-9]{{{length}}}")
        number, rule = sum(not legal.fullmatch(item) for item in set(ids)), f"{length} letters and digits"
    else:
        return
    if number:
        who = case.model if case.wire == CHAT else case.label
        text = f"{count(number, 'call id')} {verb(number, 'is', 'are')} rewritten: {who} takes {rule}."
        yield Note("history-ids", "info", text)


def _error_results(case: Case) -> Iterator[Note]:
    """No error flag (2.3, 3.2)."""
    if case.wire not in (CHAT, RESPONSES):
        return
    errors = sum(result.is_error for message in case.messages for result in message.results)
    if errors:
        text = f"{count(errors, 'error result')} {verb(errors, 'goes', 'go')} as an object with error in it: "
        text += f"{case.label} has no flag for errors."
        yield Note("history-errors", "info", text)


def _is_object(call: ToolCall) -> bool:
    if not call.arguments.strip():
        return True
    parsed = call.parsed()
    return isinstance(parsed, Parsed) and isinstance(parsed.value, dict)
