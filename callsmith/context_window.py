"""How long the next request is about, and how much the model takes. Both are for the eye: a provider counts its own.

Where the last reply on this arm came from the same model, its reported input and output are taken and only what came
since is estimated (``callsmith/schema/tokens.py``); else the whole request is. Pictures and files are not counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from callsmith.connections import DEMO
from callsmith.conversation import Conversation
from callsmith.play import Ask
from callsmith.prices import window_of
from callsmith.schema import tokens
from callsmith.store.records import ExchangeInfo
from callsmith.types.message import Message, Thread
from callsmith.types.parts import Refusal, Text, Thinking, ToolCall, ToolResult
from callsmith.types.tool import Tool
from callsmith.variables import filled_thread

DEMO_WINDOW = 128_000
WARNS_AT = 0.8
_TOO_LONG = 2_000_000


@dataclass(frozen=True, slots=True)
class Next:
    """``window`` None: nobody knows it. ``reported``: most of ``tokens`` is what the provider counted last time."""

    tokens: int
    window: int | None
    reported: bool

    @property
    def share(self) -> float | None:
        return None if not self.window else self.tokens / self.window

    def words(self) -> str:
        said = f"about {self.tokens:,} tokens next"
        if self.window is None or self.share is None:
            return f"{said}, context window unknown"
        share = "less than 1" if self.share < 0.01 else f"{self.share * 100:,.0f}"
        return f"{said}, {share} % of {self.window:,}"


def next_request(ask: Ask, conversation: Conversation, infos: Mapping[str, ExchangeInfo]) -> Next:
    """``infos``: the exchanges of the conversation by id."""
    target = ask.target
    demo = target.connection.base_url.startswith(DEMO.base_url)
    window = DEMO_WINDOW if demo else window_of(target.connection.base_url, target.model)
    path = [node.message for node in conversation.path()]
    for place in range(len(path) - 1, -1, -1):
        origin = path[place].origin
        if origin is None:
            continue
        info = infos.get(origin.exchange_id)
        usage = info.usage if info is not None else None
        if origin.model != target.model or usage is None or usage.input is None or usage.output is None:
            break
        return Next(usage.input + usage.output + _of(path[place + 1 :], ask), window, True)
    return Next(_of(path, ask) + _about(ask.system) + sum(map(_of_tool, ask.tools)), window, False)


def _of(messages: Iterable[Message], ask: Ask) -> int:
    filled = filled_thread(Thread("", tuple(messages)), ask.variables)
    return sum(_about(text) for message in filled.messages for text in _texts(message))


def _texts(message: Message) -> Iterable[str]:
    for part in message.parts:
        match part:
            case Text() | Thinking() | Refusal():
                yield part.text
            case ToolCall():
                yield part.name
                yield part.arguments
            case ToolResult():
                yield part.content


def _of_tool(tool: Tool) -> int:
    return _about(f"{tool.name}\n{tool.description}\n{json.dumps(tool.parameters, ensure_ascii=False, default=str)}")


@lru_cache(maxsize=512)
def _about(text: str) -> int:
    return tokens.about(text) if len(text) <= _TOO_LONG else len(text) // 4
