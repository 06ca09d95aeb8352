"""What a gateway changes when it turns Chat into the vendor's own format (wire-format notes, 1.6)."""

from __future__ import annotations

from collections.abc import Iterator

from callsmith.conversation import answerable
from callsmith.notes.types import ANTHROPIC, CHAT, GEMINI, Case, Note, count
from callsmith.types.parts import Parsed, ToolCall

_HOME = {"claude": ANTHROPIC, "gemini": GEMINI}


def of_gateway(case: Case) -> Iterator[Note]:
    if case.wire != CHAT or not case.profile.converts:
        return
    home = case.to(_HOME.get(case.profile.family, CHAT))
    if case.profile.family == "claude":
        yield from _converted(case)
        yield from _dropped_tools(case)
    broken = [call for message in case.messages for call in answerable(message) if not _is_object(call)]
    if broken:
        text = (
            f"A gateway drops calls whose arguments are no JSON object; {count(len(broken), 'call')} of the history "
            "would leave a result without its call."
        )
        yield Note("gateway-arguments", "refused", text, home)


def _converted(case: Case) -> Iterator[Note]:
    """Traps 49, 50 and 51, as far as this conversation meets them."""
    changes = []
    if any(message.role == "assistant" and message.calls and not message.text for message in case.messages):
        changes.append('a reply without words becomes "..."')
    if not case.options.stream:
        changes.append("of several texts in a reply only the last arrives")
    if case.thinks:
        changes.append("the signature of its thinking is lost")
    if changes:
        text = f"A gateway turns Chat into Claude's own format: {', and '.join(changes)}."
        yield Note("gateway-converts", "info", text, case.to(ANTHROPIC))


def _dropped_tools(case: Case) -> Iterator[Note]:
    """Trap 47."""
    dropped = [
        tool.name for tool in case.tools if tool.parameters is not None and tool.parameters.get("type") != "object"
    ]
    if dropped:
        text = f"A gateway drops tools whose parameters are no object: {', '.join(dropped)}."
        yield Note("gateway-parameters", "lost", text, case.to(ANTHROPIC))


def _is_object(call: ToolCall) -> bool:
    if call.type == "custom" or not call.arguments.strip():
        return True
    parsed = call.parsed()
    return isinstance(parsed, Parsed) and isinstance(parsed.value, dict)
