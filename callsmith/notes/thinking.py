"""Whether thinking, as it is set, goes together with the rest of the request."""

from __future__ import annotations

from collections.abc import Iterator

from callsmith.conversation import answerable
from callsmith.notes.types import ANTHROPIC, CHAT, CHOOSE_FREELY, RESPONSES, THINK_OFF, Case, Note, option
from callsmith.types.features import Effort
from callsmith.types.parts import Opaque, Part, Thinking
from callsmith.wire.body import is_own
from callsmith.wire.effort import control_of, effort_fields, said

LEVEL_WORDS = {"off": "off", "xhigh": "extra high"}


def of_thinking(case: Case) -> Iterator[Note]:
    yield from _level(case)
    yield from _forced_choice(case)
    yield from _in_mid_turn(case)
    yield from _beside_tools(case)
    yield from _budget(case)


def level_words(level: str) -> str:
    return LEVEL_WORDS.get(level, level)


def _level(case: Case) -> Iterator[Note]:
    """A level the model does not have."""
    effort = case.options.thinking
    sent = said(case.wire, case.target.connection, case.target.model, effort)
    if sent == effort.level:
        return
    wanted = "a thinking budget" if effort.level == "budget" else f"thinking {level_words(effort.level)}"
    if effort.level == "budget" and effort.budget is None:
        yield Note("thinking-no-budget", "ignored", "The thinking budget has no number, so nothing is sent for it.")
    elif sent == "default":
        text = f"{case.model} has no control for thinking in {case.label}, so {wanted} is not sent."
        yield Note("thinking-no-control", "ignored", text, (option("Leave thinking to the model", thinking=Effort()),))
    else:
        text = f"{case.model} does not take {wanted} in {case.label}: {level_words(sent)}, the nearest it has, is sent."
        fix = option(f"Set thinking to {level_words(sent)}", thinking=Effort(sent, show=effort.show))
        yield Note("thinking-nearest", "info", text, (fix,))


def _forced_choice(case: Case) -> Iterator[Note]:
    """Trap 27; DeepSeek and Qwen answer alike, and the newest Claude models refuse it in any case."""
    if not case.forced:
        return
    rule = case.profile.forced_choice
    if rule == "never":
        yield Note("forced-choice", "refused", f"{case.model} takes no forced tool choice.", (CHOOSE_FREELY,))
    elif case.thinks and (rule == "unless thinking" or case.wire == ANTHROPIC):
        text = f"{case.model} cannot be forced to call a tool while it thinks."
        off = (THINK_OFF,) if case.may_switch_off() else ()
        yield Note("forced-choice-thinking", "refused", text, (CHOOSE_FREELY, *off))


def _in_mid_turn(case: Case) -> Iterator[Note]:
    """A turn whose last calls do not follow thinking of the model's own cannot be finished with thinking (4.2)."""
    replies = [message for message in case.messages if message.role == "assistant"]
    if case.wire != ANTHROPIC or not case.thinks or not replies or case.messages[-1].role == "user":
        return
    last = replies[-1]
    begins = is_own(last, case.target) and any(_is_thought(part) for part in last.parts[:1])
    if not answerable(last) or begins:
        return
    text = f"{case.model} cannot begin to think in the middle of a turn: these calls were made without its thinking."
    back = case.to(last.origin.wire) if last.origin is not None and last.origin.model == case.target.model else ()
    yield Note("thinking-mid-turn", "refused", text, (*((THINK_OFF,) if case.may_switch_off() else ()), *back))


def _is_thought(part: Part) -> bool:
    signed = isinstance(part, Thinking) and "signature" in part.extra
    return signed or (isinstance(part, Opaque) and part.type == "redacted_thinking")


def _beside_tools(case: Case) -> Iterator[Note]:
    """Trap 34, the default effort included; and Claude on Chat, whose signatures get lost (6)."""
    if case.wire != CHAT or not case.tools or case.thinks is False:
        return
    off = (THINK_OFF,) if case.may_switch_off() else ()
    if case.profile.tools_refuse_effort:
        sure = case.thinks is True
        text = f"{case.model} {'takes' if sure else 'may take'} no tools on Chat while it reasons"
        text += ", not even at its own default." if case.options.thinking.level == "default" else "."
        if not sure:
            text = text.replace("may take no tools", "may refuse tools")
        yield Note("tools-reasoning", "refused" if sure else "info", text, (*case.to(RESPONSES), *off))
    elif case.profile.family == "claude" and case.thinks:
        text = "Chat has no place for the signature of Claude's thinking: the step after a tool call may be refused."
        yield Note("claude-thinking-chat", "refused", text, (*case.to(ANTHROPIC), *off))


def _budget(case: Case) -> Iterator[Note]:
    """A budget under the least, or one that leaves no room for the reply (4.2)."""
    connection, model, effort, most = (
        case.target.connection,
        case.target.model,
        case.options.thinking,
        case.options.max_tokens,
    )
    control = control_of(case.wire, connection, model)
    if said(case.wire, connection, model, effort) == "budget" and effort.budget is not None:
        least = control.least
        if 0 < effort.budget < least or (effort.budget == 0 and "off" not in control.words):
            text = f"{case.model} wants a thinking budget of at least {least:,} tokens; {effort.budget:,} are set."
            fix = option(f"Set the budget to {least:,} tokens", thinking=Effort("budget", least, effort.show))
            yield Note("budget-too-small", "refused", text, (fix,))
            return
    if not control.inside_max_tokens or most is None:
        return
    thinking = effort_fields(case.wire, connection, model, effort, most).get("thinking", {})
    budget = thinking.get("budget_tokens")
    if isinstance(budget, int) and budget >= most:
        room = budget + max(1024, most)
        text = f"The thinking budget of {budget:,} tokens must be smaller than max tokens, which is {most:,}."
        fixes = [option(f"Raise max tokens to {room:,}", max_tokens=room)]
        if case.may_switch_off():
            fixes.append(THINK_OFF)
        yield Note("budget-max-tokens", "refused", text, tuple(fixes))
