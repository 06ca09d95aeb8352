"""The sentences of a story: what happened at a step, for someone who has never seen a tool call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from callsmith.spoken import count, joined, value_words, with_words
from callsmith.types.parts import Made, Maker, Parsed, ToolCall, ToolResult
from callsmith.types.tool import Tool

_SHORT = 160
_WHO: Mapping[Maker, str] = {
    "hand": "A person typed this answer in place of the tool",
    "rules": "A prepared rule gave this answer in place of the tool",
    "schema": "This answer is made up from the description of what the tool returns",
    "fault": "This answer is a fault put in on purpose, to see what the model makes of it",
    "http": "A web service gave this answer",
    "mcp": "A tool server gave this answer",
    "model": "Another model played the tool and gave this answer",
    "refused": "A person refused this call, and the model is told so",
    "cancelled": "The call was cancelled, since the person wrote something else instead",
}
_BACK = "; it goes back to the model"


def system_words() -> str:
    return "Before anything is said, the model is given these instructions."


def tools_words(tools: Mapping[str, Tool]) -> str:
    names = joined([tool.name for tool in tools.values()])
    return (
        f"The model can ask for {count(len(tools), 'tool')}: {names}. It runs none of them itself: it can only ask, "
        "and reads what comes back."
    )


def tools_text(tools: Mapping[str, Tool]) -> str:
    lines = (
        f"{tool.name}: {shortened(tool.description)}" if tool.description else tool.name for tool in tools.values()
    )
    return "\n".join(lines)


def call_words(call: ToolCall, number: int, of: int, *, first: bool) -> str:
    """``number`` counts from 0 among the ``of`` calls of one reply. ``first``: the first call of the story."""
    name, asked = call.name or "a tool without a name", with_words(call)
    if number:
        said = f"At the same time, it asks for {name}{asked}."
    elif first:
        said = f"The model cannot do this by itself, so it asks for {name}{asked}."
    else:
        said = f"The model asks for {name}{asked}."
    if of > 1 and number == 0:
        said += f" It is the first of {of} things it asks for at the same time."
    if call.original is not None:
        before = with_words(replace(call, arguments=call.original)).removeprefix(",").strip()
        said += f" A person changed this: the model had asked {before}."
    return said


def cut_words(call: ToolCall) -> str:
    name = call.name or "a tool"
    return f"The reply stops in the middle of asking for {name}. Such a call is never carried out."


def result_words(result: ToolResult, call: ToolCall | None = None, *, files: int = 0) -> str:
    """``call``: the one it answers, where several were asked for at the same time."""
    made = result.made
    if made is not None and made.by in ("refused", "cancelled"):
        return f"{_WHO[made.by]}."
    by = f"The answer of {result.name or 'the tool'} is here" if made is None else _WHO[made.by]
    said = [by + _BACK + (" as an error." if result.is_error else ".")]
    if made is not None and made.edited:
        said.append("A person changed it before it was sent.")
    if call is not None:
        said.append(f"This is for the call{with_words(call)}.")
    if files:
        said.append(f"{count(files, 'file')} {'comes' if files == 1 else 'come'} with it.")
    if (result.content.strip() or not files) and (spoken := _content_words(result)):
        said.append(spoken)
    return " ".join(said)


def _content_words(result: ToolResult) -> str:
    if not result.content.strip():
        return "It is empty."
    parsed = ToolCall("", "", result.content).parsed()
    value = parsed.value if isinstance(parsed, Parsed) else None
    if isinstance(value, Mapping) and 0 < len(value) <= 6:
        return f"It says: {joined([f'{key} {value_words(item)}' for key, item in value.items()])}."
    if isinstance(value, list):
        return f"It is a list of {'1 entry' if len(value) == 1 else f'{len(value):,} entries'}."
    return ""


def who(made: Made) -> str:
    """Who answered, in two or three words and the name of it."""
    short: Mapping[Maker, str] = {
        "hand": "answered by hand",
        "rules": "answered by a rule",
        "schema": "answered with a sample",
        "fault": "answered with a fault",
        "http": "answered over HTTP",
        "mcp": "answered over MCP",
        "model": "answered by a model",
        "refused": "refused",
        "cancelled": "cancelled",
    }
    # Only these name what a reader knows: a server's address stays at home.
    detail = shortened(made.detail) if made.by in ("rules", "fault", "model") else ""
    return f"{short[made.by]}{f', {detail}' if detail else ''}{', then changed by hand' if made.edited else ''}"


def shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 3] + "..."


def version_words(at: int, of: int) -> str:
    """Of the first message after a fork; empty where there is none."""
    if of < 2:
        return ""
    others = "the other one is" if of == 2 else "the others are"
    return f"There are {of} versions from here on; this is version {at}, {others} not shown."
