"""A step in words, and careful reading of the blocks it is made from: whatever stands in them, nothing raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from callsmith.types.parts import Media
from callsmith.wire.jsonbytes import dumps

MAX_DETAIL = 2000
State = Literal["", "running", "done", "error"]
Data = Mapping[str, Any]
NOTHING: Data = MappingProxyType({})
_STATES: Mapping[str, State] = MappingProxyType(
    {
        **dict.fromkeys(("in_progress", "queued", "searching", "generating", "interpreting"), "running"),
        **dict.fromkeys(("completed", "OUTCOME_OK"), "done"),
        **dict.fromkeys(("failed", "incomplete", "OUTCOME_FAILED", "OUTCOME_DEADLINE_EXCEEDED"), "error"),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """``detail`` is plain text, at most ``MAX_DETAIL`` characters; ``state`` is empty where the provider tells none."""

    title: str
    detail: str = ""
    state: State = ""
    media: tuple[Media, ...] = ()


Reader = Callable[[Data], Step]


def said(title: str, *details: Any, state: State = "", media: tuple[Media, ...] = ()) -> Step:
    detail = "\n".join(filter(None, map(text, details)))
    return Step(title, detail if len(detail) <= MAX_DETAIL else detail[: MAX_DETAIL - 1] + "\u2026", state, media)


def text(value: Any) -> str:
    """A string as it is, what was left out as nothing, anything else as JSON."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    return value if isinstance(value, str) else dumps(value)


def mapping(data: Data, name: str) -> Data:
    value = data.get(name)
    return value if isinstance(value, Mapping) else NOTHING


def maps(value: Any) -> list[Data]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def lines(value: Any) -> str:
    return "\n".join(text(item) for item in value) if isinstance(value, list) else text(value)


def state_of(data: Data, error: Any = None) -> State:
    """What ``status`` says; an error says more."""
    status = data.get("status")
    return "error" if error else _STATES.get(status, "") if isinstance(status, str) else ""


def server_tools(server: Any, tools: Any, data: Data) -> Step:
    error = data.get("error")
    names = ", ".join(text(tool.get("name")) for tool in maps(tools))
    return said(f"Tools of {text(server) or 'a remote server'}", names, error, state=state_of(data, error))


def remote_call(data: Data, title: str = "Remote call") -> Step:
    """A call of a remote server's tool. ``arguments`` and ``output`` stand in a Responses item, ``input`` alone in a
    Messages block: its result is a block of its own."""
    server = text(data.get("server_label") or data.get("server_name"))
    error = data.get("error")
    asked = data.get("arguments") if "arguments" in data else data.get("input")
    name = f"{title}: {text(data.get('name')) or 'a tool without a name'}" + (f" on {server}" if server else "")
    return said(name, asked, data.get("output"), error, state=state_of(data, error))


def tools_found(tools: Any, state: State) -> Step:
    names = [text(tool.get("name") or tool.get("tool_name")) for tool in maps(tools)]
    return said("Tools found" if names else "No tools found", ", ".join(names), state=state)


def compacted(data: Data) -> Step:
    return said("History compacted", data.get("content"))
